//! What `mangoo.toml` may say, and what is answered when it may not.

use stack::{
    Settings,
    settings::{self, Mfa, Nat},
};

fn problem(text: &str) -> String {
    Settings::parse(text, "dev").expect_err("it is wrong").to_string()
}

fn dev(settings: &str) -> Settings {
    Settings::parse(&format!("[dev]\nprofile = \"dev\"\n{settings}"), "dev").expect("it is right")
}

#[test]
fn a_profile_is_all_that_is_needed() {
    let text = "[dev]\nprofile = \"dev\"\n[live]\nprofile = \"prod\"";
    let [dev, live] = ["dev", "live"].map(|environment| Settings::parse(text, environment).expect("it is right"));
    assert_eq!((dev.network.nat, dev.network.zones, dev.database.protect), (Nat::One, 2, false));
    assert_eq!((live.network.nat, live.network.zones, live.database.protect), (Nat::OneAZone, 3, true));
    assert_eq!(live.database.version, dev.database.version);
    assert_eq!(Settings::environments(text).expect("it is TOML"), ["dev", "live"]);
}

#[test]
fn what_is_chosen_wins_over_the_profile() {
    let settings = dev("log_days = 7\n[dev.network]\nzones = 3\n[dev.identity]\nmfa = \"required\"");
    assert_eq!((settings.log_days, settings.network.zones, settings.identity.mfa), (7, 3, Mfa::Required));
    assert_eq!(settings.network.nat, Nat::One);
}

#[test]
fn the_example_says_what_holds_anyway() {
    let example = settings::example();
    for (environment, profile) in [("dev", "dev"), ("prod", "prod")] {
        let bare = Settings::parse(&format!("[x]\nprofile = \"{profile}\""), "x").expect("it is right");
        assert_eq!(Settings::parse(&example, environment).expect("it is right"), bare);
    }
}

#[test]
fn every_line_of_the_example_can_be_used() {
    // Without the comment's mark before each setting and each table that is not prose.
    let is_setting = |line: &str| {
        line.starts_with('[')
            || line.split_once(" = ").is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let mut text = String::new();
    for line in settings::example().lines() {
        let bare = line.strip_prefix("# ").filter(|bare| is_setting(bare)).unwrap_or(line);
        text += bare;
        text.push('\n');
    }
    let text = text.replace('…', "0");
    let settings = Settings::parse(&text, "dev").expect("it is right");
    assert!(settings.network.existing.is_some() && settings.database.existing.is_some());
    assert_eq!(settings.region.as_deref(), Some("us-east-1"));
}

#[test]
fn what_is_wrong_is_named() {
    for (text, expected) in [
        ("[dev", "mangoo.toml is not TOML"),
        ("", "it has none at all: `mangoo-ops init` writes one"),
        ("[prod]\nprofile = \"prod\"", "no environment `dev`; it has prod"),
        ("dev = 1", "an environment is a table"),
        ("[dev]", "profile is missing"),
        ("[dev]\nprofile = \"huge\"", "profile: must be \"dev\" or \"prod\""),
        ("[dev]\nprofile = \"dev\"\n[dev.network]\nnats = 1", "network.nats: unknown field `nats`, expected one of"),
        ("[dev]\nprofile = \"dev\"\nsize = 1", "size: unknown field `size`, expected one of"),
        ("[dev]\nprofile = \"dev\"\n[dev.network]\nnat = \"two\"", "network.nat: unknown variant `two`"),
        ("[dev]\nprofile = \"dev\"\n[dev.network]\nzones = \"2\"", "network.zones: invalid type"),
        ("[dev]\nprofile = \"dev\"\n[dev.network]\ncidr = \"10.0.0.1/16\"", "network.cidr: `10.0.0.1/16` is no block"),
        ("[dev]\nprofile = \"dev\"\nname = \"Mangoo\"", "name: must be 2 to 20"),
        ("[dev]\nprofile = \"dev\"\nlog_days = 6", "log_days: CloudWatch takes one of"),
    ] {
        let problem = problem(text);
        assert!(problem.contains(expected), "{text}: {problem}");
    }
}

#[test]
fn all_that_is_refused_is_listed_at_once() {
    let problem = problem(
        r#"
        [dev]
        profile = "dev"
        [dev.network]
        zones = 4
        nat = "none"
        [dev.database]
        version = "16"
        min_acu = 0.3
        pause_after_minutes = 1
        backup_days = 0
        [dev.identity]
        password_length = 7
        token_minutes = 1
        session_days = 0
        domain = "aws-chat"
        "#,
    );
    for setting in [
        "network.zones",
        "network.endpoints",
        "database.version",
        "database.min_acu",
        "database.pause_after_minutes",
        "database.backup_days",
        "identity.password_length",
        "identity.token_minutes",
        "identity.session_days",
        "identity.domain: must be",
        "identity.domain: a pool with a domain",
    ] {
        assert!(problem.contains(&format!("\n  - {setting}")), "{setting}: {problem}");
    }
}
