//! Pushes an image to a registry: what it lacks, each blob in one request.
//!
//! One request, because Amazon ECR takes the first chunk of an upload in chunks for the whole.
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>

mod attempt;
mod error;

use std::{io, path::Path, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, future, stream};
use oci_client::{
    Client, Reference,
    client::{ClientConfig, ClientProtocol},
    errors::OciDistributionError,
    manifest::OCI_IMAGE_MEDIA_TYPE,
    secrets::RegistryAuth,
};
use tokio::{fs::File, io::AsyncReadExt, sync::mpsc};

pub use self::error::PushError;
use self::{
    attempt::{Attempts, Failure},
    error::{is_unknown, is_unknown_name},
};
use super::{Blob, Image, Progress};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes handed to the connection at once: how often progress is seen.
const PIECE: usize = 64 * 1024;

/// Where an image goes, and how.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Host, and port if it is not the usual one: `registry.example.com:5000`.
    pub registry: String,
    /// Within the registry: `mangoo/backend`.
    pub name: String,
    /// A name for the image besides its digest.
    pub tag: Option<String>,
    pub credentials: Credentials,
    /// Without TLS: for a registry on this machine.
    pub http: bool,
    pub patience: Patience,
}

impl Repository {
    /// One that takes pushes from everybody, over https.
    pub fn new(registry: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            registry: registry.into(),
            name: name.into(),
            tag: None,
            credentials: Credentials::Anonymous,
            http: false,
            patience: Patience::default(),
        }
    }

    /// As people write it, without a tag.
    fn full_name(&self) -> String {
        format!("{}/{}", self.registry, self.name)
    }

    /// A manifest's address. A digest is passed where a tag belongs, which makes the same
    /// address: of an image that is named by digest the client can't take an answer without
    /// `Location`, as ECR gives it.
    fn reference(&self, tag_or_digest: &str) -> Reference {
        Reference::with_tag(self.registry.clone(), self.name.clone(), tag_or_digest.to_owned())
    }
}

#[derive(Clone)]
pub enum Credentials {
    Anonymous,
    /// For Amazon ECR `AWS` and an authorization token.
    Basic {
        user: String,
        password: String,
    },
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Basic { user, .. } => write!(f, "Basic({user}, …)"),
        }
    }
}

/// How long a registry is borne with.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Tries of a request that fails as one may that succeeds later: 5xx, 429, a lost connection.
    pub tries: u32,
    /// Longest wait before the second try; twice as long before each further one, up to 16 times.
    /// The real one is random, up to that.
    pub pause: Duration,
    /// A request is given up, and tried again, after so long without a byte that moves.
    pub stall: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { tries: 5, pause: Duration::from_secs(1), stall: Duration::from_mins(1) }
    }
}

/// What a push did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Of the image: `sha256:…`.
    pub digest: String,
    /// Content that went to the registry, tries that failed included; 0 if it had everything.
    pub bytes: u64,
}

/// Pushes `image` under its digest and, if there is one, the repository's tag.
pub async fn push(image: &Image, to: &Repository, progress: &dyn Progress) -> Result<Pushed, PushError> {
    let push = Push::new(to, progress)?;
    let digest = image.digest().to_owned();
    let names: Vec<&str> = to.tag.as_deref().into_iter().chain([image.digest()]).collect();
    let mut missing = Vec::new();
    for name in names {
        if push.digest_of(name).await?.as_deref() != Some(image.digest()) {
            missing.push(name);
        }
    }
    // A registry that has the manifest has made sure that it has what the manifest names.
    if missing.contains(&image.digest()) {
        future::try_join_all(image.blobs().map(|blob| push.blob(blob))).await?;
    } else {
        image.blobs().for_each(|blob| progress.sent(blob, blob.size));
    }
    // By its digest first: a tag never names what is not there yet.
    for name in missing.iter().rev() {
        push.manifest(name, &image.manifest).await?;
    }
    Ok(Pushed { digest, bytes: push.attempts.bytes() })
}

struct Push<'a> {
    to: &'a Repository,
    client: Client,
    auth: RegistryAuth,
    attempts: Attempts<'a>,
    progress: &'a dyn Progress,
}

