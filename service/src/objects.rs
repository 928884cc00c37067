//! The bytes of documents: in S3, or in a folder where there is none. Clients send and fetch
//! them at addresses that are signed and expire: S3's own, or this service's for the folder.

use std::{fmt::Write, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use aws_lc_rs::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, future};
use object_store::{
    ObjectStore, ObjectStoreExt, WriteMultipart,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
    signer::{SignedUrlOptions, Signer},
};
use reqwest::Method;
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::DocumentsConfig;

/// How long a signed address is good.
pub const GOOD_FOR: Duration = Duration::from_mins(15);
/// Where the service itself serves the folder.
pub const PATH: &str = "/api/v1/uploads";

/// An address that is good for one thing and a while, without a token.
#[derive(Serialize, ToSchema)]
pub struct SignedAddress {
    #[schema(example = "PUT")]
    pub method: &'static str,
    /// Whole, or a path on this service.
    pub url: String,
    pub expires_at: DateTime<Utc>,
}

pub struct Objects {
    store: Arc<dyn ObjectStore>,
    signer: Addresses,
}

enum Addresses {
    S3(Arc<AmazonS3>),
    Own(Box<hmac::Key>),
}

/// What a client may do at a signed address of this service's own.
pub struct Grant<'a> {
    pub method: &'static str,
    pub key: &'a str,
    /// In seconds since 1970.
    pub expires: i64,
    /// Most bytes.
    pub size: i64,
}

impl Grant<'_> {
    fn text(&self) -> String {
        format!("{}\n{}\n{}\n{}", self.method, self.key, self.expires, self.size)
    }
}

impl Objects {
    /// The bucket or folder that is configured; `None` if neither is.
    pub fn new(config: &DocumentsConfig) -> anyhow::Result<Option<Self>> {
        if let Some(bucket) = &config.uploads_bucket {
            return Self::in_bucket(bucket).map(Some);
        }
        config.uploads_dir.as_ref().map(|folder| Self::in_folder(folder, config.secret_key.as_deref())).transpose()
    }

    /// Region, credentials and endpoint are those of every AWS SDK.
    fn in_bucket(bucket: &str) -> anyhow::Result<Self> {
        let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        let is_plain = builder
            .get_config_value(&AmazonS3ConfigKey::Endpoint)
            .is_some_and(|endpoint| endpoint.starts_with("http://"));
        let s3 = builder.with_allow_http(is_plain).build().context("the uploads' bucket can't be used")?;
        let s3 = Arc::new(s3);
        Ok(Self { store: s3.clone(), signer: Addresses::S3(s3) })
    }

    fn in_folder(folder: &PathBuf, secret: Option<&str>) -> anyhow::Result<Self> {
        let cannot = || format!("the uploads' folder {} can't be used", folder.display());
        std::fs::create_dir_all(folder).with_context(cannot)?;
        let store = LocalFileSystem::new_with_prefix(folder).with_context(cannot)?.with_automatic_cleanup(true);
        let key = if let Some(secret) = secret {
            hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())
        } else {
            // Good for the addresses that this process gives out.
            let mut random = [0; 32];
            SystemRandom::new().fill(&mut random).map_err(|_| anyhow::anyhow!("there is no randomness"))?;
            hmac::Key::new(hmac::HMAC_SHA256, &random)
        };
        Ok(Self { store: Arc::new(store), signer: Addresses::Own(Box::new(key)) })
    }

    /// Where a client may PUT up to `size` bytes for `key`.
    pub async fn upload_address(&self, key: &str, size: i64) -> object_store::Result<SignedAddress> {
        self.address("PUT", key, size, SignedUrlOptions::new()).await
    }

    /// Where a client may GET `key`, as a file to keep that is called `name`.
    pub async fn download_address(&self, key: &str, name: &str) -> object_store::Result<SignedAddress> {
        // The folder's addresses say that it is one (`documents::uploads`).
        let disposition = format!("attachment; filename*=UTF-8''{}", percent_encoded(name));
        self.address("GET", key, 0, SignedUrlOptions::new().with_query([("response-content-disposition", disposition)]))
            .await
    }

    async fn address(
        &self,
        method: &'static str,
        key: &str,
        size: i64,
        options: SignedUrlOptions,
    ) -> object_store::Result<SignedAddress> {
        let expires_at = Utc::now() + GOOD_FOR;
        let url = match &self.signer {
            Addresses::S3(s3) => {
                let method = if method == "PUT" { Method::PUT } else { Method::GET };
                s3.signed_url_opts(method, &Path::parse(key)?, GOOD_FOR, &options).await?.into()
            }
            Addresses::Own(secret) => {
                let grant = Grant { method, key, expires: expires_at.timestamp(), size };
                let signature = BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(secret, grant.text().as_bytes()));
                format!("{PATH}/{key}?expires={}&size={size}&signature={signature}", grant.expires)
            }
        };
        Ok(SignedAddress { method, url, expires_at })
    }

    /// Whether a signature of an address of ours is good, and still is.
    pub fn allows(&self, grant: &Grant<'_>, signature: &str) -> bool {
        let Addresses::Own(secret) = &self.signer else { return false };
        let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return false };
        grant.expires >= Utc::now().timestamp() && hmac::verify(secret, grant.text().as_bytes(), &signature).is_ok()
    }

    /// Keeps bytes, in place of those that were there.
    pub async fn put(&self, key: &str, bytes: Bytes) -> object_store::Result<()> {
        self.store.put(&Path::parse(key)?, bytes.into()).await?;
        Ok(())
    }

    /// Keeps the same bytes under another key.
    pub async fn copy(&self, from: &str, to: &str) -> object_store::Result<()> {
        self.store.copy(&Path::parse(from)?, &Path::parse(to)?).await
    }

    /// A writer whose bytes are there, all at once, when it finishes.
    pub async fn writer(&self, key: &str) -> object_store::Result<WriteMultipart> {
        Ok(WriteMultipart::new(self.store.put_multipart(&Path::parse(key)?).await?))
    }

    /// How many bytes there are; `None` if there is no such object.
    pub async fn size(&self, key: &str) -> object_store::Result<Option<u64>> {
        match self.store.head(&Path::parse(key)?).await {
            Ok(object) => Ok(Some(object.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The bytes, unless they are more than `most`: whoever has an address may send what they want.
    pub async fn get(&self, key: &str, most: i64) -> object_store::Result<Option<Bytes>> {
        let object = self.store.get(&Path::parse(key)?).await?;
        if i64::try_from(object.meta.size).is_ok_and(|size| size <= most) {
            object.bytes().await.map(Some)
        } else {
            Ok(None)
        }
    }

    /// Deletes all that is below `prefix`.
    pub async fn delete_below(&self, prefix: &str) -> object_store::Result<()> {
        let keys = self.store.list(Some(&Path::parse(prefix)?)).map_ok(|object| object.location).boxed();
        self.store.delete_stream(keys).try_for_each(|_| future::ready(Ok(()))).await
    }
}

/// As it stands in an extended parameter of a header: <https://www.rfc-editor.org/rfc/rfc8187#section-3.2>
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a string can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_a_header() {
        assert_eq!(percent_encoded("a b\"\r\n.md"), "a%20b%22%0D%0A.md");
        assert_eq!(percent_encoded("é.txt"), "%C3%A9.txt");
    }
}
