//! What would make a deployment fail, found before anything changes.
//!
//! Each check asks for itself, all at the same time. One that is not answered is a warning: who
//! deploys need not be allowed to ask everything.

mod certificate;
mod database;
mod models;
mod names;
mod quotas;
mod stacks;
mod template;

use std::{fmt, future::Future, time::Duration};

use aws_config::{SdkConfig, retry::RetryConfig};
use futures_util::{FutureExt, future::join_all};
use serde::Serialize;
use serde_json::Value as Json;
use stack::Settings;

use crate::{
    environment::Environment,
    failure::{Failure, Kind},
};

/// How often a question is asked, and how long an answer may take: to know it is not worth more.
const ATTEMPTS: u32 = 2;
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    pub what: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Ok,
    Warning,
    /// The deployment would fail.
    Error,
}

impl Finding {
    fn ok(what: impl Into<String>) -> Self {
        Self { severity: Severity::Ok, what: what.into(), next: None }
    }

    fn warning(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, what: what.into(), next: Some(next.into()) }
    }

    fn error(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { severity: Severity::Error, what: what.into(), next: Some(next.into()) }
    }

    fn not_checked(what: &str, failure: Failure) -> Self {
        let why = failure.why.first().map(|why| format!(" ({why})")).unwrap_or_default();
        let what = format!("{what}: not checked: {}{why}", failure.what);
        Self { severity: Severity::Warning, what, next: failure.next }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.what)?;
        match &self.next {
            Some(next) => write!(f, "\n    Next: {next}"),
            None => Ok(()),
        }
    }
}

/// What the checks are about: an environment, and what there is of it.
struct Subject<'a> {
    settings: &'a Settings,
    account: &'a str,
    region: &'a str,
    /// For questions.
    config: SdkConfig,
    /// What is to be deployed.
    template: Json,
    /// What is deployed already.
    deployed: Option<Json>,
    is_base_deployed: bool,
}

/// Which checks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    All,
    /// Of what differs from what is deployed.
    Changes,
}

/// All that there is to find.
pub async fn run(environment: &Environment<'_>) -> Vec<Finding> {
    let caller = Finding::ok(format!("signed in as {}, {}", environment.aws.caller, environment.place()));
    let mut findings = vec![caller];
    findings.extend(find(environment, Scope::All).await);
    findings
}

/// The step of a deployment: warns, and fails if the deployment would.
pub async fn before_deployment(environment: &Environment<'_>) -> Result<(), Failure> {
    let mut why = Vec::new();
    for finding in find(environment, Scope::Changes).await {
        match finding.severity {
            Severity::Ok => {}
            Severity::Warning => environment.report.warn(&finding.to_string()),
            Severity::Error => why.push(finding.to_string()),
        }
    }
    if why.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Kind::Preflight, "Nothing was changed: the deployment would fail")
        .because(why)
        .next("mend these, then deploy again; or go on all the same with --skip-check"))
}

async fn find(environment: &Environment<'_>, scope: Scope) -> Vec<Finding> {
    let settings = &environment.settings;
    let (base_template, template) = (stack::synth_base(settings), stack::synth(settings));
    let (base, stack) = (environment.base(), environment.stack());
    let (base, stack) = (stacks::look(&base, &base_template), stacks::look(&stack, &template));
    let (base, stack) = tokio::join!(base.boxed_local(), stack.boxed_local());
    let mut findings = base.findings;
    findings.extend(stack.findings);
    findings.extend(template::check(&template));
    let subject = Subject {
        settings,
        account: &environment.aws.account,
        region: &environment.aws.region,
        config: config(&environment.aws.config),
        template,
        deployed: stack.template,
        is_base_deployed: base.template.is_some(),
    };
    let mut checks = vec![("names", names::check(&subject, &base_template).boxed_local())];
    for (what, types, check) in [
        ("models", models::TYPES, models::check(&subject).boxed_local()),
        ("database", database::TYPES, database::check(&subject).boxed_local()),
        ("certificate", certificate::TYPES, certificate::check(&subject).boxed_local()),
        ("quotas", quotas::TYPES, quotas::check(&subject).boxed_local()),
    ] {
        if subject.is_due(scope, types) {
            checks.push((what, check));
        }
    }
    let answers = join_all(checks.into_iter().map(|(what, check)| patiently(what, check))).await;
    findings.extend(answers.into_iter().flatten());
    findings
}

fn config(config: &SdkConfig) -> SdkConfig {
    config.to_builder().retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS)).build()
}

async fn patiently(what: &str, check: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    tokio::time::timeout(PATIENCE, check).await.unwrap_or_else(|_| {
        let failure = Failure::new(Kind::Network, format!("AWS did not answer within {} s", PATIENCE.as_secs()))
            .next("check the network and AWS's health, then run the same command again");
        vec![Finding::not_checked(what, failure)]
    })
}

impl Subject<'_> {
    /// Whether a check that is about resources of these types has anything to say.
    fn is_due(&self, scope: Scope, types: &[&str]) -> bool {
        scope == Scope::All || self.deployed.as_ref().is_none_or(|deployed| differ(deployed, &self.template, types))
    }
}

/// Whether templates differ in resources of types that begin so.
fn differ(before: &Json, after: &Json, types: &[&str]) -> bool {
    let resources = |template: &Json| -> Vec<(String, Json)> {
        let resources = template["Resources"].as_object().into_iter().flatten();
        let is_one = |resource: &Json| {
            resource["Type"].as_str().is_some_and(|kind| types.iter().any(|begin| kind.starts_with(begin)))
        };
        resources.filter(|(_, one)| is_one(one)).map(|(name, one)| (name.clone(), one.clone())).collect()
    };
    resources(before) != resources(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(settings: &str) -> Json {
        stack::synth(&Settings::parse(settings, "test").expect("the settings are right"))
    }

    #[test]
    fn a_check_is_due_where_what_it_is_about_changes() {
        let before = template("[test]\nprofile = \"dev\"");
        let due = |settings: &str| {
            let after = template(settings);
            [models::TYPES, database::TYPES, certificate::TYPES, quotas::TYPES]
                .map(|types| differ(&before, &after, types))
        };
        assert_eq!(due("[test]\nprofile = \"dev\""), [false; 4]);
        assert_eq!(due("[test]\nprofile = \"dev\"\n[test.database]\nversion = \"16.12\""), [false, true, false, true]);
        assert_eq!(
            due("[test]\nprofile = \"dev\"\n[test.models]\nothers = [\"amazon.nova-lite-v1:0\"]"),
            [true, false, false, true]
        );
        assert_eq!(due("[test]\nprofile = \"dev\"\n[test.network]\nnat = \"one-a-zone\""), [false, false, false, true]);
    }

    #[test]
    fn what_is_not_answered_says_why_and_what_to_do() {
        let failure =
            Failure::new(Kind::Credentials, "Cannot read the quota").because(["AccessDenied: no"]).next("ask");
        let finding = Finding::not_checked("VPCs", failure);
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(finding.what, "VPCs: not checked: Cannot read the quota (AccessDenied: no)");
        assert_eq!(finding.next.as_deref(), Some("ask"));
    }
}
