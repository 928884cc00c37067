//! Who may use the platform: a Cognito user pool, or one that is there already.

use crate::{
    aws::cognito::{
        AccountRecovery, AdminCreateUser, Attribute, AttributeUpdate, ClientId, Length, PasswordPolicy, Policies,
        Recovery, TokenValidityUnits, UserPool, UserPoolArn, UserPoolClient, UserPoolDomain, UserPoolGroup, UserPoolId,
        UsernameConfiguration,
    },
    settings::{self, ExistingIdentity, Mfa},
    template::{Removal, Template, Text, Val, join},
};

/// What a user may see and change of themselves. Not `custom:tenant_id`: who could change that
/// would choose whose data they see.
const READABLE: [&str; 4] = ["email", "email_verified", "name", "custom:tenant_id"];
const WRITABLE: [&str; 2] = ["email", "name"];

pub struct Identity<'s> {
    pub user_pool: Val<'s, UserPoolId>,
    pub user_pool_arn: Val<'s, UserPoolArn>,
    pub region: Val<'s, Text>,
    pub client: Val<'s, ClientId>,
}

pub fn build<'s>(t: &mut Template<'s>, settings: &settings::Identity) -> Identity<'s> {
    let identity = match &settings.existing {
        Some(existing) => adopt(existing),
        None => user_pool(t, settings),
    };
    t.output("UserPoolId", "Who may use the platform", &identity.user_pool);
    t.output("UserPoolClientId", "The client that the page signs in with", &identity.client);
    identity
}

/// A pool's id begins with its Region: `us-east-1_…`.
fn adopt<'s>(existing: &ExistingIdentity) -> Identity<'s> {
    let id = &existing.user_pool_id;
    let region = id.split('_').next().unwrap_or_default();
    let [start, end] = [format!(":cognito-idp:{region}:").into(), format!(":userpool/{id}").into()];
    Identity {
        user_pool: Val::existing(id),
        user_pool_arn: join(["arn:".into(), Val::partition(), start, Val::account(), end]).assume(),
        region: region.into(),
        client: Val::existing(&existing.app_client_id),
    }
}

fn user_pool<'s>(t: &mut Template<'s>, settings: &settings::Identity) -> Identity<'s> {
    let pool = t.add(
        "UserPool",
        UserPool {
            user_pool_name: Val::stack_name(),
            username_attributes: ["email"],
            username_configuration: UsernameConfiguration { case_sensitive: false },
            auto_verified_attributes: ["email"],
            account_recovery_setting: AccountRecovery {
                recovery_mechanisms: [Recovery { name: "verified_email", priority: 1 }],
            },
            admin_create_user_config: AdminCreateUser { allow_admin_create_user_only: !settings.sign_up },
            deletion_protection: if settings.protect { "ACTIVE" } else { "INACTIVE" },
            mfa_configuration: match settings.mfa {
                Mfa::Off => "OFF",
                Mfa::Optional => "OPTIONAL",
                Mfa::Required => "ON",
            },
            enabled_mfas: (settings.mfa != Mfa::Off).then_some(["SOFTWARE_TOKEN_MFA"]),
            policies: Policies {
                password_policy: PasswordPolicy {
                    minimum_length: settings.password_length,
                    require_lowercase: true,
                    require_uppercase: true,
                    require_numbers: true,
                    require_symbols: true,
                    temporary_password_validity_days: 7,
                },
            },
            schema: vec![
                Attribute::built_in("email", true),
                Attribute::built_in("name", false),
                Attribute {
                    name: "tenant_id",
                    attribute_data_type: "String",
                    mutable: true,
                    required: false,
                    string_attribute_constraints: Some(Length { min_length: "1", max_length: "128" }),
                },
            ],
            user_attribute_update_settings: AttributeUpdate {
                attributes_require_verification_before_update: ["email"],
            },
        },
    );
    t.on_removal(&pool, if settings.protect { Removal::Retain } else { Removal::Delete });
    let client = t.add(
        "UserPoolClient",
        UserPoolClient {
            user_pool_id: pool.id(),
            // The last is for `mangoo-ops smoke`: Cognito lets in only who may administer the pool.
            explicit_auth_flows: vec![
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            ],
            // The page can keep no secret.
            generate_secret: false,
            prevent_user_existence_errors: "ENABLED",
            enable_token_revocation: true,
            access_token_validity: settings.token_minutes,
            id_token_validity: settings.token_minutes,
            refresh_token_validity: settings.session_days,
            token_validity_units: TokenValidityUnits {
                access_token: "minutes",
                id_token: "minutes",
                refresh_token: "days",
            },
            read_attributes: READABLE.to_vec(),
            write_attributes: WRITABLE.to_vec(),
        },
    );
    for (resource, name, description, precedence) in
        [("AdminGroup", "admin", "Administers the platform", 0), ("UserGroup", "user", "Uses the platform", 1)]
    {
        t.add(resource, UserPoolGroup { user_pool_id: pool.id(), group_name: name, description, precedence });
    }
    if let Some(domain) = &settings.domain {
        t.add("UserPoolDomain", UserPoolDomain { user_pool_id: pool.id(), domain: domain.clone() });
    }
    Identity { user_pool: pool.id(), user_pool_arn: pool.arn(), region: Val::region(), client: client.id() }
}
