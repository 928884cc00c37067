//! Writes the templates of the profiles and of random settings into a folder, for linters.

use std::{env, fs, path::Path};

use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRng, TestRunner},
};
use stack::Settings;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(folder), Some(count)) = (arguments.next(), arguments.next()) else {
        return Err("usage: templates FOLDER COUNT".into());
    };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let write = |name: &str, settings: &str| -> Result<(), Box<dyn std::error::Error>> {
        let settings = Settings::parse(settings, "test").map_err(|error| format!("{settings}\n{error}"))?;
        Ok(fs::write(folder.join(name), stack::synth(&settings).to_string())?)
    };
    for profile in ["dev", "prod"] {
        write(&format!("{profile}.json"), &format!("[test]\nprofile = \"{profile}\""))?;
    }
    // The same settings each time: what a linter says today it says tomorrow.
    let rng = TestRng::deterministic_rng(Config::default().rng_algorithm);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for number in 0..count.parse()? {
        let settings = settings().new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        write(&format!("random-{number:03}.json"), &settings)?;
    }
    Ok(())
}

/// A `mangoo.toml` that is accepted.
fn settings() -> impl Strategy<Value = String> {
    (prop::sample::select(vec!["dev", "prod"]), network(), database(), identity()).prop_map(
        |(profile, network, database, identity)| {
            format!("[test]\nprofile = \"{profile}\"\n{network}{database}{identity}")
        },
    )
}

fn network() -> impl Strategy<Value = String> {
    let own =
        (2..=3_u8, 16..=22_u8, prop::sample::select(vec!["none", "one", "one-a-zone"]), any::<bool>(), any::<bool>())
            .prop_map(|(zones, prefix, nat, endpoints, flow_logs)| {
                let endpoints = endpoints || nat == "none";
                format!(
                    "[test.network]\nzones = {zones}\ncidr = \"172.16.0.0/{prefix}\"\nnat = \"{nat}\"\n\
                 endpoints = {endpoints}\nflow_logs = {flow_logs}\n"
                )
            });
    let existing = Just(
        "[test.network.existing]\nvpc_id = \"vpc-0123456789abcdef0\"\n\
         public_subnet_ids = [\"subnet-0123456789abcdef0\", \"subnet-0123456789abcdef1\"]\n\
         private_subnet_ids = [\"subnet-0123456789abcdef2\", \"subnet-0123456789abcdef3\"]\n\
         isolated_subnet_ids = [\"subnet-0123456789abcdef4\", \"subnet-0123456789abcdef5\"]\n"
            .to_owned(),
    );
    prop_oneof![4 => own, 1 => existing]
}

fn database() -> impl Strategy<Value = String> {
    let own = (0..=8_u8, 2..=64_u8, 5..=1440_u16, 1..=35_u8, any::<bool>(), any::<bool>()).prop_map(
        |(min, more, pause, backups, reader, protect)| {
            let (min_acu, max_acu) = (f32::from(min) / 2.0, f32::from(min + more) / 2.0);
            let reader = reader && min > 0;
            format!(
                "[test.database]\nmin_acu = {min_acu}\nmax_acu = {max_acu}\npause_after_minutes = {pause}\n\
                 backup_days = {backups}\nreader = {reader}\nprotect = {protect}\n"
            )
        },
    );
    let existing = Just(
        "[test.database.existing]\nhost = \"db.example.com\"\nname = \"mangoo\"\n\
         owner_secret_arn = \"arn:aws:secretsmanager:us-east-1:123456789012:secret:owner-AbCdEf\"\n\
         security_group_id = \"sg-0123456789abcdef0\"\n"
            .to_owned(),
    );
    prop_oneof![4 => own, 1 => existing]
}

fn identity() -> impl Strategy<Value = String> {
    let own = (
        any::<bool>(),
        8..=99_u8,
        prop::sample::select(vec!["off", "optional", "required"]),
        5..=1440_u16,
        1..=3650_u16,
        any::<bool>(),
    )
        .prop_map(|(sign_up, length, mfa, minutes, days, protect)| {
            format!(
                "[test.identity]\nsign_up = {sign_up}\npassword_length = {length}\nmfa = \"{mfa}\"\n\
                 token_minutes = {minutes}\nsession_days = {days}\nprotect = {protect}\n"
            )
        });
    let existing = Just(
        "[test.identity.existing]\nuser_pool_id = \"us-east-1_AbCdEfGhI\"\napp_client_id = \"0123456789abcdef\"\n"
            .to_owned(),
    );
    prop_oneof![4 => own, 1 => existing]
}
