//! What sites ask programs to leave alone: RFC 9309.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use lru::LruCache;
use robotxt::{AccessResult, Robots};

/// By which name a site may speak of this program.
const AGENT: &str = "mangoo";
/// Its rules are asked for again after that. The RFC allows a day.
const GOOD_FOR: Duration = Duration::from_hours(1);
const SITES: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

/// The rules of sites that were asked for lately, by origin.
pub struct Sites(Mutex<LruCache<String, (Instant, Arc<Robots>)>>);

impl Sites {
    pub fn new() -> Self {
        Self(Mutex::new(LruCache::new(SITES)))
    }

    pub fn get(&self, origin: &str) -> Option<Arc<Robots>> {
        let mut sites = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sites.get(origin).filter(|(since, _)| since.elapsed() < GOOD_FOR).map(|(_, rules)| rules.clone())
    }

    /// Keeps what a site answered.
    pub fn put(&self, origin: String, answer: AccessResult<'_>) -> Arc<Robots> {
        let rules = Arc::new(Robots::from_access(answer, AGENT));
        let mut sites = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sites.put(origin, (Instant::now(), rules.clone()));
        rules
    }
}
