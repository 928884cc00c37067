//! Alarms and dashboards.

use serde::Serialize;

use super::sns::TopicArn;
use crate::template::{Text, Val};

resource! {
    Alarm<'s> = "AWS::CloudWatch::Alarm", Ref = Text;
    Dashboard<'s> = "AWS::CloudWatch::Dashboard", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm<'s> {
    pub alarm_description: String,
    pub namespace: String,
    pub metric_name: &'static str,
    pub dimensions: Vec<Dimension<'s>>,
    #[serde(flatten)]
    pub statistic: Statistic,
    pub comparison_operator: &'static str,
    pub threshold: f64,
    /// Seconds.
    pub period: u32,
    pub evaluation_periods: u8,
    pub treat_missing_data: &'static str,
    pub alarm_actions: Vec<Val<'s, TopicArn>>,
    #[serde(rename = "OKActions")]
    pub ok_actions: Vec<Val<'s, TopicArn>>,
}

#[derive(Clone, Copy, Serialize)]
pub enum Statistic {
    Statistic(&'static str),
    ExtendedStatistic(&'static str),
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension<'s> {
    pub name: &'static str,
    pub value: Val<'s, Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dashboard<'s> {
    pub dashboard_name: Val<'s, Text>,
    /// JSON.
    pub dashboard_body: Val<'s, Text>,
}
