//! Where it all runs.

use serde::Deserialize;

use super::{Cidr, check::Problems};

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The VPC's addresses, from /16 to /22.
    pub cidr: Cidr,
    /// Availability zones: 2 or 3.
    pub zones: usize,
    pub nat: Nat,
    /// Whether AWS's services are reached by private endpoints; without NAT they must be.
    pub endpoints: bool,
    /// Whether all connections are logged.
    pub flow_logs: bool,
    /// A VPC that is there already; nothing else of this table counts then.
    pub existing: Option<ExistingNetwork>,
}

impl Network {
    /// The addresses of all that is in it.
    pub fn addresses(&self) -> Cidr {
        self.existing.as_ref().map_or(self.cidr, |existing| existing.cidr)
    }
}

/// How private subnets reach the internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nat {
    None,
    One,
    OneAZone,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingNetwork {
    pub vpc_id: String,
    /// Its addresses.
    pub cidr: Cidr,
    /// For the load balancer.
    pub public_subnet_ids: Vec<String>,
    /// For the service; AWS's services must be reachable from there.
    pub private_subnet_ids: Vec<String>,
    /// For the database.
    pub isolated_subnet_ids: Vec<String>,
}

impl Problems {
    pub(super) fn network(&mut self, network: &Network) {
        if let Some(existing) = &network.existing {
            return self.existing_network(existing);
        }
        let prefix = network.cidr.prefix();
        self.unless(
            prefix <= 22,
            format!("network.cidr: must have room for twelve subnets: /16 to /22, not /{prefix}"),
        );
        self.unless((2..=3).contains(&network.zones), "network.zones: must be 2 or 3");
        self.unless(
            network.nat != Nat::None || network.endpoints,
            "network.endpoints: must be true with nat = \"none\", or the service reaches nothing",
        );
    }

    fn existing_network(&mut self, existing: &ExistingNetwork) {
        self.unless(existing.vpc_id.starts_with("vpc-"), "network.existing.vpc_id: must begin with `vpc-`");
        for (name, subnets) in [
            ("public_subnet_ids", &existing.public_subnet_ids),
            ("private_subnet_ids", &existing.private_subnet_ids),
            ("isolated_subnet_ids", &existing.isolated_subnet_ids),
        ] {
            self.unless(
                subnets.len() >= 2 && subnets.iter().all(|id| id.starts_with("subnet-")),
                format!(
                    "network.existing.{name}: must be two or more ids that begin with `subnet-`, in different zones"
                ),
            );
        }
    }
}
