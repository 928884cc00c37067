//! `mangoo-ops deploy`: from an empty account, or the version before, to the new one that serves.
//!
//! Each step looks first whether it is done already: run again after any interruption, the
//! command goes on where it was.

use clap::Args;
use ops::images::Builder;

use crate::{
    check,
    cloudformation::Values,
    commands::smoke,
    deployment::{base, migrate, put, rested, settled},
    environment::Connection,
    expansion::{expand, removals},
    failure::Failure,
    history::{self, Version},
    registry::{self, Release},
    report::Report,
    review::Consent,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops deploy                 the only environment of mangoo.toml; asks before it changes anything
  mangoo-ops deploy -e prod --yes   without asking, as in a pipeline
  mangoo-ops deploy -e prod --json  an event a line, for programs

Interrupted, it goes on where it was when it is run again.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    consent: Consent,
    /// What builds the images
    #[arg(long, value_enum, default_value_t = Builder::Cargo)]
    builder: Builder,
    /// Deploy this image of the backend, by its digest, instead of building one
    #[arg(long, value_name = "IMAGE", requires = "frontend_image")]
    backend_image: Option<String>,
    /// The same for the frontend
    #[arg(long, value_name = "IMAGE", requires = "backend_image")]
    frontend_image: Option<String>,
    /// Do not look first for what would make it fail
    #[arg(long)]
    skip_check: bool,
    /// Do not prove afterwards that the platform works; only look once whether it answers
    #[arg(long)]
    skip_smoke: bool,
    #[command(flatten)]
    at: smoke::At,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    report.say(&format!("{} in {}", environment.settings.stack_name(), environment.place()));

    if !options.skip_check {
        report.step("check");
        check::before_deployment(&environment).await?;
    }

    report.step("base stack");
    let base = base(&environment, &options.consent).await?;

    report.step("images");
    let images = match (&options.backend_image, &options.frontend_image) {
        (Some(backend), Some(frontend)) => Release { backend: backend.clone(), frontend: frontend.clone() },
        _ => registry::publish(&environment, &base, options.builder).await?,
    };

    let stack = environment.stack();
    let before = rested(&stack).await?;
    let serving = before.as_ref().filter(|stack| stack.outputs.contains_key("BackendService"));

    // First everything but the new version; then, with the database as it needs it, that too.
    report.step("infrastructure");
    let template = stack::synth(&environment.settings);
    let mut prepared = stack::synth_at_first(&environment.settings);
    let (mut parameters, mut consent) = (Values::new(), options.consent.with(Vec::new()));
    if let Some(serving) = serving {
        let deployed = stack.template().await?;
        prepared = expand(stack::synth_without_services(&environment.settings), &deployed);
        parameters.clone_from(&serving.parameters);
        consent = consent.with(removals(&template, &deployed));
    }
    parameters.insert("MigrationImage".to_owned(), images.backend.clone());
    let (prepared, is_agreed) = put(&environment, &stack, before, &base, &prepared, parameters, &consent).await?;

    let migrated = history::migrated(&environment.aws, &base).await?;
    if migrated.is_some() && migrated.as_ref() == prepared.outputs.get("MigrationTask") {
        report.say("the database has the version's migrations");
    } else {
        report.step("migrations");
        migrate(&environment, &base, &prepared.outputs).await?;
    }

    report.step("services");
    let consent = if is_agreed { consent.given() } else { options.consent.with(Vec::new()) };
    let (deployed, _) =
        put(&environment, &stack, Some(prepared), &base, &template, images.parameters(), &consent).await?;
    let is_protected = environment.settings.database.protect;
    if deployed.is_protected != is_protected {
        stack.protect(is_protected).await?;
    }
    settled(&environment, &deployed).await?;
    if let (Some(domain), Some(host)) = (&environment.settings.edge.domain, deployed.outputs.get("DomainTarget")) {
        // Before the smoke test, which asks by that name.
        report.say(&format!(
            "where {domain} is kept, it needs a CNAME (or alias) record for {host}; until the world knows it, nothing \
             answers there, and only `--skip-smoke` goes to the end"
        ));
    }

    let last = history::list(&environment.aws, &base, 1).await?.into_iter().next();
    let last = last.filter(|last| last.is_same(&images, &template));
    let is_tested = last.as_ref().is_some_and(|last| last.is_tested);
    if options.skip_smoke {
        smoke::skip(&environment, &deployed.outputs, &options.at).await?;
    } else if is_tested {
        report.say("nothing has changed since the smoke test passed; `mangoo-ops smoke` repeats it");
        smoke::answers(&environment, &deployed.outputs, &options.at, smoke::SOON).await?;
    } else {
        report.step("smoke test");
        smoke::check(&environment, &deployed.outputs, &options.at, smoke::QUICK).await?;
    }
    let version = Version::now(&environment.aws, &images, is_tested || !options.skip_smoke, &template);
    if last.is_none_or(|last| last.is_tested != version.is_tested) {
        history::record(&environment.aws, &base, &version).await?;
        registry::keep(&environment, &base, &images).await;
    }
    if let Some(connection) = base.get("Connection") {
        report.warn(&format!(
            "there is no pipeline yet: confirm the connection {connection} in the console, under Developer Tools → \
             Settings → Connections, set delivery.connection_arn to it in mangoo.toml, and deploy again"
        ));
    }
    if let (Some(domain), Some(target)) = (&environment.settings.edge.domain, deployed.outputs.get("DomainTarget")) {
        report.warn(&format!("{domain} must lead to {target}: have a CNAME made where the domain is kept"));
    }
    let address = deployed.outputs.get("Address").cloned().unwrap_or_default();
    report.done(&format!("{} serves at {address}", stack.name), &deployed.outputs);
    Ok(())
}
