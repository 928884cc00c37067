//! Processes: their cores, their CPU time, their memory.

use std::{fmt, fs, process::Command, thread, time::Duration};

use anyhow::Context;

/// Clock ticks a second in `/proc`: the same on every Linux that runs today.
const TICKS: f64 = 100.0;

/// Which cores are whose.
#[derive(Clone, Copy)]
pub enum Cores {
    /// The service has core 0, all else the others.
    Apart,
    /// There is one core, or no `taskset`.
    Shared,
}

impl fmt::Display for Cores {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        match self {
            Self::Apart => write!(
                out,
                "The service runs on core 0; the load generator and the stand-ins on {cores} more; Postgres on any."
            ),
            Self::Shared => write!(out, "The service, its stand-ins and the load generator share {cores} core(s)."),
        }
    }
}

/// Moves this process, and what it starts, off core 0 if it can. Call it before any thread is started.
pub fn share_cores() -> Cores {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    if cores < 2 {
        return Cores::Shared;
    }
    let (others, pid) = (format!("1-{}", cores - 1), std::process::id().to_string());
    let moved = Command::new("taskset").args(["--cpu-list", "--pid", &others, &pid]).output();
    if moved.is_ok_and(|output| output.status.success()) { Cores::Apart } else { Cores::Shared }
}

impl Cores {
    /// The command that runs `program` as the service.
    pub fn service(self, program: &std::path::Path) -> tokio::process::Command {
        match self {
            Self::Apart => {
                let mut command = tokio::process::Command::new("taskset");
                command.args(["--cpu-list", "0"]).arg(program);
                command
            }
            Self::Shared => tokio::process::Command::new(program),
        }
    }
}

/// CPU time that a process has used.
pub fn cpu_time(pid: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field, a name in brackets, may have spaces.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| -> anyhow::Result<f64> { Ok(fields.get(index).context("too few fields")?.parse()?) };
    Ok(Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS))
}

/// In MB of a million bytes.
pub struct Memory {
    pub resident: f64,
    /// The most that was resident.
    pub peak: f64,
    /// Not backed by a file: what the process has allocated.
    pub anonymous: f64,
}

pub fn memory(pid: u32) -> anyhow::Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let megabytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("a line is missing")?;
        let kibibytes: f64 = line.trim_matches(|c: char| !c.is_ascii_digit()).parse()?;
        anyhow::Ok(kibibytes * 1024.0 / 1e6)
    };
    Ok(Memory { resident: megabytes("VmRSS:")?, peak: megabytes("VmHWM:")?, anonymous: megabytes("RssAnon:")? })
}

/// How busy processes were between two moments.
pub struct Busy {
    began: std::time::Instant,
    pids: Vec<(u32, Duration)>,
}

impl Busy {
    pub fn watch(pids: impl IntoIterator<Item = u32>) -> anyhow::Result<Self> {
        let pids = pids.into_iter().map(|pid| Ok((pid, cpu_time(pid)?))).collect::<anyhow::Result<_>>()?;
        Ok(Self { began: std::time::Instant::now(), pids })
    }

    /// CPU seconds of each since then.
    pub fn seconds(&self) -> anyhow::Result<Vec<f64>> {
        self.pids.iter().map(|(pid, before)| Ok(cpu_time(*pid)?.saturating_sub(*before).as_secs_f64())).collect()
    }

    pub fn elapsed(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }
}
