//! Web application firewalls.

use serde::Serialize;
use serde_json::Value as Json;

use super::elb::LoadBalancerArn;
use crate::template::{Handle, Text, Val};

kinds! {
    WebAclArn;
}

resource! {
    WebAcl = "AWS::WAFv2::WebACL", Ref = Text;
    WebAclAssociation<'s> = "AWS::WAFv2::WebACLAssociation", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WebAcl {
    pub scope: &'static str,
    pub default_action: Json,
    pub rules: Vec<Rule>,
    pub visibility_config: Visibility,
}

impl<'s> Handle<'s, WebAcl> {
    pub fn arn(&self) -> Val<'s, WebAclArn> {
        self.attribute("Arn")
    }
}

/// Rules refer to nothing of the template, so their statements are plain JSON.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule {
    pub name: &'static str,
    pub priority: u8,
    pub statement: Json,
    #[serde(flatten)]
    pub outcome: Outcome,
    pub visibility_config: Visibility,
}

/// What a rule that matches does: a group's rules decide for themselves.
#[derive(Serialize)]
pub enum Outcome {
    Action(Json),
    OverrideAction(Json),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Visibility {
    pub cloud_watch_metrics_enabled: bool,
    pub sampled_requests_enabled: bool,
    pub metric_name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WebAclAssociation<'s> {
    pub resource_arn: Val<'s, LoadBalancerArn>,
    #[serde(rename = "WebACLArn")]
    pub web_acl_arn: Val<'s, WebAclArn>,
}
