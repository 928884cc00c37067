//! The RSA keys that sign tokens.

use std::{
    io,
    sync::{Arc, LazyLock},
};

use aws_lc_rs::{
    digest,
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{Jwk, KeyOperations, PublicKeyUse},
};

use super::TokenUse;

pub(super) struct SigningKey {
    pair: KeyPair,
    /// A digest of the public key, so it stays the same when the key is loaded again.
    pub kid: String,
}

impl SigningKey {
    fn generate() -> Self {
        Self::new(KeyPair::generate(KeySize::Rsa2048).expect("memory is what it needs"))
    }

    fn new(pair: KeyPair) -> Self {
        let digest = digest::digest(&digest::SHA256, pair.public_key().as_ref());
        Self { kid: BASE64_URL_SAFE_NO_PAD.encode(digest), pair }
    }

    pub fn from_base64(text: &str) -> io::Result<Self> {
        let der = BASE64_STANDARD.decode(text).map_err(io::Error::other)?;
        Ok(Self::new(KeyPair::from_pkcs8(&der).map_err(io::Error::other)?))
    }

    /// The private key: PKCS#8 in base64.
    pub fn to_base64(&self) -> String {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().expect("a valid key can be encoded");
        BASE64_STANDARD.encode(der.as_ref())
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256: "RS256".
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("the buffer is as long as the modulus");
        signature
    }

    pub fn decoding_key(&self) -> DecodingKey {
        DecodingKey::from_rsa_der(self.pair.public_key().as_ref())
    }

    pub fn jwk(&self) -> Jwk {
        let mut jwk = Jwk::from_decoding_key(&self.decoding_key(), Some(Algorithm::RS256))
            .expect("a public RSA key has a modulus and an exponent");
        jwk.common.key_id = Some(self.kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_operations = None::<Vec<KeyOperations>>;
        jwk
    }

    pub fn public_pem(&self) -> String {
        let der: PublicKeyX509Der<'_> = self.pair.public_key().as_der().expect("a valid key can be encoded");
        let text = BASE64_STANDARD.encode(der.as_ref());
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for line in text.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem + "-----END PUBLIC KEY-----\n"
    }
}

/// A pool signs ID tokens and access tokens with different keys; both are in its JWKS.
pub(super) struct KeySet {
    pub id: SigningKey,
    pub access: SigningKey,
}

impl KeySet {
    pub fn generate() -> Arc<Self> {
        Arc::new(Self { id: SigningKey::generate(), access: SigningKey::generate() })
    }

    /// The keys a pool starts with: made once a process, as making them takes a while.
    pub fn of_process() -> Arc<Self> {
        static KEYS: LazyLock<Arc<KeySet>> = LazyLock::new(KeySet::generate);
        Arc::clone(&KEYS)
    }

    /// Keys that are in no pool's JWKS.
    pub fn foreign() -> Arc<Self> {
        static KEYS: LazyLock<Arc<KeySet>> = LazyLock::new(KeySet::generate);
        Arc::clone(&KEYS)
    }

    pub fn signer(&self, token_use: TokenUse) -> &SigningKey {
        match token_use {
            TokenUse::Id => &self.id,
            TokenUse::Access => &self.access,
        }
    }

    pub fn all(&self) -> [&SigningKey; 2] {
        [&self.id, &self.access]
    }
}
