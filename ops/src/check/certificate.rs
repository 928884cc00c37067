//! The certificate of the platform's own domain.

use aws_config::Region;
use aws_sdk_acm::types::{CertificateDetail, CertificateStatus};

use super::{Finding, Subject};
use crate::aws::{because, is};

/// What it is about.
pub const TYPES: &[&str] = &["AWS::CloudFront::Distribution", "AWS::ElasticLoadBalancingV2::Listener"];
const WHERE: &str = "edge.certificate_arn";

pub async fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let edge = &subject.settings.edge;
    let (Some(arn), Some(domain)) = (&edge.certificate_arn, &edge.domain) else { return Vec::new() };
    // arn:aws:acm:REGION:ACCOUNT:certificate/ID
    let parts: Vec<_> = arn.split(':').collect();
    let (Some(&region), Some(&account)) = (parts.get(3), parts.get(4)) else {
        let what = format!("certificate {arn}: this is no ARN of a certificate");
        return vec![Finding::error(what, format!("correct {WHERE}"))];
    };
    if let Some(finding) = place(arn, (region, account), edge.cloudfront, (subject.region, subject.account)) {
        return vec![finding];
    }
    let config = aws_sdk_acm::config::Builder::from(&subject.config).region(Region::new(region.to_owned())).build();
    let answer = aws_sdk_acm::Client::from_conf(config).describe_certificate().certificate_arn(arn).send().await;
    vec![match answer {
        Ok(answer) => match answer.certificate {
            Some(certificate) => judge(arn, domain, &certificate),
            None => missing(arn),
        },
        Err(error) if is(&error, "ResourceNotFoundException") => missing(arn),
        Err(error) => Finding::not_checked(&format!("certificate {arn}"), because("look at the certificate", &error)),
    }]
}

fn missing(arn: &str) -> Finding {
    Finding::error(
        format!("certificate {arn}: there is none"),
        format!("ask ACM for one, and name it in {WHERE}; or leave it out and give edge.hosted_zone_id"),
    )
}

/// Whether it is where who presents it finds it: `region` and `account`, of it and of the stack.
fn place(arn: &str, is: (&str, &str), cloudfront: bool, stack: (&str, &str)) -> Option<Finding> {
    let wanted = if cloudfront { "us-east-1" } else { stack.0 };
    if is.0 != wanted {
        let who = if cloudfront { "CloudFront takes it from" } else { "the load balancer takes it from" };
        let what = format!("certificate {arn}: it is in {}, and {who} {wanted}", is.0);
        return Some(Finding::error(what, format!("ask ACM for one in {wanted}, and name it in {WHERE}")));
    }
    (is.1 != stack.1).then(|| {
        let what = format!("certificate {arn}: it is of the account {}, and the stack of {}", is.1, stack.1);
        Finding::error(
            what,
            format!("ask ACM for one in this account, and name it in {WHERE}; or use other credentials"),
        )
    })
}

fn judge(arn: &str, domain: &str, certificate: &CertificateDetail) -> Finding {
    let status = certificate.status.as_ref();
    if status != Some(&CertificateStatus::Issued) {
        let next = if status == Some(&CertificateStatus::PendingValidation) {
            "make the DNS records that ACM shows for it, and wait until it is issued".to_owned()
        } else {
            format!("ask ACM for another, and name it in {WHERE}")
        };
        let status = status.map_or("without a status", CertificateStatus::as_str);
        return Finding::error(format!("certificate {arn}: it is {status}, not ISSUED"), next);
    }
    let names = certificate.subject_alternative_names().iter().chain(&certificate.domain_name);
    if !names.clone().any(|name| covers(name, domain)) {
        let names: Vec<_> = names.map(String::as_str).collect();
        return Finding::error(
            format!("certificate {arn}: it is for {}, not for {domain}", names.join(", ")),
            format!("ask ACM for one for {domain}, or correct edge.domain"),
        );
    }
    Finding::ok(format!("certificate: issued, for {domain}"))
}

/// A star stands for one label.
fn covers(name: &str, domain: &str) -> bool {
    let (name, domain) = (name.to_lowercase(), domain.to_lowercase());
    match name.strip_prefix("*.") {
        Some(parent) => domain.split_once('.').is_some_and(|(_, rest)| rest == parent),
        None => name == domain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Severity;

    fn certificate(status: CertificateStatus, names: &[&str]) -> CertificateDetail {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        CertificateDetail::builder().status(status).set_subject_alternative_names(Some(names)).build()
    }

    #[test]
    fn a_name_covers_itself_and_a_star_one_label() {
        for (name, domain, expected) in [
            ("chat.example.com", "chat.example.com", true),
            ("Chat.Example.com", "chat.example.COM", true),
            ("*.example.com", "chat.example.com", true),
            ("*.example.com", "a.chat.example.com", false),
            ("*.example.com", "example.com", false),
            ("example.com", "chat.example.com", false),
        ] {
            assert_eq!(covers(name, domain), expected, "{name} {domain}");
        }
    }

    #[test]
    fn it_must_be_issued_and_for_the_domain() {
        let judge = |status, names: &[&str]| judge("arn", "chat.example.com", &certificate(status, names));
        assert_eq!(judge(CertificateStatus::Issued, &["example.com", "*.example.com"]).severity, Severity::Ok);
        assert_eq!(judge(CertificateStatus::Issued, &["example.com"]).severity, Severity::Error);
        let pending = judge(CertificateStatus::PendingValidation, &["chat.example.com"]);
        assert!(pending.severity == Severity::Error && pending.next.is_some_and(|next| next.contains("DNS records")));
        assert_eq!(judge(CertificateStatus::Expired, &["chat.example.com"]).severity, Severity::Error);
    }

    #[test]
    fn it_must_be_where_it_is_presented() {
        let stack = ("eu-west-1", "1");
        let is_wrong = |is, cloudfront| place("arn", is, cloudfront, stack).is_some();
        assert!(!is_wrong(("us-east-1", "1"), true) && !is_wrong(("eu-west-1", "1"), false));
        assert!(is_wrong(("eu-west-1", "1"), true) && is_wrong(("us-east-1", "1"), false));
        assert!(is_wrong(("us-east-1", "2"), true));
    }
}
