//! Names.

use serde::Serialize;

use crate::template::{Text, Val};

kinds! {
    HostedZoneId;
}

resource! {
    RecordSet<'s> = "AWS::Route53::RecordSet", Ref = Text;
}

/// A name that stands for something of AWS.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecordSet<'s> {
    pub hosted_zone_id: Val<'s, HostedZoneId>,
    pub name: String,
    #[serde(rename = "Type")]
    pub kind: &'static str,
    pub alias_target: Alias<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alias<'s> {
    #[serde(rename = "DNSName")]
    pub dns_name: Val<'s, Text>,
    /// Of what it stands for, not of the name.
    pub hosted_zone_id: Val<'s, Text>,
}
