//! The containers.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::check::Problems;

/// What all containers have in common.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    pub architecture: Architecture,
    /// Whether `mangoo-ops exec` may run a command in a container.
    pub exec: bool,
    /// Further environment variables, for what is not a setting of its own.
    pub environment: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// AWS Graviton; a fifth cheaper.
    Arm64,
    #[serde(rename = "x86-64")]
    X86,
}

/// How large the tasks of a service are, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tasks {
    /// In 1/1024 of a virtual CPU.
    pub cpu: u32,
    /// In MiB.
    pub memory: u32,
    /// Tasks that run however little there is to do.
    pub min: u32,
    /// Tasks that run however much there is to do.
    pub max: u32,
}

impl Tasks {
    /// Whether there are to be any.
    pub fn are_wanted(&self) -> bool {
        self.max > 0
    }
}

/// What Fargate offers: CPU units, with the least and the most memory in MiB.
const SIZES: [(u32, u32, u32); 5] =
    [(256, 512, 2048), (512, 1024, 4096), (1024, 2048, 8192), (2048, 4096, 16384), (4096, 8192, 30720)];

impl Problems {
    pub(super) fn service(&mut self, service: &Service) {
        for name in service.environment.keys() {
            let is_name = name.starts_with(|first: char| first.is_ascii_uppercase())
                && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
            self.unless(is_name, format!("service.environment: `{name}` is no variable's name, such as RUST_LOG"));
        }
    }

    pub(super) fn tasks(&mut self, part: &str, tasks: &Tasks) {
        let is_size = |&(cpu, least, most): &(u32, u32, u32)| {
            // The smallest has also half a GiB; above it memory goes in whole GiB.
            let is_step = tasks.memory.is_multiple_of(1024) || (cpu == 256 && tasks.memory == 512);
            tasks.cpu == cpu && (least..=most).contains(&tasks.memory) && is_step
        };
        self.unless(
            SIZES.iter().any(is_size),
            format!(
                "{part}.cpu and memory: Fargate has no task of {} and {} MiB; it has {}",
                tasks.cpu,
                tasks.memory,
                SIZES.map(|(cpu, least, most)| format!("{cpu} with {least} to {most}")).join(", ")
            ),
        );
        self.unless(
            1 <= tasks.min && tasks.min <= tasks.max && tasks.max <= 100,
            format!("{part}.min and max: must be 1 to 100, the most no less than the least"),
        );
    }
}
