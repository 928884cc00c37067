//! The containers: backend, frontend, workers, and the task that migrates the database.
//!
//! A backend's task has two security groups: its own, and the one that the database lets in.

mod roles;
mod scaling;
mod tasks;

use scaling::Scaling;

use crate::{
    aws::{
        ec2::{Peer, Rule, SecurityGroup, SecurityGroupId},
        ecs::{
            CircuitBreaker, Cluster, ClusterSetting, Deployment, NetworkConfiguration, Service, Target, TaskDefinition,
            VpcConfiguration,
        },
        elb::TargetGroup,
        logs::{LogGroup, LogGroupName},
    },
    database::Database,
    edge::{BACKEND_PORT, Edge, FRONTEND_PORT},
    identity::Identity,
    network::Network,
    settings::{Settings, Tasks},
    storage::Storage,
    template::{Handle, Template, Val, join_with},
};

/// Seconds until a new task must answer its health checks.
const GRACE: u16 = 60;

pub struct Services<'s> {
    pub backend_logs: Val<'s, LogGroupName>,
}

/// What the rest of the template has for the containers.
pub struct Parts<'a, 's> {
    pub network: &'a Network<'s>,
    pub database: &'a Database<'s>,
    pub identity: &'a Identity<'s>,
    pub storage: &'a Storage<'s>,
    pub edge: &'a Edge<'s>,
}

/// `serving` is false before the first migration: then there is all that a migration needs, and
/// nothing that would serve without one.
pub fn build<'s>(t: &mut Template<'s>, settings: &Settings, parts: &Parts<'_, 's>, serving: bool) -> Services<'s> {
    let cluster = t.add(
        "Cluster",
        Cluster {
            cluster_settings: [ClusterSetting {
                name: "containerInsights",
                value: if settings.watch.insights { "enabled" } else { "disabled" },
            }],
        },
    );
    if !settings.watch.insights {
        t.excuse(&cluster, "CKV_AWS_65", "watch.insights = false");
    }
    let [backend_logs, frontend_logs, migration_logs] =
        ["Backend", "Frontend", "Migration"].map(|part| log(t, settings, part));
    let worker_logs = settings.worker.are_wanted().then(|| log(t, settings, "Worker"));
    let logs = [Some(&backend_logs), Some(&frontend_logs), Some(&migration_logs), worker_logs.as_ref()];
    let roles = roles::build(t, settings, parts, logs.into_iter().flatten());

    let groups = backend_groups(t, settings, parts);
    let ids = |ids: &[Val<'s, SecurityGroupId>]| join_with(",", ids.iter().map(Val::text));
    t.output("ClusterName", "Where tasks run", &cluster.id());
    t.output("TaskSecurityGroupIds", "The security groups of a migration, separated by commas", &ids(&groups));
    let migration = tasks::migration(t, settings, parts, &roles, &migration_logs.id());
    let migration = t.add("MigrationTask", migration);
    t.output("MigrationTask", "The task that migrates the database", &migration.id());

    if serving {
        let placement = Placement { settings, parts, cluster: &cluster };
        let backend = tasks::backend(t, settings, parts, &roles, &backend_logs.id());
        placement.service(t, "Backend", backend, Some(&parts.edge.backend), groups, settings.backend);
        let frontend = tasks::frontend(t, settings, parts, &roles, &frontend_logs.id());
        let groups = vec![container_group(t, parts, "Frontend", Some(FRONTEND_PORT), false)];
        placement.service(t, "Frontend", frontend, Some(&parts.edge.frontend), groups, settings.frontend);
        if let (Some(role), Some(logs)) = (&roles.worker, &worker_logs) {
            let worker = tasks::worker(t, settings, parts, &roles, role, &logs.id());
            let groups = vec![container_group(t, parts, "Worker", None, true), parts.database.client_group.clone()];
            let scaling = placement.service(t, "Worker", worker, None, groups, settings.worker);
            if let Some(scaling) = scaling {
                scaling.by_backlog(t, &parts.storage.jobs_name);
            }
        }
    }
    Services { backend_logs: backend_logs.id() }
}

