//! The resource types of AWS that we use, a file a service, with the properties we set.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>

/// Says which CloudFormation type a struct of properties is, and what its `Ref` yields.
macro_rules! resource {
    ($($name:ident $(<$template:lifetime>)? = $type:literal, Ref = $ref:ty;)*) => {$(
        impl<'s> crate::template::Resource<'s> for $name $(<$template>)? {
            const TYPE: &'static str = $type;
            type Ref = $ref;
        }
    )*};
}

/// Kinds of ids, names and ARNs.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub enum $name {}
        impl crate::template::Kind for $name {}
    )*};
}

pub mod acm;
pub mod apigateway;
pub mod autoscaling;
pub mod budgets;
pub mod cloudfront;
pub mod cloudwatch;
pub mod codebuild;
pub mod cognito;
pub mod ec2;
pub mod ecr;
pub mod ecs;
pub mod elasticache;
pub mod elb;
pub mod events;
pub mod iam;
pub mod logs;
pub mod rds;
pub mod route53;
pub mod s3;
pub mod secretsmanager;
pub mod sns;
pub mod sqs;
pub mod waf;

use serde::Serialize;

use crate::template::{Text, Val, join};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag<'s> {
    key: &'static str,
    value: Val<'s, Text>,
}

impl Tag<'_> {
    /// The name that the console shows: the stack's, and `suffix`.
    pub fn name(suffix: &str) -> Self {
        Self { key: "Name", value: join([Val::stack_name(), format!("-{suffix}").into()]) }
    }
}

/// A further property of what has many, by its name.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute<'s> {
    key: &'static str,
    value: Val<'s, Text>,
}

impl<'s> Attribute<'s> {
    pub fn new(key: &'static str, value: impl Into<Val<'s, Text>>) -> Self {
        Self { key, value: value.into() }
    }
}
