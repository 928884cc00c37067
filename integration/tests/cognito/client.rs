//! A client of the stand-in: plain HTTP, and SRP after `AuthenticationHelper` of
//! `amazon-cognito-identity-js`, sharing no code with the server.

use std::sync::{Arc, Mutex};

use aws_lc_rs::{digest, hmac};
use base64::{Engine, prelude::BASE64_STANDARD};
use integration::cognito::{Code, CodePurpose, Cognito, NewUser, Options};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use num_bigint::BigUint;
use reqwest::StatusCode;
use serde_json::{Value, json};

pub const EMAIL: &str = "ada@example.com";
pub const PASSWORD: &str = "Correct1horse";

pub fn ada() -> NewUser {
    NewUser {
        email: EMAIL.to_owned(),
        password: PASSWORD.to_owned(),
        name: Some("Ada Lovelace".to_owned()),
        groups: vec!["admin".to_owned()],
        tenant: Some("acme".to_owned()),
        ..NewUser::default()
    }
}

/// The name of the error and its message.
pub type Refusal = (String, String);

pub fn refusal(kind: &str, message: &str) -> Result<Value, Refusal> {
    Err((kind.to_owned(), message.to_owned()))
}

pub fn wrong_credentials() -> Result<Value, Refusal> {
    refusal("NotAuthorizedException", "Incorrect username or password.")
}

/// The name of the error alone.
pub fn kind(answer: Result<Value, Refusal>) -> String {
    answer.expect_err("a refusal").0
}

/// A token of `AuthenticationResult`.
pub fn token(answer: &Value, name: &str) -> String {
    let value = answer["AuthenticationResult"][name].as_str();
    value.unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned()
}

pub struct Pool {
    pub cognito: Cognito,
    pub http: reqwest::Client,
    codes: Arc<Mutex<Vec<Code>>>,
}

