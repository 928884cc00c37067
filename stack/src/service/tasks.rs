//! What runs in each container.

use crate::{
    aws::{
        ecs::{
            Container, HealthCheck, LinuxParameters, LogConfiguration, LogOptions, MountPoint, Platform, Port,
            SystemControl, TaskDefinition, Variable, Volume,
        },
        iam::RoleArn,
        logs::LogGroupName,
    },
    edge::{BACKEND_PORT, FRONTEND_PORT},
    models,
    settings::{Architecture, Settings, Tasks},
    template::{Template, Text, Val, join},
    timing,
};

use super::{Parts, roles::Roles};

/// Where `mangoo-ops exec` wants to write, though all else is read-only.
const AGENT_FOLDERS: [(&str, &str); 2] = [("agent-state", "/var/lib/amazon"), ("agent-logs", "/var/log/amazon")];
/// For what a library wants to lay down for a moment.
const SCRATCH: (&str, &str) = ("scratch", "/tmp");
/// What a worker needs beside what it reads documents with, in MiB: the least that Fargate has
/// leaves as much for one document.
const OWN_MEMORY: u32 = 256;
/// What a document should have, in MiB: a large one takes several times its size.
const DOCUMENT_MEMORY: u32 = 512;
/// Reading is calculation: more at once than a task has processors for gains nothing.
const MAX_DOCUMENTS: u32 = 4;
const MIGRATION: Tasks = Tasks { cpu: 256, memory: 512, min: 0, max: 1 };

pub fn backend<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    parts: &Parts<'_, 's>,
    roles: &Roles<'s>,
    logs: &Val<'s, LogGroupName>,
) -> TaskDefinition<'s> {
    let models = &settings.models;
    let mut environment = work(settings, parts);
    environment.extend(identity(parts));
    environment.extend([
        Variable::new("BEDROCK_MODEL_ID", &models.default),
        Variable::new("CHAT_HEARTBEAT_SECONDS", timing::HEARTBEAT),
    ]);
    if settings.worker.are_wanted() {
        environment.push(Variable::new("READ_DOCUMENTS", "false"));
    } else {
        environment.push(Variable::new("READ_DOCUMENTS", "true"));
        // Chats need the other half.
        environment.extend(reading(1, settings.backend.memory / 2));
    }
    if let Some(rerank) = &models.rerank {
        environment.push(Variable::new("BEDROCK_RERANK_MODEL_ID", rerank));
    }
    if !models.others.is_empty() {
        environment.push(Variable::new("BEDROCK_MODEL_IDS", models.others.join(",")));
    }
    Task {
        part: "backend",
        image: t.parameter("BackendImage", "The image that serves the API, by its digest"),
        command: "serve",
        port: Some(BACKEND_PORT),
        is_watched: true,
        environment,
        role: &roles.backend,
        size: settings.backend,
    }
    .define(settings, roles, logs)
}

pub fn frontend<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    parts: &Parts<'_, 's>,
    roles: &Roles<'s>,
    logs: &Val<'s, LogGroupName>,
) -> TaskDefinition<'s> {
    let mut environment = identity(parts);
    environment.extend([
        Variable::new("LISTEN", format!("0.0.0.0:{FRONTEND_PORT}")),
        Variable::new("UPLOADS_ORIGIN", parts.storage.address.clone()),
    ]);
    Task {
        part: "frontend",
        image: t.parameter("FrontendImage", "The image that serves the page, by its digest"),
        command: "page",
        port: Some(FRONTEND_PORT),
        is_watched: true,
        environment,
        role: &roles.frontend,
        size: settings.frontend,
    }
    .define(settings, roles, logs)
}

pub fn worker<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    parts: &Parts<'_, 's>,
    roles: &Roles<'s>,
    role: &Val<'s, RoleArn>,
    logs: &Val<'s, LogGroupName>,
) -> TaskDefinition<'s> {
    let free = settings.worker.memory - OWN_MEMORY;
    let at_once = (free / DOCUMENT_MEMORY).clamp(1, MAX_DOCUMENTS);
    let mut environment = work(settings, parts);
    environment.extend(reading(at_once, free / at_once));
    Task {
        part: "worker",
        image: t.parameter("BackendImage", "The image that serves the API, by its digest"),
        command: "worker",
        port: None,
        is_watched: true,
        environment,
        role,
        size: settings.worker,
    }
    .define(settings, roles, logs)
}

/// How many documents are read at once, with so many MiB for each.
fn reading<'s>(at_once: u32, memory: u32) -> [Variable<'s>; 2] {
    let bytes = u64::from(memory) * 1024 * 1024;
    [Variable::new("DOCUMENTS_AT_ONCE", at_once), Variable::new("DOCUMENT_MEMORY_BYTES", bytes)]
}

pub fn migration<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    parts: &Parts<'_, 's>,
    roles: &Roles<'s>,
    logs: &Val<'s, LogGroupName>,
) -> TaskDefinition<'s> {
    let mut environment = database(parts, &parts.database.owner_secret.text());
    environment.push(Variable::new("DB_SERVICE_SECRET_ARN", parts.database.service_secret.text()));
    Task {
        part: "migration",
        image: t.parameter("MigrationImage", "The backend's image whose migrations are run, by its digest"),
        command: "migrate",
        port: None,
        is_watched: false,
        environment,
        role: &roles.migration,
        size: MIGRATION,
    }
    .define(settings, roles, logs)
}

