//! API Gateway before the API: no call gets in without a token. A REST API, since it alone
//! streams; and through a private integration, so that the load balancer stays internal.

use serde_json::json;

use crate::{
    aws::{
        apigateway::{
            AccessLog, Account, Authorizer, Deployment, EndpointConfiguration, Integration, Method, MethodSetting,
            Parameters, Resource, RestApi, Stage, VpcLink,
        },
        ec2::{Peer, Rule, SecurityGroup},
        elb::LoadBalancer,
        iam::{Role, Statement},
        logs::LogGroup,
    },
    identity::Identity,
    network::Network,
    settings::Settings,
    template::{Handle, Removal, Template, Text, Val, join},
};

/// API Gateway passes the stage on as the path's first part: so this is how the API's paths begin.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html>
const STAGE: &str = "api";
/// A deployment is a copy of the methods: change the number with them, or nothing changes.
const DEPLOYMENT: &str = "ApiDeployment1";
/// Streams begin at once; this is API Gateway's most.
const FIRST_BYTE_MILLISECONDS: u32 = 29_000;

/// The host where CloudFront finds it.
pub fn build<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    network: &Network<'s>,
    identity: &Identity<'s>,
    balancer: &Handle<'s, LoadBalancer<'s>>,
) -> Val<'s, Text> {
    let api = t.add(
        "Api",
        RestApi {
            name: Val::stack_name(),
            endpoint_configuration: EndpointConfiguration { types: ["REGIONAL"] },
            binary_media_types: ["*/*"],
        },
    );
    let resource = t.add("ApiPaths", Resource { rest_api_id: api.id(), parent_id: api.root(), path_part: "{proxy+}" });
    let authorizer = t.add(
        "ApiAuthorizer",
        Authorizer {
            rest_api_id: api.id(),
            name: "user-pool",
            kind: "COGNITO_USER_POOLS",
            identity_source: "method.request.header.Authorization",
            provider_arns: [identity.user_pool_arn.clone()],
        },
    );
    let link = link(t, network);
    let method = t.add(
        "ApiMethod",
        Method {
            rest_api_id: api.id(),
            resource_id: resource.id(),
            http_method: "ANY",
            authorization_type: "COGNITO_USER_POOLS",
            authorizer_id: Some(authorizer.id()),
            request_parameters: Parameters { method: Some(true), integration: None },
            integration: Integration {
                kind: "HTTP_PROXY",
                integration_http_method: "ANY",
                connection_type: "VPC_LINK",
                connection_id: link.id(),
                integration_target: balancer.id(),
                uri: join(["http://".into(), balancer.dns_name(), "/{proxy}".into()]),
                request_parameters: Parameters { method: None, integration: Some("method.request.path.proxy") },
                response_transfer_mode: "STREAM",
                timeout_in_millis: FIRST_BYTE_MILLISECONDS,
            },
        },
    );
    let deployment = t.add(DEPLOYMENT, Deployment { rest_api_id: api.id() });
    t.depends_on(&deployment, &method);
    let logs = t.add("ApiLogs", LogGroup { retention_in_days: settings.log_days });
    t.excuse(&logs, "CKV_AWS_158", "CloudWatch's own key encrypts it");
    let account = account(t, &api);
    let stage = t.add(
        "ApiStage",
        Stage {
            rest_api_id: api.id(),
            deployment_id: deployment.id(),
            stage_name: STAGE,
            access_log_setting: AccessLog { destination_arn: logs.arn(), format: access_log_format() },
            method_settings: [MethodSetting {
                http_method: "*",
                resource_path: "/*",
                metrics_enabled: true,
                throttling_burst_limit: 2000,
                throttling_rate_limit: 1000,
            }],
        },
    );
    t.depends_on(&stage, &account);
    for (rule, reason) in [
        ("CKV_AWS_120", "answers differ by user and must not be kept"),
        ("CKV_AWS_73", "the service's logs carry each request's id"),
    ] {
        t.excuse(&stage, rule, reason);
    }
    join([api.id().text(), ".execute-api.".into(), Val::region(), ".amazonaws.com".into()])
}

/// Lets API Gateway write logs. There is one such setting for all APIs of the account in a
/// Region: it replaces one that is there, and stays when this stack goes.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>
fn account<'s>(t: &mut Template<'s>, api: &Handle<'s, RestApi<'s>>) -> Handle<'s, Account<'s>> {
    let write = Statement::allow(
        [
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:FilterLogEvents",
            "logs:GetLogEvents",
            "logs:PutLogEvents",
        ],
        ["*".into()],
    );
    let role = Role::for_service_of_any_account("apigateway.amazonaws.com", "Writes the logs of APIs", vec![write]);
    let role = t.add("ApiLogsRole", role);
    t.excuse(&role, "CKV_AWS_111", "it is for the logs of every API in the account");
    let account = t.add("ApiAccount", Account { cloud_watch_role_arn: role.arn() });
    // An account that never had an API has no such settings yet.
    t.depends_on(&account, api);
    t.on_removal(&role, Removal::Retain);
    t.on_removal(&account, Removal::Retain);
    account
}

/// Where API Gateway enters the VPC.
fn link<'s>(t: &mut Template<'s>, network: &Network<'s>) -> Handle<'s, VpcLink<'s>> {
    let vpc = Peer::CidrIp(network.addresses.to_string());
    let group = t.add(
        "ApiLinkGroup",
        SecurityGroup {
            vpc_id: network.vpc.clone(),
            group_description: "API Gateway, on its way to the load balancer",
            security_group_ingress: Vec::new(),
            security_group_egress: vec![Rule::tcp(80, vpc, "The load balancer")],
        },
    );
    t.add(
        "ApiLink",
        VpcLink {
            name: Val::stack_name(),
            subnet_ids: network.private.clone(),
            security_group_ids: vec![group.group_id()],
        },
    )
}

/// A line of JSON a request, without what it says.
fn access_log_format() -> String {
    json!({
        "request_id": "$context.requestId",
        "time": "$context.requestTime",
        "method": "$context.httpMethod",
        "path": "$context.path",
        "status": "$context.status",
        "latency_ms": "$context.responseLatency",
        "user": "$context.authorizer.claims.sub",
        "error": "$context.error.message",
    })
    .to_string()
}
