//! `mangoo-ops rollback`: back to what was served before.

use clap::Args;
use serde_json::{Value as Json, json};

use crate::{
    commands::smoke,
    deployment::{put, rested, settled},
    environment::Connection,
    failure::{Failure, Kind},
    history::{self, Version},
    registry,
    report::Report,
    review::Consent,
};

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops rollback -e prod --list                    what was served, and since when
  mangoo-ops rollback -e prod                           what was served before; once more undoes it
  mangoo-ops rollback -e prod --to 2026-11-23T07:12:00Z --yes

Images and template are those of then. The database stays as it is: migrations are not undone.")]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    consent: Consent,
    /// Only list what was served
    #[arg(long)]
    list: bool,
    /// Go back to what was served since this time, as --list has it
    #[arg(long, value_name = "TIME", conflicts_with = "list")]
    to: Option<String>,
    /// Do not prove afterwards that the platform works; only look once whether it answers
    #[arg(long)]
    skip_smoke: bool,
    #[command(flatten)]
    at: smoke::At,
}

/// So many are looked at: the registry keeps no more images, unless it is told to.
const NEWEST: usize = 30;

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let environment = options.connection.open(report).await?;
    let base = environment.base().describe().await?.map(|stack| stack.outputs).unwrap_or_default();
    let versions = history::list(&environment.aws, &base, NEWEST).await?;
    if options.list {
        let lines: Vec<_> = versions.iter().map(line).collect();
        report.result(&lines.join("\n"), &json!(versions.iter().map(summary).collect::<Vec<_>>()));
        return Ok(());
    }
    environment.deployed().await?;
    let stack = environment.stack();
    let before = rested(&stack).await?;
    let (Some(deployed), template) = (&before, stack.template().await?) else {
        return Err(Failure::new(Kind::Preflight, format!("There is no {}", stack.name)));
    };
    let serving = registry::Release::of(&deployed.parameters);
    let target = choose(&versions, options.to.as_deref(), |version| version.is_same(&serving, &template))?;
    report.say(&format!("back to {}", line(target)));
    registry::find(&environment.aws, &target.images).await?;

    let parameters = target.images.parameters();
    let (deployed, _) =
        put(&environment, &stack, before, &base, &target.template, parameters, &options.consent).await?;
    // Migrations are not undone: the database has what this version needs, if it is the same one.
    if let Some(task) = deployed.outputs.get("MigrationTask").filter(|_| is_same_database(&template, &target.template))
    {
        history::record_migration(&environment.aws, &base, task).await?;
    }
    settled(&environment, &deployed).await?;
    if options.skip_smoke {
        smoke::skip(&environment, &deployed.outputs, &options.at).await?;
    } else {
        report.step("smoke test");
        smoke::check(&environment, &deployed.outputs, &options.at, smoke::QUICK).await?;
    }
    let version = Version::now(&environment.aws, &target.images, !options.skip_smoke, &target.template);
    history::record(&environment.aws, &base, &version).await?;
    report.done(&format!("{} serves what it served since {}", stack.name, target.name()), &summary(target));
    Ok(())
}

/// What to go back to: what is named, or the newest that was there before what serves now.
fn choose<'v>(
    versions: &'v [Version],
    name: Option<&str>,
    is_serving: impl Fn(&Version) -> bool,
) -> Result<&'v Version, Failure> {
    if let Some(name) = name {
        return versions.iter().find(|version| version.name() == name).ok_or_else(|| {
            Failure::new(Kind::Usage, format!("Nothing was served since {name}"))
                .next("`mangoo-ops rollback --list` has the times")
        });
    }
    // What serves may be none of them: then its deployment was never finished.
    let since = versions.iter().position(&is_serving).unwrap_or(0);
    versions[since.min(versions.len())..].iter().find(|version| !is_serving(version)).ok_or_else(|| {
        Failure::new(Kind::Preflight, "There is nothing to go back to")
            .because(["nothing else was deployed before what serves now"])
            .next("deploy what you want to serve: `mangoo-ops deploy`")
    })
}

/// Whether the migrations of two templates are of one database, as its owner.
fn is_same_database(one: &Json, other: &Json) -> bool {
    let database = |template: &Json| {
        let task = &template["Resources"]["MigrationTask"]["Properties"]["ContainerDefinitions"][0];
        task["Environment"].clone()
    };
    database(one) == database(other)
}

fn line(version: &Version) -> String {
    let tested = if version.is_tested { "" } else { "  (never tested)" };
    let digest = version.images.backend.rsplit("sha256:").next().unwrap_or_default();
    format!("{}  {}  by {}{tested}", version.name(), &digest[..digest.len().min(12)], version.by)
}

fn summary(version: &Version) -> Json {
    json!({ "since": version.since, "by": version.by, "images": version.images, "is_tested": version.is_tested })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::registry::Release;

    fn version(day: u32, image: &str) -> Version {
        Version {
            since: DateTime::parse_from_rfc3339(&format!("2026-11-{day:02}T00:00:00Z")).expect("it is a time").into(),
            by: String::new(),
            images: Release { backend: image.to_owned(), frontend: image.to_owned() },
            is_tested: true,
            template: json!({}),
        }
    }

    #[test]
    fn one_goes_back_to_what_was_before() {
        let versions = [version(9, "c"), version(5, "b"), version(4, "b"), version(2, "a")];
        let back = |name, serving: &str| {
            choose(&versions, name, |version: &Version| version.images.backend == serving).map(Version::name)
        };
        assert_eq!(back(None, "c").expect("there is one"), "2026-11-05T00:00:00Z");
        assert_eq!(back(None, "b").expect("there is one"), "2026-11-02T00:00:00Z");
        assert_eq!(back(None, "a").expect_err("it was the first").kind, Kind::Preflight);
        // Its deployment was cut short.
        assert_eq!(back(None, "d").expect("there is one"), "2026-11-09T00:00:00Z");
        assert_eq!(back(Some("2026-11-02T00:00:00Z"), "b").expect("it is there"), "2026-11-02T00:00:00Z");
        assert_eq!(back(Some("yesterday"), "b").expect_err("it is none").kind, Kind::Usage);
    }
}
