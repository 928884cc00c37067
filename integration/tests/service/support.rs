//! A service, its stand-ins and a database of its own for each test.

use std::{fmt::Write, path::PathBuf, sync::Arc, time::Duration};

use integration::{
    SERVICE_PASSWORD,
    bedrock::Bedrock,
    cognito::{Cognito, TokenSpec},
    service_arguments,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use service::config::Config;
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, postgres::PgConnectOptions};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::OnceCell, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Longest wait for anything that has to happen.
pub const SOON: Duration = Duration::from_secs(20);

/// All that a test talks to.
pub struct Platform {
    pub cognito: Arc<Cognito>,
    pub bedrock: Bedrock,
    /// The test's database as its owner, whom row-level security does not bind if it is a superuser.
    pub owner: PgPool,
    /// Its address with the owner's credentials.
    pub database: String,
    /// The folder of uploaded documents.
    pub uploads: TempDir,
    pub service: Instance,
}

/// A running service.
pub struct Instance {
    pub address: String,
    pub shutdown: CancellationToken,
    pub ended: JoinHandle<anyhow::Result<()>>,
    http: reqwest::Client,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct User {
    pub id: String,
    pub token: String,
}

impl Platform {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With a configuration other than the default.
    pub async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let (cognito, bedrock, database) = tokio::join!(
            Cognito::start(([127, 0, 0, 1], 0).into(), integration::cognito::Options::default()),
            Bedrock::start(([127, 0, 0, 1], 0).into(), integration::bedrock::Options::default()),
            fresh_database(),
        );
        let (cognito, bedrock) = (Arc::new(cognito.unwrap()), bedrock.unwrap());
        let uploads = tempfile::tempdir().unwrap();
        let mut config = config(&database, &cognito, bedrock.url(), &uploads);
        configure(&mut config);
        let service = Instance::start(config).await;
        service.wait_until_ready().await;
        let owner = PgPool::connect(&database).await.unwrap();
        Self { cognito, bedrock, owner, database, uploads, service }
    }

    /// Another process of the same service, as far as it can tell.
    pub async fn second_instance(&self, configure: impl FnOnce(&mut Config)) -> Instance {
        let instance = self.unready_instance(configure).await;
        instance.wait_until_ready().await;
        instance
    }

    /// One that may have to wait for something.
    pub async fn unready_instance(&self, configure: impl FnOnce(&mut Config)) -> Instance {
        let mut config = self.config();
        configure(&mut config);
        Instance::start(config).await
    }

    /// What every service of this platform is told.
    pub fn config(&self) -> Config {
        config(&self.database, &self.cognito, self.bedrock.url(), &self.uploads)
    }

    /// The address of the test's database for the service's role.
    pub fn as_service(&self) -> PgConnectOptions {
        let options: PgConnectOptions = self.database.parse().unwrap();
        options.username("mangoo_service").password(SERVICE_PASSWORD)
    }

    pub fn token(&self, spec: &TokenSpec) -> String {
        self.cognito.token(spec)
    }

    /// A user of the default tenant.
    pub fn user(&self) -> User {
        self.user_with(|spec| spec)
    }

    pub fn admin(&self) -> User {
        self.user_with(|spec| spec.groups(["admin"]))
    }

    pub fn user_of(&self, tenant: &str) -> User {
        self.user_with(|spec| spec.tenant(tenant))
    }

    pub fn user_with(&self, change: impl FnOnce(TokenSpec) -> TokenSpec) -> User {
        let id = Uuid::new_v4().to_string();
        let spec = TokenSpec::id(&id).email(format!("{id}@example.com")).name("Test User");
        User { token: self.token(&change(spec)), id }
    }

    pub fn call(&self, user: &User, method: Method, path: &str) -> RequestBuilder {
        self.service.call(user, method, path)
    }

    /// A call that has to succeed.
    pub async fn get(&self, user: &User, path: &str) -> Value {
        ok(self.call(user, Method::GET, path).send().await.unwrap()).await
    }

    /// A call that has to succeed.
    pub async fn post(&self, user: &User, path: &str, body: &Value) -> Value {
        ok(self.call(user, Method::POST, path).json(body).send().await.unwrap()).await
    }
}

impl Instance {
    async fn start(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let ended = tokio::spawn(service::serve(config, listener, shutdown.clone()));
        Self { address, shutdown, ended, http: reqwest::Client::new() }
    }

    /// One that runs elsewhere.
    pub async fn at(address: String) -> Self {
        let ended = tokio::spawn(std::future::ready(Ok(())));
        let instance = Self { address, shutdown: CancellationToken::new(), ended, http: reqwest::Client::new() };
        instance.wait_until_ready().await;
        instance
    }

