//! `mangoo-ops status`: how an environment does.

use clap::Args;
use serde::Serialize;

use crate::{
    ecs::{self, ServiceState},
    environment::Connection,
    failure::Failure,
    report::Report,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops status -e prod")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
}

#[derive(Serialize)]
struct Status {
    stacks: Vec<(String, String)>,
    address: Option<String>,
    image: Option<String>,
    services: Vec<ServiceState>,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let mut status = Status { stacks: Vec::new(), address: None, image: None, services: Vec::new() };
    for stack in [environment.base(), environment.stack()] {
        let deployed = stack.describe().await?;
        let state = deployed.as_ref().map_or("not there", |deployed| deployed.status.as_str()).to_owned();
        status.stacks.push((stack.name.clone(), state));
        let Some(deployed) = deployed else { continue };
        status.address = deployed.outputs.get("Address").cloned().or(status.address);
        status.image = deployed.parameters.get("BackendImage").cloned().or(status.image);
        if let Some(cluster) = deployed.outputs.get("ClusterName") {
            let names = ecs::SERVICES.iter().filter_map(|part| deployed.outputs.get(&format!("{part}Service")));
            let names = names.cloned().collect();
            status.services = ecs::states(&environment.aws, cluster, names).await?;
        }
    }
    let mut lines: Vec<_> = status.stacks.iter().map(|(name, state)| format!("{name}: {state}")).collect();
    lines.extend(status.address.iter().map(|address| format!("address: {address}")));
    lines.extend(status.image.iter().map(|image| format!("version: {image}")));
    lines.extend(status.services.iter().map(|service| format!("{}: {}", service.name, service.tasks)));
    report.result(&lines.join("\n"), &status);
    Ok(())
}
