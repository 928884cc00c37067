//! The table of prices: a file, with where and when each was read.

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Kind};

/// Hours of a month, as AWS's own calculator counts them.
const HOURS: f64 = 730.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Whose prices they are.
    pub region: String,
    pub as_of: String,
    pub fixed: Fixed,
    pub by_use: Vec<ByUse>,
    free: Free,
}

/// What is paid for being there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    pub nat_gateway: Price,
    pub endpoint: Price,
    pub public_ipv4: Price,
    pub load_balancer: Price,
    pub acu: Price,
    pub fargate_arm_cpu: Price,
    pub fargate_arm_gb: Price,
    pub fargate_x86_cpu: Price,
    pub fargate_x86_gb: Price,
    pub secret: Price,
    pub alarm: Price,
    pub dashboard: Price,
    pub web_acl: Price,
    pub web_acl_rule: Price,
    pub cache_gb: Price,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    usd: f64,
    per: Period,
    /// For who checks the table; the program has no use for them.
    #[serde(rename = "date")]
    _date: String,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Period {
    Hour,
    Month,
}

impl Price {
    /// US dollars a month.
    pub fn monthly(&self) -> f64 {
        match self.per {
            Period::Hour => self.usd * HOURS,
            Period::Month => self.usd,
        }
    }
}

/// What depends on how much is done with it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ByUse {
    /// Resources that bring it; none if every environment has it.
    #[serde(skip_serializing)]
    types: Vec<String>,
    pub what: String,
    /// US dollars for each of `per`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Free {
    types: Vec<String>,
}

impl Prices {
    pub fn read() -> Result<Self, Failure> {
        toml::from_str(include_str!("prices.toml")).map_err(|error| {
            Failure::new(Kind::Unexpected, "The table of prices is wrong").because([error.to_string()])
        })
    }

    /// What depends on use where there are resources of these types.
    pub fn by_use(&self, is_there: impl Fn(&str) -> bool) -> Vec<ByUse> {
        let is_due = |cost: &&ByUse| cost.types.is_empty() || cost.types.iter().any(|kind| is_there(kind));
        self.by_use.iter().filter(is_due).cloned().collect()
    }

    /// Whether it is known that nothing is due for being there.
    pub fn costs_nothing_by_itself(&self, kind: &str) -> bool {
        let mut listed = self.free.types.iter().chain(self.by_use.iter().flat_map(|cost| &cost.types));
        listed.any(|listed| listed == kind)
    }
}
