//! What the pipeline may do.
//!
//! CodeBuild itself may push images, start deployments and migrations, and look. What a template
//! describes CloudFormation makes with a role of its own, which CodeBuild can only hand to it.
//! That role makes roles in turn, but only such as can do no more than [`boundary`] allows, so
//! that a push to the repository can't make itself an administrator. What is described here, it
//! can't change: the base stack is deployed by people.

use serde_json::json;

use crate::{
    aws::{
        codebuild::ConnectionArn,
        iam::{ManagedPolicy, Policy, PolicyArn, Role, RoleArn, Statement},
        logs::LogGroup,
        s3::Bucket,
    },
    settings::Settings,
    template::{Handle, Template, Text, Val, join},
};

/// Everything of the services that a platform is made of. Most of what is made in them has a
/// name only afterwards, so that a policy can't name it before.
const SERVICES: [&str; 20] = [
    "acm:*",
    "apigateway:*",
    "application-autoscaling:*",
    "budgets:*",
    "cloudfront:*",
    "cloudwatch:*",
    "cognito-idp:*",
    "ec2:*",
    "ecs:*",
    "elasticache:*",
    "elasticloadbalancing:*",
    "events:*",
    "kms:DescribeKey",
    "kms:CreateGrant",
    "logs:*",
    "rds:*",
    "route53:*",
    "sns:*",
    "sqs:*",
    "wafv2:*",
];

pub fn build<'s>(
    t: &mut Template<'s>,
    settings: &Settings,
    connection: &Val<'s, ConnectionArn>,
    artifacts: &Handle<'s, Bucket<'s>>,
    logs: &Handle<'s, LogGroup>,
) -> Val<'s, RoleArn> {
    let names = Names(settings);
    let boundary = t.add(
        "Boundary",
        ManagedPolicy {
            managed_policy_name: names.boundary(),
            description: "The most that a role of the platform can do",
            policy_document: Policy::new(platform(&names)),
        },
    );
    t.excuse(&boundary, "CKV_AWS_111", "it grants nothing: roles have policies of their own, and these are narrower");
    let deployment = t.add(
        "DeploymentRole",
        Role::for_service(
            "cloudformation.amazonaws.com",
            "Makes what the templates describe",
            deployment(&names, &boundary.id()),
        ),
    );
    for (rule, reason) in [
        ("CKV_AWS_107", "it makes secrets for the platform"),
        ("CKV_AWS_109", "it makes roles, but only with the stack's name and within a boundary"),
        ("CKV_AWS_111", "what it makes has a name only afterwards"),
    ] {
        t.excuse(&deployment, rule, reason);
    }
    t.output("DeploymentRoleArn", "Makes what the templates describe", &deployment.arn());
    let mut statements = pipeline(&names, &deployment.arn());
    let objects = join([artifacts.arn().text(), "/*".into()]);
    statements.extend([
        Statement::allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logs.arn().text()]),
        Statement::allow(
            ["codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codeconnections:UseConnection"],
            [connection.text()],
        ),
        Statement::allow(["s3:GetObject", "s3:PutObject"], [objects]),
        Statement::allow(["s3:ListBucket", "s3:GetBucketLocation"], [artifacts.arn().text()]),
    ]);
    t.add("PipelineRole", Role::for_service("codebuild.amazonaws.com", "Deploys each push", statements)).arn()
}

/// The policy that no role of the platform goes beyond, wherever it is deployed from.
pub fn boundary<'s>(settings: &Settings) -> Val<'s, PolicyArn> {
    let name = Names(settings).boundary();
    join(["arn:".into(), Val::partition(), ":iam::".into(), Val::account(), ":policy/".into(), name]).assume()
}

/// The most that a role of the platform can do.
fn platform<'s>(names: &Names) -> Vec<Statement<'s>> {
    let existing = names.0.database.existing.as_ref().map(|database| database.owner_secret_arn.as_str().into());
    vec![
        Statement::allow(
            [
                "bedrock:InvokeModel",
                "bedrock:InvokeModelWithResponseStream",
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetAuthorizationToken",
                "ecr:GetDownloadUrlForLayer",
                "events:PutEvents",
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogGroups",
                "logs:DescribeLogStreams",
                "logs:FilterLogEvents",
                "logs:GetLogEvents",
                "logs:PutLogEvents",
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
                "sqs:SendMessage",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            ["*".into()],
        ),
        Statement::allow(
            ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
            [names.buckets("*"), names.buckets("*/*")],
        ),
        Statement::allow(["secretsmanager:GetSecretValue"], secrets().into_iter().chain(existing)),
    ]
}

/// The platform's secrets. CloudFormation names the first two, RDS the last.
fn secrets<'s>() -> [Val<'s, Text>; 3] {
    ["ServiceSecret-*", "OriginSecret-*", "rds!*"].map(|name| arn("secretsmanager", &format!("secret:{name}")))
}

