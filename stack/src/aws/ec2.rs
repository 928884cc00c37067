//! Networks.

use serde::Serialize;

use super::Tag;
use crate::template::{Handle, Text, Val};

kinds! {
    VpcId;
    SubnetId;
    SecurityGroupId;
    RouteTableId;
    InternetGatewayId;
    NatGatewayId;
    /// Of an Elastic IP address.
    AllocationId;
    VpcEndpointId;
}

resource! {
    Vpc<'s> = "AWS::EC2::VPC", Ref = VpcId;
    Subnet<'s> = "AWS::EC2::Subnet", Ref = SubnetId;
    InternetGateway<'s> = "AWS::EC2::InternetGateway", Ref = InternetGatewayId;
    InternetGatewayAttachment<'s> = "AWS::EC2::VPCGatewayAttachment", Ref = Text;
    Eip<'s> = "AWS::EC2::EIP", Ref = Text;
    NatGateway<'s> = "AWS::EC2::NatGateway", Ref = NatGatewayId;
    RouteTable<'s> = "AWS::EC2::RouteTable", Ref = RouteTableId;
    Route<'s> = "AWS::EC2::Route", Ref = Text;
    RouteTableAssociation<'s> = "AWS::EC2::SubnetRouteTableAssociation", Ref = Text;
    VpcEndpoint<'s> = "AWS::EC2::VPCEndpoint", Ref = VpcEndpointId;
    SecurityGroup<'s> = "AWS::EC2::SecurityGroup", Ref = SecurityGroupId;
    FlowLog<'s> = "AWS::EC2::FlowLog", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc<'s> {
    pub cidr_block: String,
    pub enable_dns_hostnames: bool,
    pub enable_dns_support: bool,
    pub tags: Vec<Tag<'s>>,
}

impl Vpc<'_> {
    /// One whose private endpoints answer to AWS's public names.
    pub fn new(cidr_block: impl Into<String>) -> Self {
        Self {
            cidr_block: cidr_block.into(),
            enable_dns_hostnames: true,
            enable_dns_support: true,
            tags: vec![Tag::name("vpc")],
        }
    }
}

impl<'s> Handle<'s, Vpc<'s>> {
    /// The group that what names no other gets.
    pub fn default_security_group(&self) -> Val<'s, SecurityGroupId> {
        self.attribute("DefaultSecurityGroup")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subnet<'s> {
    pub vpc_id: Val<'s, VpcId>,
    pub cidr_block: String,
    pub availability_zone: Val<'s, Text>,
    pub map_public_ip_on_launch: bool,
    pub tags: Vec<Tag<'s>>,
}

impl<'s> Subnet<'s> {
    /// One in the Region's zone of that index, from 0.
    pub fn new(vpc: &Val<'s, VpcId>, cidr_block: impl Into<String>, zone: usize) -> Self {
        Self {
            vpc_id: vpc.clone(),
            cidr_block: cidr_block.into(),
            availability_zone: Val::zone(zone),
            map_public_ip_on_launch: false,
            tags: Vec::new(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InternetGateway<'s> {
    pub tags: Vec<Tag<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InternetGatewayAttachment<'s> {
    pub vpc_id: Val<'s, VpcId>,
    pub internet_gateway_id: Val<'s, InternetGatewayId>,
}

/// An Elastic IP address.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Eip<'s> {
    pub domain: &'static str,
    pub tags: Vec<Tag<'s>>,
}

impl<'s> Handle<'s, Eip<'s>> {
    pub fn allocation_id(&self) -> Val<'s, AllocationId> {
        self.attribute("AllocationId")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NatGateway<'s> {
    pub subnet_id: Val<'s, SubnetId>,
    pub allocation_id: Val<'s, AllocationId>,
    pub tags: Vec<Tag<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTable<'s> {
    pub vpc_id: Val<'s, VpcId>,
    pub tags: Vec<Tag<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Route<'s> {
    pub route_table_id: Val<'s, RouteTableId>,
    pub destination_cidr_block: &'static str,
    #[serde(flatten)]
    pub target: Target<'s>,
}

/// Where a route leads.
#[derive(Serialize)]
pub enum Target<'s> {
    GatewayId(Val<'s, InternetGatewayId>),
    NatGatewayId(Val<'s, NatGatewayId>),
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RouteTableAssociation<'s> {
    pub subnet_id: Val<'s, SubnetId>,
    pub route_table_id: Val<'s, RouteTableId>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcEndpoint<'s> {
    pub vpc_id: Val<'s, VpcId>,
    pub service_name: Val<'s, Text>,
    #[serde(flatten)]
    pub kind: EndpointKind<'s>,
}

#[derive(Serialize)]
#[serde(tag = "VpcEndpointType", rename_all_fields = "PascalCase")]
pub enum EndpointKind<'s> {
    Gateway {
        route_table_ids: Vec<Val<'s, RouteTableId>>,
    },
    Interface {
        subnet_ids: Vec<Val<'s, SubnetId>>,
        security_group_ids: Vec<Val<'s, SecurityGroupId>>,
        private_dns_enabled: bool,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroup<'s> {
    pub vpc_id: Val<'s, VpcId>,
    pub group_description: &'static str,
    pub security_group_ingress: Vec<Rule<'s>>,
    pub security_group_egress: Vec<Rule<'s>>,
}

impl<'s> Handle<'s, SecurityGroup<'s>> {
    pub fn group_id(&self) -> Val<'s, SecurityGroupId> {
        self.attribute("GroupId")
    }
}

/// What a security group lets in or out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule<'s> {
    description: &'static str,
    ip_protocol: &'static str,
    from_port: u16,
    to_port: u16,
    #[serde(flatten)]
    peer: Peer<'s>,
}

/// The other side of a connection.
#[derive(Serialize)]
pub enum Peer<'s> {
    CidrIp(String),
    /// Only in rules that let in.
    SourceSecurityGroupId(Val<'s, SecurityGroupId>),
    /// Only in rules that let in.
    SourcePrefixListId(Val<'s, Text>),
}

impl<'s> Rule<'s> {
    /// TCP on one port.
    pub fn tcp(port: u16, peer: Peer<'s>, description: &'static str) -> Self {
        Self { description, ip_protocol: "tcp", from_port: port, to_port: port, peer }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FlowLog<'s> {
    pub resource_id: Val<'s, VpcId>,
    pub resource_type: &'static str,
    pub traffic_type: &'static str,
    pub log_group_name: Val<'s, super::logs::LogGroupName>,
    pub deliver_logs_permission_arn: Val<'s, super::iam::RoleArn>,
    /// Seconds.
    pub max_aggregation_interval: u32,
}
