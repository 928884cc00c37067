//! Who is deactivated: they may do nothing, from a few seconds after an administrator says so.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use lru::LruCache;

use super::Caller;
use crate::{
    error::{Error, Result},
    id::{TenantId, UserId},
    users,
};

/// For so long a process does not ask the database again about a user.
const FRESH: Duration = Duration::from_secs(15);
/// Users that are remembered: some 2 MB when all are used.
const USERS: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// What is known of users' being active.
pub struct Activity {
    known: Mutex<LruCache<(TenantId, UserId), Known>>,
}

#[derive(Clone, Copy)]
struct Known {
    is_active: bool,
    since: Instant,
}

impl Default for Activity {
    fn default() -> Self {
        Self { known: Mutex::new(LruCache::new(USERS)) }
    }
}

impl Activity {
    /// Lets those through who are not deactivated; who is not registered, nobody has deactivated.
    pub async fn demand(&self, caller: &Caller) -> Result<()> {
        let key = (caller.tenant.clone(), caller.id.clone());
        let known = self.lock().get(&key).copied();
        let is_active = match known {
            Some(known) if known.since.elapsed() < FRESH => known.is_active,
            _ => {
                let asked = Instant::now();
                match (Self::ask(caller).await, known) {
                    (Ok(is_active), _) => {
                        self.lock().put(key, Known { is_active, since: asked });
                        is_active
                    }
                    // Without a database, watching an answer goes on.
                    (Err(_), Some(known)) => known.is_active,
                    (Err(error), None) => return Err(error),
                }
            }
        };
        if is_active { Ok(()) } else { Err(Error::Deactivated) }
    }

    async fn ask(caller: &Caller) -> Result<bool> {
        Ok(users::store::is_active(&mut *caller.db().await?, &caller.id).await?)
    }

    /// Asks the database again when the user comes next.
    pub fn forget(&self, tenant: &TenantId, user: &UserId) {
        self.lock().pop(&(tenant.clone(), user.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<(TenantId, UserId), Known>> {
        // The cache is whole after each operation, also if its holder panicked.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