impl Pool {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let codes = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&codes);
        let options = Options {
            on_code: Some(Arc::new(move |code| {
                sink.lock().unwrap().push(code.clone());
            })),
            ..options
        };
        let address = ([127, 0, 0, 1], 0).into();
        Self { cognito: Cognito::start(address, options).await.unwrap(), codes, http: reqwest::Client::new() }
    }

    /// With Ada, and her `sub`.
    pub async fn with_ada() -> (Self, String) {
        let pool = Self::start().await;
        let sub = pool.cognito.create_user(&ada()).unwrap();
        (pool, sub)
    }

    /// `ClientId` is added.
    pub async fn call(&self, action: &str, mut body: Value) -> Result<Value, Refusal> {
        body["ClientId"] = self.cognito.client_id().into();
        self.raw(action, body.to_string()).await
    }

    pub async fn raw(&self, action: &str, body: String) -> Result<Value, Refusal> {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let request = self.http.post(self.cognito.url());
        let response = request
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(body)
            .send()
            .await
            .unwrap();
        let status = response.status();
        let kind = response.headers().get("x-amzn-errortype").cloned();
        let answer: Value = response.json().await.unwrap();
        if status == StatusCode::OK {
            return Ok(answer);
        }
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        let name = answer["__type"].as_str().unwrap().to_owned();
        assert_eq!(kind.unwrap(), format!("{name}:").as_str());
        Err((name, answer["message"].as_str().unwrap().to_owned()))
    }

    pub async fn initiate(&self, flow: &str, parameters: Value) -> Result<Value, Refusal> {
        let request = json!({ "AuthFlow": flow, "AuthParameters": parameters });
        self.call("InitiateAuth", request).await
    }

    pub async fn with_password(&self, login: &str, password: &str) -> Result<Value, Refusal> {
        let parameters = json!({ "USERNAME": login, "PASSWORD": password });
        self.initiate("USER_PASSWORD_AUTH", parameters).await
    }

    /// With the session of an earlier answer.
    pub async fn refresh(&self, session: &Value) -> Result<Value, Refusal> {
        let token = token(session, "RefreshToken");
        // The page's library sends a null for the device it has not.
        let parameters = json!({ "REFRESH_TOKEN": token, "DEVICE_KEY": null });
        self.initiate("REFRESH_TOKEN_AUTH", parameters).await
    }

    pub async fn srp(&self, login: &str, password: &str) -> Result<Value, Refusal> {
        let secret = BigUint::from(fastrand::u128(..)) << 128;
        let challenge = self.srp_challenge(login, &secret).await?;
        let proof = self.srp_proof(password, &secret, &challenge);
        self.srp_answer(proof).await
    }

    pub async fn srp_challenge(&self, login: &str, secret: &BigUint) -> Result<Value, Refusal> {
        let public = BigUint::from(2u8).modpow(secret, &prime());
        let parameters = json!({ "USERNAME": login, "SRP_A": public.to_str_radix(16) });
        let answer = self.initiate("USER_SRP_AUTH", parameters).await?;
        assert_eq!(answer["ChallengeName"], "PASSWORD_VERIFIER");
        Ok(answer["ChallengeParameters"].clone())
    }

    pub async fn srp_answer(&self, responses: Value) -> Result<Value, Refusal> {
        let request = json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses });
        self.call("RespondToAuthChallenge", request).await
    }

    pub fn srp_proof(&self, password: &str, secret: &BigUint, challenge: &Value) -> Value {
        let text = |name: &str| challenge[name].as_str().unwrap();
        let number = |name: &str| BigUint::parse_bytes(text(name).as_bytes(), 16).unwrap();
        let sha256 = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes).as_ref().to_vec();
        let hash = |bytes: &[u8]| BigUint::from_bytes_be(&sha256(bytes));
        let hmac = |key: &[u8], bytes: &[u8]| {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes);
            tag.as_ref().to_vec()
        };

        let pool_name = self.cognito.pool_id().split('_').nth(1).unwrap();
        let (prime, g) = (prime(), BigUint::from(2u8));
        let (salt, server_public) = (number("SALT"), number("SRP_B"));
        let username = text("USER_ID_FOR_SRP");
        let k = hash(&[padded(&prime), padded(&g)].concat());
        let client_public = g.modpow(secret, &prime);
        let u = hash(&[padded(&client_public), padded(&server_public)].concat());
        let inner = sha256(format!("{pool_name}{username}:{password}").as_bytes());
        let x = hash(&[padded(&salt), inner].concat());
        let base = (&server_public + &prime * &k - k * g.modpow(&x, &prime)) % &prime;
        let shared = base.modpow(&(secret + &u * x), &prime);
        let extracted = hmac(&padded(&u), &padded(&shared));
        let key = hmac(&extracted, b"Caldera Derived Key\x01")[..16].to_vec();

        let timestamp = "Tue Feb 3 04:05:06 UTC 2026";
        let secret_block = BASE64_STANDARD.decode(text("SECRET_BLOCK")).unwrap();
        let message = [pool_name.as_bytes(), username.as_bytes(), &secret_block, timestamp.as_bytes()];
        json!({
            "USERNAME": username,
            "PASSWORD_CLAIM_SECRET_BLOCK": text("SECRET_BLOCK"),
            "PASSWORD_CLAIM_SIGNATURE": BASE64_STANDARD.encode(hmac(&key, &message.concat())),
            "TIMESTAMP": timestamp,
        })
    }

    pub async fn sign_up(&self, username: &str, attributes: Value) -> Result<Value, Refusal> {
        let request = json!({ "Username": username, "Password": PASSWORD, "UserAttributes": attributes });
        self.call("SignUp", request).await
    }

    pub fn last_code(&self, purpose: CodePurpose) -> String {
        let codes = self.codes.lock().unwrap();
        let last = codes.last().expect("a code was sent");
        assert_eq!(last.purpose, purpose);
        last.code.clone()
    }

    pub async fn jwks(&self) -> JwkSet {
        let address = format!("{}/.well-known/jwks.json", self.cognito.issuer());
        let response = self.http.get(address).send().await.unwrap();
        response.error_for_status().unwrap().json().await.unwrap()
    }

    /// The claims, verified as a service does: by the JWKS and the issuer.
    pub async fn verify(&self, token: &str) -> Result<Value, String> {
        self.verify_issuer(token, self.cognito.issuer()).await
    }

    pub async fn verify_issuer(&self, token: &str, issuer: &str) -> Result<Value, String> {
        let text = |cause: jsonwebtoken::errors::Error| format!("{:?}", cause.kind());
        let kid = decode_header(token).map_err(text)?.kid.unwrap();
        let jwks = self.jwks().await;
        let jwk = jwks.find(&kid).ok_or("unknown kid")?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.validate_aud = false;
        let key = DecodingKey::from_jwk(jwk).map_err(text)?;
        let verified = decode::<Value>(token, &key, &validation);
        verified.map(|data| data.claims).map_err(text)
    }
}

/// `padHex` of the page's library.
fn padded(number: &BigUint) -> Vec<u8> {
    let mut hex = number.to_str_radix(16);
    if hex.len() % 2 == 1 {
        hex.insert(0, '0');
    }
    if hex.starts_with(['8', '9', 'a', 'b', 'c', 'd', 'e', 'f']) {
        hex.insert_str(0, "00");
    }
    let digits = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
    digits.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}

/// RFC 3526, group 15, by its formula and not its digits:
/// `2^3072 - 2^3008 - 1 + 2^64 * (floor(2^2942 pi) + 1690314)`, with pi by Machin's formula.
pub fn prime() -> BigUint {
    const BITS: u32 = 3100;
    let two = |exponent: u32| BigUint::from(1u8) << exponent;
    let arctan_of_inverse = |x: u32| {
        let (mut power, mut plus, mut minus) = (two(BITS) / x, BigUint::ZERO, BigUint::ZERO);
        for n in 0u32.. {
            if power == BigUint::ZERO {
                break;
            }
            let sum = if n % 2 == 0 { &mut plus } else { &mut minus };
            *sum += &power / (2 * n + 1);
            power /= x * x;
        }
        plus - minus
    };
    let pi = (arctan_of_inverse(5) * 4u8 - arctan_of_inverse(239)) * 4u8;
    two(3072) - two(3008) - 1u8 + two(64) * ((pi >> (BITS - 2942)) + 1_690_314u32)
}
