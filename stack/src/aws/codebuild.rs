//! Builds, and the connections to where sources are.

use serde::Serialize;
use serde_json::Value as Json;

use super::{iam::RoleArn, logs::LogGroupName};
use crate::template::{Text, Val};

kinds! {
    ConnectionArn;
    ProjectName;
}

resource! {
    Project<'s> = "AWS::CodeBuild::Project", Ref = ProjectName;
    Connection<'s> = "AWS::CodeConnections::Connection", Ref = ConnectionArn;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Connection<'s> {
    pub connection_name: Val<'s, Text>,
    pub provider_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Project<'s> {
    pub name: Val<'s, Text>,
    pub description: &'static str,
    pub service_role: Val<'s, RoleArn>,
    pub source: Source<'s>,
    pub source_version: String,
    pub triggers: Option<Triggers>,
    pub environment: Environment<'s>,
    pub artifacts: Artifacts,
    pub cache: Cache<'s>,
    pub logs_config: Logs<'s>,
    pub timeout_in_minutes: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Source<'s> {
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub location: String,
    pub auth: Auth<'s>,
    /// YAML.
    pub build_spec: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Auth<'s> {
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub resource: Val<'s, ConnectionArn>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Triggers {
    pub webhook: bool,
    pub filter_groups: Json,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment<'s> {
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub image: &'static str,
    pub compute_type: &'static str,
    pub privileged_mode: bool,
    pub environment_variables: Vec<super::ecs::Variable<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Artifacts {
    #[serde(rename = "Type")]
    pub kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cache<'s> {
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub location: Val<'s, Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Logs<'s> {
    pub cloud_watch_logs: CloudWatchLogs<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CloudWatchLogs<'s> {
    pub status: &'static str,
    pub group_name: Val<'s, LogGroupName>,
}
