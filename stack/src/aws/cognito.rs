//! User pools.

use serde::Serialize;

use crate::template::{Handle, Text, Val};

kinds! {
    UserPoolId;
    ClientId;
    UserPoolArn;
}

resource! {
    UserPool<'s> = "AWS::Cognito::UserPool", Ref = UserPoolId;
    UserPoolClient<'s> = "AWS::Cognito::UserPoolClient", Ref = ClientId;
    UserPoolGroup<'s> = "AWS::Cognito::UserPoolGroup", Ref = Text;
    UserPoolDomain<'s> = "AWS::Cognito::UserPoolDomain", Ref = Text;
}

/// Cognito can't change a pool's `Schema` once it is there: ours is here from the beginning.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPool<'s> {
    pub user_pool_name: Val<'s, Text>,
    pub username_attributes: [&'static str; 1],
    pub username_configuration: UsernameConfiguration,
    pub auto_verified_attributes: [&'static str; 1],
    pub account_recovery_setting: AccountRecovery,
    pub admin_create_user_config: AdminCreateUser,
    pub deletion_protection: &'static str,
    pub mfa_configuration: &'static str,
    pub enabled_mfas: Option<[&'static str; 1]>,
    pub policies: Policies,
    pub schema: Vec<Attribute>,
    pub user_attribute_update_settings: AttributeUpdate,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UsernameConfiguration {
    pub case_sensitive: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountRecovery {
    pub recovery_mechanisms: [Recovery; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Recovery {
    pub name: &'static str,
    pub priority: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AdminCreateUser {
    pub allow_admin_create_user_only: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policies {
    pub password_policy: PasswordPolicy,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[allow(clippy::struct_excessive_bools)] // CloudFormation has them
pub struct PasswordPolicy {
    pub minimum_length: u8,
    pub require_lowercase: bool,
    pub require_uppercase: bool,
    pub require_numbers: bool,
    pub require_symbols: bool,
    pub temporary_password_validity_days: u16,
}

/// An attribute of users; custom ones are called `custom:<name>` in tokens.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    pub name: &'static str,
    pub attribute_data_type: &'static str,
    pub mutable: bool,
    pub required: bool,
    pub string_attribute_constraints: Option<Length>,
}

impl Attribute {
    /// One that every pool has; this says whether each user must.
    pub fn built_in(name: &'static str, required: bool) -> Self {
        Self { name, attribute_data_type: "String", mutable: true, required, string_attribute_constraints: None }
    }
}

/// CloudFormation takes these as texts.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Length {
    pub min_length: &'static str,
    pub max_length: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeUpdate {
    pub attributes_require_verification_before_update: [&'static str; 1],
}

impl<'s> Handle<'s, UserPool<'s>> {
    pub fn arn(&self) -> Val<'s, UserPoolArn> {
        self.attribute("Arn")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolClient<'s> {
    pub user_pool_id: Val<'s, UserPoolId>,
    pub explicit_auth_flows: Vec<&'static str>,
    pub generate_secret: bool,
    pub prevent_user_existence_errors: &'static str,
    pub enable_token_revocation: bool,
    pub access_token_validity: u16,
    pub id_token_validity: u16,
    pub refresh_token_validity: u16,
    pub token_validity_units: TokenValidityUnits,
    pub read_attributes: Vec<&'static str>,
    pub write_attributes: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TokenValidityUnits {
    pub access_token: &'static str,
    pub id_token: &'static str,
    pub refresh_token: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolGroup<'s> {
    pub user_pool_id: Val<'s, UserPoolId>,
    pub group_name: &'static str,
    pub description: &'static str,
    pub precedence: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPoolDomain<'s> {
    pub user_pool_id: Val<'s, UserPoolId>,
    pub domain: String,
}
