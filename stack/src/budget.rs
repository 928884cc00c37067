//! A budget: an e-mail before the bill is a surprise.

use crate::{
    aws::budgets::{Budget, BudgetData, Notification, Notify, Spend, Subscriber},
    settings,
    template::{Template, Val, join},
};

/// What is told, at which percent.
const NOTIFICATIONS: [(&str, u8); 3] = [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)];

pub fn build(t: &mut Template, settings: &settings::Budget) {
    let Some(email) = &settings.email else { return };
    t.add(
        "Budget",
        Budget {
            budget: BudgetData {
                budget_name: join([Val::stack_name(), "-".into(), Val::region()]),
                budget_type: "COST",
                time_unit: "MONTHLY",
                budget_limit: Spend { amount: settings.monthly_usd, unit: "USD" },
            },
            notifications_with_subscribers: NOTIFICATIONS
                .into_iter()
                .map(|(notification_type, threshold)| Notify {
                    notification: Notification {
                        notification_type,
                        comparison_operator: "GREATER_THAN",
                        threshold,
                        threshold_type: "PERCENTAGE",
                    },
                    subscribers: [Subscriber { subscription_type: "EMAIL", address: email.clone() }],
                })
                .collect(),
        },
    );
}
