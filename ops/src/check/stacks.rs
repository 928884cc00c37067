//! The stacks: whether they are ours, and whether they take a change.

use serde_json::Value as Json;

use super::Finding;
use crate::{
    cloudformation::{Deployed, Stack, TAKEN},
    failure::{Failure, Kind},
};

/// What there is of a stack.
pub struct Look {
    pub findings: Vec<Finding>,
    /// What is deployed; none if nothing is, or nobody knows what.
    pub template: Option<Json>,
}

/// `template` is what is to be deployed.
pub async fn look(stack: &Stack<'_>, template: &Json) -> Look {
    let (described, deployed) = tokio::join!(stack.describe(), stack.template());
    match described {
        Ok(Some(described)) => judge(&stack.name, &described, deployed, template),
        Ok(None) => {
            let is_free = Finding::ok(format!("{}: not there yet; the name is free", stack.name));
            Look { findings: vec![is_free], template: None }
        }
        Err(failure) => Look { findings: vec![Finding::not_checked(&stack.name, failure)], template: None },
    }
}

fn judge(name: &str, described: &Deployed, deployed: Result<Json, Failure>, template: &Json) -> Look {
    let status = described.status.as_str();
    if described.is_empty() {
        let what = format!("{name}: a change set was made for it, and never carried out ({status})");
        let next = "nothing: the deployment makes its own; `mangoo-ops unstick` removes it";
        return Look { findings: vec![Finding::warning(what, next)], template: None };
    }
    let (mut findings, mut known) = (Vec::new(), None);
    match deployed {
        Ok(deployed) if is_ours(&deployed, template) => known = Some(deployed),
        Ok(_) => {
            let what = format!("The stack {name} is not one that mangoo-ops made for this");
            findings.push(Finding::error(what, TAKEN));
        }
        // It is no JSON, which all of ours are.
        Err(failure) if failure.kind == Kind::Preflight => findings.push(Finding::error(failure.what, TAKEN)),
        Err(failure) => findings.push(Finding::not_checked(&format!("{name}: whose it is"), failure)),
    }
    if described.is_stuck() {
        let why = described
            .reason
            .as_ref()
            .filter(|reason| !reason.is_empty())
            .map(|reason| format!(" ({reason})"))
            .unwrap_or_default();
        let next = "`mangoo-ops unstick` shows the ways out, and asks before it takes one";
        findings.push(Finding::error(format!("{name}: stuck in {status}{why}"), next));
    } else if described.is_busy() {
        let what = format!("{name}: being changed now ({status})");
        findings.push(Finding::warning(what, "nothing: the deployment waits for that first"));
    } else if findings.is_empty() {
        findings.push(Finding::ok(format!("{name}: there, and takes changes ({status})")));
    }
    Look { findings, template: known }
}

/// By their descriptions, but for what depends on the settings.
fn is_ours(deployed: &Json, template: &Json) -> bool {
    let purpose = |template: &Json| {
        let text = template["Description"].as_str()?.split_once(": ")?.1;
        Some(text.split(" (").next().unwrap_or(text).to_owned())
    };
    purpose(deployed).is_some() && purpose(deployed) == purpose(template)
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::StackStatus;
    use serde_json::json;
    use stack::Settings;

    use super::*;
    use crate::check::Severity;

    fn template(profile: &str) -> Json {
        let settings = format!("[test]\nprofile = \"{profile}\"");
        stack::synth(&Settings::parse(&settings, "test").expect("the settings are right"))
    }

    fn found(status: StackStatus, deployed: Result<Json, Failure>) -> (Vec<Finding>, bool) {
        let described = Deployed {
            id: "id".to_owned(),
            status,
            reason: Some("the reason".to_owned()),
            parameters: crate::cloudformation::Values::new(),
            outputs: crate::cloudformation::Values::new(),
            is_protected: false,
        };
        let look = judge("mangoo-test", &described, deployed, &template("dev"));
        (look.findings, look.template.is_some())
    }

    #[test]
    fn a_stack_that_rests_takes_changes_and_one_that_is_stuck_does_not() {
        for (status, severity) in [
            (StackStatus::CreateComplete, Severity::Ok),
            (StackStatus::UpdateRollbackComplete, Severity::Ok),
            (StackStatus::UpdateInProgress, Severity::Warning),
            (StackStatus::ReviewInProgress, Severity::Warning),
            (StackStatus::RollbackComplete, Severity::Error),
            (StackStatus::UpdateRollbackFailed, Severity::Error),
            (StackStatus::DeleteFailed, Severity::Error),
        ] {
            let (findings, _) = found(status.clone(), Ok(template("prod")));
            assert_eq!(findings.iter().map(|finding| finding.severity).collect::<Vec<_>>(), [severity], "{status}");
            let next = findings[0].next.clone().unwrap_or_default();
            assert_eq!(severity == Severity::Error, next.starts_with("`mangoo-ops unstick`"), "{status}: {next}");
        }
    }

    #[test]
    fn somebody_elses_stack_is_an_error_whatever_it_is_written_in() {
        let other = json!({ "Description": "shop: everything", "Resources": {} });
        let yaml = Failure::new(Kind::Preflight, "The stack mangoo-test is not one that mangoo-ops made");
        let base = stack::synth_base(&Settings::parse("[test]\nprofile = \"dev\"", "test").expect("they are right"));
        for deployed in [Ok(other), Ok(json!({})), Ok(base), Err(yaml)] {
            let (findings, is_known) = found(StackStatus::CreateComplete, deployed);
            assert_eq!(findings.len(), 1);
            assert_eq!(findings[0].severity, Severity::Error);
            assert_eq!(findings[0].next.as_deref(), Some(TAKEN));
            assert!(!is_known, "nothing is compared with it");
        }
    }

    #[test]
    fn a_template_that_may_not_be_read_is_only_not_checked() {
        let denied = Failure::new(Kind::Credentials, "Cannot read the template").because(["AccessDenied: no"]);
        let (findings, _) = found(StackStatus::CreateComplete, Err(denied));
        assert_eq!(findings[0].severity, Severity::Warning);
        assert!(findings[0].what.contains("not checked"), "{findings:?}");
    }
}
