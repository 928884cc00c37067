//! The database: Aurora PostgreSQL Serverless v2, or one that is there already.

use std::collections::BTreeMap;

use crate::{
    aws::{
        ec2::{Peer, Rule, SecurityGroup, SecurityGroupId},
        rds::{Cluster, ClusterId, ClusterParameterGroup, Instance, Scaling, SubnetGroup},
        secretsmanager::{Generate, Secret, SecretArn},
    },
    network::Network,
    settings::{self, ExistingDatabase},
    template::{Handle, Removal, Template, Text, Val},
};

const PORT: u16 = 5432;
const NAME: &str = "mangoo";
/// The role the service connects as: migrations make it, and row-level security holds it.
const SERVICE_ROLE: &str = "mangoo_service";

/// What connects to the database needs.
pub struct Database<'s> {
    /// None if it was there already.
    pub cluster: Option<Val<'s, ClusterId>>,
    pub host: Val<'s, Text>,
    pub port: u16,
    pub name: String,
    /// With `username` and `password` of the database's owner: for migrations alone.
    pub owner_secret: Val<'s, SecretArn>,
    /// With `username` and `password` of the service's role.
    pub service_secret: Val<'s, SecretArn>,
    /// What is in it reaches the database.
    pub client_group: Val<'s, SecurityGroupId>,
}

pub fn build<'s>(t: &mut Template<'s>, settings: &settings::Database, network: &Network<'s>) -> Database<'s> {
    let database = match &settings.existing {
        Some(existing) => adopt(t, existing),
        None => make(t, settings, network),
    };
    t.output("DatabaseHost", "Where the database is", &database.host);
    t.output("DatabasePort", "Its port", &Val::from(database.port));
    t.output("DatabaseName", "The database on it", &Val::from(&database.name));
    t.output("DatabaseOwnerSecretArn", "The login that migrates it", &database.owner_secret);
    t.output("DatabaseServiceSecretArn", "The login of the service", &database.service_secret);
    t.output("DatabaseClientsGroupId", "The security group that it lets in", &database.client_group);
    database
}

/// The login of the service's role, which the migrations give the role.
fn service_secret<'s>(t: &mut Template<'s>) -> Val<'s, SecretArn> {
    let secret = t.add(
        "ServiceSecret",
        Secret {
            description: "The service's login to the database",
            generate_secret_string: Generate {
                secret_string_template: format!(r#"{{"username":"{SERVICE_ROLE}"}}"#),
                generate_string_key: "password",
                password_length: 40,
                exclude_punctuation: true,
            },
        },
    );
    t.excuse(&secret, "CKV_AWS_149", "AWS's own key encrypts it; only roles of this account read it");
    secret.id()
}

fn adopt<'s>(t: &mut Template<'s>, existing: &ExistingDatabase) -> Database<'s> {
    Database {
        cluster: None,
        host: existing.host.as_str().into(),
        port: existing.port,
        name: existing.name.clone(),
        owner_secret: Val::existing(&existing.owner_secret_arn),
        service_secret: service_secret(t),
        client_group: Val::existing(&existing.security_group_id),
    }
}

fn make<'s>(t: &mut Template<'s>, settings: &settings::Database, network: &Network<'s>) -> Database<'s> {
    let clients = t.add(
        "DatabaseClientsGroup",
        SecurityGroup {
            vpc_id: network.vpc.clone(),
            group_description: "What may reach the database",
            security_group_ingress: Vec::new(),
            security_group_egress: vec![Rule::tcp(PORT, Peer::CidrIp("0.0.0.0/0".to_owned()), "The database")],
        },
    );
    let group = t.add(
        "DatabaseGroup",
        SecurityGroup {
            vpc_id: network.vpc.clone(),
            group_description: "The database",
            security_group_ingress: vec![Rule::tcp(
                PORT,
                Peer::SourceSecurityGroupId(clients.group_id()),
                "The service and its migrations",
            )],
            security_group_egress: vec![Rule::tcp(PORT, Peer::CidrIp("127.0.0.1/32".to_owned()), "Nothing")],
        },
    );
    let cluster = cluster(t, settings, network, &group.group_id());
    Database {
        cluster: Some(cluster.id()),
        host: cluster.endpoint(),
        port: PORT,
        name: NAME.to_owned(),
        owner_secret: cluster.master_secret(),
        service_secret: service_secret(t),
        client_group: clients.group_id(),
    }
}

fn cluster<'s>(
    t: &mut Template<'s>,
    settings: &settings::Database,
    network: &Network<'s>,
    group: &Val<'s, SecurityGroupId>,
) -> Handle<'s, Cluster<'s>> {
    let subnets = t.add(
        "DatabaseSubnets",
        SubnetGroup { description: "The isolated subnets", subnet_ids: network.isolated.clone() },
    );
    let major = settings.version.split('.').next().unwrap_or_default();
    let parameters = t.add(
        "DatabaseParameters",
        ClusterParameterGroup {
            description: "Encrypted connections, and a log of what is slow",
            family: format!("aurora-postgresql{major}"),
            parameters: BTreeMap::from([
                ("rds.force_ssl", "1"),
                // Statements that take longer are logged, in milliseconds; their text has no values.
                ("log_min_duration_statement", "1000"),
                ("log_parameter_max_length", "0"),
            ]),
        },
    );
    let cluster = t.add(
        "Database",
        Cluster {
            engine: "aurora-postgresql",
            engine_version: settings.version.clone(),
            database_name: NAME,
            port: PORT,
            master_username: "mangoo_owner",
            manage_master_user_password: true,
            subnet_group: subnets.id(),
            parameter_group: parameters.id(),
            vpc_security_group_ids: vec![group.clone()],
            serverless_v2_scaling_configuration: Scaling {
                min_capacity: settings.min_acu,
                max_capacity: settings.max_acu,
                seconds_until_auto_pause: (settings.min_acu == 0.0).then_some(settings.pause_after_minutes * 60),
            },
            storage_encrypted: true,
            backup_retention_period: settings.backup_days,
            copy_tags_to_snapshot: true,
            deletion_protection: settings.protect,
            enable_cloudwatch_logs_exports: ["postgresql"],
            enable_iam_database_authentication: true,
        },
    );
    // Also of one that may be deleted: whoever lifts its protection to delete it loses nothing yet.
    t.on_removal(&cluster, Removal::Snapshot);
    instance(t, "DatabaseWriter", &cluster.id());
    if settings.reader {
        instance(t, "DatabaseReader", &cluster.id());
    }
    cluster
}

fn instance<'s>(t: &mut Template<'s>, name: &'static str, cluster: &Val<'s, ClusterId>) {
    let instance = t.add(
        name,
        Instance {
            engine: "aurora-postgresql",
            class: "db.serverless",
            cluster: cluster.clone(),
            publicly_accessible: false,
            auto_minor_version_upgrade: true,
            enable_performance_insights: true,
        },
    );
    t.excuse(&instance, "CKV_AWS_118", "Performance Insights and the dashboard show what it does");
}
