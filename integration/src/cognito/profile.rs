//! What a signed-in user does to the own account.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    CodePurpose,
    error::{ApiError, ApiResult},
    pool::{Pool, check_password},
};

/// The attributes of `OpenID` Connect that a user may write. `custom:` ones are an
/// administrator's: who could set `custom:tenant_id` could choose a tenant.
const WRITABLE: [&str; 16] = [
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "website",
    "zoneinfo",
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    pub name: String,
    pub value: String,
}

pub(super) fn check_writable(name: &str) -> ApiResult<()> {
    if WRITABLE.contains(&name) {
        return Ok(());
    }
    Err(ApiError::not_authorized("A client attempted to write unauthorized attribute"))
}

pub(super) fn check_email(email: &str) -> ApiResult<()> {
    let is_email = email.len() <= 254
        && !email.contains(char::is_whitespace)
        && email
            .split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if is_email {
        return Ok(());
    }
    Err(ApiError::invalid_parameter("Invalid email address format."))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Caller {
    access_token: String,
}

pub(super) fn get_user(pool: &Pool, request: &Caller) -> ApiResult<Value> {
    let user = pool.authenticate(&request.access_token)?;
    let attributes: Vec<_> =
        user.attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    let mut answer = json!({ "Username": user.username, "UserAttributes": attributes });
    if user.has_software_token {
        answer["PreferredMfaSetting"] = "SOFTWARE_TOKEN_MFA".into();
        answer["UserMFASettingList"] = json!(["SOFTWARE_TOKEN_MFA"]);
    }
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateAttributes {
    access_token: String,
    user_attributes: Vec<Attribute>,
}

/// A new email address is not verified until its code comes back.
pub(super) fn update_attributes(pool: &Pool, request: UpdateAttributes) -> ApiResult<Value> {
    let mut user = pool.authenticate(&request.access_token)?;
    let before = user.email().to_owned();
    for Attribute { name, value } in request.user_attributes {
        check_writable(&name)?;
        user.set_attribute(&name, value);
    }
    let is_moved = user.email() != before;
    if is_moved {
        check_email(user.email())?;
        let holder = pool.store().find(user.email()).cloned();
        if holder.is_some_and(|holder| holder.username != user.username) {
            return Err(ApiError::new("AliasExistsException", "An account with the given email already exists."));
        }
        user.set_attribute("email_verified", "false");
    }
    pool.save(user.clone())?;
    let sent: Vec<_> = is_moved.then(|| pool.send_code(&user, CodePurpose::Email)).into_iter().collect();
    Ok(json!({ "CodeDeliveryDetailsList": sent }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyAttribute {
    access_token: String,
    attribute_name: String,
    code: String,
}

pub(super) fn verify_attribute(pool: &Pool, request: &VerifyAttribute) -> ApiResult<Value> {
    let mut user = pool.authenticate(&request.access_token)?;
    if request.attribute_name != "email" {
        return Err(ApiError::invalid_parameter("Only the email address can be verified."));
    }
    pool.check_code(&user, CodePurpose::Email, &request.code)?;
    user.set_attribute("email_verified", "true");
    pool.save(user)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChangePassword {
    access_token: String,
    previous_password: String,
    proposed_password: String,
}

pub(super) fn change_password(pool: &Pool, request: &ChangePassword) -> ApiResult<Value> {
    let mut user = pool.authenticate(&request.access_token)?;
    if !user.has_password(pool.name(), &request.previous_password) {
        return Err(ApiError::wrong_credentials());
    }
    check_password(&request.proposed_password)?;
    user.set_password(pool.name(), &request.proposed_password);
    pool.save(user)?;
    Ok(json!({}))
}

/// Ends every session of the user: no refresh, and no more actions with their access tokens.
/// What verifies tokens by itself still takes them until they expire, as in AWS.
pub(super) fn global_sign_out(pool: &Pool, request: &Caller) -> ApiResult<Value> {
    let user = pool.authenticate(&request.access_token)?;
    pool.store().revoke(|session| session.username == user.username).map_err(|cause| ApiError::internal(&cause))?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RevokeToken {
    client_id: String,
    token: String,
}

/// Ends the session of a refresh token; one that is unknown is no error (RFC 7009, 2.2).
pub(super) fn revoke_token(pool: &Pool, request: &RevokeToken) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    let mut store = pool.store();
    if let Some(id) = store.session(&request.token).map(|session| session.id) {
        store.revoke(|session| session.id == id).map_err(|cause| ApiError::internal(&cause))?;
    }
    Ok(json!({}))
}
