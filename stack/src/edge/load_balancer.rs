//! The load balancer: which container gets a request.

use crate::{
    aws::{
        Attribute,
        acm::{Certificate, CertificateArn, Validation},
        ec2::{Peer, Rule, SecurityGroup},
        elb::{
            Action, Certificate as ListenerCertificate, Condition, FixedResponse, Header, Listener, ListenerRule,
            LoadBalancer, Redirect, TargetGroup,
        },
        iam::Statement,
        s3::{Bucket, LifecycleRule},
        secretsmanager::{Generate, Secret, SecretArn},
    },
    network::Network,
    settings::{self, Settings},
    storage::encrypted_only,
    template::{Handle, Template, Text, Val, join},
    timing,
};

pub const BACKEND_PORT: u16 = 8000;
pub const FRONTEND_PORT: u16 = 80;
/// What the backend answers; all else is the page's.
const BACKEND_PATHS: [&str; 2] = ["/api/*", "/health"];
/// The header by which the load balancer knows what came through CloudFront, where a request
/// could also come through API Gateway's own address.
pub const ORIGIN_SECRET: &str = "x-origin-secret";

pub struct Front<'s> {
    pub balancer: Handle<'s, LoadBalancer<'s>>,
    pub group: Handle<'s, SecurityGroup<'s>>,
    pub backend: Handle<'s, TargetGroup<'s>>,
    pub frontend: Handle<'s, TargetGroup<'s>>,
    pub rules: Vec<Handle<'s, ListenerRule<'s>>>,
    /// What the header must say, if it must.
    pub secret: Option<Val<'s, Text>>,
}

pub fn build<'s>(t: &mut Template<'s>, settings: &Settings, network: &Network<'s>) -> Front<'s> {
    let edge = &settings.edge;
    let group = group(t, edge, network);
    let mut attributes = vec![
        Attribute::new("idle_timeout.timeout_seconds", timing::IDLE),
        Attribute::new("routing.http.drop_invalid_header_fields.enabled", true),
    ];
    let logs = edge.access_logs.then(|| access_logs(t, settings.log_days));
    if let Some((bucket, _)) = &logs {
        attributes.push(Attribute::new("access_logs.s3.enabled", true));
        attributes.push(Attribute::new("access_logs.s3.bucket", bucket.id().text()));
    }
    let balancer = t.add(
        "LoadBalancer",
        LoadBalancer {
            kind: "application",
            scheme: if edge.cloudfront { "internal" } else { "internet-facing" },
            subnets: if edge.cloudfront { network.private.clone() } else { network.public.clone() },
            security_groups: vec![group.group_id()],
            load_balancer_attributes: attributes,
        },
    );
    if let (false, Some(internet)) = (edge.cloudfront, &network.internet) {
        t.depends_on(&balancer, internet);
    }
    match logs {
        // Switched on, the load balancer tries at once whether it may write.
        Some((_, policy)) => t.depends_on(&balancer, &policy),
        None => t.excuse(&balancer, "CKV_AWS_91", "edge.access_logs = false"),
    }
    let [backend, frontend] = [("Backend", BACKEND_PORT), ("Frontend", FRONTEND_PORT)]
        .map(|(part, port)| t.add(format!("{part}Targets"), target_group(network, port)));
    let secret = edge.api_gateway.then(|| origin_secret(t));
    let listener = listener(t, edge, &balancer, secret.is_some());
    let rules = [("Backend", &BACKEND_PATHS[..], &backend), ("Frontend", &["/*"], &frontend)]
        .into_iter()
        .zip([10, 20])
        .map(|((part, paths, targets), priority)| {
            let header = secret.as_ref().map(|secret| Condition::HttpHeader {
                http_header_config: Header { http_header_name: ORIGIN_SECRET, values: [secret.clone()] },
            });
            let rule = ListenerRule {
                listener_arn: listener.id(),
                priority,
                conditions: [Condition::paths(paths)].into_iter().chain(header).collect(),
                actions: [Action::Forward { target_group_arn: targets.id() }],
            };
            t.add(format!("{part}Rule"), rule)
        })
        .collect();
    Front { balancer, group, backend, frontend, rules, secret }
}

fn group<'s>(t: &mut Template<'s>, edge: &settings::Edge, network: &Network<'s>) -> Handle<'s, SecurityGroup<'s>> {
    let vpc = || Peer::CidrIp(network.addresses.to_string());
    let world = || Peer::CidrIp("0.0.0.0/0".to_owned());
    let ingress = if edge.cloudfront {
        vec![Rule::tcp(80, vpc(), "CloudFront, from within the VPC")]
    } else if edge.plain_http {
        vec![Rule::tcp(80, world(), "Everyone")]
    } else {
        vec![Rule::tcp(443, world(), "Everyone"), Rule::tcp(80, world(), "Everyone, to be sent to HTTPS")]
    };
    let group = t.add(
        "LoadBalancerGroup",
        SecurityGroup {
            vpc_id: network.vpc.clone(),
            group_description: "The load balancer",
            security_group_ingress: ingress,
            security_group_egress: vec![
                Rule::tcp(BACKEND_PORT, vpc(), "The backend"),
                Rule::tcp(FRONTEND_PORT, vpc(), "The frontend"),
            ],
        },
    );
    if !edge.cloudfront {
        t.excuse(&group, "CKV_AWS_260", "it is public: port 80 sends to HTTPS, or edge.plain_http was chosen");
    }
    group
}

