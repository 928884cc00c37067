//! Logs of CloudWatch.

use serde::Serialize;

use crate::template::{Handle, Text, Val};

kinds! {
    LogGroupName;
    LogGroupArn;
}

resource! {
    LogGroup = "AWS::Logs::LogGroup", Ref = LogGroupName;
    MetricFilter<'s> = "AWS::Logs::MetricFilter", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogGroup {
    /// One of the numbers that CloudWatch takes.
    pub retention_in_days: u16,
}

impl<'s> Handle<'s, LogGroup> {
    /// With `:*` at its end, as policies need it.
    pub fn arn(&self) -> Val<'s, LogGroupArn> {
        self.attribute("Arn")
    }
}

/// Makes a metric of what is logged.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricFilter<'s> {
    pub log_group_name: Val<'s, LogGroupName>,
    pub filter_pattern: String,
    pub metric_transformations: [Transformation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transformation {
    pub metric_namespace: String,
    pub metric_name: &'static str,
    pub metric_value: &'static str,
}
