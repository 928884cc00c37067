//! One fetch: over redirects, within limits on time and size.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::{Client, Response, StatusCode, Url, header, redirect};
use robotxt::{AccessResult, BYTE_LIMIT, Robots, robots_url};

use crate::config::DocumentsConfig;

use super::{
    guard::{Guard, NotPublic, PublicOnly},
    robots::Sites,
};

/// As many as RFC 9309 wants followed for a `robots.txt`, and enough for a page.
const MAX_REDIRECTS: usize = 5;
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// How often a site is asked that is busy or does not answer.
const ATTEMPTS: u32 = 3;
/// The longest that a busy site is waited for, whatever it asks for.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("it is not a public address of the web")]
    NotPublic,
    #[error("its site does not let programs read it")]
    Robots,
    #[error("it leads on and on, or nowhere")]
    Redirects,
    #[error("its site answers with {0}")]
    Status(StatusCode),
    #[error("it is too large")]
    TooLarge,
    #[error("its site takes too long")]
    TimedOut,
    #[error("its site does not answer")]
    Unreachable,
}

pub type Result<T> = std::result::Result<T, Error>;

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            if error.is::<NotPublic>() {
                return Self::NotPublic;
            }
            cause = error.source();
        }
        tracing::info!(error = %error.without_url(), "a site can't be asked");
        Self::Unreachable
    }
}

/// Fetches addresses of the web.
pub struct Fetcher {
    http: Client,
    guard: Arc<Guard>,
    sites: Sites,
    max_bytes: usize,
    patience: Duration,
}

impl Fetcher {
    pub fn new(config: &DocumentsConfig) -> anyhow::Result<Self> {
        let guard = Guard::new(config.web_private_networks.clone());
        let http = Client::builder()
            .dns_resolver(PublicOnly(guard.clone()))
            // A proxy would connect for us, unguarded.
            .no_proxy()
            // Each is looked at first.
            .redirect(redirect::Policy::none())
            .user_agent(concat!("mangoo/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_PATIENCE)
            .build()?;
        let max_bytes = usize::try_from(config.document_max_bytes)?;
        Ok(Self { http, guard, sites: Sites::new(), max_bytes, patience: config.web_timeout })
    }

    /// An address as it is kept, if it may be asked for as far as it says itself.
    pub fn address(&self, text: &str) -> Option<Url> {
        let mut url = Url::parse(text.trim()).ok()?;
        url.set_fragment(None);
        self.guard.allows_url(&url).then_some(url)
    }

    /// What is at an address. However many hops and tries it takes, it takes no longer than it may.
    pub async fn fetch(&self, url: &Url) -> Result<Bytes> {
        tokio::time::timeout(self.patience, self.follow(url)).await.map_err(|_| Error::TimedOut)?
    }

    async fn follow(&self, url: &Url) -> Result<Bytes> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            if !self.rules(&url).await?.is_url_allowed(&url) {
                return Err(Error::Robots);
            }
            match self.ask(&url).await? {
                Answer::Redirect(to) => url = to,
                Answer::Here(response) if response.status().is_success() => {
                    let (bytes, is_all) = read(response, self.max_bytes).await?;
                    return if is_all { Ok(bytes) } else { Err(Error::TooLarge) };
                }
                Answer::Here(response) => return Err(Error::Status(response.status())),
            }
        }
        Err(Error::Redirects)
    }

    /// What the site of `url` asks of programs.
    async fn rules(&self, url: &Url) -> Result<Arc<Robots>> {
        let origin = url.origin().ascii_serialization();
        if let Some(rules) = self.sites.get(&origin) {
            return Ok(rules);
        }
        let Ok(mut place) = robots_url(url) else { return Err(Error::NotPublic) };
        for _ in 0..=MAX_REDIRECTS {
            match self.ask(&place).await? {
                Answer::Redirect(to) => place = to,
                Answer::Here(response) if response.status().is_success() => {
                    // What comes after the part that counts is left.
                    let (text, _) = read(response, BYTE_LIMIT).await?;
                    return Ok(self.sites.put(origin, AccessResult::Successful(&text)));
                }
                Answer::Here(response) if response.status().is_client_error() => {
                    return Ok(self.sites.put(origin, AccessResult::Unavailable));
                }
                Answer::Here(response) => return Err(Error::Status(response.status())),
            }
        }
        Ok(self.sites.put(origin, AccessResult::TooManyRedirects))
    }

    /// Asks once more, after a pause, where a site is busy or does not answer.
    async fn ask(&self, url: &Url) -> Result<Answer> {
        if !self.guard.allows_url(url) {
            return Err(Error::NotPublic);
        }
        for attempt in 1..=ATTEMPTS {
            let result = self.http.get(url.clone()).header(header::ACCEPT_ENCODING, "identity").send().await;
            let (error, pause) = match result {
                Ok(response) if response.status().is_redirection() => {
                    let place = response.headers().get(header::LOCATION).and_then(|place| place.to_str().ok());
                    let to = place.and_then(|place| url.join(place).ok()).ok_or(Error::Redirects)?;
                    return Ok(Answer::Redirect(to));
                }
                Ok(response) if is_busy(response.status()) => {
                    let seconds = response.headers().get(header::RETRY_AFTER).and_then(|after| after.to_str().ok());
                    let pause = seconds.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
                    (Error::Status(response.status()), pause)
                }
                Ok(response) => return Ok(Answer::Here(response)),
                Err(error) if error.is_timeout() => return Err(Error::TimedOut),
                Err(error) => (error.into(), None),
            };
            if attempt == ATTEMPTS || matches!(error, Error::NotPublic) {
                return Err(error);
            }
            tokio::time::sleep(pause.unwrap_or(Duration::from_millis(500) * attempt).min(MAX_PAUSE)).await;
        }
        Err(Error::Unreachable)
    }
}

enum Answer {
    Redirect(Url),
    Here(Response),
}

fn is_busy(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// The bytes of an answer up to `most`, and whether that is all.
async fn read(mut response: Response, most: usize) -> Result<(Bytes, bool)> {
    let mut bytes = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(piece)) if bytes.len() + piece.len() > most => {
                bytes.extend_from_slice(&piece[..most - bytes.len()]);
                return Ok((bytes.freeze(), false));
            }
            Ok(Some(piece)) => bytes.extend_from_slice(&piece),
            Ok(None) => return Ok((bytes.freeze(), true)),
            Err(error) if error.is_timeout() => return Err(Error::TimedOut),
            Err(error) => return Err(error.into()),
        }
    }
}
