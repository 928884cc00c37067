//! Certificates.

use serde::Serialize;

use super::route53::HostedZoneId;
use crate::template::Val;

kinds! {
    CertificateArn;
}

resource! {
    Certificate<'s> = "AWS::CertificateManager::Certificate", Ref = CertificateArn;
}

/// One that a record in the domain's zone proves.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate<'s> {
    pub domain_name: String,
    pub validation_method: &'static str,
    pub domain_validation_options: [Validation<'s>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Validation<'s> {
    pub domain_name: String,
    pub hosted_zone_id: Val<'s, HostedZoneId>,
}