/// What backend and workers have in common.
fn work<'s>(settings: &Settings, parts: &Parts<'_, 's>) -> Vec<Variable<'s>> {
    let storage = parts.storage;
    let mut environment = database(parts, &parts.database.service_secret.text());
    environment.extend([
        Variable::new("LISTEN", format!("0.0.0.0:{BACKEND_PORT}")),
        Variable::new("BEDROCK_REGION", models::region(&settings.models)),
        Variable::new("BEDROCK_EMBEDDING_MODEL_ID", &settings.models.embedding),
        Variable::new("UPLOADS_BUCKET", storage.uploads.text()),
        Variable::new("JOBS_QUEUE_URL", storage.jobs_url.text()),
        Variable::new("DRAIN_SECONDS", timing::DRAIN),
    ]);
    if parts.database.cluster.is_some() && settings.database.min_acu == 0.0 {
        // It pauses when nobody is connected.
        environment.push(Variable::new("DB_REST_AFTER_SECONDS", timing::REST));
    }
    environment
}

/// Passwords are fetched at run time, so that a rotated one strands nothing.
fn database<'s>(parts: &Parts<'_, 's>, secret: &Val<'s, Text>) -> Vec<Variable<'s>> {
    let database = parts.database;
    vec![
        Variable::new("DB_HOST", database.host.clone()),
        Variable::new("DB_PORT", database.port),
        Variable::new("DB_NAME", &database.name),
        Variable::new("DB_SECRET_ARN", secret.clone()),
    ]
}

fn identity<'s>(parts: &Parts<'_, 's>) -> Vec<Variable<'s>> {
    let identity = parts.identity;
    vec![
        Variable::new("COGNITO_USER_POOL_ID", identity.user_pool.text()),
        Variable::new("COGNITO_APP_CLIENT_ID", identity.client.text()),
        Variable::new("COGNITO_REGION", identity.region.clone()),
    ]
}

/// How the containers differ.
struct Task<'a, 's> {
    part: &'static str,
    image: Val<'s, Text>,
    /// Of `mangoo`, which is all that an image has.
    command: &'static str,
    /// Where the load balancer reaches it.
    port: Option<u16>,
    /// Whether it says how it is.
    is_watched: bool,
    environment: Vec<Variable<'s>>,
    role: &'a Val<'s, RoleArn>,
    size: Tasks,
}

impl<'s> Task<'_, 's> {
    fn define(mut self, settings: &Settings, roles: &Roles<'s>, logs: &Val<'s, LogGroupName>) -> TaskDefinition<'s> {
        for (name, value) in &settings.service.environment {
            self.environment.retain(|variable| variable.name != *name);
            self.environment.push(Variable::new(name, value));
        }
        let folders = || [SCRATCH].into_iter().chain(AGENT_FOLDERS.into_iter().filter(|_| settings.service.exec));
        TaskDefinition {
            family: join([Val::stack_name(), format!("-{}", self.part).into()]),
            requires_compatibilities: ["FARGATE"],
            network_mode: "awsvpc",
            runtime_platform: Platform {
                cpu_architecture: match settings.service.architecture {
                    Architecture::Arm64 => "ARM64",
                    Architecture::X86 => "X86_64",
                },
                operating_system_family: "LINUX",
            },
            cpu: self.size.cpu.to_string(),
            memory: self.size.memory.to_string(),
            execution_role_arn: roles.execution.clone(),
            task_role_arn: self.role.clone(),
            container_definitions: [Container {
                name: self.part,
                image: self.image,
                command: [self.command],
                essential: true,
                environment: self.environment,
                port_mappings: self.port.map(|container_port| Port { container_port }).into_iter().collect(),
                // The image has no shell.
                health_check: self.is_watched.then(|| HealthCheck {
                    command: vec!["CMD", "/mangoo", "healthy"],
                    interval: 10,
                    timeout: 5,
                    retries: 3,
                    start_period: 30,
                }),
                log_configuration: LogConfiguration {
                    log_driver: "awslogs",
                    options: LogOptions {
                        awslogs_group: logs.clone(),
                        awslogs_region: Val::region(),
                        awslogs_stream_prefix: self.part,
                        // A slow CloudWatch must not hold up answers.
                        mode: "non-blocking",
                        max_buffer_size: "4m",
                    },
                },
                readonly_root_filesystem: true,
                mount_points: folders()
                    .map(|(source_volume, container_path)| MountPoint {
                        source_volume,
                        container_path,
                        read_only: false,
                    })
                    .collect(),
                // Ends what `mangoo-ops exec` leaves behind.
                linux_parameters: LinuxParameters { init_process_enabled: true },
                // The user of the image is not root, and port 80 is below 1024.
                system_controls: self
                    .port
                    .filter(|&port| port < 1024)
                    .map(|_| SystemControl { namespace: "net.ipv4.ip_unprivileged_port_start", value: "0" })
                    .into_iter()
                    .collect(),
                stop_timeout: timing::STOP,
            }],
            volumes: folders().map(|(name, _)| Volume { name }).collect(),
        }
    }
}
