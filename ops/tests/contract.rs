//! The stack and the service agree: the environment that the template gives a container is one
//! that the service's own configuration takes.

use std::time::Duration;

use clap::Parser;
use serde_json::Value as Json;
use service::config::{Config, DatabaseConfig, PageConfig, WorkerConfig};
use stack::Settings;

fn template(settings: &str) -> Json {
    let settings = format!("[test]\nprofile = \"dev\"\n{settings}");
    stack::synth(&Settings::parse(&settings, "test").expect("the settings are right"))
}

/// The environment of a task's container; what CloudFormation fills in is its JSON here.
fn environment(template: &Json, task: &str) -> Vec<(String, String)> {
    let container = &template["Resources"][task]["Properties"]["ContainerDefinitions"][0];
    let variables = container["Environment"].as_array().expect("it has an environment");
    variables.iter().map(|variable| (text(&variable["Name"]), text(&variable["Value"]))).collect()
}

/// As text, with the names of what is referred to instead of their values.
fn text(json: &Json) -> String {
    if let Some(parts) = json["Fn::Join"][1].as_array() {
        let name = |part: &Json| part["Ref"].as_str().map_or_else(|| text(part), |name| name.replace("::", "-"));
        return parts.iter().map(name).collect();
    }
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

/// The configuration that a process with that environment has.
fn configure<C: Parser>(environment: &[(String, String)]) -> C {
    let command = C::command();
    let mut arguments = vec!["mangoo".to_owned()];
    for (name, value) in environment {
        let argument = command
            .get_arguments()
            .find(|argument| argument.get_env().is_some_and(|variable| variable == name.as_str()))
            .unwrap_or_else(|| panic!("the service knows no {name}"));
        arguments.push(format!("--{}={value}", argument.get_long().expect("every variable is an option too")));
    }
    C::try_parse_from(arguments).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_backend_is_configured() {
    let template = template("[test.models]\nregion = \"us-west-2\"\nothers = [\"amazon.nova-lite-v1:0\", \"a.b\"]");
    let config: Config = configure(&environment(&template, "BackendTask"));
    assert_eq!(config.listen.port(), 8000);
    assert!(config.database.db_host.as_ref().is_some_and(|host| host.contains("Database")));
    assert!(config.database.db_secret_arn.as_ref().is_some_and(|secret| secret.contains("ServiceSecret")));
    assert!(config.database.options().is_ok());
    assert!(config.cognito.cognito_user_pool_id.contains("UserPool"));
    assert_eq!(config.bedrock.bedrock_region, "us-west-2");
    assert_eq!(config.bedrock.bedrock_model_ids, ["amazon.nova-lite-v1:0", "a.b"]);
    assert_eq!(config.chat.chat_heartbeat, Duration::from_secs(stack::timing::HEARTBEAT));
    assert_eq!(config.drain, Duration::from_secs(stack::timing::DRAIN));
    // Its database pauses when nobody needs it. Whoever needs it then waits, but not in vain.
    assert_eq!(config.database.db_rest_after, Some(Duration::from_secs(stack::timing::REST)));
    assert!(service::db::AWAKE_WITHIN < Duration::from_secs(stack::timing::ORIGIN_READ));
}

#[test]
fn workers_read_what_the_backend_takes() {
    let alone: Config = configure(&environment(&template(""), "BackendTask"));
    assert!(alone.read_documents);
    let template = template("[test.worker]\nmax = 4\nmin = 1");
    let backend: Config = configure(&environment(&template, "BackendTask"));
    let worker: WorkerConfig = configure(&environment(&template, "WorkerTask"));
    assert!(!backend.read_documents);
    for documents in [&backend.documents, &worker.documents] {
        assert!(documents.uploads_bucket.as_ref().is_some_and(|bucket| bucket.contains("Uploads")));
        assert!(documents.jobs_queue_url.as_ref().is_some_and(|queue| queue.contains("Jobs")));
    }
    assert_eq!(worker.bedrock.bedrock_embedding_model_id, "amazon.titan-embed-text-v2:0");
    assert!(worker.database.db_secret_arn.as_ref().is_some_and(|secret| secret.contains("ServiceSecret")));
    assert_eq!((worker.drain, worker.listen.port()), (Duration::from_secs(stack::timing::DRAIN), 8000));
}

#[test]
fn what_is_set_by_hand_wins() {
    let template = template("[test.service.environment]\nDRAIN_SECONDS = \"5\"\nDEBUG = \"true\"");
    let config: Config = configure(&environment(&template, "BackendTask"));
    assert_eq!((config.drain, config.debug), (Duration::from_secs(5), true));
}

#[test]
fn a_pool_that_exists_is_in_its_own_region() {
    let template =
        template("[test.identity.existing]\nuser_pool_id = \"eu-west-1_AbCdEfGhI\"\napp_client_id = \"client\"");
    let config: Config = configure(&environment(&template, "BackendTask"));
    assert_eq!(config.cognito.issuer(), "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI");
}

/// What the image itself says to the page's container.
#[derive(Parser)]
struct Page {
    #[command(flatten)]
    config: PageConfig,
}

#[test]
fn the_page_is_configured() {
    let mut environment = environment(&template(""), "FrontendTask");
    environment.push(("PAGE_DIR".to_owned(), "/page".to_owned()));
    let page: Page = configure(&environment);
    assert_eq!(page.config.listen.port(), 80);
    assert!(page.config.cognito.cognito_user_pool_id.contains("UserPool"));
    let uploads = page.config.policy.uploads_origin.expect("documents go to the bucket");
    assert_eq!(uploads, "https://s3.aws-region.amazonaws.com/Uploads/");
}

/// `mangoo migrate` takes more than its database: whose password it sets.
#[derive(Parser)]
struct Migrate {
    #[command(flatten)]
    database: DatabaseConfig,
    #[arg(long, env = "DB_SERVICE_SECRET_ARN")]
    service_secret_arn: String,
}

#[test]
fn the_migration_is_configured() {
    let migrate: Migrate = configure(&environment(&template(""), "MigrationTask"));
    // As the owner, and not as the service.
    let secret = migrate.database.db_secret_arn.expect("it has one");
    assert!(secret.contains("MasterUserSecret"), "{secret}");
    assert!(migrate.service_secret_arn.contains("ServiceSecret"));
}

#[test]
fn failed_answers_are_counted() {
    let template = template("");
    let pattern = &template["Resources"]["FailedAnswers"]["Properties"]["FilterPattern"];
    let expected = format!(r#"{{ $.message = "{}" }}"#, service::chat::FAILED_ANSWER);
    assert_eq!(pattern.as_str(), Some(expected.as_str()));
}
