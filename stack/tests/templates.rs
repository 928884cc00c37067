//! What the profiles make, word for word. `cargo insta review` accepts a change.

use stack::Settings;

fn template(settings: &str) -> serde_json::Value {
    stack::synth(&Settings::parse(settings, "test").expect("the settings are right"))
}

#[test]
fn dev() {
    insta::assert_json_snapshot!(template("[test]\nprofile = \"dev\""));
}

#[test]
fn prod() {
    insta::assert_json_snapshot!(template("[test]\nprofile = \"prod\""));
}

#[test]
fn what_exists_is_not_made() {
    insta::assert_json_snapshot!(template(
        r#"
        [test]
        profile = "prod"
        [test.network.existing]
        vpc_id = "vpc-1"
        cidr = "172.31.0.0/16"
        public_subnet_ids = ["subnet-1", "subnet-2"]
        private_subnet_ids = ["subnet-3", "subnet-4"]
        isolated_subnet_ids = ["subnet-5", "subnet-6"]
        [test.database.existing]
        host = "db.example.com"
        name = "mangoo"
        owner_secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:owner"
        security_group_id = "sg-1"
        [test.identity.existing]
        user_pool_id = "us-east-1_AbCdEfGhI"
        app_client_id = "client"
        "#
    ));
}

/// All that is optional and in neither profile.
const EVERYTHING: &str = r#"
    [test]
    profile = "prod"
    [test.models]
    region = "us-west-2"
    others = ["amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0"]
    [test.edge]
    api_gateway = true
    domain = "chat.example.com"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
    [test.storage]
    cache = true
    [test.watch]
    email = "ops@example.com"
    [test.budget]
    email = "ops@example.com"
    [test.delivery]
    repository = "https://github.com/company/mangoo.git"
"#;

#[test]
fn everything() {
    insta::assert_json_snapshot!(template(EVERYTHING));
}

#[test]
fn base() {
    insta::assert_json_snapshot!(stack::synth_base(
        &Settings::parse(EVERYTHING, "test").expect("the settings are right")
    ));
}

#[test]
fn a_load_balancer_of_ones_own_answers_over_https() {
    let template = template(
        r#"
        [test]
        profile = "dev"
        [test.edge]
        cloudfront = false
        waf = true
        domain = "chat.example.com"
        hosted_zone_id = "Z0123456789ABCDEFGHIJ"
        "#,
    );
    let parts = ["LoadBalancer", "LoadBalancerGroup", "HttpListener", "Listener", "Certificate", "DomainRecord"];
    insta::assert_json_snapshot!(parts.map(|part| template["Resources"][part].clone()));
    let rate = &template["Resources"]["Firewall"]["Properties"]["Rules"][0]["Statement"]["RateBasedStatement"];
    assert_eq!(rate["AggregateKeyType"], "IP", "nobody stands between it and the client");
}
