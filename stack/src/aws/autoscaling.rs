//! Services that grow and shrink.

use serde::Serialize;

use super::cloudwatch::Dimension;
use crate::template::{Text, Val};

kinds! {
    ScalableTargetId;
}

resource! {
    ScalableTarget<'s> = "AWS::ApplicationAutoScaling::ScalableTarget", Ref = ScalableTargetId;
    ScalingPolicy<'s> = "AWS::ApplicationAutoScaling::ScalingPolicy", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTarget<'s> {
    pub service_namespace: &'static str,
    pub scalable_dimension: &'static str,
    pub resource_id: Val<'s, Text>,
    pub min_capacity: u32,
    pub max_capacity: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingPolicy<'s> {
    pub policy_name: String,
    pub policy_type: &'static str,
    pub scaling_target_id: Val<'s, ScalableTargetId>,
    pub target_tracking_scaling_policy_configuration: TargetTracking<'s>,
}

/// Keeps a metric near a value. Times in seconds.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTracking<'s> {
    #[serde(flatten)]
    pub metric: Metric<'s>,
    pub target_value: u8,
    pub scale_out_cooldown: u16,
    pub scale_in_cooldown: u16,
}

#[derive(Serialize)]
pub enum Metric<'s> {
    #[serde(rename = "PredefinedMetricSpecification", rename_all = "PascalCase")]
    Predefined { predefined_metric_type: &'static str },
    /// What the one of them that returns data says.
    #[serde(rename = "CustomizedMetricSpecification", rename_all = "PascalCase")]
    Computed { metrics: Vec<Query<'s>> },
}

/// A metric by its id, or what is computed of others.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Query<'s> {
    pub id: &'static str,
    #[serde(flatten)]
    pub source: Source<'s>,
    pub return_data: bool,
}

#[derive(Serialize)]
pub enum Source<'s> {
    Expression(&'static str),
    #[serde(rename_all = "PascalCase")]
    MetricStat {
        metric: NamedMetric<'s>,
        stat: &'static str,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamedMetric<'s> {
    pub namespace: &'static str,
    pub metric_name: &'static str,
    pub dimensions: Vec<Dimension<'s>>,
}
