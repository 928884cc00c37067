//! The pool's public keys, kept in memory.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use jsonwebtoken::{DecodingKey, jwk::JwkSet};
use tokio::sync::Mutex;
use tracing::Instrument;

use crate::telemetry::milliseconds;

/// However many tokens name unknown keys, the pool is asked no more often than this.
const MIN_REFRESH: Duration = Duration::from_secs(30);
/// So often the keys are fetched anyway, so that one that was withdrawn is forgotten.
const MAX_AGE: Duration = Duration::from_hours(1);

type Keys = HashMap<String, Arc<DecodingKey>>;

pub struct KeySet {
    url: String,
    http: reqwest::Client,
    keys: ArcSwap<Keys>,
    /// When the keys were last asked for because of a token. Held while asking,
    /// so that a burst of tokens asks once.
    asked: Mutex<Option<Instant>>,
}

impl KeySet {
    pub fn new(url: String) -> anyhow::Result<Arc<Self>> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let set = Arc::new(Self { url, http, keys: ArcSwap::default(), asked: Mutex::new(None) });
        tokio::spawn(keep_fresh(Arc::downgrade(&set)));
        Ok(set)
    }

    /// The key named `kid`. Costs no I/O when it is known; otherwise the pool may have
    /// rotated its keys and is asked, but at most once in [`MIN_REFRESH`].
    pub async fn get(self: &Arc<Self>, kid: &str) -> Option<Arc<DecodingKey>> {
        if let Some(key) = self.keys.load().get(kid) {
            return Some(key.clone());
        }
        let mut asked = self.asked.lock().await;
        if let Some(key) = self.keys.load().get(kid) {
            return Some(key.clone());
        }
        if asked.is_none_or(|at| at.elapsed() >= MIN_REFRESH) {
            *asked = Some(Instant::now());
            // A task of its own: a client that goes away must not waste the one attempt.
            let set = self.clone();
            tokio::spawn(async move { set.fetch().await }.in_current_span()).await.ok();
        }
        self.keys.load().get(kid).cloned()
    }

    /// Whether the keys could be fetched at least once.
    pub fn is_loaded(&self) -> bool {
        !self.keys.load().is_empty()
    }

    async fn fetch(&self) {
        let started = Instant::now();
        let answer: reqwest::Result<JwkSet> =
            async { self.http.get(&self.url).send().await?.error_for_status()?.json().await }.await;
        match answer {
            Ok(set) if set.keys.is_empty() => tracing::warn!("the user pool names no keys; the old ones stay"),
            Ok(set) => {
                let keys: Keys = set
                    .keys
                    .iter()
                    .filter_map(|jwk| {
                        let kid = jwk.common.key_id.clone()?;
                        Some((kid, Arc::new(DecodingKey::from_jwk(jwk).ok()?)))
                    })
                    .collect();
                tracing::info!(keys = keys.len(), duration_ms = milliseconds(started), "fetched the user pool's keys");
                self.keys.store(Arc::new(keys));
            }
            Err(error) => tracing::warn!(
                %error,
                duration_ms = milliseconds(started),
                "cannot fetch the user pool's keys; tokens with unknown keys are refused until that works"
            ),
        }
    }
}

/// Fetches the keys at start, trying until it works, and then every [`MAX_AGE`].
async fn keep_fresh(set: std::sync::Weak<KeySet>) {
    let mut retry = Duration::from_secs(1);
    while let Some(set) = set.upgrade() {
        set.fetch().await;
        let wait = if set.is_loaded() { MAX_AGE } else { retry };
        retry = (retry * 2).min(MIN_REFRESH);
        drop(set);
        tokio::time::sleep(wait).await;
    }
}