/// What CloudFormation may make.
fn deployment<'s>(names: &Names, boundary: &Val<'s, PolicyArn>) -> Vec<Statement<'s>> {
    let bounded = json!({ "StringEquals": { "iam:PermissionsBoundary": boundary } });
    let users = ["apigateway.amazonaws.com", "ecs-tasks.amazonaws.com", "vpc-flow-logs.amazonaws.com"];
    vec![
        Statement::allow(SERVICES, ["*".into()]),
        Statement::allow(["s3:*"], [names.buckets("*"), names.buckets("*/*")]),
        Statement::allow(["secretsmanager:*"], secrets()),
        // It makes up a password, and is of no secret.
        Statement::allow(["secretsmanager:GetRandomPassword"], ["*".into()]),
        Statement::allow(
            ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
            [names.roles()],
        )
        .when(bounded),
        Statement::allow(
            [
                "iam:DeleteRole",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ],
            [names.roles()],
        ),
        Statement::allow(["iam:PassRole"], [names.roles()])
            .when(json!({ "StringEquals": { "iam:PassedToService": users } })),
        Statement::allow(["iam:CreateServiceLinkedRole"], [role("aws-service-role/*")]),
        Statement::deny(["iam:*"], [role(&format!("{}-*", names.0.base_stack_name()))]),
    ]
}

/// What CodeBuild may do itself.
fn pipeline<'s>(names: &Names, deployment: &Val<'s, RoleArn>) -> Vec<Statement<'s>> {
    let pass = |to: &str| json!({ "StringEquals": { "iam:PassedToService": to } });
    vec![
        Statement::allow(["cloudformation:*"], [names.own("cloudformation", "stack/", "*")]),
        Statement::allow(
            ["cloudformation:DescribeEvents", "cloudformation:ListStacks", "cloudformation:ValidateTemplate"],
            ["*".into()],
        ),
        Statement::allow(["iam:PassRole"], [deployment.text()]).when(pass("cloudformation.amazonaws.com")),
        Statement::allow(["iam:PassRole"], [names.roles()]).when(pass("ecs-tasks.amazonaws.com")),
        Statement::allow(["ecr:GetAuthorizationToken"], ["*".into()]),
        Statement::allow(
            [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:DescribeImages",
                "ecr:DescribeRepositories",
                "ecr:GetDownloadUrlForLayer",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
            [names.own("ecr", "repository/", "/*")],
        ),
        Statement::allow(
            ["ecs:RunTask", "ecs:StopTask", "ecs:DescribeTasks", "ecs:DescribeServices", "ecs:ListTasks"],
            [
                names.own("ecs", "task-definition/", "*"),
                names.own("ecs", "task/", "*"),
                names.own("ecs", "service/", "*"),
                names.own("ecs", "container-instance/", "*"),
            ],
        ),
        Statement::allow(
            ["logs:GetLogEvents", "logs:FilterLogEvents", "logs:DescribeLogStreams"],
            [names.own("logs", "log-group:", "*")],
        ),
        // The user that `mangoo-ops smoke` makes, and removes.
        Statement::allow(
            [
                "cognito-idp:AdminCreateUser",
                "cognito-idp:AdminDeleteUser",
                "cognito-idp:AdminInitiateAuth",
                "cognito-idp:AdminSetUserPassword",
            ],
            [arn("cognito-idp", "userpool/*")],
        ),
        // What `mangoo-ops check` looks at.
        Statement::allow(
            [
                "acm:DescribeCertificate",
                "bedrock:GetFoundationModel",
                "bedrock:GetFoundationModelAvailability",
                "bedrock:GetInferenceProfile",
                "ecs:DescribeTaskDefinition",
                "rds:DescribeAccountAttributes",
                "rds:DescribeOrderableDBInstanceOptions",
                "servicequotas:GetAWSDefaultServiceQuota",
                "servicequotas:GetServiceQuota",
                "sts:GetCallerIdentity",
            ],
            ["*".into()],
        ),
    ]
}

/// Of something in the stack's Region and account.
fn arn<'s>(service: &str, rest: &str) -> Val<'s, Text> {
    let [start, end] = [format!(":{service}:").into(), format!(":{rest}").into()];
    join(["arn:".into(), Val::partition(), start, Val::region(), ":".into(), Val::account(), end])
}

/// Of a role: IAM knows no Regions.
fn role<'s>(name: &str) -> Val<'s, Text> {
    join(["arn:".into(), Val::partition(), ":iam::".into(), Val::account(), format!(":role/{name}").into()])
}

/// ARNs of what carries the environment's name.
struct Names<'a>(&'a Settings);

impl Names<'_> {
    fn own<'s>(&self, service: &str, kind: &str, rest: &str) -> Val<'s, Text> {
        arn(service, &format!("{kind}{}{rest}", self.0.stack_name()))
    }

    /// S3's names have neither Region nor account.
    fn buckets<'s>(&self, rest: &str) -> Val<'s, Text> {
        join(["arn:".into(), Val::partition(), format!(":s3:::{}-{rest}", self.0.stack_name()).into()])
    }

    /// IAM knows no Regions: two environments of one name must not have one policy.
    fn boundary<'s>(&self) -> Val<'s, Text> {
        join([format!("{}-boundary-", self.0.base_stack_name()).into(), Val::region()])
    }

    fn roles<'s>(&self) -> Val<'s, Text> {
        role(&format!("{}-*", self.0.stack_name()))
    }
}
