//! Whether the Region offers the database that the settings ask for.

use super::{Finding, Subject};
use crate::aws::because;

/// What it is about.
pub const TYPES: &[&str] = &["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"];
const ENGINE: &str = "aurora-postgresql";
const CLASS: &str = "db.serverless";

pub async fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let settings = &subject.settings.database;
    if settings.existing.is_some() {
        return Vec::new();
    }
    let rds = aws_sdk_rds::Client::new(&subject.config);
    let options = rds.describe_orderable_db_instance_options().engine(ENGINE).db_instance_class(CLASS);
    let options = options.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
    vec![match options {
        Ok(options) => {
            let offered = options.into_iter().filter_map(|option| option.engine_version).collect();
            judge(&settings.version, offered, subject.region)
        }
        Err(error) => {
            let failure = because("list the versions of Aurora PostgreSQL", &error);
            Finding::not_checked(&format!("database {}", settings.version), failure)
        }
    }]
}

fn judge(version: &str, mut offered: Vec<String>, region: &str) -> Finding {
    if offered.iter().any(|one| one == version) {
        return Finding::ok(format!("database: {region} offers Aurora PostgreSQL {version} serverless"));
    }
    let number = |version: &str| -> Vec<u32> { version.split('.').filter_map(|part| part.parse().ok()).collect() };
    let major = version.split('.').next().unwrap_or_default();
    if offered.is_empty() {
        return Finding::warning(
            format!("database: RDS lists no Aurora PostgreSQL serverless at all in {region}"),
            "make sure that it is offered there, or choose another `region`",
        );
    }
    // One for each kind of storage.
    offered.sort_by_key(|version| number(version));
    offered.dedup();
    let same: Vec<_> = offered.iter().filter(|one| one.split('.').next() == Some(major)).map(String::as_str).collect();
    let choice = if same.is_empty() { offered.join(", ") } else { same.join(", ") };
    Finding::error(
        format!("database: {region} does not offer Aurora PostgreSQL {version} serverless"),
        format!("set database.version to one of {choice}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Severity;

    #[test]
    fn a_version_that_is_not_offered_brings_those_that_are() {
        let offered = || ["16.9", "16.10", "16.10", "17.5"].map(str::to_owned).to_vec();
        assert_eq!(judge("16.10", offered(), "eu-west-1").severity, Severity::Ok);
        let finding = judge("16.99", offered(), "eu-west-1");
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(finding.next.as_deref(), Some("set database.version to one of 16.9, 16.10"));
        let finding = judge("18.1", offered(), "eu-west-1");
        assert_eq!(finding.next.as_deref(), Some("set database.version to one of 16.9, 16.10, 17.5"));
        assert_eq!(judge("16.10", Vec::new(), "eu-west-1").severity, Severity::Warning);
    }
}
