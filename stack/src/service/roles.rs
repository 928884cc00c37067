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
    pub migration: Val<'s, RoleArn>,
}

pub fn build<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    parts: &Parts<'_, 's>,
    logs: &[Handle<'s, LogGroup>; 3],
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
                logs.iter().map(|group| group.arn().text()),
            ),
        ],
    );
    let backend = role("BackendRole", "What the backend may do", backend(settings, parts));
    let frontend = role("FrontendRole", "What the frontend may do", exec(settings));
    let secrets = [&parts.database.owner_secret, &parts.database.service_secret].map(Val::text);
    let migration = role(
        "MigrationRole",
        "What a migration may do: it alone is the database's owner",
        vec![Statement::allow(["secretsmanager:GetSecretValue"], secrets)],
    );
    Roles { execution, backend, frontend, migration }
}

fn backend<'s>(settings: &Settings, parts: &Parts<'_, 's>) -> Vec<Statement<'s>> {
    let storage = parts.storage;
    let secret = parts.database.service_secret.text();
    let objects = join([storage.uploads_arn.text(), "/*".into()]);
    let mut statements = models::statements(&settings.models);
    statements.extend([
        Statement::allow(["secretsmanager:GetSecretValue"], [secret]),
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
        Statement::allow(["events:PutEvents"], [storage.bus_arn.text()]),
    ]);
    statements.extend(exec(settings));
    statements
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
