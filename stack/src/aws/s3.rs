//! Buckets.

use serde::Serialize;

use super::iam::Policy;
use crate::template::{Handle, Text, Val};

kinds! {
    BucketName;
    BucketArn;
}

resource! {
    Bucket<'s> = "AWS::S3::Bucket", Ref = BucketName;
    BucketPolicy<'s> = "AWS::S3::BucketPolicy", Ref = Text;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Bucket<'s> {
    pub bucket_encryption: Encryption,
    pub public_access_block_configuration: PublicAccessBlock,
    pub ownership_controls: Ownership,
    pub versioning_configuration: Option<Versioning>,
    pub lifecycle_configuration: Lifecycle,
    pub cors_configuration: Option<Cors<'s>>,
}

impl Bucket<'_> {
    /// One that is encrypted by S3's own key and never public.
    pub fn private(rules: Vec<LifecycleRule>) -> Self {
        Self {
            bucket_encryption: Encryption {
                server_side_encryption_configuration: [EncryptionRule {
                    server_side_encryption_by_default: DefaultEncryption { sse_algorithm: "AES256" },
                }],
            },
            public_access_block_configuration: PublicAccessBlock {
                block_public_acls: true,
                block_public_policy: true,
                ignore_public_acls: true,
                restrict_public_buckets: true,
            },
            ownership_controls: Ownership { rules: [OwnershipRule { object_ownership: "BucketOwnerEnforced" }] },
            versioning_configuration: None,
            lifecycle_configuration: Lifecycle { rules },
            cors_configuration: None,
        }
    }
}

impl<'s> Handle<'s, Bucket<'s>> {
    pub fn arn(&self) -> Val<'s, BucketArn> {
        self.attribute("Arn")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Encryption {
    server_side_encryption_configuration: [EncryptionRule; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EncryptionRule {
    server_side_encryption_by_default: DefaultEncryption,
}

#[derive(Serialize)]
struct DefaultEncryption {
    #[serde(rename = "SSEAlgorithm")]
    sse_algorithm: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_excessive_bools)] // S3 has them
pub struct PublicAccessBlock {
    block_public_acls: bool,
    block_public_policy: bool,
    ignore_public_acls: bool,
    restrict_public_buckets: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ownership {
    rules: [OwnershipRule; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct OwnershipRule {
    object_ownership: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Versioning {
    pub status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Lifecycle {
    pub rules: Vec<LifecycleRule>,
}

/// Times in days.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecycleRule {
    id: &'static str,
    status: &'static str,
    prefix: Option<&'static str>,
    expiration_in_days: Option<u16>,
    abort_incomplete_multipart_upload: Option<AbortUpload>,
    noncurrent_version_expiration: Option<Noncurrent>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AbortUpload {
    days_after_initiation: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Noncurrent {
    noncurrent_days: u16,
}

impl LifecycleRule {
    const fn new(id: &'static str) -> Self {
        Self {
            id,
            status: "Enabled",
            prefix: None,
            expiration_in_days: None,
            abort_incomplete_multipart_upload: None,
            noncurrent_version_expiration: None,
        }
    }

    /// Drops what was never uploaded whole.
    pub const fn abort_uploads(days: u16) -> Self {
        let abort = Some(AbortUpload { days_after_initiation: days });
        Self { abort_incomplete_multipart_upload: abort, ..Self::new("unfinished-uploads") }
    }

    /// Drops everything when it is as old.
    pub const fn expire(days: u16) -> Self {
        Self { expiration_in_days: Some(days), ..Self::new("old") }
    }

    /// The same, in a folder, which names the rule.
    pub const fn expire_in(folder: &'static str, days: u16) -> Self {
        Self { prefix: Some(folder), expiration_in_days: Some(days), ..Self::new(folder) }
    }

    /// Drops what was deleted or replaced so long ago.
    pub const fn forget_versions(days: u16) -> Self {
        let noncurrent = Some(Noncurrent { noncurrent_days: days });
        Self { noncurrent_version_expiration: noncurrent, ..Self::new("deleted") }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cors<'s> {
    pub cors_rules: [CorsRule<'s>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CorsRule<'s> {
    pub allowed_origins: Vec<Val<'s, Text>>,
    pub allowed_methods: Vec<&'static str>,
    pub allowed_headers: Vec<&'static str>,
    pub exposed_headers: Vec<&'static str>,
    /// Seconds that a browser remembers it.
    pub max_age: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketPolicy<'s> {
    pub bucket: Val<'s, BucketName>,
    pub policy_document: Policy<'s>,
}
