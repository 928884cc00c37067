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