impl<'a> Push<'a> {
    fn new(to: &'a Repository, progress: &'a dyn Progress) -> Result<Self, PushError> {
        let client = Client::try_from(ClientConfig {
            protocol: if to.http { ClientProtocol::Http } else { ClientProtocol::Https },
            use_monolithic_push: true,
            connect_timeout: Some(CONNECT_TIMEOUT),
            user_agent: concat!("mangoo-ops/", env!("CARGO_PKG_VERSION")),
            ..ClientConfig::default()
        })
        .map_err(|error| PushError::Client(error.to_string()))?;
        let auth = match &to.credentials {
            Credentials::Anonymous => RegistryAuth::Anonymous,
            Credentials::Basic { user, password } => RegistryAuth::Basic(user.clone(), password.clone()),
        };
        Ok(Self { to, client, auth, attempts: Attempts::new(to), progress })
    }

    /// The digest of the image of that name; `None` if there is none.
    async fn digest_of(&self, name: &str) -> Result<Option<String>, PushError> {
        let reference = self.to.reference(name);
        let ask = async || match self.quick(self.client.fetch_manifest_digest(&reference, &self.auth)).await {
            Ok(digest) => Ok(Some(digest)),
            Err(Failure::Registry(error)) if is_unknown(&error) => {
                if is_unknown_name(&error) {
                    self.attempts.doubt();
                }
                Ok(None)
            }
            Err(failure) => Err(failure),
        };
        self.attempts.run("asking for the image", ask).await
    }

    async fn blob(&self, blob: &Blob) -> Result<(), PushError> {
        let reference = self.to.reference(&blob.digest);
        self.client.store_auth_if_needed(reference.resolve_registry(), &self.auth).await;
        // Asked again each time: an upload whose answer was lost has arrived.
        let send = async || {
            if !self.quick(self.client.blob_exists(&reference, &blob.digest)).await? {
                self.upload(&reference, blob).await?;
            }
            self.progress.sent(blob, blob.size);
            Ok(())
        };
        self.attempts.run("sending a layer", send).await
    }

    async fn upload(&self, reference: &Reference, blob: &Blob) -> Result<(), Failure> {
        let (moved, mut movement) = mpsc::unbounded_channel();
        let content = pieces(&blob.path, moved).await.map_err(|error| Failure::Unreadable(blob.path.clone(), error))?;
        let upload = self.client.push_blob_stream(reference, content, &blob.digest, Some(blob.size));
        tokio::pin!(upload);
        let mut sent = 0;
        loop {
            tokio::select! {
                result = &mut upload => return Ok(result.map(drop)?),
                Some(size) = movement.recv() => {
                    sent += size;
                    self.attempts.count(size);
                    self.progress.sent(blob, sent);
                }
                // Begins anew whenever something moves, so a slow upload may take as long as it does.
                () = tokio::time::sleep(self.to.patience.stall) => return Err(Failure::Stalled),
            }
        }
    }

    async fn manifest(&self, name: &str, manifest: &Blob) -> Result<(), PushError> {
        let content = tokio::fs::read(&manifest.path).await;
        let content = Bytes::from(content.map_err(|error| PushError::Unreadable(manifest.path.clone(), error))?);
        let reference = self.to.reference(name);
        let media_type = reqwest::header::HeaderValue::from_static(OCI_IMAGE_MEDIA_TYPE);
        let send = async || {
            self.attempts.count(manifest.size);
            self.quick(self.client.push_manifest_raw(&reference, content.clone(), media_type.clone())).await?;
            Ok(())
        };
        self.attempts.run("sending the manifest", send).await
    }

    /// A request with little in it: all of it within the time that a stalled one gets.
    async fn quick<T>(&self, request: impl Future<Output = Result<T, OciDistributionError>>) -> Result<T, Failure> {
        match tokio::time::timeout(self.to.patience.stall, request).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(Failure::Stalled),
        }
    }
}

/// A file's content, and through `moved` the size of each piece that is taken.
async fn pieces(
    path: &Path,
    moved: mpsc::UnboundedSender<u64>,
) -> io::Result<impl Stream<Item = Result<Bytes, OciDistributionError>> + Send + 'static> {
    let file = File::open(path).await?;
    Ok(stream::try_unfold((file, moved), |(mut file, moved)| async {
        let mut piece = Vec::with_capacity(PIECE);
        (&mut file).take(PIECE as u64).read_to_end(&mut piece).await?;
        if piece.is_empty() {
            return Ok(None);
        }
        // Nobody listens any more when the upload has been given up.
        let _ = moved.send(piece.len() as u64);
        Ok(Some((Bytes::from(piece), (file, moved))))
    }))
}
