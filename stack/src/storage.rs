//! What is kept beside the database: uploaded documents, work to do, events, a cache.

use serde_json::json;

use crate::{
    aws::{
        ec2::{Peer, Rule, SecurityGroup},
        elasticache::ServerlessCache,
        events::{EventBus, EventBusArn},
        iam::{Policy, Statement},
        s3::{Bucket, BucketArn, BucketName, BucketPolicy, Cors, CorsRule, LifecycleRule, Versioning},
        sqs::{Queue, QueueArn, QueuePolicy, QueueUrl, Redrive},
    },
    network::Network,
    settings,
    template::{Handle, Removal, Template, Text, Val, join},
};

/// How long one worker has a message before another gets it. Workers choose it themselves when
/// they receive one, and again as long as they are at it.
const VISIBILITY_SECONDS: u32 = 30;
/// A message that was received so often is put aside. Workers give up sooner, and say why: it is
/// one that they do not understand.
const MAX_RECEIVES: u8 = 10;
const CACHE_PORT: u16 = 6379;
const FORTNIGHT_SECONDS: u32 = 14 * 24 * 3600;

pub struct Storage<'s> {
    pub uploads: Val<'s, BucketName>,
    /// Below it are the addresses that browsers upload to, and no other bucket's.
    pub address: Val<'s, Text>,
    pub uploads_arn: Val<'s, BucketArn>,
    pub jobs_url: Val<'s, QueueUrl>,
    pub jobs_arn: Val<'s, QueueArn>,
    /// As CloudWatch names them.
    pub jobs_name: Val<'s, Text>,
    pub dead_jobs_name: Val<'s, Text>,
    pub bus_arn: Val<'s, EventBusArn>,
    /// Where the cache answers, if there is one.
    pub cache_port: Option<u16>,
}

/// `address` is the page's: from there browsers upload.
pub fn build<'s>(
    t: &mut Template<'s>,
    settings: settings::Storage,
    network: &Network<'s>,
    address: &Val<'s, Text>,
) -> Storage<'s> {
    let uploads = uploads(t, settings, address);
    let (jobs, dead_jobs) = queues(t);
    let bus = t.add("EventBus", EventBus { name: Val::stack_name() });
    if settings.cache {
        cache(t, network);
    }
    t.output("UploadsBucket", "Where uploaded documents are", &uploads.id());
    t.output("JobsQueueUrl", "The work to do", &jobs.id());
    Storage {
        uploads: uploads.id(),
        // As the service signs them: with the bucket in the path.
        address: join(["https://s3.".into(), Val::region(), ".amazonaws.com/".into(), uploads.id().text(), "/".into()]),
        uploads_arn: uploads.arn(),
        jobs_url: jobs.id(),
        jobs_arn: jobs.arn(),
        jobs_name: jobs.name(),
        dead_jobs_name: dead_jobs.name(),
        bus_arn: bus.arn(),
        cache_port: settings.cache.then_some(CACHE_PORT),
    }
}

fn uploads<'s>(t: &mut Template<'s>, settings: settings::Storage, address: &Val<'s, Text>) -> Handle<'s, Bucket<'s>> {
    let mut rules = vec![LifecycleRule::abort_uploads(1)];
    if settings.protect {
        rules.push(LifecycleRule::forget_versions(30));
    }
    let bucket = t.add(
        "Uploads",
        Bucket {
            versioning_configuration: settings.protect.then_some(Versioning { status: "Enabled" }),
            cors_configuration: Some(Cors {
                cors_rules: [CorsRule {
                    allowed_origins: vec![address.clone()],
                    allowed_methods: vec!["PUT", "GET", "HEAD"],
                    allowed_headers: vec!["*"],
                    exposed_headers: vec!["ETag"],
                    max_age: 3600,
                }],
            }),
            ..Bucket::private(rules)
        },
    );
    t.on_removal(&bucket, if settings.protect { Removal::Retain } else { Removal::Delete });
    encrypted_only(t, "UploadsPolicy", &bucket, Vec::new());
    t.excuse(&bucket, "CKV_AWS_18", "each upload is a row of the database, with who and when");
    if !settings.protect {
        t.excuse(&bucket, "CKV_AWS_21", "storage.protect = false: what is deleted need not come back");
    }
    bucket
}

/// Lets nobody read or write a bucket over plain HTTP; `others` say who else may.
pub fn encrypted_only<'s>(
    t: &mut Template<'s>,
    name: &'static str,
    bucket: &Handle<'s, Bucket<'s>>,
    others: Vec<Statement<'s>>,
) -> Handle<'s, BucketPolicy<'s>> {
    let all = [bucket.arn().text(), join([bucket.arn().text(), "/*".into()])];
    let deny = Statement::deny(["s3:*"], all).of_everyone().when(json!({ "Bool": { "aws:SecureTransport": "false" } }));
    let statements = [deny].into_iter().chain(others).collect();
    t.add(name, BucketPolicy { bucket: bucket.id(), policy_document: Policy::new(statements) })
}

fn queues<'s>(t: &mut Template<'s>) -> (Handle<'s, Queue<'s>>, Handle<'s, Queue<'s>>) {
    let dead = t.add(
        "DeadJobs",
        Queue {
            sqs_managed_sse_enabled: true,
            message_retention_period: FORTNIGHT_SECONDS,
            visibility_timeout: None,
            receive_message_wait_time_seconds: 0,
            redrive_policy: None,
        },
    );
    let jobs = t.add(
        "Jobs",
        Queue {
            sqs_managed_sse_enabled: true,
            message_retention_period: FORTNIGHT_SECONDS,
            visibility_timeout: Some(VISIBILITY_SECONDS),
            receive_message_wait_time_seconds: 20,
            redrive_policy: Some(Redrive { dead_letter_target_arn: dead.arn(), max_receive_count: MAX_RECEIVES }),
        },
    );
    for queue in [&dead, &jobs] {
        t.excuse(queue, "CKV_AWS_27", "SQS's own key encrypts it");
    }
    let deny = Statement::deny(["sqs:*"], [jobs.arn().text(), dead.arn().text()]);
    t.add(
        "JobsPolicy",
        QueuePolicy {
            queues: vec![jobs.id(), dead.id()],
            policy_document: Policy::new(vec![
                deny.of_everyone().when(json!({ "Bool": { "aws:SecureTransport": "false" } })),
            ]),
        },
    );
    (jobs, dead)
}

/// What is in the group `CacheGroup` lets in comes from within the VPC.
fn cache<'s>(t: &mut Template<'s>, network: &Network<'s>) {
    let vpc = || Peer::CidrIp(network.addresses.to_string());
    let group = t.add(
        "CacheGroup",
        SecurityGroup {
            vpc_id: network.vpc.clone(),
            group_description: "The cache",
            security_group_ingress: vec![Rule::tcp(CACHE_PORT, vpc(), "The service")],
            security_group_egress: vec![Rule::tcp(CACHE_PORT, vpc(), "Nothing beyond the VPC")],
        },
    );
    let cache = t.add(
        "Cache",
        ServerlessCache {
            serverless_cache_name: Val::stack_name(),
            engine: "valkey",
            subnet_ids: network.isolated.clone(),
            security_group_ids: vec![group.group_id()],
        },
    );
    t.output("CacheHost", "Where the cache is", &cache.endpoint());
}
