//! What an environment costs by being there, before anybody uses it.

mod fixed;
mod prices;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

pub use prices::{ByUse, Prices};

/// What templates cost a month.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cost {
    /// The sum of what is fixed, in US dollars.
    pub monthly_usd: f64,
    pub fixed: Vec<Item>,
    pub by_use: Vec<ByUse>,
    /// Types of resources of which the table says nothing: they may cost.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

/// A part of what a resource costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Its name in the template.
    pub resource: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub what: String,
    pub monthly_usd: f64,
}

/// What becomes of a resource's cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub resource: String,
    pub before_usd: f64,
    pub after_usd: f64,
}

/// Less than this is no difference: prices have fractions of a cent.
const CENT: f64 = 0.005;

impl Cost {
    /// What all that is in the templates costs together.
    pub fn of(templates: &[&Json], prices: &Prices) -> Self {
        let mut cost = Self::default();
        let mut kinds = Vec::new();
        for template in templates {
            for (name, resource) in template["Resources"].as_object().into_iter().flatten() {
                let kind = resource["Type"].as_str().unwrap_or_default();
                match fixed::parts(&prices.fixed, template, name) {
                    Some(parts) => cost.fixed.extend(parts.into_iter().map(|part| Item {
                        resource: name.clone(),
                        kind: kind.to_owned(),
                        what: part.what,
                        monthly_usd: part.monthly,
                    })),
                    None if prices.costs_nothing_by_itself(kind) => {}
                    None => cost.unknown.push(kind.to_owned()),
                }
                kinds.push(kind);
            }
        }
        // The sum of nothing would be -0.
        cost.monthly_usd = cost.fixed.iter().fold(0.0, |sum, item| sum + item.monthly_usd);
        cost.by_use = prices.by_use(|kind| kinds.contains(&kind));
        cost.unknown.sort();
        cost.unknown.dedup();
        cost
    }

