//! Writes the templates of the profiles and of random settings into a folder, for linters.

use std::{collections::HashSet, env, fs, path::Path};

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
    let mut bases = HashSet::new();
    let mut write = |name: &str, settings: &str| -> Result<(), Box<dyn std::error::Error>> {
        let settings = Settings::parse(settings, "test").map_err(|error| format!("{settings}\n{error}"))?;
        fs::write(folder.join(format!("{name}.json")), stack::synth(&settings).to_string())?;
        // Few settings make a difference to it: the same is not checked again.
        let base = stack::synth_base(&settings).to_string();
        if bases.insert(base.clone()) {
            fs::write(folder.join(format!("{name}-base.json")), base)?;
        }
        Ok(())
    };
    for profile in ["dev", "prod"] {
        write(profile, &format!("[test]\nprofile = \"{profile}\""))?;
    }
    // The same settings each time: what a linter says today it says tomorrow.
    let rng = TestRng::deterministic_rng(Config::default().rng_algorithm);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for number in 0..count.parse()? {
        let settings = settings().new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        write(&format!("random-{number:03}"), &settings)?;
    }
    Ok(())
}

/// A `mangoo.toml` that is accepted.
fn settings() -> impl Strategy<Value = String> {
    let parts = (network(), database(), identity(), service(), edge(), rest());
    (prop::sample::select(vec!["dev", "prod"]), parts).prop_map(
        |(profile, (network, database, identity, service, edge, rest))| {
            format!("[test]\nprofile = \"{profile}\"\n{network}{database}{identity}{service}{edge}{rest}")
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
         cidr = \"10.1.0.0/24\"\n\
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

fn service() -> impl Strategy<Value = String> {
    let models = vec![
        "amazon.nova-lite-v1:0",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "eu.amazon.nova-pro-v1:0",
        "global.anthropic.claude-haiku-4-5-20251001-v1:0",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
    ];
    (
        prop::sample::select(vec!["arm64", "x86-64"]),
        any::<bool>(),
        prop::sample::subsequence(models, 0..=3),
        prop::option::of(Just("us-west-2")),
        prop::sample::select(vec![(256, 512), (512, 1024), (1024, 4096), (4096, 30720)]),
        (1..=3_u8, 0..=3_u8),
        (1..=3_u8, 0..=3_u8),
        prop::option::of((1..=3_u8, 0..=3_u8)),
    )
        .prop_map(|(architecture, exec, others, region, (cpu, memory), backend, frontend, worker)| {
            let region = region.map(|region| format!("region = \"{region}\"\n")).unwrap_or_default();
            let counts = |(min, more): (u8, u8)| format!("min = {min}\nmax = {}\n", min + more);
            format!(
                "[test.models]\n{region}others = {others:?}\n\
                 [test.service]\narchitecture = \"{architecture}\"\nexec = {exec}\n\
                 environment = {{ RUST_LOG = \"debug\" }}\n\
                 [test.backend]\ncpu = {cpu}\nmemory = {memory}\n{}[test.frontend]\n{}\
                 [test.worker]\n{}",
                counts(backend),
                counts(frontend),
                worker.map_or_else(|| "min = 0\nmax = 0\n".to_owned(), counts)
            )
        })
}

fn edge() -> impl Strategy<Value = String> {
    let certificate = |region: &str| {
        format!(
            "domain = \"chat.example.com\"\n\
             certificate_arn = \"arn:aws:acm:{region}:123456789012:certificate/00000000-0000-0000-0000-000000000000\"\n"
        )
    };
    let zone = "hosted_zone_id = \"Z0123456789ABCDEFGHIJ\"\n";
    let entrances = vec![
        "cloudfront = true\n".to_owned(),
        "cloudfront = true\napi_gateway = true\n".to_owned(),
        format!("cloudfront = true\n{}", certificate("us-east-1")),
        format!("cloudfront = true\napi_gateway = true\n{}{zone}", certificate("us-east-1")),
        format!("cloudfront = false\n{}", certificate("eu-west-1")),
        format!("cloudfront = false\n{}{zone}", certificate("eu-west-1")),
        format!("cloudfront = false\ndomain = \"chat.example.com\"\n{zone}"),
        "cloudfront = false\nplain_http = true\n".to_owned(),
    ];
    (
        prop::sample::select(entrances),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec!["count", "block"]),
        1..=4_usize,
    )
        .prop_map(|(entrance, access_logs, waf, bodies, paths)| {
            let paths: Vec<_> = (0..paths).map(|number| format!("/api/v1/{number}")).collect();
            format!(
                "[test.edge]\n{entrance}access_logs = {access_logs}\nwaf = {waf}\nwaf_text_bodies = \"{bodies}\"\n\
                 waf_text_paths = {paths:?}\n"
            )
        })
}

fn rest() -> impl Strategy<Value = String> {
    let email = || prop::option::of(Just("email = \"ops@example.com\"\n")).prop_map(Option::unwrap_or_default);
    let pipeline = prop::sample::select(vec![
        "",
        "repository = \"https://github.com/company/mangoo.git\"\n",
        "repository = \"https://gitlab.com/company/mangoo.git\"\n\
         connection_arn = \"arn:aws:codeconnections:us-east-1:123456789012:connection/00000000-0000-0000-0000-000000000000\"\n",
    ]);
    (prop::array::uniform5(any::<bool>()), email(), email(), 1..=10_000_u32, pipeline).prop_map(
        |([protect, cache, alarms, dashboard, insights], watch, budget, monthly_usd, pipeline)| {
            format!(
                "[test.storage]\nprotect = {protect}\ncache = {cache}\n\
                 [test.watch]\nalarms = {alarms}\ndashboard = {dashboard}\ninsights = {insights}\n{watch}\
                 [test.budget]\nmonthly_usd = {monthly_usd}\n{budget}[test.delivery]\n{pipeline}"
            )
        },
    )
}
