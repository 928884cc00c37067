//! Budgets.

use serde::Serialize;

use crate::template::{Text, Val};

resource! {
    Budget<'s> = "AWS::Budgets::Budget", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Budget<'s> {
    pub budget: BudgetData<'s>,
    pub notifications_with_subscribers: Vec<Notify>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BudgetData<'s> {
    pub budget_name: Val<'s, Text>,
    pub budget_type: &'static str,
    pub time_unit: &'static str,
    pub budget_limit: Spend,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Spend {
    pub amount: u32,
    pub unit: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Notify {
    pub notification: Notification,
    pub subscribers: [Subscriber; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Notification {
    pub notification_type: &'static str,
    pub comparison_operator: &'static str,
    /// In percent.
    pub threshold: u8,
    pub threshold_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subscriber {
    pub subscription_type: &'static str,
    pub address: String,
}
