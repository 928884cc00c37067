//! Quotas that the template uses up. Service Quotas says what an account may have, not what it
//! has; RDS alone counts what is in use.

use std::collections::BTreeMap;

use aws_sdk_rds::types::AccountQuota;
use futures_util::future::join_all;
use serde_json::Value as Json;

use super::{Finding, Subject};
use crate::{
    aws::{because, is},
    failure::{Failure, Kind},
};

/// What it is about.
pub const TYPES: &[&str] =
    &["AWS::EC2::VPC", "AWS::EC2::EIP", "AWS::ECS::", "AWS::ApplicationAutoScaling::", "AWS::RDS::"];
const ASK: &str = "ask for a higher quota in Service Quotas";

/// A quota of Service Quotas that each resource of a type takes one of.
struct Quota {
    service: &'static str,
    code: &'static str,
    name: &'static str,
    kind: &'static str,
    /// What else one can do.
    instead: &'static str,
}

const QUOTAS: [Quota; 2] = [
    Quota {
        service: "vpc",
        code: "L-F678F1CE",
        name: "VPCs",
        kind: "AWS::EC2::VPC",
        instead: "delete one, or use one that is there: network.existing",
    },
    Quota {
        service: "ec2",
        code: "L-0263D0A3",
        name: "Elastic IP addresses",
        kind: "AWS::EC2::EIP",
        instead: "release one, or choose another network.nat",
    },
];
/// Virtual CPUs of all tasks on Fargate together.
const FARGATE: (&str, &str) = ("fargate", "L-3032A538");
/// What RDS counts itself.
const DATABASES: [(&str, &str); 2] = [("DBClusters", "AWS::RDS::DBCluster"), ("DBInstances", "AWS::RDS::DBInstance")];

pub async fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let new = |kind| {
        let deployed = subject.deployed.as_ref().map_or(0, |deployed| count(deployed, kind));
        count(&subject.template, kind).saturating_sub(deployed)
    };
    let counted = QUOTAS.iter().filter(|quota| new(quota.kind) > 0).map(async |quota| {
        match applied(subject, quota.service, quota.code).await {
            Ok(limit) => judge(quota, new(quota.kind), limit),
            Err(failure) => Finding::not_checked(&format!("quota of {}", quota.name), failure),
        }
    });
    let (counted, fargate, databases) = tokio::join!(join_all(counted), fargate(subject), databases(subject, new));
    counted.into_iter().chain([fargate]).chain(databases).collect()
}

