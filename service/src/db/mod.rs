//! The database: pools whose connections belong to a tenant, start-up, migrations.

mod login;

use std::{
    collections::HashSet,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use anyhow::Context;
use sqlx::{
    Connection, PgConnection, PgPool, Postgres,
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};

use tokio::sync::{Mutex, watch};

pub use login::Secret;

use crate::{config::DatabaseConfig, id::TenantId};

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// The setting that row-level security compares with a row's tenant.
const TENANT_SETTING: &str = "app.tenant";
/// A connection that lay unused for longer is checked before it is used again.
const CHECK_AFTER_IDLE: Duration = Duration::from_secs(10);
/// How long one waits for a connection,
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);
/// and for one to a database that has paused: Aurora takes about 15 seconds, longer after a day.
pub const AWAKE_WITHIN: Duration = Duration::from_secs(50);
/// A connection that lay unused for longer is closed.
const IDLE: Duration = Duration::from_mins(10);
/// However many logins fail, their secret is read no more often than this.
const MIN_REREAD: Duration = Duration::from_secs(1);

/// The database as the service's role, which cannot bypass row-level security.
#[derive(Clone)]
pub struct Db {
    /// Connections that are opened for the default tenant and never leave it, so that in a
    /// deployment with that tenant alone a request pays nothing for tenancy.
    default: PgPool,
    /// Connections for all other tenants; each is told its tenant when it is taken.
    others: PgPool,
    /// Tenants that have a row in `tenants`.
    known: Arc<RwLock<HashSet<TenantId>>>,
    rest: Option<Rest>,
    /// Where the login comes from, if it can change while the service runs.
    login: Option<Arc<ChangingLogin>>,
}

/// When nobody needs the database.
#[derive(Clone)]
struct Rest {
    after: Duration,
    /// When a tenant's connection was last asked for.
    used: watch::Sender<Instant>,
}

struct ChangingLogin {
    secret: Secret,
    /// How to connect, but for the login.
    options: PgConnectOptions,
    /// When it was last read. Held while reading, so that many failed logins read once.
    read: Mutex<Option<Instant>>,
}

/// The same for the pool of the default tenant.
fn as_default_tenant(options: PgConnectOptions) -> PgConnectOptions {
    options.options([(TENANT_SETTING, TenantId::DEFAULT)])
}

