//! Secrets.

use serde::Serialize;

kinds! {
    SecretArn;
}

resource! {
    Secret = "AWS::SecretsManager::Secret", Ref = SecretArn;
}

/// A secret with a password that AWS makes up.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    pub description: &'static str,
    pub generate_secret_string: Generate,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Generate {
    /// JSON that the password becomes a part of.
    pub secret_string_template: String,
    pub generate_string_key: &'static str,
    pub password_length: u8,
    pub exclude_punctuation: bool,
}