fn count(template: &Json, kind: &str) -> u32 {
    let resources = template["Resources"].as_object().into_iter().flatten();
    let count = resources.filter(|(_, resource)| resource["Type"] == kind).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The account's own value, or AWS's default where there is none.
async fn applied(subject: &Subject<'_>, service: &str, code: &str) -> Result<f64, Failure> {
    let quotas = aws_sdk_servicequotas::Client::new(&subject.config);
    let quota = match quotas.get_service_quota().service_code(service).quota_code(code).send().await {
        Ok(answer) => answer.quota,
        Err(error) if is(&error, "NoSuchResourceException") => {
            let request = quotas.get_aws_default_service_quota().service_code(service).quota_code(code);
            request.send().await.map_err(|error| because("read the default quota", &error))?.quota
        }
        Err(error) => return Err(because("read the quota", &error)),
    };
    quota.and_then(|quota| quota.value).ok_or_else(|| Failure::new(Kind::Unexpected, "Service Quotas gives no value"))
}

fn judge(quota: &Quota, new: u32, limit: f64) -> Finding {
    let Quota { name, instead, .. } = quota;
    if f64::from(new) > limit {
        return Finding::error(
            format!("{name}: {new} more are needed, and the quota is {limit}"),
            format!("{ASK}; or {instead}"),
        );
    }
    Finding::ok(format!("{name}: {new} more of a quota of {limit}, of which others may use some"))
}

async fn fargate(subject: &Subject<'_>) -> Finding {
    let settings = subject.settings;
    let cpus = |tasks: fn(&stack::settings::Tasks) -> u32| -> f64 {
        let units = [&settings.backend, &settings.frontend, &settings.worker].map(|part| tasks(part) * part.cpu);
        f64::from(units.iter().sum::<u32>()) / 1024.0
    };
    match applied(subject, FARGATE.0, FARGATE.1).await {
        Ok(limit) => judge_fargate(cpus(|tasks| tasks.min), cpus(|tasks| tasks.max), limit),
        Err(failure) => Finding::not_checked("quota of Fargate's virtual CPUs", failure),
    }
}

/// `least` and `most` are what all tasks together have.
fn judge_fargate(least: f64, most: f64, limit: f64) -> Finding {
    // While a new version comes in, the old one still runs.
    let most = 2.0 * most;
    let next = format!("{ASK} (Fargate On-Demand vCPU), or run fewer and smaller tasks: backend, frontend, worker");
    if least > limit {
        return Finding::error(format!("Fargate: {least} virtual CPUs are needed, and the quota is {limit}"), next);
    }
    if most > limit {
        let what = format!(
            "Fargate: {least} virtual CPUs are needed, up to {most} in a deployment under load, and the quota is {limit}"
        );
        return Finding::warning(what, next);
    }
    Finding::ok(format!("Fargate: {least} to {most} virtual CPUs of a quota of {limit}"))
}

async fn databases(subject: &Subject<'_>, new: impl Fn(&'static str) -> u32) -> Vec<Finding> {
    let needed: BTreeMap<_, _> =
        DATABASES.iter().map(|&(name, kind)| (name, new(kind))).filter(|(_, new)| *new > 0).collect();
    if needed.is_empty() {
        return Vec::new();
    }
    match aws_sdk_rds::Client::new(&subject.config).describe_account_attributes().send().await {
        Ok(answer) => answer.account_quotas().iter().filter_map(|quota| judge_databases(&needed, quota)).collect(),
        Err(error) => vec![Finding::not_checked("quotas of RDS", because("read the quotas of RDS", &error))],
    }
}

fn judge_databases(needed: &BTreeMap<&str, u32>, quota: &AccountQuota) -> Option<Finding> {
    let (name, used, limit) = (quota.account_quota_name()?, quota.used?, quota.max?);
    let new = *needed.get(name)?;
    Some(if used + i64::from(new) > limit {
        let what = format!("{name} of RDS: {new} more are needed, and {used} of {limit} are in use");
        Finding::error(what, format!("{ASK}, delete one, or use a database that is there: database.existing"))
    } else {
        Finding::ok(format!("{name} of RDS: {new} more; {used} of {limit} are in use"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Severity;

    #[test]
    fn what_exceeds_a_quota_is_an_error() {
        assert_eq!(judge(&QUOTAS[1], 3, 3.0).severity, Severity::Ok);
        let finding = judge(&QUOTAS[1], 3, 2.0);
        assert_eq!(finding.severity, Severity::Error);
        assert!(finding.next.is_some_and(|next| next.contains("network.nat")));
    }

    #[test]
    fn fargate_must_have_room_for_the_least_and_should_for_twice_the_most() {
        assert_eq!(judge_fargate(2.5, 11.0, 22.0).severity, Severity::Ok);
        assert_eq!(judge_fargate(2.5, 11.0, 6.0).severity, Severity::Warning);
        assert_eq!(judge_fargate(2.5, 11.0, 2.0).severity, Severity::Error);
    }

    #[test]
    fn databases_are_counted_with_those_in_use() {
        let needed = BTreeMap::from([("DBClusters", 1)]);
        let quota = |name: &str, used| AccountQuota::builder().account_quota_name(name).used(used).max(40).build();
        let severity = |quota| judge_databases(&needed, &quota).map(|finding| finding.severity);
        assert_eq!(severity(quota("DBClusters", 39)), Some(Severity::Ok));
        assert_eq!(severity(quota("DBClusters", 40)), Some(Severity::Error));
        assert_eq!(severity(quota("DBInstances", 40)), None, "none is needed");
    }
}
