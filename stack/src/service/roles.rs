//! What each container may do.

use crate::{
    aws::{
        iam::{Role, RoleArn, Statement},
        logs::LogGroup,
    },
    models,
    settings::Settings,
    template::{Handle, Template, Text, Val, join},
};

use super::Parts;

const TASKS: &str = "ecs-tasks.amazonaws.com";

pub struct Roles<'s> {
    /// ECS's own, to fetch images and to write logs.
    pub execution: Val<'s, RoleArn>,
    pub backend: Val<'s, RoleArn>,
    pub frontend: Val<'s, RoleArn>,
    /// If there are workers.
    pub worker: Option<Val<'s, RoleArn>>,
    pub migration: Val<'s, RoleArn>,
}

pub fn build<'s: 'l, 'l>(
    t: &mut Template<'s>,
    settings: &Settings,
    parts: &Parts<'_, 's>,
    logs: impl IntoIterator<Item = &'l Handle<'s, LogGroup>>,
) -> Roles<'s> {
    let mut role = |name: &'static str, description, statements| {
        t.add(name, Role::for_service(TASKS, description, statements)).arn()
    };
    let repositories = join([
        "arn:".into(),
        Val::partition(),
        ":ecr:".into(),
        Val::region(),
        ":".into(),
        Val::account(),
        format!(":repository/{}/*", settings.stack_name()).into(),
    ]);
    let execution = role(
        "ExecutionRole",
        "Has ECS fetch images and write logs",
        vec![
            // Of the registry, not of a repository.
            Statement::allow(["ecr:GetAuthorizationToken"], ["*".into()]),
            Statement::allow(
                ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                [repositories],
            ),
            Statement::allow(
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                logs.into_iter().map(|group| group.arn().text()),
            ),
        ],
    );
    let backend = role("BackendRole", "What the backend may do", backend(settings, parts));
    let frontend = role("FrontendRole", "What the frontend may do", exec(settings));
    let worker =
        settings.worker.are_wanted().then(|| role("WorkerRole", "What a worker may do", worker(settings, parts)));
    let secrets = [&parts.database.owner_secret, &parts.database.service_secret].map(Val::text);
    let migration = role(
        "MigrationRole",
        "What a migration may do: it alone is the database's owner",
        vec![Statement::allow(["secretsmanager:GetSecretValue"], secrets)],
    );
    Roles { execution, backend, frontend, worker, migration }
}

fn backend<'s>(settings: &Settings, parts: &Parts<'_, 's>) -> Vec<Statement<'s>> {
    let storage = parts.storage;
    let objects = join([storage.uploads_arn.text(), "/*".into()]);
    let mut statements = models::statements(&settings.models, settings.models.all());
    statements.extend([
        Statement::allow(["secretsmanager:GetSecretValue"], [parts.database.service_secret.text()]),
        // Also what it signs addresses for, and an upload of the wrong size.
        Statement::allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [objects]),
        // Who may not list is told that an object is forbidden when it is not there.
        Statement::allow(["s3:ListBucket"], [storage.uploads_arn.text()]),
        Statement::allow(["events:PutEvents"], [storage.bus_arn.text()]),
    ]);
    if settings.worker.are_wanted() {
        statements.push(Statement::allow(["sqs:SendMessage"], [storage.jobs_arn.text()]));
    } else {
        statements.extend(reading(parts));
    }
    statements.extend(exec(settings));
    statements
}

fn worker<'s>(settings: &Settings, parts: &Parts<'_, 's>) -> Vec<Statement<'s>> {
    let mut statements = models::statements(&settings.models, [settings.models.embedding.as_str()]);
    statements.push(Statement::allow(["secretsmanager:GetSecretValue"], [parts.database.service_secret.text()]));
    statements.extend(reading(parts));
    statements.extend(exec(settings));
    statements
}

/// What reading documents needs, and deleting them.
fn reading<'s>(parts: &Parts<'_, 's>) -> [Statement<'s>; 3] {
    let storage = parts.storage;
    let objects = join([storage.uploads_arn.text(), "/*".into()]);
    [
        // What was read is kept beside what was uploaded.
        Statement::allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [objects]),
        Statement::allow(["s3:ListBucket"], [storage.uploads_arn.text()]),
        Statement::allow(
            [
                "sqs:SendMessage",
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:GetQueueAttributes",
            ],
            [storage.jobs_arn.text()],
        ),
    ]
}

/// What `mangoo-ops exec` needs in a container; these actions know no resources.
fn exec<'s>(settings: &Settings) -> Vec<Statement<'s>> {
    let channels = Statement::allow(
        [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        [Val::<Text>::from("*")],
    );
    settings.service.exec.then_some(channels).into_iter().collect()
}
