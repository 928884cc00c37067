//! Who may do anything here, as the database knows it. Who is deactivated may not, from a few seconds
//! after an administrator says so; nor who may be of another tenant than we think.

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
    users::{self, store::Standing},
};

/// For so long a process does not ask the database again about a user.
const FRESH: Duration = Duration::from_secs(15);
/// Users that are remembered: some 2 MB when all are used.
const USERS: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// What is known of users, for a while.
pub struct Standings {
    known: Mutex<LruCache<(TenantId, UserId), Known>>,
}

#[derive(Clone, Copy)]
struct Known {
    standing: Standing,
    since: Instant,
}

impl Default for Standings {
    fn default() -> Self {
        Self { known: Mutex::new(LruCache::new(USERS)) }
    }
}

impl Standings {
    /// Lets those through who are not deactivated; who is not registered, nobody has deactivated. And
    /// only those whose tenant is known: it is where there is but one, or where the token names it.
    pub async fn demand(&self, caller: &Caller) -> Result<()> {
        let standing = self.standing(caller).await?;
        if !standing.is_active {
            return Err(Error::Deactivated);
        }
        if caller.is_tenant_assumed && standing.has_other_tenants {
            return Err(Error::Unauthorized(
                "An access token does not say whose data it is for, and there are several tenants here. \
                 Send the ID token instead.",
            ));
        }
        Ok(())
    }

    async fn standing(&self, caller: &Caller) -> Result<Standing> {
        let key = (caller.tenant.clone(), caller.id.clone());
        let known = self.lock().get(&key).copied();
        if let Some(known) = known.filter(|known| known.since.elapsed() < FRESH) {
            return Ok(known.standing);
        }
        let asked = Instant::now();
        match (Self::ask(caller).await, known) {
            (Ok(standing), _) => {
                self.lock().put(key, Known { standing, since: asked });
                Ok(standing)
            }
            // Without a database, watching an answer goes on.
            (Err(_), Some(known)) => Ok(known.standing),
            (Err(error), None) => Err(error),
        }
    }

    async fn ask(caller: &Caller) -> Result<Standing> {
        Ok(users::store::standing(&mut *caller.db().await?, &caller.id).await?)
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
