//! Image repositories.

use serde::Serialize;

use crate::template::{Handle, Text, Val};

kinds! {
    RepositoryName;
    RepositoryArn;
}

resource! {
    Repository<'s> = "AWS::ECR::Repository", Ref = RepositoryName;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Repository<'s> {
    pub repository_name: Val<'s, Text>,
    pub image_tag_mutability: &'static str,
    pub image_scanning_configuration: Scanning,
    pub lifecycle_policy: LifecyclePolicy,
    /// Whether a repository with images can be deleted.
    pub empty_on_delete: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Scanning {
    pub scan_on_push: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecyclePolicy {
    /// JSON.
    pub lifecycle_policy_text: String,
}

impl<'s> Handle<'s, Repository<'s>> {
    pub fn arn(&self) -> Val<'s, RepositoryArn> {
        self.attribute("Arn")
    }

    /// Where to push to.
    pub fn uri(&self) -> Val<'s, Text> {
        self.attribute("RepositoryUri")
    }
}
