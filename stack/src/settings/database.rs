//! Where everything is kept.

use serde::Deserialize;

use super::check::Problems;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Version of Aurora PostgreSQL, such as `16.11`.
    pub version: String,
    /// Least capacity in ACU, in half steps; 0 pauses a database that nobody uses.
    pub min_acu: f64,
    /// Most capacity in ACU, in half steps, to 256.
    pub max_acu: f64,
    /// Minutes without a connection until a database with `min_acu = 0` pauses: 5 to 1,440.
    pub pause_after_minutes: u32,
    /// Days that backups are kept: 1 to 35.
    pub backup_days: u8,
    /// Whether a second instance in another zone stands by and answers reads.
    pub reader: bool,
    /// Whether it can't be deleted. When it is, it leaves a last snapshot, protected or not.
    pub protect: bool,
    /// A PostgreSQL 16 with pgvector that is there already; nothing else of this table counts then.
    pub existing: Option<ExistingDatabase>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExistingDatabase {
    pub host: String,
    #[serde(default = "postgres_port")]
    pub port: u16,
    pub name: String,
    /// A secret with `username` and `password` of the database's owner.
    pub owner_secret_arn: String,
    /// A security group that the database lets in.
    pub security_group_id: String,
}

fn postgres_port() -> u16 {
    5432
}

impl Problems {
    pub(super) fn database(&mut self, database: &Database) {
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
}