    /// Also waits until it takes questions, which it does once it has a lease.
    pub async fn wait_until_ready(&self) {
        let ready = format!("{}/ready", self.address);
        tokio::time::timeout(SOON, async {
            while !self.http.get(&ready).send().await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .expect("the service gets ready");
    }

    /// A request to `path` under `/api/v1`, or outside of it if it begins with `//`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = match path.strip_prefix("//") {
            Some(path) => format!("{}/{path}", self.address),
            None => format!("{}/api/v1{path}", self.address),
        };
        self.http.request(method, url)
    }

    pub fn call(&self, user: &User, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(&user.token)
    }
}

fn config(database: &str, cognito: &Cognito, bedrock: &str, uploads: &TempDir) -> Config {
    use clap::Parser;
    let arguments = service_arguments(database, cognito, Some(bedrock)).unwrap();
    let mut config = Config::try_parse_from(arguments).unwrap();
    config.database.db_max_connections = 5;
    config.documents.uploads_dir = Some(uploads.path().to_owned());
    config.documents.document_reader = Some(mangoo());
    config
}

/// The service's program, which lies beside the folder of this one.
pub fn mangoo() -> PathBuf {
    let program = std::env::current_exe().unwrap().parent().unwrap().with_file_name("mangoo");
    assert!(program.exists(), "{} is missing: run `cargo build --workspace` first", program.display());
    program
}

/// The body of a successful answer.
pub async fn ok(response: Response) -> Value {
    let status = response.status();
    let body = response.text().await.unwrap();
    assert!(status.is_success(), "{status}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// The body of an answer that is a problem of this status.
pub async fn problem(response: Response, status: u16) -> Value {
    let headers = response.headers().clone();
    let got = response.status();
    let body = response.text().await.unwrap();
    assert_eq!(got, status, "{body}");
    assert_eq!(headers["content-type"], "application/problem+json");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["status"], status);
    assert_eq!(body["request_id"], headers["x-request-id"].to_str().unwrap());
    for field in ["type", "title", "detail", "code"] {
        assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{field} is missing: {body}");
    }
    body
}

/// A migrated database that nobody else uses: a copy of one that is migrated once a run.
async fn fresh_database() -> String {
    static TEMPLATE: OnceCell<(PgConnectOptions, String)> = OnceCell::const_new();
    let (server, template) = TEMPLATE
        .get_or_init(async || {
            let owner = empty_database().await;
            service::db::migrate(&owner, Some(SERVICE_PASSWORD)).await.unwrap();
            (server(), owner.get_database().unwrap().to_owned())
        })
        .await;
    let name = format!("mangoo_test_{}", Uuid::new_v4().simple());
    create_database(server, &name, template).await;
    server.clone().database(&name).to_url_lossy().to_string()
}

/// A database that was never migrated and nobody else uses, as its owner.
pub async fn empty_database() -> PgConnectOptions {
    let (server, name) = (server(), format!("mangoo_test_{}", Uuid::new_v4().simple()));
    create_database(&server, &name, "template0").await;
    hand_over(&server.database(&name), &name).await
}

fn server() -> PgConnectOptions {
    let url = std::env::var("DATABASE_URL")
        .expect("these tests need Postgres with pgvector: run them through `just test`, or set DATABASE_URL");
    url.parse().unwrap()
}

/// Makes a database that of an owner as in the cloud, where nobody is a superuser: what runs as the
/// owner, row-level security binds.
async fn hand_over(database: &PgConnectOptions, name: &str) -> PgConnectOptions {
    const OWNER: &str = "mangoo_test_owner";
    let mut connection = PgConnection::connect_with(database).await.unwrap();
    for statement in [
        // Another run may make it at the same time.
        format!(
            "do $$ begin create role {OWNER} login createrole password '{OWNER}';
             exception when duplicate_object or unique_violation then null; end $$"
        ),
        // As the migrations would, whose role it is where they made it.
        "do $$ begin create role mangoo_service login;
         exception when duplicate_object or unique_violation then null; end $$"
            .to_owned(),
        format!("grant mangoo_service to {OWNER} with admin option"),
        "create extension vector".to_owned(),
        format!("alter database {name} owner to {OWNER}"),
        format!("grant all on schema public to {OWNER}"),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    database.clone().username(OWNER).password(OWNER)
}

async fn create_database(server: &PgConnectOptions, name: &str, template: &str) {
    let mut connection = PgConnection::connect_with(server).await.unwrap();
    let statement = format!("create database {name} template {template}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// A PDF with a line of text on each page.
pub fn plain_pdf(pages: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (number, text) in pages.iter().enumerate() {
        let content = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * number
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(format!("{:010} 00000 n \n", pdf.len()));
        write!(pdf, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let (size, start) = (objects.len() + 1, pdf.len());
    let table = places.concat();
    write!(
        pdf,
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    pdf.into_bytes()
}
