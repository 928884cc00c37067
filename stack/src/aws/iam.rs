//! Roles, and what they may do.

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::template::{Handle, Text, Val};

kinds! {
    RoleName;
    RoleArn;
    PolicyArn;
}

resource! {
    Role<'s> = "AWS::IAM::Role", Ref = RoleName;
    ManagedPolicy<'s> = "AWS::IAM::ManagedPolicy", Ref = PolicyArn;
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role<'s> {
    pub description: &'static str,
    assume_role_policy_document: Json,
    policies: Vec<InlinePolicy<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedPolicy<'s> {
    pub managed_policy_name: Val<'s, Text>,
    pub description: &'static str,
    pub policy_document: Policy<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InlinePolicy<'s> {
    policy_name: &'static str,
    policy_document: Policy<'s>,
}

impl<'s> Role<'s> {
    /// A role that a service of AWS takes on, such as `ecs-tasks.amazonaws.com`, and only for
    /// this account.
    pub fn for_service(service: &str, description: &'static str, statements: Vec<Statement<'s>>) -> Self {
        // Another account can't have the service act for it in ours.
        let condition = json!({ "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } } });
        let mut role = Self::for_service_of_any_account(service, description, statements);
        role.assume_role_policy_document["Statement"][0]["Condition"] = condition;
        role
    }

    /// The same for a service that is not known to say for which account it acts.
    pub fn for_service_of_any_account(
        service: &str,
        description: &'static str,
        statements: Vec<Statement<'s>>,
    ) -> Self {
        Self {
            description,
            assume_role_policy_document: json!({
                "Version": VERSION,
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": service },
                    "Action": "sts:AssumeRole",
                }],
            }),
            policies: vec![InlinePolicy { policy_name: "permissions", policy_document: Policy::new(statements) }],
        }
    }
}

impl<'s> Handle<'s, Role<'s>> {
    pub fn arn(&self) -> Val<'s, RoleArn> {
        self.attribute("Arn")
    }
}

const VERSION: &str = "2012-10-17";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy<'s> {
    version: &'static str,
    statement: Vec<Statement<'s>>,
}

impl<'s> Policy<'s> {
    pub fn new(statement: Vec<Statement<'s>>) -> Self {
        Self { version: VERSION, statement }
    }
}

/// One permission.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement<'s> {
    effect: &'static str,
    principal: Option<Json>,
    action: Vec<&'static str>,
    resource: Vec<Val<'s, Text>>,
    condition: Option<Json>,
}

impl<'s> Statement<'s> {
    /// Allows `actions` on `resources`.
    pub fn allow<const N: usize>(
        actions: [&'static str; N],
        resources: impl IntoIterator<Item = Val<'s, Text>>,
    ) -> Self {
        Self {
            effect: "Allow",
            principal: None,
            action: actions.to_vec(),
            resource: resources.into_iter().collect(),
            condition: None,
        }
    }

    /// Denies `actions` on `resources`, whoever else allows them.
    pub fn deny<const N: usize>(
        actions: [&'static str; N],
        resources: impl IntoIterator<Item = Val<'s, Text>>,
    ) -> Self {
        Self { effect: "Deny", ..Self::allow(actions, resources) }
    }

    /// Only when `condition` holds.
    #[must_use]
    pub fn when(self, condition: Json) -> Self {
        Self { condition: Some(condition), ..self }
    }

    /// In a resource's own policy: about everyone.
    #[must_use]
    pub fn of_everyone(self) -> Self {
        Self { principal: Some("*".into()), ..self }
    }

    /// In a resource's own policy: about a service of AWS, when it acts for this account.
    #[must_use]
    pub fn of_service(self, service: &str) -> Self {
        let condition = json!({ "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } } });
        Self { principal: Some(json!({ "Service": service })), condition: Some(condition), ..self }
    }
}
