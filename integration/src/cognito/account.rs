//! Signing up and forgotten passwords.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    CodePurpose,
    error::{ApiError, ApiResult},
    pool::{Pool, check_password, delivery},
    profile::{Attribute, check_email, check_writable},
    store::{Status, User},
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SignUp {
    client_id: String,
    username: String,
    password: String,
    user_attributes: Option<Vec<Attribute>>,
}

pub(super) fn sign_up(pool: &Pool, request: SignUp) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    check_password(&request.password)?;
    let attributes = request.user_attributes.unwrap_or_default();
    for attribute in &attributes {
        check_writable(&attribute.name)?;
    }
    let is_email = request.username.contains('@');
    let mut user = User::new((!is_email).then_some(request.username.as_str()), Status::Unconfirmed);
    for Attribute { name, value } in attributes {
        user.set_attribute(&name, value);
    }
    if is_email {
        user.set_attribute("email", &request.username);
    }
    user.set_attribute("email_verified", "false");
    if user.email().is_empty() || request.username.is_empty() {
        return Err(ApiError::invalid_parameter(
            "Attributes did not conform to the schema: email: The attribute is required",
        ));
    }
    check_email(user.email())?;
    user.set_password(pool.name(), &request.password);

    let mut store = pool.store();
    if store.find(&request.username).is_some() || store.find(user.email()).is_some() {
        return Err(ApiError::new(
            "UsernameExistsException",
            if is_email { "An account with the given email already exists." } else { "User already exists" },
        ));
    }
    store.put(user.clone()).map_err(|cause| ApiError::internal(&cause))?;
    drop(store);
    Ok(json!({
        "UserConfirmed": false,
        "UserSub": user.sub(),
        "CodeDeliveryDetails": pool.send_code(&user, CodePurpose::SignUp),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConfirmSignUp {
    client_id: String,
    username: String,
    confirmation_code: String,
}

pub(super) fn confirm_sign_up(pool: &Pool, request: &ConfirmSignUp) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    let user = pool.store().find(&request.username).cloned();
    let mut user = user.ok_or_else(ApiError::expired_code)?;
    if user.status != Status::Unconfirmed {
        return Err(ApiError::not_authorized("User cannot be confirmed. Current status is CONFIRMED"));
    }
    pool.check_code(&user, CodePurpose::SignUp, &request.confirmation_code)?;
    user.status = Status::Confirmed;
    user.set_attribute("email_verified", "true");
    pool.save(user)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Whom {
    client_id: String,
    username: String,
}

pub(super) fn resend_code(pool: &Pool, request: &Whom) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    let user = pool.store().find(&request.username).cloned();
    let details = match user {
        None => delivery(&request.username),
        Some(user) if user.status == Status::Unconfirmed => pool.send_code(&user, CodePurpose::SignUp),
        Some(_) => return Err(ApiError::invalid_parameter("User is already confirmed.")),
    };
    Ok(json!({ "CodeDeliveryDetails": details }))
}

pub(super) fn forgot_password(pool: &Pool, request: &Whom) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    let user = pool.store().find(&request.username).cloned();
    let details = match user {
        // Answered as if a code had been sent.
        None => delivery(&request.username),
        Some(user) => match user.status {
            Status::Confirmed => pool.send_code(&user, CodePurpose::ForgottenPassword),
            Status::Unconfirmed => {
                return Err(ApiError::invalid_parameter(
                    "Cannot reset password for the user as there is no registered/verified \
                     email or phone_number",
                ));
            }
            Status::ForceChangePassword => {
                return Err(ApiError::not_authorized("User password cannot be reset in the current state."));
            }
        },
    };
    Ok(json!({ "CodeDeliveryDetails": details }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConfirmForgotPassword {
    client_id: String,
    username: String,
    confirmation_code: String,
    password: String,
}

pub(super) fn confirm_forgot_password(pool: &Pool, request: &ConfirmForgotPassword) -> ApiResult<Value> {
    pool.check_client(&request.client_id)?;
    check_password(&request.password)?;
    let user = pool.store().find(&request.username).cloned();
    let mut user = user.ok_or_else(ApiError::code_mismatch)?;
    let purpose = CodePurpose::ForgottenPassword;
    pool.check_code(&user, purpose, &request.confirmation_code)?;
    user.set_password(pool.name(), &request.password);
    user.set_attribute("email_verified", "true");
    pool.save(user)?;
    Ok(json!({}))
}
