//! CloudFront in front of all: HTTPS without a domain of one's own.

use super::{CLIENT_ADDRESS, load_balancer::ORIGIN_SECRET};
use crate::{
    aws::{
        cloudfront::{
            Behavior, Certificate, Config, Distribution, Endpoint, Function, FunctionArn, FunctionAssociation,
            FunctionConfig, Header, Origin, OriginKind, VpcOrigin,
        },
        elb::LoadBalancer,
        route53::Alias,
    },
    network::Network,
    settings::Edge,
    template::{Handle, Template, Text, Val},
    timing,
};

/// What CloudFront's functions are: a few lines of JavaScript.
const NAME_CLIENT: &str = "function handler(event) {
  event.request.headers['x-client-address'] = { value: event.viewer.ip };
  return event.request;
}
";

// Policies that AWS keeps in every account.
// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>
const CACHE_AS_ORIGIN_SAYS: &str = "83da9c7e-98b4-4e11-a168-04f0df8e2c65";
const CACHE_NOTHING: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/// Without it only what a cached answer differs by goes on, and `x-client-address` would not.
const FORWARD_ALL: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";
const FORWARD_ALL_BUT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
const SECURITY_HEADERS: &str = "67f7725c-6f97-4210-82d7-5512b31e9d03";
/// The hosted zone of every distribution.
const HOSTED_ZONE: &str = "Z2FDTNDATAQYW2";

const PAGE: &str = "load-balancer";
const API: &str = "api-gateway";

/// API Gateway, when the API's calls go through it.
pub struct Api<'s> {
    pub host: Val<'s, Text>,
    /// What the load balancer wants to hear, so that nobody goes round CloudFront.
    pub secret: Val<'s, Text>,
}

pub fn build<'s>(
    t: &mut Template<'s>,
    edge: &Edge,
    network: &Network<'s>,
    balancer: &Handle<'s, LoadBalancer<'s>>,
    api: Option<&Api<'s>>,
) -> Alias<'s> {
    debug_assert!(NAME_CLIENT.contains(CLIENT_ADDRESS));
    let function = t.add(
        "NameClient",
        Function {
            name: Val::stack_name(),
            auto_publish: true,
            function_code: NAME_CLIENT,
            function_config: FunctionConfig {
                comment: "Tells the origin who asks, whatever the request says",
                runtime: "cloudfront-js-2.0",
            },
        },
    );
    let vpc_origin = t.add(
        "LoadBalancerOrigin",
        VpcOrigin {
            vpc_origin_endpoint_config: Endpoint {
                name: Val::stack_name(),
                arn: balancer.id(),
                http_port: 80,
                origin_protocol_policy: "http-only",
            },
        },
    );
    if let Some(internet) = &network.internet {
        // CloudFront wants the VPC to have one, though nothing goes through it.
        t.depends_on(&vpc_origin, internet);
    }
    let headers = || {
        let header = |api: &Api<'s>| Header { header_name: ORIGIN_SECRET, header_value: api.secret.clone() };
        api.map(header).into_iter().collect()
    };
    let mut origins = vec![Origin {
        id: PAGE,
        domain_name: balancer.dns_name(),
        origin_custom_headers: headers(),
        kind: OriginKind::Vpc {
            vpc_origin_id: vpc_origin.id(),
            origin_read_timeout: timing::ORIGIN_READ,
            origin_keepalive_timeout: timing::ORIGIN_KEEP_ALIVE,
        },
    }];
    let uncached = |path, origin, forward| behavior(Some(path), origin, CACHE_NOTHING, forward, &function.id());
    let mut behaviors = Vec::new();
    if let Some(api) = api {
        origins.push(Origin {
            id: API,
            domain_name: api.host.clone(),
            origin_custom_headers: headers(),
            kind: OriginKind::Https {
                origin_protocol_policy: "https-only",
                origin_ssl_protocols: ["TLSv1.2"],
                origin_read_timeout: timing::ORIGIN_READ,
                origin_keepalive_timeout: timing::ORIGIN_KEEP_ALIVE,
            },
        });
        // The API's description needs no token.
        behaviors.push(uncached("/api/v1/openapi.json", PAGE, FORWARD_ALL));
        behaviors.push(uncached("/api/v1/*", API, FORWARD_ALL_BUT_HOST));
    }
    // The last says which API and user pool the page uses.
    behaviors.extend(["/api/*", "/health", "/config.json"].map(|path| uncached(path, PAGE, FORWARD_ALL)));
    let distribution = t.add(
        "Distribution",
        Distribution {
            distribution_config: Config {
                enabled: true,
                comment: Val::stack_name(),
                http_version: "http2and3",
                ipv6_enabled: true,
                // Only in the Regions of its class is it slower; no place is left out.
                price_class: "PriceClass_100",
                aliases: edge.domain.clone().map(|domain| [domain]),
                viewer_certificate: certificate(edge),
                origins,
                default_cache_behavior: Behavior {
                    allowed_methods: vec!["GET", "HEAD", "OPTIONS"],
                    ..behavior(None, PAGE, CACHE_AS_ORIGIN_SAYS, FORWARD_ALL, &function.id())
                },
                cache_behaviors: behaviors,
            },
        },
    );
    for (rule, reason) in [
        ("CKV_AWS_68", "the firewall is the load balancer's, so that one stack in any Region has all"),
        ("CKV_AWS_86", "edge.access_logs has the load balancer log; what the cache answers is the page's files"),
        ("CKV_AWS_174", "CloudFront's own name takes TLS 1.0 whatever is asked; with a domain it is 1.2"),
    ] {
        t.excuse(&distribution, rule, reason);
    }
    Alias { dns_name: distribution.domain_name(), hosted_zone_id: HOSTED_ZONE.into() }
}

fn certificate<'s>(edge: &Edge) -> Certificate<'s> {
    match &edge.certificate_arn {
        Some(arn) => Certificate::Own {
            acm_certificate_arn: Val::existing(arn),
            ssl_support_method: "sni-only",
            minimum_protocol_version: "TLSv1.2_2021",
        },
        None => Certificate::CloudFront { cloud_front_default_certificate: true },
    }
}

fn behavior<'s>(
    path_pattern: Option<&'static str>,
    target_origin_id: &'static str,
    cache_policy_id: &'static str,
    origin_request_policy_id: &'static str,
    function_arn: &Val<'s, FunctionArn>,
) -> Behavior<'s> {
    Behavior {
        path_pattern,
        target_origin_id,
        viewer_protocol_policy: "redirect-to-https",
        allowed_methods: vec!["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
        cache_policy_id,
        origin_request_policy_id,
        response_headers_policy_id: SECURITY_HEADERS,
        // The frontend compresses its files itself, and streams must not wait for a compressor.
        compress: false,
        function_associations: vec![FunctionAssociation {
            event_type: "viewer-request",
            function_arn: function_arn.clone(),
        }],
    }
}