impl Db {
    /// Makes the pools; connections are opened when they are needed.
    pub async fn new(config: &DatabaseConfig) -> anyhow::Result<Self> {
        // A query that takes longer serves nobody any more.
        let options = config.options()?.application_name("mangoo").options([("statement_timeout", "30s")]);
        let pool = || {
            PgPoolOptions::new()
                .max_connections(config.db_max_connections)
                .acquire_timeout(if config.db_rest_after.is_some() { AWAKE_WITHIN } else { CONNECTED_WITHIN })
                .idle_timeout(config.db_rest_after.unwrap_or(IDLE))
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(async move {
                        if meta.idle_for > CHECK_AFTER_IDLE {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
        };
        let login = match &config.db_secret_arn {
            Some(arn) => {
                let secret = Secret::new(arn).await;
                Some(Arc::new(ChangingLogin { secret, options: options.clone(), read: Mutex::default() }))
            }
            None => None,
        };
        let db = Self {
            default: pool().connect_lazy_with(as_default_tenant(options.clone())),
            others: pool().connect_lazy_with(options),
            known: Arc::default(),
            rest: config.db_rest_after.map(|after| Rest { after, used: watch::Sender::new(Instant::now()) }),
            login,
        };
        if let Some(login) = &db.login {
            db.read_login(login, Instant::now()).await;
        }
        Ok(db)
    }

    /// A connection, with the login as it is now if the one we had is refused.
    async fn acquire(&self, pool: &PgPool) -> sqlx::Result<PoolConnection<Postgres>> {
        let asked = Instant::now();
        match (pool.acquire().await, &self.login) {
            (Err(error), Some(login)) if is_login_refused(&error) => {
                self.read_login(login, asked).await;
                pool.acquire().await
            }
            (result, _) => result,
        }
    }

    /// Reads the login for a connection that was `asked` for, unless that has just been done.
    async fn read_login(&self, login: &ChangingLogin, asked: Instant) {
        let mut read = login.read.lock().await;
        if read.is_some_and(|read| read + MIN_REREAD > asked) {
            return;
        }
        match login.secret.login(login.options.clone()).await {
            Ok(options) => {
                tracing::info!("read the login to the database");
                self.default.set_connect_options(as_default_tenant(options.clone()));
                self.others.set_connect_options(options);
            }
            Err(error) => tracing::error!(error = format!("{error:#}"), "cannot read the login to the database"),
        }
        *read = Some(Instant::now());
    }

    /// A connection that sees the rows of `tenant` and no others.
    pub async fn tenant(&self, tenant: &TenantId) -> sqlx::Result<PoolConnection<Postgres>> {
        self.need();
        if tenant.0 == TenantId::DEFAULT {
            return self.acquire(&self.default).await;
        }
        let mut connection = self.acquire(&self.others).await?;
        sqlx::query_scalar!(r#"select set_config('app.tenant', $1, false) as "tenant!""#, tenant.0)
            .fetch_one(&mut *connection)
            .await?;
        let is_known = self.known.read().is_ok_and(|known| known.contains(tenant));
        if !is_known {
            sqlx::query!("insert into tenants (id) values ($1) on conflict do nothing", tenant.0)
                .execute(&mut *connection)
                .await?;
            if let Ok(mut known) = self.known.write() {
                known.insert(tenant.clone());
            }
        }
        Ok(connection)
    }

    /// A connection for what belongs to no tenant: leases, health. It sees no tenant's rows.
    pub async fn no_tenant(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        let mut connection = self.acquire(&self.others).await?;
        sqlx::query_scalar!(r#"select set_config('app.tenant', '', false) as "tenant!""#)
            .fetch_one(&mut *connection)
            .await?;
        Ok(connection)
    }

    /// Says that the database is needed.
    pub fn need(&self) {
        if let Some(rest) = &self.rest {
            rest.used.send_replace(Instant::now());
        }
    }

    /// Whether nobody has needed the database for so long that it may rest.
    pub fn may_rest(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| rest.used.borrow().elapsed() >= rest.after)
    }

    /// Ends when the database is needed.
    pub async fn needed(&self) {
        if let Some(rest) = &self.rest {
            let _ = rest.used.subscribe().wait_for(|used| used.elapsed() < rest.after).await;
        }
    }

    /// A connection that listens for notifications, beside the pools' own.
    pub async fn listener(&self) -> sqlx::Result<PgListener> {
        // The pool's login may have changed.
        drop(self.no_tenant().await?);
        PgListener::connect_with(&self.others).await
    }

    /// Waits until the database answers, with back-off, saying so in the log. An error means
    /// that waiting will not help.
    pub async fn wait(&self) -> anyhow::Result<()> {
        let mut pause = Duration::from_millis(100);
        loop {
            match self.no_tenant().await {
                Ok(mut connection) => return refuse_bypass(&mut connection).await,
                Err(error) => tracing::warn!(
                    %error,
                    retry_in_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                    "waiting for the database"
                ),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    /// What keeps the database from being ready, if anything.
    pub async fn not_ready(&self) -> Option<&'static str> {
        let versions: sqlx::Result<Vec<i64>> = async {
            let mut connection = self.no_tenant().await?;
            sqlx::query_scalar!(r#"select version from _sqlx_migrations where success"#)
                .fetch_all(&mut *connection)
                .await
        }
        .await;
        match versions {
            Ok(applied) if MIGRATOR.iter().all(|migration| applied.contains(&migration.version)) => None,
            Ok(_) => Some("The database is not migrated yet: run `mangoo migrate`."),
            Err(sqlx::Error::Database(_)) => {
                Some("The database is not migrated yet, or this user may not read it: run `mangoo migrate`.")
            }
            Err(_) => Some("The database does not answer."),
        }
    }

    /// Closes all connections, each when it is no longer in use.
    pub async fn close(&self) {
        tokio::join!(self.default.close(), self.others.close());
    }
}

/// All tenants.
pub async fn tenants(db: &mut PgConnection) -> sqlx::Result<Vec<TenantId>> {
    sqlx::query_scalar!(r#"select id as "id: TenantId" from tenants"#).fetch_all(db).await
}

/// Makes a connection without a tenant see the rows of `tenant`, until its transaction ends.
pub async fn enter(transaction: &mut PgConnection, tenant: &TenantId) -> sqlx::Result<()> {
    sqlx::query_scalar!(r#"select set_config('app.tenant', $1, true) as "tenant!""#, tenant.0)
        .fetch_one(transaction)
        .await?;
    Ok(())
}

/// Whether the server knows no such user, or another password.
fn is_login_refused(error: &sqlx::Error) -> bool {
    // https://www.postgresql.org/docs/16/errcodes-appendix.html
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == "28P01" || code == "28000")
}

/// Row-level security is the last line between tenants: a role that walks through it must not serve.
async fn refuse_bypass(connection: &mut PgConnection) -> anyhow::Result<()> {
    let role = sqlx::query!(
        r#"select rolname as "name!", (rolsuper or rolbypassrls) as "bypasses!"
           from pg_roles where rolname = current_user"#
    )
    .fetch_one(connection)
    .await?;
    anyhow::ensure!(
        !role.bypasses,
        "the database user `{}` can bypass row-level security, so it must not serve requests. \
         Connect as `mangoo_service`, which `mangoo migrate` creates",
        role.name
    );
    Ok(())
}

/// Brings the schema up to date, as the database's owner, and sets the password of the
/// service's role if one is given.
pub async fn migrate(options: &PgConnectOptions, service_password: Option<&str>) -> anyhow::Result<()> {
    let mut connection =
        PgConnection::connect_with(options).await.context("cannot connect to the database to migrate it")?;
    demand_pgvector(&mut connection).await?;
    MIGRATOR.run(&mut connection).await.context("a migration failed; run it again when the cause is mended")?;
    if let Some(password) = service_password {
        // A role's password can't be a parameter of the statement: `format` quotes it.
        let statement: String = sqlx::query_scalar("select format('alter role mangoo_service password %L', $1::text)")
            .bind(password)
            .fetch_one(&mut connection)
            .await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await?;
    }
    tracing::info!(migrations = MIGRATOR.iter().count(), "the database is up to date");
    connection.close().await?;
    Ok(())
}

/// Searches use what pgvector has had since 0.8: half precision, bits, and scans that go on.
async fn demand_pgvector(connection: &mut PgConnection) -> anyhow::Result<()> {
    let version: Option<(String, bool)> = sqlx::query_as(
        "select default_version, string_to_array(default_version, '.')::int[] >= '{0,8}'
         from pg_available_extensions where name = 'vector'",
    )
    .fetch_optional(&mut *connection)
    .await?;
    match version {
        Some((_, true)) => {}
        Some((version, false)) => anyhow::bail!(
            "this database offers pgvector {version}, and 0.8 is needed. Take a newer minor version of PostgreSQL"
        ),
        None => anyhow::bail!("this database does not offer the extension pgvector (`vector`). Install it"),
    }
    // An upgrade of the server leaves the extension as it was.
    let is_old: Option<bool> = sqlx::query_scalar(
        "select string_to_array(extversion, '.')::int[] < '{0,8}' from pg_extension where extname = 'vector'",
    )
    .fetch_optional(&mut *connection)
    .await?;
    if is_old == Some(true) {
        sqlx::raw_sql("alter extension vector update").execute(&mut *connection).await?;
    }
    Ok(())
}