fn log<'s>(t: &mut Template<'s>, settings: &Settings, part: &str) -> Handle<'s, LogGroup> {
    let group = t.add(format!("{part}Logs"), LogGroup { retention_in_days: settings.log_days });
    t.excuse(&group, "CKV_AWS_158", "CloudWatch's own key encrypts it; there are neither prompts nor secrets in it");
    t.output(format!("{part}Logs"), "Where its log is", &group.id());
    group
}

fn backend_groups<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    parts: &Parts<'_, 's>,
) -> Vec<Val<'s, SecurityGroupId>> {
    let reads_documents = !settings.worker.are_wanted();
    vec![container_group(t, parts, "Backend", Some(BACKEND_PORT), reads_documents), parts.database.client_group.clone()]
}

/// What the load balancer reaches on a port, if it has one, and what reaches AWS's services, and
/// pages of the web if it reads documents.
fn container_group<'s>(
    t: &mut Template<'s>,
    parts: &Parts<'_, 's>,
    name: &'static str,
    port: Option<u16>,
    reads_documents: bool,
) -> Val<'s, SecurityGroupId> {
    // The way to the database has a group of its own.
    let mut egress = vec![Rule::tcp(443, Peer::CidrIp("0.0.0.0/0".to_owned()), "AWS's services")];
    if reads_documents {
        egress.push(Rule::tcp(80, Peer::CidrIp("0.0.0.0/0".to_owned()), "Pages of the web"));
    }
    if let Some(port) = parts.storage.cache_port {
        egress.push(Rule::tcp(port, Peer::CidrIp(parts.network.addresses.to_string()), "The cache"));
    }
    let group = t.add(
        format!("{name}Group"),
        SecurityGroup {
            vpc_id: parts.network.vpc.clone(),
            group_description: name,
            security_group_ingress: port
                .map(|port| Rule::tcp(port, Peer::SourceSecurityGroupId(parts.edge.group.clone()), "The load balancer"))
                .into_iter()
                .collect(),
            security_group_egress: egress,
        },
    );
    group.group_id()
}

/// What all services have in common.
struct Placement<'a, 's> {
    settings: &'a Settings,
    parts: &'a Parts<'a, 's>,
    cluster: &'a Handle<'s, Cluster>,
}

impl<'s> Placement<'_, 's> {
    fn service(
        &self,
        t: &mut Template<'s>,
        part: &'static str,
        task: TaskDefinition<'s>,
        targets: Option<&Handle<'s, TargetGroup<'s>>>,
        security_groups: Vec<Val<'s, SecurityGroupId>>,
        tasks: Tasks,
    ) -> Option<Scaling<'s>> {
        let container = &task.container_definitions[0];
        let targets = targets.into_iter().zip(&container.port_mappings).map(|(targets, port)| Target {
            container_name: container.name,
            container_port: port.container_port,
            target_group_arn: targets.id(),
        });
        let load_balancers: Vec<_> = targets.collect();
        let task = t.add(format!("{part}Task"), task);
        let is_scaled = tasks.min < tasks.max;
        let service = t.add(
            format!("{part}Service"),
            Service {
                cluster: self.cluster.id(),
                task_definition: task.id(),
                launch_type: "FARGATE",
                desired_count: (!is_scaled).then_some(tasks.min),
                deployment_configuration: Deployment {
                    deployment_circuit_breaker: CircuitBreaker { enable: true, rollback: true },
                    minimum_healthy_percent: 100,
                    maximum_percent: 200,
                },
                availability_zone_rebalancing: "ENABLED",
                health_check_grace_period_seconds: (!load_balancers.is_empty()).then_some(GRACE),
                load_balancers,
                network_configuration: NetworkConfiguration {
                    awsvpc_configuration: VpcConfiguration {
                        assign_public_ip: "DISABLED",
                        subnets: self.parts.network.private.clone(),
                        security_groups,
                    },
                },
                enable_execute_command: self.settings.service.exec,
                enable_managed_tags: true,
                propagate_tags: "SERVICE",
            },
        );
        for rule in &self.parts.edge.rules {
            t.depends_on(&service, rule);
        }
        t.output(format!("{part}Service"), "Its name in the cluster", &service.name());
        t.output(format!("{part}Task"), "What it is to run", &task.id());
        is_scaled.then(|| scaling::build(t, part, self.cluster, &service, tasks))
    }
}
