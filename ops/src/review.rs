//! Before anything changes: what would, and whether somebody agrees.

use serde_json::json;

use crate::{
    cloudformation::{Change, Effect, Plan},
    environment::Environment,
    failure::Failure,
};

/// What was agreed to beforehand.
#[derive(clap::Args)]
pub struct Consent {
    /// Change without asking; never covers the loss of data
    #[arg(short, long)]
    yes: bool,
    /// Agree that this resource is replaced or removed, with all that is in it; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_replace: Vec<String>,
    /// What a later change will do besides, so that all is agreed to at once.
    #[arg(skip)]
    later: Vec<Change>,
}

impl Consent {
    /// The same, to be asked for what comes later too.
    pub fn with(&self, later: Vec<Change>) -> Self {
        Self { yes: self.yes, allow_replace: self.allow_replace.clone(), later }
    }

    /// The same once somebody has agreed, for what follows from it. It covers no loss but those
    /// that were asked for.
    pub fn given(&self) -> Self {
        let asked = self.later.iter().map(|change| change.resource.clone());
        Self { yes: true, allow_replace: self.allow_replace.iter().cloned().chain(asked).collect(), later: Vec::new() }
    }

    /// Shows what a plan changes in the stack, and asks. What loses data must be named.
    pub fn obtain(&self, environment: &Environment<'_>, stack: &str, plan: &Plan) -> Result<(), Failure> {
        let report = environment.report;
        let changes = || plan.changes.iter().chain(&self.later);
        show(environment, changes());
        for change in changes().filter(|change| change.loses_data()) {
            if self.allow_replace.contains(&change.resource) {
                continue;
            }
            let verb = match change.effect {
                Effect::Remove => "would be deleted",
                Effect::MayReplace => "may be replaced (CloudFormation knows only when it does it)",
                _ => "would be replaced",
            };
            let question = format!("{} ({}) {verb}, with all that is in it.", change.resource, change.kind);
            report.confirm_name(&question, &change.resource, &format!("--allow-replace {}", change.resource))?;
        }
        if self.yes {
            return Ok(());
        }
        let verb = if plan.is_new { "Make" } else { "Change" };
        report.confirm(&format!("{verb} {stack} in {}?", environment.place()), "--yes")
    }
}

/// The changes, the gravest last, where people look; those of access apart.
pub fn show<'c>(environment: &Environment<'_>, changes: impl IntoIterator<Item = &'c Change>) {
    let mut changes: Vec<&Change> = changes.into_iter().collect();
    changes.sort_by(|a, b| {
        (a.effect, a.is_about_access(), &a.resource).cmp(&(b.effect, b.is_about_access(), &b.resource))
    });
    for change in changes {
        let access = if change.is_about_access() { " [access]" } else { "" };
        let interrupts = if change.effect == Effect::Interrupt { " [interrupts service]" } else { "" };
        let (mark, resource, kind) = (change.effect.mark(), &change.resource, &change.kind);
        let mut lines = vec![format!("{mark:>4} {resource} {kind}{access}{interrupts}")];
        lines.extend(change.properties.iter().map(|property| format!("       {property}")));
        environment.report.change(&lines.join("\n"), &json!(change));
    }
}
