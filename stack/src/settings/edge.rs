//! Where requests come in.

use serde::Deserialize;

use super::check::Problems;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // each is a part that one may leave out
pub struct Edge {
    /// Whether CloudFront is in front of all: HTTPS without a domain, and a load balancer that
    /// the internet does not reach.
    pub cloudfront: bool,
    /// Whether calls of the API go through API Gateway, which lets none in without a token.
    pub api_gateway: bool,
    /// The address of the platform, instead of one that AWS gives.
    pub domain: Option<String>,
    /// The hosted zone of Route 53 that the domain is in: gets its record, and the certificate's.
    pub hosted_zone_id: Option<String>,
    /// A certificate for the domain: of us-east-1 with CloudFront, else of the stack's Region.
    pub certificate_arn: Option<String>,
    /// Whether passwords and tokens may travel unencrypted: for tests alone.
    pub plain_http: bool,
    /// Whether every request is logged, in a bucket.
    pub access_logs: bool,
    /// Whether a web application firewall stands before the load balancer.
    pub waf: bool,
    /// Most requests from one address in five minutes.
    pub waf_requests: u32,
    /// What becomes of requests whose body looks like an attack, on paths that take free text.
    pub waf_text_bodies: BodyRules,
    /// Paths that take free text, documents among them: beginnings.
    pub waf_text_paths: Vec<String>,
}

/// What the firewall does with a suspicious body. A prompt with code in it looks like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyRules {
    Count,
    Block,
}

impl Problems {
    pub(super) fn edge(&mut self, edge: &Edge) {
        let has_certificate = edge.certificate_arn.is_some();
        self.unless(
            edge.cloudfront || has_certificate || edge.hosted_zone_id.is_some() || edge.plain_http,
            "edge.cloudfront: without it HTTPS needs edge.domain and a certificate: give edge.hosted_zone_id or \
             edge.certificate_arn",
        );
        self.unless(
            edge.cloudfront || !edge.api_gateway,
            "edge.api_gateway: the page and the API have one address only with edge.cloudfront = true",
        );
        self.unless(
            edge.domain.is_some() == (has_certificate || edge.hosted_zone_id.is_some()),
            "edge.domain: goes together with edge.certificate_arn or edge.hosted_zone_id",
        );
        self.unless(
            !(edge.cloudfront && edge.domain.is_some() && !has_certificate),
            "edge.certificate_arn: with CloudFront a domain needs a certificate of us-east-1, which this stack can't \
             make in another Region; make it there, and name it here",
        );
        self.unless(
            !(edge.plain_http && (edge.cloudfront || edge.domain.is_some())),
            "edge.plain_http: contradicts edge.cloudfront and edge.domain, which bring HTTPS",
        );
        if let Some(arn) = &edge.certificate_arn {
            let is_certificate = arn.starts_with("arn:") && arn.contains(":acm:");
            self.unless(is_certificate, "edge.certificate_arn: must be the ARN of a certificate of ACM");
            self.unless(
                !edge.cloudfront || arn.contains(":us-east-1:"),
                "edge.certificate_arn: CloudFront takes certificates of us-east-1 only",
            );
        }
        self.unless((10..=2_000_000_000).contains(&edge.waf_requests), "edge.waf_requests: must be at least 10");
        for path in &edge.waf_text_paths {
            self.unless(path.starts_with('/'), format!("edge.waf_text_paths: `{path}` must begin with `/`"));
        }
        self.unless(
            (1..=8).contains(&edge.waf_text_paths.len()),
            "edge.waf_text_paths: must be one to eight beginnings of paths, such as /api/v1/chat",
        );
    }
}
