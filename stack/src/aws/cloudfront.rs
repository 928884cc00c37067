//! The edge.

use serde::Serialize;

use super::{acm::CertificateArn, elb::LoadBalancerArn};
use crate::template::{Handle, Text, Val};

kinds! {
    DistributionId;
    VpcOriginId;
    FunctionArn;
}

resource! {
    Distribution<'s> = "AWS::CloudFront::Distribution", Ref = DistributionId;
    VpcOrigin<'s> = "AWS::CloudFront::VpcOrigin", Ref = VpcOriginId;
    Function<'s> = "AWS::CloudFront::Function", Ref = FunctionArn;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcOrigin<'s> {
    pub vpc_origin_endpoint_config: Endpoint<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Endpoint<'s> {
    pub name: Val<'s, Text>,
    pub arn: Val<'s, LoadBalancerArn>,
    #[serde(rename = "HTTPPort")]
    pub http_port: u16,
    pub origin_protocol_policy: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Function<'s> {
    pub name: Val<'s, Text>,
    pub auto_publish: bool,
    pub function_code: &'static str,
    pub function_config: FunctionConfig,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionConfig {
    pub comment: &'static str,
    pub runtime: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Distribution<'s> {
    pub distribution_config: Config<'s>,
}

impl<'s> Handle<'s, Distribution<'s>> {
    pub fn domain_name(&self) -> Val<'s, Text> {
        self.attribute("DomainName")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Config<'s> {
    pub enabled: bool,
    pub comment: Val<'s, Text>,
    pub http_version: &'static str,
    #[serde(rename = "IPV6Enabled")]
    pub ipv6_enabled: bool,
    pub price_class: &'static str,
    pub aliases: Option<[String; 1]>,
    pub viewer_certificate: Certificate<'s>,
    pub origins: Vec<Origin<'s>>,
    pub default_cache_behavior: Behavior<'s>,
    pub cache_behaviors: Vec<Behavior<'s>>,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "PascalCase")]
pub enum Certificate<'s> {
    Own {
        acm_certificate_arn: Val<'s, CertificateArn>,
        ssl_support_method: &'static str,
        minimum_protocol_version: &'static str,
    },
    CloudFront {
        cloud_front_default_certificate: bool,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Origin<'s> {
    pub id: &'static str,
    pub domain_name: Val<'s, Text>,
    pub origin_custom_headers: Vec<Header<'s>>,
    #[serde(flatten)]
    pub kind: OriginKind<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Header<'s> {
    pub header_name: &'static str,
    pub header_value: Val<'s, Text>,
}

/// Times in seconds.
#[derive(Serialize)]
pub enum OriginKind<'s> {
    #[serde(rename = "VpcOriginConfig", rename_all = "PascalCase")]
    Vpc { vpc_origin_id: Val<'s, VpcOriginId>, origin_read_timeout: u64, origin_keepalive_timeout: u64 },
    #[serde(rename = "CustomOriginConfig", rename_all = "PascalCase")]
    Https {
        origin_protocol_policy: &'static str,
        #[serde(rename = "OriginSSLProtocols")]
        origin_ssl_protocols: [&'static str; 1],
        origin_read_timeout: u64,
        origin_keepalive_timeout: u64,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Behavior<'s> {
    /// None in the default one.
    pub path_pattern: Option<&'static str>,
    pub target_origin_id: &'static str,
    pub viewer_protocol_policy: &'static str,
    pub allowed_methods: Vec<&'static str>,
    pub cache_policy_id: &'static str,
    pub origin_request_policy_id: &'static str,
    pub response_headers_policy_id: &'static str,
    pub compress: bool,
    pub function_associations: Vec<FunctionAssociation<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FunctionAssociation<'s> {
    pub event_type: &'static str,
    #[serde(rename = "FunctionARN")]
    pub function_arn: Val<'s, FunctionArn>,
}
