//! Services that grow and shrink.

use serde::Serialize;

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
    pub target_tracking_scaling_policy_configuration: TargetTracking,
}

/// Keeps a metric near a value. Times in seconds.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTracking {
    pub predefined_metric_specification: Metric,
    pub target_value: u8,
    pub scale_out_cooldown: u16,
    pub scale_in_cooldown: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    pub predefined_metric_type: &'static str,
}
