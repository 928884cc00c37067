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
        let bare =
            Settings::parse(&format!("[{environment}]\nprofile = \"{profile}\""), environment).expect("it is right");
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
        ("[dev]\nprofile = \"dev\"\nname = \"man--goo\"", "name: must be 2 to 20"),
        ("[dev]\nprofile = \"dev\"\nname = \"mangoo-\"", "name: must be 2 to 20"),
        ("[Dev]\nprofile = \"dev\"", "no environment `dev`; it has Dev"),
        ("[dev]\nprofile = \"dev\"\nlog_days = 6", "log_days: CloudWatch takes one of"),
    ] {
        let problem = problem(text);
        assert!(problem.contains(expected), "{text}: {problem}");
    }
}

#[test]
fn https_has_a_certificate_from_somewhere() {
    for (edge, expected) in [
        ("cloudfront = false", "edge.cloudfront: without it HTTPS needs"),
        ("domain = \"chat.example.com\"", "edge.domain: goes together with"),
        ("hosted_zone_id = \"Z1\"", "edge.domain: goes together with"),
        ("domain = \"chat.example.com\"\nhosted_zone_id = \"Z1\"", "edge.certificate_arn: with CloudFront a domain"),
        (
            "domain = \"chat.example.com\"\ncertificate_arn = \"arn:aws:acm:eu-west-1:1:certificate/1\"",
            "CloudFront takes certificates of us-east-1 only",
        ),
    ] {
        let problem = problem(&format!("[dev]\nprofile = \"dev\"\n[dev.edge]\n{edge}"));
        assert!(problem.contains(expected), "{edge}: {problem}");
    }
    dev("[dev.edge]\ncloudfront = false\ndomain = \"chat.example.com\"\nhosted_zone_id = \"Z1\"");
    dev("[dev.edge]\ncloudfront = false\nplain_http = true");
}

#[test]
fn names_leave_room_for_what_is_added_to_them() {
    let name = "mangoo-of-the-company";
    let settings = format!("[production]\nprofile = \"prod\"\nname = \"{name}\"");
    let refused = Settings::parse(&settings, "production").expect_err("it is too long").to_string();
    assert!(refused.contains("name: must be 2 to 20"), "{refused}");
    assert!(refused.contains("`mangoo-of-the-company-production` has more than 27 characters"), "{refused}");
}

#[test]
fn all_that_is_refused_is_listed_at_once() {
    let problem = problem(
        r#"
        [dev]
        profile = "dev"
        [dev.network]
        cidr = "10.0.0.0/24"
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
        [dev.models]
        default = "claude"
        [dev.service.environment]
        level = "debug"
        [dev.backend]
        cpu = 300
        [dev.frontend]
        max = 0
        [dev.worker]
        min = 1
        [dev.edge]
        cloudfront = false
        api_gateway = true
        domain = "chat.example.com"
        plain_http = true
        certificate_arn = "certificate"
        waf_requests = 1
        waf_text_paths = ["chat"]
        [dev.watch]
        email = "ops"
        [dev.budget]
        monthly_usd = 0
        email = "ops@"
        [dev.delivery]
        repository = "git@github.com:company/mangoo.git"
        connection_arn = "mine"
        keep_images = 0
        "#,
    );
    for setting in [
        "network.cidr",
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
        "models: `claude`",
        "service.environment: `level`",
        "backend.cpu and memory",
        "frontend.min and max",
        "worker.min: must be 0",
        "edge.api_gateway",
        "edge.plain_http",
        "edge.certificate_arn: must be the ARN",
        "edge.waf_requests",
        "edge.waf_text_paths: `chat`",
        "watch.email",
        "budget.monthly_usd",
        "budget.email",
        "delivery.repository",
        "delivery.connection_arn",
        "delivery.keep_images",
    ] {
        assert!(problem.contains(&format!("\n  - {setting}")), "{setting}: {problem}");
    }
}
