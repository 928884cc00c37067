//! The base stack: what must be there before the platform's images and template can be put
//! anywhere, and the pipeline that deploys them.

mod roles;

pub use roles::boundary;

use serde_json::{Value as Json, json};

use crate::{
    aws::{
        codebuild::{Artifacts, Auth, Cache, CloudWatchLogs, Connection, Environment, Logs, Project, Source, Triggers},
        ecr::{LifecyclePolicy, Repository, Scanning},
        ecs::Variable,
        logs::LogGroup,
        s3::{Bucket, LifecycleRule},
    },
    settings::{Architecture, Delivery, Settings},
    storage::encrypted_only,
    template::{Handle, Removal, Template, Val, join},
};

/// What the tag of an image that served begins with.
pub const SERVED: &str = "served-";

/// The template of an environment's base stack.
pub fn synth(settings: &Settings) -> Json {
    let description = format!("{}: image repositories, templates and the pipeline", settings.name);
    Template::synth(&description, |t| {
        for (part, name) in [("Backend", "backend"), ("Frontend", "frontend")] {
            let repository = repository(t, settings, part, name);
            t.output(format!("{part}Repository"), "Where its images are", &repository.uri());
        }
        let artifacts = artifacts(t);
        t.output("ArtifactBucket", "Where templates are", &artifacts.id());
        let Delivery { repository, connection_arn, .. } = &settings.delivery;
        match (repository, connection_arn) {
            (Some(location), Some(connection)) => pipeline(t, settings, location, connection, &artifacts),
            (Some(location), None) => connection(t, location),
            (None, _) => {}
        }
    })
}

fn repository<'s>(t: &mut Template<'s>, settings: &Settings, part: &str, name: &str) -> Handle<'s, Repository<'s>> {
    // An image that a rule selects is no later rule's: what never served pushes out nothing that did.
    // <https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html>
    let newest = |priority: u8, description: &str, mut selection: Json| {
        selection["countType"] = "imageCountMoreThan".into();
        selection["countNumber"] = settings.delivery.keep_images.into();
        json!({
            "rulePriority": priority,
            "description": description,
            "selection": selection,
            "action": { "type": "expire" },
        })
    };
    let keep = json!({ "rules": [
        newest(1, "What served, to go back to", json!({ "tagStatus": "tagged", "tagPrefixList": [SERVED] })),
        newest(2, "What was pushed, and never served", json!({ "tagStatus": "any" })),
    ] });
    let repository = t.add(
        format!("{part}Repository"),
        Repository {
            repository_name: format!("{}/{name}", settings.stack_name()).into(),
            image_tag_mutability: "IMMUTABLE",
            image_scanning_configuration: Scanning { scan_on_push: true },
            lifecycle_policy: LifecyclePolicy { lifecycle_policy_text: keep.to_string() },
            empty_on_delete: true,
        },
    );
    t.excuse(&repository, "CKV_AWS_136", "AWS's own key encrypts it; there is nothing secret in an image");
    repository
}

fn artifacts<'s>(t: &mut Template<'s>) -> Handle<'s, Bucket<'s>> {
    // What was served is remembered for as long as the environment is there.
    let rules = vec![
        LifecycleRule::abort_uploads(1),
        LifecycleRule::expire_in("templates/", 30),
        LifecycleRule::expire_in("build-cache/", 30),
    ];
    let bucket = t.add("Artifacts", Bucket::private(rules));
    for (rule, reason) in [
        ("CKV_AWS_18", "CloudFormation keeps each template that was deployed"),
        ("CKV_AWS_21", "a template's name has its hash: it is never changed"),
    ] {
        t.excuse(&bucket, rule, reason);
    }
    encrypted_only(t, "ArtifactsPolicy", &bucket, Vec::new());
    bucket
}

/// Where the repository is, as CodeBuild and CodeConnections call it.
fn provider(location: &str) -> (&'static str, &'static str) {
    match location.split('/').nth(2) {
        Some("gitlab.com") => ("GITLAB", "GitLab"),
        Some("bitbucket.org") => ("BITBUCKET", "Bitbucket"),
        _ => ("GITHUB", "GitHub"),
    }
}

/// A connection that waits for somebody to confirm it.
fn connection(t: &mut Template<'_>, location: &str) {
    let (_, provider_type) = provider(location);
    let connection = t.add("Connection", Connection { connection_name: Val::stack_name(), provider_type });
    // The template has none any more as soon as the settings name it.
    t.on_removal(&connection, Removal::Retain);
    t.output("Connection", "To be confirmed in the console, once", &connection.id());
}

fn pipeline<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    location: &str,
    connection: &str,
    artifacts: &Handle<'s, Bucket<'s>>,
) {
    let delivery = &settings.delivery;
    let connection = Val::existing(connection);
    let (kind, _) = provider(location);
    let logs = t.add("PipelineLogs", LogGroup { retention_in_days: settings.log_days });
    t.excuse(&logs, "CKV_AWS_158", "CloudWatch's own key encrypts it");
    let service_role = roles::build(t, settings, &connection, artifacts, &logs);
    let project = t.add(
        "Pipeline",
        Project {
            name: Val::stack_name(),
            description: "Deploys each push",
            service_role,
            source: Source {
                kind,
                location: location.to_owned(),
                auth: Auth { kind: "CODECONNECTIONS", resource: connection },
                build_spec: build_spec(settings),
            },
            source_version: delivery.branch.clone(),
            triggers: Some(Triggers {
                webhook: true,
                filter_groups: json!([[
                    { "Type": "EVENT", "Pattern": "PUSH" },
                    { "Type": "HEAD_REF", "Pattern": format!("^refs/heads/{}$", delivery.branch) },
                ]]),
            }),
            environment: environment(settings),
            artifacts: Artifacts { kind: "NO_ARTIFACTS" },
            cache: Cache { kind: "S3", location: join([artifacts.id().text(), "/build-cache".into()]) },
            logs_config: Logs { cloud_watch_logs: CloudWatchLogs { status: "ENABLED", group_name: logs.id() } },
            // No limit to how many run: CodeBuild would refuse what comes while one does, and
            // forget that push. `mangoo-ops` waits for the other's change to end.
            timeout_in_minutes: 120,
        },
    );
    t.output("Pipeline", "The project of CodeBuild that deploys", &project.id());
}

fn environment<'s>(settings: &Settings) -> Environment<'s> {
    let (kind, image) = match settings.service.architecture {
        Architecture::Arm64 => ("ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0"),
        Architecture::X86 => ("LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0"),
    };
    Environment {
        kind,
        image,
        compute_type: "BUILD_GENERAL1_LARGE",
        // Images are built without Docker.
        privileged_mode: false,
        environment_variables: vec![Variable::new("MANGOO_ENVIRONMENT", &settings.environment)],
    }
}

fn build_spec(settings: &Settings) -> String {
    // Written as JSON, which is YAML.
    json!({
        "version": 0.2,
        "phases": {
            "install": {
                "runtime-versions": { "nodejs": 20 },
                "commands": [
                    "command -v cargo || (curl -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal)",
                    "export PATH=\"$HOME/.cargo/bin:$PATH\"",
                ],
            },
            "build": {
                "commands": [
                    "cargo build --release --package ops",
                    format!("target/release/mangoo-ops deploy --environment {} --yes --json", settings.environment),
                ],
            },
        },
        "cache": { "paths": ["/root/.cargo/registry/**/*", "target/**/*", "frontend/node_modules/**/*"] },
    })
    .to_string()
}
