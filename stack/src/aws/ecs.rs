//! Containers.

use serde::Serialize;

use super::{
    ec2::{SecurityGroupId, SubnetId},
    elb::TargetGroupArn,
    iam::RoleArn,
    logs::LogGroupName,
};
use crate::template::{Handle, Text, Val};

kinds! {
    ClusterName;
    ServiceArn;
    TaskDefinitionArn;
}

resource! {
    Cluster = "AWS::ECS::Cluster", Ref = ClusterName;
    TaskDefinition<'s> = "AWS::ECS::TaskDefinition", Ref = TaskDefinitionArn;
    Service<'s> = "AWS::ECS::Service", Ref = ServiceArn;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cluster {
    pub cluster_settings: [ClusterSetting; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClusterSetting {
    pub name: &'static str,
    pub value: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskDefinition<'s> {
    pub family: Val<'s, Text>,
    pub requires_compatibilities: [&'static str; 1],
    pub network_mode: &'static str,
    pub runtime_platform: Platform,
    pub cpu: String,
    pub memory: String,
    pub execution_role_arn: Val<'s, RoleArn>,
    pub task_role_arn: Val<'s, RoleArn>,
    pub container_definitions: [Container<'s>; 1],
    pub volumes: Vec<Volume>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Platform {
    pub cpu_architecture: &'static str,
    pub operating_system_family: &'static str,
}

/// One that is empty at first.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Volume {
    pub name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Container<'s> {
    pub name: &'static str,
    pub image: Val<'s, Text>,
    pub command: [&'static str; 1],
    pub essential: bool,
    pub environment: Vec<Variable<'s>>,
    pub port_mappings: Vec<Port>,
    pub health_check: Option<HealthCheck>,
    pub log_configuration: LogConfiguration<'s>,
    pub readonly_root_filesystem: bool,
    pub mount_points: Vec<MountPoint>,
    pub linux_parameters: LinuxParameters,
    pub system_controls: Vec<SystemControl>,
    /// Seconds between SIGTERM and SIGKILL.
    pub stop_timeout: u64,
}

/// An environment variable.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Variable<'s> {
    pub name: String,
    pub value: Val<'s, Text>,
}

impl<'s> Variable<'s> {
    pub fn new(name: impl Into<String>, value: impl Into<Val<'s, Text>>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Port {
    pub container_port: u16,
}

/// Times in seconds.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthCheck {
    pub command: Vec<&'static str>,
    pub interval: u16,
    pub timeout: u16,
    pub retries: u8,
    pub start_period: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogConfiguration<'s> {
    pub log_driver: &'static str,
    pub options: LogOptions<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LogOptions<'s> {
    pub awslogs_group: Val<'s, LogGroupName>,
    pub awslogs_region: Val<'s, Text>,
    pub awslogs_stream_prefix: &'static str,
    pub mode: &'static str,
    pub max_buffer_size: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MountPoint {
    pub source_volume: &'static str,
    pub container_path: &'static str,
    pub read_only: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LinuxParameters {
    pub init_process_enabled: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SystemControl {
    pub namespace: &'static str,
    pub value: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Service<'s> {
    pub cluster: Val<'s, ClusterName>,
    pub task_definition: Val<'s, TaskDefinitionArn>,
    pub launch_type: &'static str,
    /// Left out where tasks are scaled: a deployment would set it back.
    pub desired_count: Option<u32>,
    pub deployment_configuration: Deployment,
    pub availability_zone_rebalancing: &'static str,
    /// Only where there is a load balancer that checks.
    pub health_check_grace_period_seconds: Option<u16>,
    pub load_balancers: Vec<Target<'s>>,
    pub network_configuration: NetworkConfiguration<'s>,
    pub enable_execute_command: bool,
    #[serde(rename = "EnableECSManagedTags")]
    pub enable_managed_tags: bool,
    pub propagate_tags: &'static str,
}

impl<'s> Handle<'s, Service<'s>> {
    pub fn name(&self) -> Val<'s, Text> {
        self.attribute("Name")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment {
    pub deployment_circuit_breaker: CircuitBreaker,
    pub minimum_healthy_percent: u16,
    pub maximum_percent: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CircuitBreaker {
    pub enable: bool,
    pub rollback: bool,
}

/// Which container gets a target group's requests.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target<'s> {
    pub container_name: &'static str,
    pub container_port: u16,
    pub target_group_arn: Val<'s, TargetGroupArn>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NetworkConfiguration<'s> {
    pub awsvpc_configuration: VpcConfiguration<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VpcConfiguration<'s> {
    pub assign_public_ip: &'static str,
    pub subnets: Vec<Val<'s, SubnetId>>,
    pub security_groups: Vec<Val<'s, SecurityGroupId>>,
}
