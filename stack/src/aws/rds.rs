//! Databases.

use serde::Serialize;

use super::{
    ec2::{SecurityGroupId, SubnetId},
    secretsmanager::SecretArn,
};
use crate::template::{Handle, Text, Val};

kinds! {
    SubnetGroupName;
    ClusterId;
    InstanceId;
    ParameterGroupName;
}

resource! {
    SubnetGroup<'s> = "AWS::RDS::DBSubnetGroup", Ref = SubnetGroupName;
    ClusterParameterGroup = "AWS::RDS::DBClusterParameterGroup", Ref = ParameterGroupName;
    Cluster<'s> = "AWS::RDS::DBCluster", Ref = ClusterId;
    Instance<'s> = "AWS::RDS::DBInstance", Ref = InstanceId;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubnetGroup<'s> {
    #[serde(rename = "DBSubnetGroupDescription")]
    pub description: &'static str,
    pub subnet_ids: Vec<Val<'s, SubnetId>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ClusterParameterGroup {
    pub description: &'static str,
    pub family: String,
    pub parameters: std::collections::BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_excessive_bools)] // CloudFormation has them
pub struct Cluster<'s> {
    pub engine: &'static str,
    pub engine_version: String,
    pub database_name: &'static str,
    pub port: u16,
    pub master_username: &'static str,
    /// RDS makes the password up, keeps it as a secret, and rotates it.
    pub manage_master_user_password: bool,
    #[serde(rename = "DBSubnetGroupName")]
    pub subnet_group: Val<'s, SubnetGroupName>,
    #[serde(rename = "DBClusterParameterGroupName")]
    pub parameter_group: Val<'s, ParameterGroupName>,
    pub vpc_security_group_ids: Vec<Val<'s, SecurityGroupId>>,
    pub serverless_v2_scaling_configuration: Scaling,
    pub storage_encrypted: bool,
    pub backup_retention_period: u8,
    pub copy_tags_to_snapshot: bool,
    pub deletion_protection: bool,
    pub enable_cloudwatch_logs_exports: [&'static str; 1],
    #[serde(rename = "EnableIAMDatabaseAuthentication")]
    pub enable_iam_database_authentication: bool,
}

/// In Aurora capacity units, in half steps.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Scaling {
    pub min_capacity: f64,
    pub max_capacity: f64,
    pub seconds_until_auto_pause: Option<u32>,
}

impl<'s> Handle<'s, Cluster<'s>> {
    /// Where to write.
    pub fn endpoint(&self) -> Val<'s, Text> {
        self.attribute("Endpoint.Address")
    }

    /// The secret with the name and password of the owner.
    pub fn master_secret(&self) -> Val<'s, SecretArn> {
        self.attribute("MasterUserSecret.SecretArn")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Instance<'s> {
    pub engine: &'static str,
    #[serde(rename = "DBInstanceClass")]
    pub class: &'static str,
    #[serde(rename = "DBClusterIdentifier")]
    pub cluster: Val<'s, ClusterId>,
    pub publicly_accessible: bool,
    pub auto_minor_version_upgrade: bool,
    pub enable_performance_insights: bool,
}
