//! What a change set would do, in the words of who has to live with it.

use std::fmt;

use aws_sdk_cloudformation::types::{
    ChangeAction, Replacement, RequiresRecreation, ResourceChange, ResourceTargetDefinition,
};
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
    pub properties: Vec<Property>,
}

/// A property that changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Property {
    /// With those that it is in: `Scaling.MaxCapacity`.
    pub name: String,
    /// Nothing if there was none before, or CloudFormation does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Whether the resource is replaced because of it.
    pub needs_new: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Add,
    /// In place.
    Change,
    /// In place, but for a while it does not serve.
    Interrupt,
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
/// Properties that AWS changes in place with "some interruptions": an instance starts again.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html>
const INTERRUPTIONS: [(&str, &str); 5] = [
    ("AWS::RDS::DBCluster", "DBClusterParameterGroupName"),
    ("AWS::RDS::DBCluster", "EngineVersion"),
    ("AWS::RDS::DBClusterParameterGroup", "Parameters"),
    ("AWS::RDS::DBInstance", "DBInstanceClass"),
    ("AWS::RDS::DBInstance", "EngineVersion"),
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
        let kind = change.resource_type.unwrap_or_default();
        let targets: Vec<_> =
            change.details.unwrap_or_default().into_iter().filter_map(|detail| detail.target).collect();
        let interrupts = |target: &ResourceTargetDefinition| {
            target.name().is_some_and(|name| INTERRUPTIONS.contains(&(kind.as_str(), name)))
        };
        let effect = match (change.action?, change.replacement) {
            (ChangeAction::Add | ChangeAction::Import, _) => Effect::Add,
            (ChangeAction::Remove, _) => Effect::Remove,
            (ChangeAction::Modify, Some(Replacement::True)) => Effect::Replace,
            (ChangeAction::Modify, Some(Replacement::Conditional)) => Effect::MayReplace,
            (ChangeAction::Modify, _) if targets.iter().any(interrupts) => Effect::Interrupt,
            (ChangeAction::Modify, _) => Effect::Change,
            // `Dynamic`: of nested stacks, which we have none of.
            _ => return None,
        };
        let mut properties: Vec<_> = targets.into_iter().filter_map(Property::of).collect();
        // One that changes for two reasons is there twice: what says most comes last.
        properties.sort();
        properties.reverse();
        properties.dedup_by(|next, kept| next.name == kept.name);
        properties.reverse();
        Some(Self { effect, resource: change.logical_resource_id.unwrap_or_default(), kind, properties })
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

impl Property {
    fn of(target: ResourceTargetDefinition) -> Option<Self> {
        let path = target.path.as_deref().and_then(|path| path.strip_prefix("/Properties/"));
        let name = match (path, target.name) {
            (Some(path), _) => path.replace('/', "."),
            (None, Some(name)) => name,
            (None, None) => target.attribute?.as_str().to_owned(),
        };
        let needs_new = matches!(target.requires_recreation, Some(RequiresRecreation::Always));
        Some(Self { name, before: target.before_value, after: target.after_value, needs_new })
    }
}

/// Longer values are cut for people.
const LONG: usize = 60;

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let short = |value: &Option<String>| match value {
            Some(value) if value.chars().count() > LONG => value.chars().take(LONG).chain(['…']).collect(),
            Some(value) => value.clone(),
            None => "nothing".to_owned(),
        };
        write!(f, "{}", self.name)?;
        if self.before.is_some() || self.after.is_some() {
            write!(f, ": {} → {}", short(&self.before), short(&self.after))?;
        }
        if self.needs_new { write!(f, " (needs a new one)") } else { Ok(()) }
    }
}

impl Effect {
    pub fn mark(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Change => "~",
            Self::Interrupt => "~!",
            Self::MayReplace => "~/-+",
            Self::Replace => "-/+",
            Self::Remove => "-",
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::ResourceChangeDetail;

    use super::*;

    fn change(
        action: ChangeAction,
        replacement: Option<Replacement>,
        kind: &str,
        targets: Vec<ResourceTargetDefinition>,
    ) -> Change {
        let details = targets.into_iter().map(|target| ResourceChangeDetail::builder().target(target).build());
        let change = ResourceChange::builder()
            .action(action)
            .set_replacement(replacement)
            .logical_resource_id("It")
            .resource_type(kind)
            .set_details(Some(details.collect()));
        Change::of(change.build()).expect("it is a change")
    }

    fn target(name: &str) -> ResourceTargetDefinition {
        ResourceTargetDefinition::builder().name(name).build()
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
            let change = change(action, replacement, kind, Vec::new());
            assert_eq!(change.loses_data(), expected, "{change:?}");
        }
    }

    #[test]
    fn a_database_is_interrupted_by_a_new_version_and_a_service_by_no_new_task() {
        for (kind, property, replacement, expected) in [
            ("AWS::RDS::DBCluster", "EngineVersion", Replacement::False, Effect::Interrupt),
            ("AWS::RDS::DBCluster", "BackupRetentionPeriod", Replacement::False, Effect::Change),
            ("AWS::RDS::DBInstance", "DBInstanceClass", Replacement::False, Effect::Interrupt),
            ("AWS::RDS::DBInstance", "DBInstanceClass", Replacement::True, Effect::Replace),
            ("AWS::ECS::Service", "TaskDefinition", Replacement::False, Effect::Change),
        ] {
            let change = change(ChangeAction::Modify, Some(replacement), kind, vec![target(property)]);
            assert_eq!(change.effect, expected, "{kind} {property}");
            let loses_data = expected == Effect::Replace;
            assert_eq!(change.loses_data(), loses_data, "an interruption loses nothing: {kind} {property}");
        }
    }

    #[test]
    fn properties_say_what_they_were_and_will_be() {
        let nested = ResourceTargetDefinition::builder()
            .name("ServerlessV2ScalingConfiguration")
            .path("/Properties/ServerlessV2ScalingConfiguration/MaxCapacity")
            .before_value("4")
            .after_value("8")
            .build();
        let fresh = ResourceTargetDefinition::builder()
            .name("Port")
            .path("/Properties/Port")
            .after_value("5432")
            .requires_recreation(RequiresRecreation::Always)
            .build();
        // The same, known only by name, because a reference changes too.
        let targets = vec![target("Port"), nested, fresh, target("Port"), target("Tags")];
        let change = change(ChangeAction::Modify, None, "AWS::RDS::DBCluster", targets);
        let said: Vec<_> = change.properties.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["Port: nothing → 5432 (needs a new one)", "ServerlessV2ScalingConfiguration.MaxCapacity: 4 → 8", "Tags"]
        );
    }

    #[test]
    fn a_long_value_is_cut() {
        let property =
            Property { name: "It".to_owned(), before: None, after: Some("ä".repeat(100)), needs_new: false };
        assert_eq!(property.to_string(), format!("It: nothing → {}…", "ä".repeat(60)));
    }
}
