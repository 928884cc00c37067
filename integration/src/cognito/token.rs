//! Tokens as Cognito signs them, and those a service must refuse.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Utc;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::keys::KeySet;

/// The claim `token_use`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    Id,
    Access,
}

/// How a token is signed. All but the first must be refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signature {
    /// RS256 with the pool's key.
    #[default]
    Valid,
    /// `alg: none` and no signature.
    Unsigned,
    /// HS256, the public key in PEM as the secret: it deceives who lets the token's header
    /// choose the algorithm.
    HmacWithPublicKey,
    /// RS256 with the pool's key, under a `kid` that the JWKS does not have.
    UnknownKid,
    /// RS256 with another key, under the `kid` of the pool's.
    ForeignKey,
    /// A valid signature of other claims.
    OtherClaims,
}

/// What a token shall say; for [`super::Cognito::token`].
///
/// ```
/// use integration::cognito::TokenSpec;
/// let expired = TokenSpec::id("d3b0…").email("ada@example.com").groups(["admin"]).expires_in(-60);
/// ```
#[derive(Clone, Debug)]
pub struct TokenSpec {
    pub(super) token_use: TokenUse,
    sub: String,
    username: Option<String>,
    groups: Vec<String>,
    expires_in: i64,
    issuer: Option<String>,
    client_id: Option<String>,
    signature: Signature,
    claims: Map<String, Value>,
    without: Vec<String>,
}

impl TokenSpec {
    fn new(token_use: TokenUse, sub: impl Into<String>) -> Self {
        Self {
            token_use,
            sub: sub.into(),
            username: None,
            groups: Vec::new(),
            expires_in: 3600,
            issuer: None,
            client_id: None,
            signature: Signature::Valid,
            claims: Map::new(),
            without: Vec::new(),
        }
    }

    /// An ID token of an hour.
    #[must_use]
    pub fn id(sub: impl Into<String>) -> Self {
        Self::new(TokenUse::Id, sub)
    }

    /// An access token of an hour. In AWS such a token says nothing of the user but `sub`,
    /// `username` and groups.
    #[must_use]
    pub fn access(sub: impl Into<String>) -> Self {
        Self::new(TokenUse::Access, sub)
    }

    /// The `sub` unless told.
    #[must_use]
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    #[must_use]
    pub fn email(self, email: impl Into<String>) -> Self {
        self.claim("email", email.into()).claim("email_verified", true)
    }

    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        self.claim("name", name.into())
    }

    /// `custom:tenant_id`.
    #[must_use]
    pub fn tenant(self, tenant: impl Into<String>) -> Self {
        self.claim("custom:tenant_id", tenant.into())
    }

    /// `cognito:groups`; left out if empty, as in AWS.
    #[must_use]
    pub fn groups<T: Into<String>>(mut self, groups: impl IntoIterator<Item = T>) -> Self {
        self.groups = groups.into_iter().map(Into::into).collect();
        self
    }

    /// Seconds from now; negative for a token that has expired.
    #[must_use]
    pub fn expires_in(mut self, seconds: i64) -> Self {
        self.expires_in = seconds;
        self
    }

    /// Another issuer than the pool.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Another app client than the pool's: `aud` of an ID token, `client_id` of an access token.
    #[must_use]
    pub fn client(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    #[must_use]
    pub fn signature(mut self, signature: Signature) -> Self {
        self.signature = signature;
        self
    }

    /// Any claim, in place of what it would be.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Leaves a claim out.
    #[must_use]
    pub fn without(mut self, claim: impl Into<String>) -> Self {
        self.without.push(claim.into());
        self
    }

    fn claims(&self, issuer: &str, client_id: &str) -> Map<String, Value> {
        let now = Utc::now().timestamp();
        // A token that has expired was issued before that.
        let issued_at = match self.expires_in {
            0.. => now,
            past => now + past - 3600,
        };
        let username = self.username.as_ref().unwrap_or(&self.sub);
        let client_id = self.client_id.as_deref().unwrap_or(client_id);
        let mut claims = match self.token_use {
            TokenUse::Id => json!({
                "token_use": "id",
                "aud": client_id,
                "cognito:username": username,
            }),
            TokenUse::Access => json!({
                "token_use": "access",
                "client_id": client_id,
                "username": username,
                "scope": "aws.cognito.signin.user.admin",
            }),
        };
        let Some(claims) = claims.as_object_mut() else { unreachable!("both are objects") };
        for (name, value) in [
            ("sub", json!(self.sub)),
            ("iss", json!(self.issuer.as_deref().unwrap_or(issuer))),
            ("jti", json!(Uuid::new_v4())),
            ("origin_jti", json!(Uuid::new_v4())),
            ("event_id", json!(Uuid::new_v4())),
            ("auth_time", json!(issued_at)),
            ("iat", json!(issued_at)),
            ("exp", json!(now + self.expires_in)),
        ] {
            claims.insert(name.to_owned(), value);
        }
        if !self.groups.is_empty() {
            claims.insert("cognito:groups".to_owned(), json!(self.groups));
        }
        claims.extend(self.claims.clone());
        claims.retain(|name, _| !self.without.contains(name));
        std::mem::take(claims)
    }

    pub(super) fn encode(&self, keys: &KeySet, issuer: &str, client_id: &str) -> String {
        let key = keys.signer(self.token_use);
        let (algorithm, kid) = match self.signature {
            Signature::Unsigned => ("none", &key.kid),
            Signature::HmacWithPublicKey => ("HS256", &key.kid),
            Signature::UnknownKid => ("RS256", &Uuid::new_v4().to_string()),
            Signature::Valid | Signature::ForeignKey | Signature::OtherClaims => ("RS256", &key.kid),
        };
        let header = json!({ "kid": kid, "alg": algorithm });
        let claims = Value::Object(self.claims(issuer, client_id));
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = match self.signature {
            Signature::Unsigned => Vec::new(),
            Signature::HmacWithPublicKey => {
                let secret = key.public_pem();
                let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
                hmac::sign(&secret, message.as_bytes()).as_ref().to_vec()
            }
            Signature::ForeignKey => KeySet::foreign().signer(self.token_use).sign(message.as_bytes()),
            Signature::OtherClaims => key.sign(format!("{}.{}", part(&header), part(&json!({}))).as_bytes()),
            Signature::Valid | Signature::UnknownKid => key.sign(message.as_bytes()),
        };
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}
