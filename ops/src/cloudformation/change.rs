//! What a change set would do, in the words of who has to live with it.

use aws_sdk_cloudformation::types::{ChangeAction, Replacement, RequiresRecreation, ResourceChange};
use serde::Serialize;

/// A change set that was made and not carried out.
pub struct Plan {
    pub name: String,
    /// Whether the stack is made by it.
    pub is_new: bool,
    pub changes: Vec<Change>,
}

/// What becomes of one resource.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    pub effect: Effect,
    pub resource: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// The properties that change.
    pub properties: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Add,
    /// In place.
    Change,
    /// Perhaps replaced: it depends on values that are known only then.
    MayReplace,
    /// A new one is made, and the old one deleted.
    Replace,
    Remove,
}

/// Types whose resources keep what people put there.
const STATEFUL: [&str; 9] = [
    "AWS::Cognito::UserPool",
    "AWS::ECR::Repository",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
    "AWS::SQS::Queue",
];
/// Types that say who may do or reach what.
const ACCESS: [&str; 6] = [
    "AWS::EC2::SecurityGroup",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
];

impl Change {
    pub(super) fn of(change: ResourceChange) -> Option<Self> {
        let effect = match (change.action?, change.replacement) {
            (ChangeAction::Add | ChangeAction::Import, _) => Effect::Add,
            (ChangeAction::Remove, _) => Effect::Remove,
            (ChangeAction::Modify, Some(Replacement::True)) => Effect::Replace,
            (ChangeAction::Modify, Some(Replacement::Conditional)) => Effect::MayReplace,
            (ChangeAction::Modify, _) => Effect::Change,
            // `Dynamic`: of nested stacks, which we have none of.
            _ => return None,
        };
        let details = change.details.unwrap_or_default();
        let mut properties: Vec<String> = details
            .into_iter()
            .filter_map(|detail| {
                let target = detail.target?;
                let name = target.name.or_else(|| target.attribute.map(|attribute| attribute.as_str().to_owned()))?;
                let again = matches!(target.requires_recreation, Some(RequiresRecreation::Always));
                Some(if again { format!("{name} (needs a new one)") } else { name })
            })
            .collect();
        properties.sort();
        properties.dedup();
        Some(Self {
            effect,
            resource: change.logical_resource_id.unwrap_or_default(),
            kind: change.resource_type.unwrap_or_default(),
            properties,
        })
    }

    /// Whether it takes away what people put there: nobody agrees to that in passing.
    pub fn loses_data(&self) -> bool {
        self.effect >= Effect::MayReplace && STATEFUL.contains(&self.kind.as_str())
    }

    /// Whether it changes who may do or reach what.
    pub fn is_about_access(&self) -> bool {
        ACCESS.contains(&self.kind.as_str())
    }
}

impl Effect {
    pub fn mark(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Change => "~",
            Self::MayReplace => "~/-+",
            Self::Replace => "-/+",
            Self::Remove => "-",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: ChangeAction, replacement: Option<Replacement>, kind: &str) -> Change {
        let change = ResourceChange::builder()
            .action(action)
            .set_replacement(replacement)
            .logical_resource_id("It")
            .resource_type(kind);
        Change::of(change.build()).expect("it is a change")
    }

    #[test]
    fn data_is_lost_by_replacing_or_removing_what_keeps_it() {
        let database = "AWS::RDS::DBCluster";
        for (action, replacement, kind, expected) in [
            (ChangeAction::Remove, None, database, true),
            (ChangeAction::Modify, Some(Replacement::True), database, true),
            (ChangeAction::Modify, Some(Replacement::Conditional), database, true),
            (ChangeAction::Modify, Some(Replacement::False), database, false),
            (ChangeAction::Add, None, database, false),
            (ChangeAction::Remove, None, "AWS::ECS::Service", false),
        ] {
            let change = change(action, replacement, kind);
            assert_eq!(change.loses_data(), expected, "{change:?}");
        }
    }
}
