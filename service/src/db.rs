//! The database: pools whose connections belong to a tenant, start-up, migrations.

use std::{
    collections::HashSet,
    sync::{Arc, RwLock},
    time::Duration,
};

use anyhow::Context;
use sqlx::{
    Connection, PgConnection, PgPool, Postgres,
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};

use crate::id::TenantId;

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// The setting that row-level security compares with a row's tenant.
const TENANT_SETTING: &str = "app.tenant";
/// A connection that lay unused for longer is checked before it is used again.
const CHECK_AFTER_IDLE: Duration = Duration::from_secs(10);

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
}

impl Db {
    /// Opens the pools; connections are made when they are needed.
    pub fn new(options: &PgConnectOptions, max_connections: u32) -> Self {
        // A query that takes longer serves nobody any more.
        let options = options.clone().application_name("mangoo").options([("statement_timeout", "30s")]);
        let pool = || {
            PgPoolOptions::new()
                .max_connections(max_connections)
                .acquire_timeout(Duration::from_secs(5))
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
        Self {
            default: pool().connect_lazy_with(options.clone().options([(TENANT_SETTING, TenantId::DEFAULT)])),
            others: pool().connect_lazy_with(options),
            known: Arc::default(),
        }
    }

    /// A connection that sees the rows of `tenant` and no others.
    pub async fn tenant(&self, tenant: &TenantId) -> sqlx::Result<PoolConnection<Postgres>> {
        if tenant.0 == TenantId::DEFAULT {
            return self.default.acquire().await;
        }
        let mut connection = self.others.acquire().await?;
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
        let mut connection = self.others.acquire().await?;
        sqlx::query_scalar!(r#"select set_config('app.tenant', '', false) as "tenant!""#)
            .fetch_one(&mut *connection)
            .await?;
        Ok(connection)
    }

    /// A connection that listens for notifications, beside the pools' own.
    pub async fn listener(&self) -> sqlx::Result<PgListener> {
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
    MIGRATOR.run(&mut connection).await.context("a migration failed; nothing of it was kept")?;
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
