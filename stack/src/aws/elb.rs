//! Load balancers.

use serde::Serialize;

use super::{
    Attribute,
    acm::CertificateArn,
    ec2::{SecurityGroupId, SubnetId, VpcId},
};
use crate::template::{Handle, Text, Val};

kinds! {
    LoadBalancerArn;
    ListenerArn;
    TargetGroupArn;
}

resource! {
    LoadBalancer<'s> = "AWS::ElasticLoadBalancingV2::LoadBalancer", Ref = LoadBalancerArn;
    Listener<'s> = "AWS::ElasticLoadBalancingV2::Listener", Ref = ListenerArn;
    ListenerRule<'s> = "AWS::ElasticLoadBalancingV2::ListenerRule", Ref = Text;
    TargetGroup<'s> = "AWS::ElasticLoadBalancingV2::TargetGroup", Ref = TargetGroupArn;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancer<'s> {
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub scheme: &'static str,
    pub subnets: Vec<Val<'s, SubnetId>>,
    pub security_groups: Vec<Val<'s, SecurityGroupId>>,
    pub load_balancer_attributes: Vec<Attribute<'s>>,
}

impl<'s> Handle<'s, LoadBalancer<'s>> {
    pub fn dns_name(&self) -> Val<'s, Text> {
        self.attribute("DNSName")
    }

    pub fn hosted_zone_id(&self) -> Val<'s, Text> {
        self.attribute("CanonicalHostedZoneID")
    }

    /// As CloudWatch names it.
    pub fn full_name(&self) -> Val<'s, Text> {
        self.attribute("LoadBalancerFullName")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener<'s> {
    pub load_balancer_arn: Val<'s, LoadBalancerArn>,
    pub port: u16,
    pub protocol: &'static str,
    pub default_actions: [Action<'s>; 1],
    pub certificates: Option<[Certificate<'s>; 1]>,
    pub ssl_policy: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate<'s> {
    pub certificate_arn: Val<'s, CertificateArn>,
}

/// What a listener does with a request.
#[derive(Serialize)]
#[serde(tag = "Type", rename_all = "kebab-case", rename_all_fields = "PascalCase")]
pub enum Action<'s> {
    Forward { target_group_arn: Val<'s, TargetGroupArn> },
    Redirect { redirect_config: Redirect },
    FixedResponse { fixed_response_config: FixedResponse },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Redirect {
    pub protocol: &'static str,
    pub port: &'static str,
    pub status_code: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FixedResponse {
    pub status_code: &'static str,
    pub content_type: &'static str,
    pub message_body: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerRule<'s> {
    pub listener_arn: Val<'s, ListenerArn>,
    pub priority: u16,
    pub conditions: Vec<Condition<'s>>,
    pub actions: [Action<'s>; 1],
}

/// All of a rule's must hold.
#[derive(Serialize)]
#[serde(tag = "Field", rename_all = "kebab-case", rename_all_fields = "PascalCase")]
pub enum Condition<'s> {
    PathPattern { path_pattern_config: Paths },
    HttpHeader { http_header_config: Header<'s> },
}

impl Condition<'_> {
    pub fn paths(values: &[&'static str]) -> Self {
        Self::PathPattern { path_pattern_config: Paths { values: values.to_vec() } }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Paths {
    values: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Header<'s> {
    pub http_header_name: &'static str,
    pub values: [Val<'s, Text>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetGroup<'s> {
    pub vpc_id: Val<'s, VpcId>,
    pub target_type: &'static str,
    pub protocol: &'static str,
    pub port: u16,
    pub health_check_path: &'static str,
    pub health_check_interval_seconds: u16,
    pub health_check_timeout_seconds: u16,
    pub healthy_threshold_count: u8,
    pub unhealthy_threshold_count: u8,
    pub target_group_attributes: Vec<Attribute<'s>>,
}

impl<'s> Handle<'s, TargetGroup<'s>> {
    /// As CloudWatch names it.
    pub fn full_name(&self) -> Val<'s, Text> {
        self.attribute("TargetGroupFullName")
    }
}