fn target_group<'s>(network: &Network<'s>, port: u16) -> TargetGroup<'s> {
    TargetGroup {
        vpc_id: network.vpc.clone(),
        target_type: "ip",
        protocol: "HTTP",
        port,
        health_check_path: "/health",
        health_check_interval_seconds: 10,
        health_check_timeout_seconds: 5,
        healthy_threshold_count: 2,
        unhealthy_threshold_count: 3,
        target_group_attributes: vec![
            Attribute::new("deregistration_delay.timeout_seconds", timing::DEREGISTRATION),
            // Streams last: who has the fewest gets the next.
            Attribute::new("load_balancing.algorithm.type", "least_outstanding_requests"),
        ],
    }
}

fn listener<'s>(
    t: &mut Template<'s>,
    edge: &settings::Edge,
    balancer: &Handle<'s, LoadBalancer<'s>>,
    is_guarded: bool,
) -> Handle<'s, Listener<'s>> {
    // Each request meets a rule, but for those that lack the secret.
    let (status_code, message_body) =
        if is_guarded { ("403", "Use the platform's own address.") } else { ("404", "There is nothing here.") };
    let otherwise = Action::FixedResponse {
        fixed_response_config: FixedResponse { status_code, content_type: "text/plain", message_body },
    };
    let plain = |action| Listener {
        load_balancer_arn: balancer.id(),
        port: 80,
        protocol: "HTTP",
        default_actions: [action],
        certificates: None,
        ssl_policy: None,
    };
    if edge.cloudfront || edge.plain_http {
        let listener = t.add("Listener", plain(otherwise));
        let reason =
            if edge.cloudfront { "CloudFront reaches it within the VPC" } else { "edge.plain_http was chosen" };
        for rule in ["CKV_AWS_2", "CKV_AWS_103"] {
            t.excuse(&listener, rule, reason);
        }
        return listener;
    }
    let redirect = Redirect { protocol: "HTTPS", port: "443", status_code: "HTTP_301" };
    t.add("HttpListener", plain(Action::Redirect { redirect_config: redirect }));
    let certificate_arn = certificate(t, edge);
    t.add(
        "Listener",
        Listener {
            port: 443,
            protocol: "HTTPS",
            certificates: Some([ListenerCertificate { certificate_arn }]),
            ssl_policy: Some("ELBSecurityPolicy-TLS13-1-2-2021-06"),
            ..plain(otherwise)
        },
    )
}

fn certificate<'s>(t: &mut Template<'s>, edge: &settings::Edge) -> Val<'s, CertificateArn> {
    if let Some(arn) = &edge.certificate_arn {
        return Val::existing(arn);
    }
    let domain = edge.domain.clone().unwrap_or_default();
    let zone = edge.hosted_zone_id.as_deref().unwrap_or_default();
    let validation = Validation { domain_name: domain.clone(), hosted_zone_id: Val::existing(zone) };
    let certificate =
        Certificate { domain_name: domain, validation_method: "DNS", domain_validation_options: [validation] };
    t.add("Certificate", certificate).id()
}

fn origin_secret<'s>(t: &mut Template<'s>) -> Val<'s, Text> {
    let secret = t.add(
        "OriginSecret",
        Secret {
            description: "By which the load balancer knows requests that came through CloudFront",
            generate_secret_string: Generate {
                secret_string_template: "{}".to_owned(),
                generate_string_key: "value",
                password_length: 40,
                exclude_punctuation: true,
            },
        },
    );
    t.excuse(&secret, "CKV_AWS_149", "AWS's own key encrypts it; CloudFormation alone reads it");
    resolved(&secret.id(), "value")
}

/// What a secret says under `key`, put in by CloudFormation when it deploys.
fn resolved<'s>(secret: &Val<'s, SecretArn>, key: &str) -> Val<'s, Text> {
    join(["{{resolve:secretsmanager:".into(), secret.text(), format!(":SecretString:{key}}}}}").into()])
}

type AccessLogs<'s> = (Handle<'s, Bucket<'s>>, Handle<'s, crate::aws::s3::BucketPolicy<'s>>);

fn access_logs<'s>(t: &mut Template<'s>, days: u16) -> AccessLogs<'s> {
    let bucket =
        t.add("AccessLogs", Bucket::private(vec![LifecycleRule::abort_uploads(1), LifecycleRule::expire(days)]));
    for (rule, reason) in [("CKV_AWS_18", "it is the log"), ("CKV_AWS_21", "a log is never changed")] {
        t.excuse(&bucket, rule, reason);
    }
    let write = Statement::allow(["s3:PutObject"], [join([bucket.arn().text(), "/AWSLogs/*".into()])]);
    let policy = encrypted_only(
        t,
        "AccessLogsPolicy",
        &bucket,
        vec![write.of_service("logdelivery.elasticloadbalancing.amazonaws.com")],
    );
    (bucket, policy)
}
