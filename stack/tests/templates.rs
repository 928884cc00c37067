//! What the profiles make, word for word. `cargo insta review` accepts a change.

use serde_json::Value as Json;
use stack::Settings;

fn template(settings: &str) -> Json {
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
    rerank = "cohere.rerank-v3-5:0"
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
    connection_arn = "arn:aws:codeconnections:us-east-1:123456789012:connection/00000000-0000-0000-0000-000000000000"
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

#[test]
fn no_pipeline_before_its_connection_is_confirmed() {
    let settings = "[test]\nprofile = \"dev\"\n[test.delivery]\nrepository = \"https://github.com/company/mangoo.git\"";
    let base = stack::synth_base(&Settings::parse(settings, "test").expect("the settings are right"));
    let types: Vec<_> = base["Resources"].as_object().expect("it has resources").values().map(kind).collect();
    assert!(types.contains(&"AWS::CodeConnections::Connection"));
    assert!(!types.contains(&"AWS::CodeBuild::Project") && !types.contains(&"AWS::IAM::Role"));
    // Once the settings name it, the template has it no more, and it must not go for that.
    assert_eq!(base["Resources"]["Connection"]["DeletionPolicy"], "Retain");
}

fn kind(resource: &Json) -> &str {
    resource["Type"].as_str().expect("it has a type")
}

/// The actions that a policy allows.
fn actions(policy: &Json) -> impl Iterator<Item = &str> {
    let statements = policy["Statement"].as_array().into_iter().flatten();
    let allowed = statements.filter(|statement| statement["Effect"] == "Allow");
    allowed.flat_map(|statement| statement["Action"].as_array().into_iter().flatten()).filter_map(Json::as_str)
}

#[test]
fn what_a_pipeline_makes_stays_within_bounds() {
    let settings = Settings::parse(EVERYTHING, "test").expect("the settings are right");
    let base = stack::synth_base(&settings);
    let boundary = &base["Resources"]["Boundary"]["Properties"];
    let most: Vec<_> = actions(&boundary["PolicyDocument"]).collect();
    assert!(most.iter().all(|action| !action.contains('*') && !action.starts_with("iam:")), "{most:?}");
    let platform = stack::synth(&settings);
    let mut roles = 0;
    for (name, role) in platform["Resources"].as_object().expect("it has resources") {
        if kind(role) != "AWS::IAM::Role" {
            continue;
        }
        roles += 1;
        let properties = &role["Properties"];
        let bound = properties["PermissionsBoundary"].to_string();
        assert!(bound.contains(":policy/") && bound.contains("test-base-boundary-"), "{name}: {bound}");
        // What is beyond it would be forbidden without a word.
        for action in properties["Policies"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|policy| actions(&policy["PolicyDocument"]))
        {
            assert!(most.contains(&action), "{name} may not {action}");
        }
    }
    assert!(roles >= 6, "{roles} roles");
    assert!(boundary["ManagedPolicyName"].to_string().contains("test-base-boundary-"));
    // Without a pipeline there is nobody to bind.
    let alone = template("[test]\nprofile = \"prod\"");
    assert!(!alone.to_string().contains("PermissionsBoundary"));
}

#[test]
fn what_fails_at_first_can_be_taken_back() {
    let settings = Settings::parse("[test]\nprofile = \"prod\"", "test").expect("the settings are right");
    let first = stack::synth_at_first(&settings);
    assert_eq!(first["Resources"]["Database"]["Properties"]["DeletionProtection"], false);
    for (name, resource) in first["Resources"].as_object().expect("it has resources") {
        assert_ne!(resource["DeletionPolicy"], "Retain", "{name}");
    }
    let then = stack::synth_without_services(&settings);
    assert_eq!(then["Resources"]["Database"]["Properties"]["DeletionProtection"], true);
    assert_eq!(then["Resources"]["Uploads"]["DeletionPolicy"], "Retain");
}

#[test]
fn a_database_leaves_a_snapshot_whatever_its_protection() {
    for profile in ["dev", "prod"] {
        let database = &template(&format!("[test]\nprofile = \"{profile}\""))["Resources"]["Database"];
        assert_eq!(
            (&database["DeletionPolicy"], &database["UpdateReplacePolicy"]),
            (&"Snapshot".into(), &"Snapshot".into())
        );
    }
}

#[test]
fn who_keeps_a_domain_elsewhere_is_told_where_it_leads() {
    let template = template(
        "[test]\nprofile = \"dev\"\n[test.edge]\ndomain = \"chat.example.com\"\n\
         certificate_arn = \"arn:aws:acm:us-east-1:123456789012:certificate/0\"",
    );
    assert_eq!(template["Outputs"]["DomainTarget"]["Value"]["Fn::GetAtt"][0], "Distribution");
    assert!(template["Resources"].get("DomainRecord").is_none());
}

#[test]
fn what_the_internet_reaches_is_made_after_the_way_to_it() {
    let of_its_own = "[test]\nprofile = \"prod\"\n[test.edge]\ncloudfront = false\nplain_http = true";
    for (settings, names) in [
        ("[test]\nprofile = \"dev\"", &["NatAddress1", "NatGateway1", "LoadBalancerOrigin"][..]),
        (of_its_own, &["NatGateway3", "LoadBalancer"]),
    ] {
        let template = template(settings);
        for name in names {
            let others = template["Resources"][name]["DependsOn"].as_array().expect("it waits");
            assert!(others.contains(&"InternetGatewayAttachment".into()), "{name}: {others:?}");
        }
    }
}

#[test]
fn behind_cloudfront_every_request_says_whose_it_is() {
    let rules = |template: &Json| template["Resources"]["Firewall"]["Properties"]["Rules"].to_string();
    let behind = template(EVERYTHING);
    let config = &behind["Resources"]["Distribution"]["Properties"]["DistributionConfig"];
    let others = config["CacheBehaviors"].as_array().into_iter().flatten();
    for behavior in others.chain([&config["DefaultCacheBehavior"]]) {
        assert!(behavior["OriginRequestPolicyId"].is_string(), "the header does not get through: {behavior}");
        assert_eq!(behavior["FunctionAssociations"][0]["EventType"], "viewer-request");
    }
    assert!(!rules(&behind).contains("IpReputation"), "it would only see CloudFront's address");
    let own = template("[test]\nprofile = \"prod\"\n[test.edge]\ncloudfront = false\nplain_http = true");
    assert!(rules(&own).contains("IpReputation"));
}

#[test]
fn a_cache_is_reached() {
    let template = template(EVERYTHING);
    for name in ["BackendGroup", "WorkerGroup"] {
        let ways_out = &template["Resources"][name]["Properties"]["SecurityGroupEgress"];
        let is_cache = |way: &Json| way["FromPort"] == 6379;
        assert!(ways_out.as_array().expect("there are ways out").iter().any(is_cache), "{name}: {ways_out}");
    }
}

#[test]
fn api_gateway_may_write_its_logs_and_others_theirs_when_the_stack_is_gone() {
    let resources = &template(EVERYTHING)["Resources"];
    let stage_waits = resources["ApiStage"]["DependsOn"].as_array().expect("it waits");
    assert!(stage_waits.contains(&"ApiAccount".into()), "{stage_waits:?}");
    for name in ["ApiAccount", "ApiLogsRole"] {
        assert_eq!(resources[name]["DeletionPolicy"], "Retain", "{name}");
    }
}
