//! APIs.

use serde::Serialize;

use super::{
    cognito::UserPoolArn,
    ec2::{SecurityGroupId, SubnetId},
    elb::LoadBalancerArn,
    iam::RoleArn,
    logs::LogGroupArn,
};
use crate::template::{Handle, Text, Val};

kinds! {
    RestApiId;
    ResourceId;
    AuthorizerId;
    DeploymentId;
    VpcLinkId;
}

resource! {
    Account<'s> = "AWS::ApiGateway::Account", Ref = Text;
    RestApi<'s> = "AWS::ApiGateway::RestApi", Ref = RestApiId;
    Resource<'s> = "AWS::ApiGateway::Resource", Ref = ResourceId;
    Authorizer<'s> = "AWS::ApiGateway::Authorizer", Ref = AuthorizerId;
    Method<'s> = "AWS::ApiGateway::Method", Ref = Text;
    Deployment<'s> = "AWS::ApiGateway::Deployment", Ref = DeploymentId;
    Stage<'s> = "AWS::ApiGateway::Stage", Ref = Text;
    VpcLink<'s> = "AWS::ApiGatewayV2::VpcLink", Ref = VpcLinkId;
}

/// What all APIs of an account in a Region have in common.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Account<'s> {
    pub cloud_watch_role_arn: Val<'s, RoleArn>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RestApi<'s> {
    pub name: Val<'s, Text>,
    pub endpoint_configuration: EndpointConfiguration,
    /// What is passed on byte for byte.
    pub binary_media_types: [&'static str; 1],
}

impl<'s> Handle<'s, RestApi<'s>> {
    pub fn root(&self) -> Val<'s, ResourceId> {
        self.attribute("RootResourceId")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndpointConfiguration {
    pub types: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Resource<'s> {
    pub rest_api_id: Val<'s, RestApiId>,
    pub parent_id: Val<'s, ResourceId>,
    pub path_part: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Authorizer<'s> {
    pub rest_api_id: Val<'s, RestApiId>,
    pub name: &'static str,
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub identity_source: &'static str,
    #[serde(rename = "ProviderARNs")]
    pub provider_arns: [Val<'s, UserPoolArn>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Method<'s> {
    pub rest_api_id: Val<'s, RestApiId>,
    pub resource_id: Val<'s, ResourceId>,
    pub http_method: &'static str,
    pub authorization_type: &'static str,
    pub authorizer_id: Option<Val<'s, AuthorizerId>>,
    pub request_parameters: Parameters<bool>,
    pub integration: Integration<'s>,
}

/// What is taken from a request's path: `proxy`, which is all of it.
#[derive(Serialize)]
pub struct Parameters<T> {
    #[serde(rename = "method.request.path.proxy")]
    pub method: Option<T>,
    #[serde(rename = "integration.request.path.proxy")]
    pub integration: Option<T>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Integration<'s> {
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub integration_http_method: &'static str,
    pub connection_type: &'static str,
    pub connection_id: Val<'s, VpcLinkId>,
    pub integration_target: Val<'s, LoadBalancerArn>,
    pub uri: Val<'s, Text>,
    pub request_parameters: Parameters<&'static str>,
    /// `STREAM`: what the backend sends goes on at once, for up to 15 minutes.
    pub response_transfer_mode: &'static str,
    /// Until the answer's first byte.
    pub timeout_in_millis: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment<'s> {
    pub rest_api_id: Val<'s, RestApiId>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Stage<'s> {
    pub rest_api_id: Val<'s, RestApiId>,
    pub deployment_id: Val<'s, DeploymentId>,
    pub stage_name: &'static str,
    pub access_log_setting: AccessLog<'s>,
    pub method_settings: [MethodSetting; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessLog<'s> {
    pub destination_arn: Val<'s, LogGroupArn>,
    pub format: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MethodSetting {
    pub http_method: &'static str,
    pub resource_path: &'static str,
    pub metrics_enabled: bool,
    pub throttling_burst_limit: u32,
    pub throttling_rate_limit: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcLink<'s> {
    pub name: Val<'s, Text>,
    pub subnet_ids: Vec<Val<'s, SubnetId>>,
    pub security_group_ids: Vec<Val<'s, SecurityGroupId>>,
}
