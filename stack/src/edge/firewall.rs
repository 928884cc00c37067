//! The web application firewall before the load balancer.

use serde_json::{Value as Json, json};

use super::CLIENT_ADDRESS;
use crate::{
    aws::{
        elb::LoadBalancerArn,
        waf::{Outcome, Rule, Visibility, WebAcl, WebAclAssociation},
    },
    settings::{BodyRules, Edge},
    template::{Template, Val},
};

const WINDOW_SECONDS: u32 = 300;

/// A group of AWS's own rules, with those of its rules that look into a body: they are counted
/// only, and leave a label. A long prompt, or one with code in it, looks like an attack.
struct Group {
    name: &'static str,
    labels: &'static str,
    body_rules: &'static [&'static str],
}

/// It judges who connects: behind CloudFront that is always CloudFront.
const REPUTATION: Group = Group { name: "AWSManagedRulesAmazonIpReputationList", labels: "", body_rules: &[] };

const GROUPS: [Group; 3] = [
    Group {
        name: "AWSManagedRulesCommonRuleSet",
        labels: "awswaf:managed:aws:core-rule-set:",
        body_rules: &[
            "SizeRestrictions_BODY",
            "CrossSiteScripting_BODY",
            "GenericLFI_BODY",
            "GenericRFI_BODY",
            "EC2MetaDataSSRF_BODY",
        ],
    },
    Group {
        name: "AWSManagedRulesKnownBadInputsRuleSet",
        labels: "awswaf:managed:aws:known-bad-inputs:",
        body_rules: &["Log4JRCE_BODY", "JavaDeserializationRCE_BODY"],
    },
    Group {
        name: "AWSManagedRulesSQLiRuleSet",
        labels: "awswaf:managed:aws:sql-database:",
        body_rules: &["SQLi_BODY", "SQLiExtendedPatterns_BODY"],
    },
];

pub fn build<'s>(t: &mut Template<'s>, edge: &Edge, load_balancer: &Val<'s, LoadBalancerArn>) {
    let mut rules = vec![Rule {
        name: "rate",
        priority: 0,
        statement: rate(edge),
        outcome: Outcome::Action(json!({ "Block": { "CustomResponse": { "ResponseCode": 429 } } })),
        visibility_config: visibility("rate"),
    }];
    let groups = (!edge.cloudfront).then_some(&REPUTATION).into_iter().chain(&GROUPS);
    rules.extend(groups.zip(1..).map(|(group, priority)| Rule {
        name: group.name,
        priority,
        statement: managed(group),
        outcome: Outcome::OverrideAction(json!({ "None": {} })),
        visibility_config: visibility(group.name),
    }));
    rules.push(Rule {
        name: "bodies",
        priority: 10,
        statement: suspicious_bodies(edge),
        outcome: Outcome::Action(json!({ "Block": {} })),
        visibility_config: visibility("bodies"),
    });
    let acl = t.add(
        "Firewall",
        WebAcl {
            scope: "REGIONAL",
            default_action: json!({ "Allow": {} }),
            rules,
            visibility_config: visibility("firewall"),
        },
    );
    t.add("FirewallAssociation", WebAclAssociation { resource_arn: load_balancer.clone(), web_acl_arn: acl.arn() });
}

/// Too many requests of one address: behind CloudFront the one that CloudFront names.
fn rate(edge: &Edge) -> Json {
    let mut rate = json!({
        "Limit": edge.waf_requests,
        "EvaluationWindowSec": WINDOW_SECONDS,
        "AggregateKeyType": "IP",
    });
    if edge.cloudfront {
        rate["AggregateKeyType"] = "FORWARDED_IP".into();
        rate["ForwardedIPConfig"] = json!({ "HeaderName": CLIENT_ADDRESS, "FallbackBehavior": "NO_MATCH" });
    }
    json!({ "RateBasedStatement": rate })
}

fn managed(group: &Group) -> Json {
    let count = |rule: &&str| json!({ "Name": rule, "ActionToUse": { "Count": {} } });
    let mut statement = json!({ "VendorName": "AWS", "Name": group.name });
    if !group.body_rules.is_empty() {
        statement["RuleActionOverrides"] = group.body_rules.iter().map(count).collect();
    }
    json!({ "ManagedRuleGroupStatement": statement })
}

/// Bodies that a rule above counted, but for those on paths that take free text.
fn suspicious_bodies(edge: &Edge) -> Json {
    let label = |key: String| json!({ "LabelMatchStatement": { "Scope": "LABEL", "Key": key } });
    let labelled = any(GROUPS
        .iter()
        // A rule `X_BODY` leaves the label `X_Body`.
        .flat_map(|group| {
            group.body_rules.iter().map(|rule| label(format!("{}{}", group.labels, rule.replace("_BODY", "_Body"))))
        })
        .collect());
    if edge.waf_text_bodies == BodyRules::Block {
        return labelled;
    }
    let begins_with = |path: &String| {
        json!({ "ByteMatchStatement": {
            "SearchString": path,
            "FieldToMatch": { "UriPath": {} },
            "PositionalConstraint": "STARTS_WITH",
            "TextTransformations": [{ "Priority": 0, "Type": "NONE" }],
        } })
    };
    let text = any(edge.waf_text_paths.iter().map(begins_with).collect());
    json!({ "AndStatement": { "Statements": [labelled, { "NotStatement": { "Statement": text } }] } })
}

/// WAF takes no list of one.
fn any(mut statements: Vec<Json>) -> Json {
    if statements.len() == 1 { statements.remove(0) } else { json!({ "OrStatement": { "Statements": statements } }) }
}

fn visibility(metric_name: &'static str) -> Visibility {
    Visibility { cloud_watch_metrics_enabled: true, sampled_requests_enabled: true, metric_name }
}
