//! What makes a Cognito token valid.
//!
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html>

use std::sync::Arc;

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;

use super::keys::KeySet;
use crate::{
    config::CognitoConfig,
    error::{Error, Result},
};

/// The claims that matter here, of an ID or an access token.
#[derive(Deserialize)]
pub struct Claims {
    pub sub: String,
    token_use: TokenUse,
    /// The app client, in an access token.
    client_id: Option<String>,
    /// The app client, in an ID token.
    aud: Option<String>,
    #[serde(rename = "cognito:groups", default)]
    pub groups: Vec<String>,
    /// The user's name, in an ID token.
    #[serde(rename = "cognito:username")]
    cognito_username: Option<String>,
    /// The user's name, in an access token.
    username: Option<String>,
    pub email: Option<String>,
    pub name: Option<String>,
    #[serde(rename = "custom:tenant_id")]
    pub tenant_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum TokenUse {
    Id,
    Access,
}

impl Claims {
    /// Whether it leaves open whose tenant's user this is: in AWS an access token does, an ID token never.
    pub fn is_silent_on_tenant(&self) -> bool {
        self.tenant_id.is_none() && matches!(self.token_use, TokenUse::Access)
    }

    /// The Cognito user name.
    pub fn username(&self) -> &str {
        self.cognito_username.as_deref().or(self.username.as_deref()).unwrap_or(&self.sub)
    }
}

/// Verifies tokens of one user pool and one app client.
pub struct Verifier {
    keys: Arc<KeySet>,
    client_id: String,
    validation: Validation,
}

impl Verifier {
    pub fn new(config: &CognitoConfig) -> anyhow::Result<Self> {
        let address = config.address();
        let mut validation = Validation::new(Algorithm::RS256);
        // Some stand-ins sign as themselves and some as AWS; the keys are theirs either way.
        validation.set_issuer(&[&address, &config.issuer()]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        // Only an ID token has `aud`; `verify` compares whichever claim names the client.
        validation.validate_aud = false;
        validation.leeway = 5;
        Ok(Self {
            keys: KeySet::new(format!("{address}/.well-known/jwks.json"))?,
            client_id: config.cognito_app_client_id.clone(),
            validation,
        })
    }

    pub async fn verify(&self, token: &str) -> Result<Claims> {
        const INVALID: Error = Error::Unauthorized("The token is not valid. Sign in again.");
        let header = decode_header(token).map_err(|_| INVALID)?;
        if header.alg != Algorithm::RS256 {
            return Err(INVALID);
        }
        let kid = header.kid.ok_or(INVALID)?;
        let Some(key) = self.keys.get(&kid).await else {
            return Err(if self.keys.is_loaded() {
                INVALID
            } else {
                Error::Unavailable("The user pool does not answer, so nobody can be recognised. Try again soon.")
            });
        };
        let claims = decode::<Claims>(token, &key, &self.validation)
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => {
                    Error::Unauthorized("The token has expired. Sign in again.")
                }
                _ => INVALID,
            })?
            .claims;
        let client = match claims.token_use {
            TokenUse::Access => &claims.client_id,
            TokenUse::Id => &claims.aud,
        };
        let is_text = |text: &str| (1..=128).contains(&text.len()) && !text.contains('\0');
        if client.as_deref() != Some(self.client_id.as_str())
            || !is_text(&claims.sub)
            || !claims.tenant_id.as_deref().is_none_or(is_text)
        {
            return Err(INVALID);
        }
        Ok(claims)
    }
}
