//! What serde can't know of settings.

use super::{Database, ExistingNetwork, Identity, Nat, Network, Settings};

/// What CloudWatch takes, of what makes sense.
const LOG_DAYS: [u16; 14] = [1, 3, 5, 7, 14, 30, 60, 90, 120, 180, 365, 731, 1827, 3653];

impl Settings {
    /// All that is wrong, for the one who wrote it.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Problems(Vec::new());
        let is_name = |name: &str| {
            (2..=20).contains(&name.len())
                && name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        problems.unless(is_name(&self.name), "name: must be 2 to 20 of a–z, 0–9 and `-`, and begin with a letter");
        problems.unless(LOG_DAYS.contains(&self.log_days), format!("log_days: CloudWatch takes one of {LOG_DAYS:?}"));
        problems.network(&self.network);
        problems.database(&self.database);
        problems.identity(&self.identity);
        if self.network.existing.is_none() && self.network.nat == Nat::None {
            problems.unless(
                self.identity.domain.is_none(),
                "identity.domain: a pool with a domain is not reached through a private endpoint, and with \
                 network.nat = \"none\" there is no other way to its keys; choose \"one\", or leave the domain out",
            );
        }
        problems.0
    }
}

struct Problems(Vec<String>);

impl Problems {
    fn unless(&mut self, holds: bool, problem: impl Into<String>) {
        if !holds {
            self.0.push(problem.into());
        }
    }

    fn network(&mut self, network: &Network) {
        if let Some(existing) = &network.existing {
            return self.existing_network(existing);
        }
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

    fn database(&mut self, database: &Database) {
        if let Some(existing) = &database.existing {
            let is_arn = existing.owner_secret_arn.starts_with("arn:");
            self.unless(is_arn, "database.existing.owner_secret_arn: must be the ARN of a secret");
            let is_group = existing.security_group_id.starts_with("sg-");
            return self.unless(is_group, "database.existing.security_group_id: must begin with `sg-`");
        }
        let is_version = database.version.split_once('.').is_some_and(|(major, minor)| {
            matches!(major, "16" | "17") && !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())
        });
        self.unless(
            is_version,
            "database.version: must be one of PostgreSQL 16 or 17, with its minor, such as \"16.11\"",
        );
        let is_step = |acu: f64| (acu * 2.0).fract() == 0.0;
        let (min, max) = (database.min_acu, database.max_acu);
        self.unless(
            is_step(min) && is_step(max) && 0.0 <= min && (1.0..=256.0).contains(&max) && min <= max,
            "database.min_acu and max_acu: half steps, from 0 to 256, the most at least 1 and no less than the least",
        );
        let pause = database.pause_after_minutes;
        self.unless((5..=1440).contains(&pause), "database.pause_after_minutes: must be 5 to 1440");
        self.unless((1..=35).contains(&database.backup_days), "database.backup_days: must be 1 to 35");
        self.unless(
            !(database.reader && min == 0.0),
            "database.reader: a database that pauses gains nothing by it; set min_acu to 0.5 or more",
        );
    }

    fn identity(&mut self, identity: &Identity) {
        if let Some(existing) = &identity.existing {
            let is_pool = existing.user_pool_id.contains('_');
            return self.unless(is_pool, "identity.existing.user_pool_id: must look like `us-east-1_AbCdEfGhI`");
        }
        self.unless((8..=99).contains(&identity.password_length), "identity.password_length: must be 8 to 99");
        self.unless((5..=1440).contains(&identity.token_minutes), "identity.token_minutes: must be 5 to 1440");
        self.unless((1..=3650).contains(&identity.session_days), "identity.session_days: must be 1 to 3650");
        if let Some(domain) = &identity.domain {
            let is_label = (1..=63).contains(&domain.len())
                && domain.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                && !domain.starts_with('-')
                && !domain.ends_with('-');
            let is_free = ["aws", "amazon", "cognito"].iter().all(|word| !domain.contains(word));
            self.unless(
                is_label && is_free,
                "identity.domain: must be 1 to 63 of a–z, 0–9 and `-`, without aws, amazon and cognito",
            );
        }
    }
}
