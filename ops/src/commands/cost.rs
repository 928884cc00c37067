//! `mangoo-ops cost`: what an environment costs a month before anybody uses it.

use std::{collections::BTreeMap, time::Duration};

use clap::Args;
use serde::Serialize;
use stack::Settings;

use super::target::Target;
use crate::{
    aws::Aws,
    cloudformation::Stack,
    cost::{ByUse, Cost, Difference, Item, Prices},
    failure::Failure,
    report::Report,
};

/// How long one waits to learn what is deployed: the cost itself needs no AWS.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops cost -e dev            what it costs, and how that differs from what is deployed
  mangoo-ops cost -e dev --offline  without a look at the account; no credentials are needed either way
  mangoo-ops cost -e prod --json | jq .monthly_usd

Prices are list prices from a table with a date, without taxes, free tiers and discounts.")]
pub struct Options {
    #[command(flatten)]
    target: Target,
    /// Do not compare with what is deployed
    #[arg(long)]
    offline: bool,
}

#[derive(Serialize)]
struct Answer {
    environment: String,
    prices: PriceList,
    #[serde(flatten)]
    cost: Cost,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployed: Option<Deployed>,
    /// Why there is no comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_compared: Option<String>,
}

/// Of which Region the prices are, and when they were put together.
#[derive(Serialize)]
struct PriceList {
    region: String,
    as_of: String,
}

#[derive(Serialize)]
struct Deployed {
    monthly_usd: f64,
    differences: Vec<Difference>,
}

pub async fn run(options: &Options, report: &Report) -> Result<(), Failure> {
    let settings = options.target.settings()?;
    let prices = Prices::read()?;
    let cost = Cost::of(&[&stack::synth_base(&settings), &stack::synth(&settings)], &prices);
    let mut answer = Answer {
        environment: settings.stack_name(),
        prices: PriceList { region: prices.region.clone(), as_of: prices.as_of.clone() },
        cost,
        deployed: None,
        not_compared: None,
    };
    if !options.offline {
        match tokio::time::timeout(PATIENCE, deployed(&settings, report, &prices)).await {
            Ok(Ok(Some(before))) => {
                let differences = answer.cost.since(&before);
                answer.deployed = Some(Deployed { monthly_usd: before.monthly_usd, differences });
            }
            Ok(Ok(None)) => answer.not_compared = Some("it is not deployed".to_owned()),
            Ok(Err(failure)) => answer.not_compared = Some(failure.what),
            Err(_) => answer.not_compared = Some(format!("AWS did not answer within {} s", PATIENCE.as_secs())),
        }
    }
    report.result(&text(&answer, settings.region.as_deref()), &answer);
    Ok(())
}

/// What is deployed costs; none if nothing is.
async fn deployed(settings: &Settings, report: &Report, prices: &Prices) -> Result<Option<Cost>, Failure> {
    let aws = Aws::connect(settings).await?;
    let mut templates = Vec::new();
    for name in [settings.base_stack_name(), settings.stack_name()] {
        let stack = Stack::new(&aws, name, report);
        let deployed = stack.describe().await?;
        if deployed.is_some_and(|deployed| deployed.has_resources()) {
            templates.push(stack.template().await?);
        }
    }
    let templates: Vec<_> = templates.iter().collect();
    Ok((!templates.is_empty()).then(|| Cost::of(&templates, prices)))
}

fn text(answer: &Answer, region: Option<&str>) -> String {
    let PriceList { region: prices_of, as_of } = &answer.prices;
    let cost = &answer.cost;
    let mut lines = vec![format!(
        "{}: fixed cost a month in US dollars, by list prices of {prices_of} as of {as_of}; check them before you rely on them",
        answer.environment
    )];
    if let Some(region) = region.filter(|region| region != prices_of) {
        lines.push(format!("It is in {region}, where prices differ: these are the prices of {prices_of}."));
    }
    lines.push(String::new());
    lines.extend(rows(&cost.fixed));
    lines.push(format!("{:>9.2}  in all", cost.monthly_usd));
    lines.push("\nBy use, on top of that:".to_owned());
    lines.extend(cost.by_use.iter().map(|cost| format!("  {}", by_use(cost))));
    if !cost.unknown.is_empty() {
        lines.push(format!("\nNot in the table of prices: {}", cost.unknown.join(", ")));
    }
    if let Some(deployed) = &answer.deployed {
        let change = cost.monthly_usd - deployed.monthly_usd;
        lines.push(format!("\nDeployed now: {:.2}; the change is {change:+.2}", deployed.monthly_usd));
        lines.extend(deployed.differences.iter().map(|difference| {
            let change = difference.after_usd - difference.before_usd;
            format!(
                "{change:>+9.2}  {}: {:.2} → {:.2}",
                difference.resource, difference.before_usd, difference.after_usd
            )
        }));
    }
    if let Some(why) = &answer.not_compared {
        lines.push(format!("\nNot compared with what is deployed: {why}"));
    }
    lines.join("\n")
}

/// What is the same of several resources is one row; the dearest first.
fn rows(items: &[Item]) -> Vec<String> {
    let mut groups: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in items {
        groups.entry(&item.what).or_default().push(item);
    }
    let mut rows: Vec<(f64, &str, Vec<&Item>)> = groups
        .into_iter()
        .map(|(what, items)| (items.iter().map(|item| item.monthly_usd).sum(), what, items))
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    rows.into_iter()
        .map(|(sum, what, items)| {
            let count = if items.len() > 1 { format!("{} × ", items.len()) } else { String::new() };
            let names: Vec<_> = items.iter().map(|item| item.resource.as_str()).collect();
            let names = match names.as_slice() {
                [first, _, _, others @ .., last] => format!("{first}, … ({} more), {last}", others.len() + 2),
                few => few.join(", "),
            };
            format!("{sum:>9.2}  {count}{what}  [{names}]")
        })
        .collect()
}

fn by_use(cost: &ByUse) -> String {
    match (cost.usd, &cost.per) {
        (Some(usd), Some(per)) => format!("{}: ${usd} per {per}", cost.what),
        _ => cost.what.clone(),
    }
}