    /// Where it differs from what was before.
    pub fn since(&self, before: &Self) -> Vec<Difference> {
        let mut resources: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for item in &before.fixed {
            resources.entry(&item.resource).or_default().0 += item.monthly_usd;
        }
        for item in &self.fixed {
            resources.entry(&item.resource).or_default().1 += item.monthly_usd;
        }
        resources
            .into_iter()
            .filter(|(_, (before, after))| (before - after).abs() >= CENT)
            .map(|(resource, (before_usd, after_usd))| Difference {
                resource: resource.to_owned(),
                before_usd,
                after_usd,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use stack::Settings;

    use super::*;

    fn cost(settings: &str) -> Cost {
        let settings = Settings::parse(settings, "test").expect("the settings are right");
        let prices = Prices::read().expect("the table is right");
        Cost::of(&[&stack::synth_base(&settings), &stack::synth(&settings)], &prices)
    }

    fn of(cost: &Cost, resource: &str) -> f64 {
        cost.fixed.iter().filter(|item| item.resource == resource).map(|item| item.monthly_usd).sum()
    }

    fn assert_usd(is: f64, expected: f64) {
        assert!((is - expected).abs() < CENT, "{is} is not {expected}");
    }

    const EVERYTHING: &str = r#"
        [test]
        profile = "prod"
        [test.identity]
        domain = "company"
        [test.edge]
        api_gateway = true
        domain = "chat.example.com"
        hosted_zone_id = "Z0123456789ABCDEFGHIJ"
        certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0"
        [test.storage]
        cache = true
        [test.watch]
        email = "ops@example.com"
        [test.budget]
        email = "ops@example.com"
        [test.delivery]
        repository = "https://github.com/company/mangoo.git"
    "#;
    const PUBLIC: &str = r#"
        [test]
        profile = "dev"
        [test.edge]
        cloudfront = false
        domain = "chat.example.com"
        hosted_zone_id = "Z0123456789ABCDEFGHIJ"
    "#;

    #[test]
    fn dev_costs_less_than_75_dollars_a_month() {
        let cost = cost("[test]\nprofile = \"dev\"");
        assert!((40.0..75.0).contains(&cost.monthly_usd), "{cost:#?}");
        assert_usd(of(&cost, "NatGateway1") + of(&cost, "NatAddress1"), 36.50);
        assert_usd(of(&cost, "DatabaseWriter"), 0.0);
    }

    #[test]
    fn it_is_known_of_every_type_what_it_costs() {
        for settings in ["[test]\nprofile = \"dev\"", "[test]\nprofile = \"prod\"", EVERYTHING, PUBLIC] {
            assert_eq!(cost(settings).unknown, [""; 0], "say in prices.toml what these cost");
        }
        let prices = Prices::read().expect("the table is right");
        let template = serde_json::json!({ "Resources": { "New": { "Type": "AWS::New::Thing" } } });
        assert_eq!(Cost::of(&[&template], &prices).unknown, ["AWS::New::Thing"]);
    }

    #[test]
    fn what_runs_in_each_zone_or_task_costs_for_each() {
        let cost = cost("[test]\nprofile = \"prod\"");
        assert_usd(of(&cost, "EcrApiEndpoint"), 3.0 * 0.01 * 730.0);
        assert_usd(of(&cost, "S3Endpoint"), 0.0);
        // At least two tasks of one processor and 2 GB.
        assert_usd(of(&cost, "BackendService"), 2.0 * 730.0 * (0.03238 + 2.0 * 0.00356));
        assert_usd(of(&cost, "DatabaseWriter"), 0.5 * 0.12 * 730.0);
        assert_usd(of(&cost, "DatabaseReader"), 0.5 * 0.12 * 730.0);
        assert_usd(of(&cost, "Firewall"), 5.0 + 5.0);
        let sum: f64 = cost.fixed.iter().map(|item| item.monthly_usd).sum();
        assert_usd(cost.monthly_usd, sum);
    }

    #[test]
    fn processors_and_numbers_of_tasks_have_their_own_price() {
        let fixed =
            "[test]\nprofile = \"dev\"\n[test.service]\narchitecture = \"x86-64\"\n[test.backend]\nmin = 3\nmax = 3";
        assert_usd(of(&cost(fixed), "BackendService"), 3.0 * 730.0 * (0.25 * 0.04048 + 0.5 * 0.004_445));
    }

    #[test]
    fn a_public_load_balancer_has_an_address_in_each_zone() {
        assert_usd(of(&cost(PUBLIC), "LoadBalancer"), 730.0 * (0.0225 + 2.0 * 0.005));
    }

    #[test]
    fn use_is_listed_by_name_and_only_where_it_can_happen() {
        let names = |cost: &Cost| cost.by_use.iter().map(|cost| cost.what.clone()).collect::<Vec<_>>().join("\n");
        let dev = names(&cost("[test]\nprofile = \"dev\""));
        assert!(dev.contains("NAT gateways") && dev.contains("tokens") && !dev.contains("firewall"), "{dev}");
        assert!(names(&cost("[test]\nprofile = \"prod\"")).contains("firewall"));
    }

    #[test]
    fn a_difference_is_of_what_comes_goes_and_changes() {
        let small = cost("[test]\nprofile = \"dev\"");
        let large =
            cost("[test]\nprofile = \"dev\"\n[test.network]\nnat = \"one-a-zone\"\n[test.watch]\nalarms = false");
        let changes = large.since(&small);
        let change = |name: &str| changes.iter().find(|change| change.resource == name);
        let gateway = change("NatGateway2").expect("it comes");
        assert_usd(gateway.after_usd - gateway.before_usd, 32.85);
        assert_usd(change("ErrorsAlarm").expect("it goes").after_usd, 0.0);
        assert_eq!(change("NatGateway1"), None);
        assert_eq!(small.since(&small), []);
    }
}
