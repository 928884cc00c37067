//! The page: beside the API, and alone in a process of its own.

use std::{fs, net::SocketAddr, path::PathBuf, process::Output, time::Duration};

use reqwest::{Method, Response, header};
use service::config::{CognitoConfig, PageConfig, PolicyConfig};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::Command,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::support::{Platform, SOON, mangoo, problem};

/// A built page, some of whose files lie there compressed as well. A test need not be able to
/// compress: what counts is which file's bytes come.
fn page() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("assets")).unwrap();
    for (name, content) in [
        ("index.html", "<title>Mangoo</title>"),
        ("index.html.br", "the page as br"),
        ("index.html.gz", "the page as gzip"),
        ("assets/app-1a2b.js", "1"),
        ("assets/app-1a2b.js.br", "the script as br"),
        ("assets/app-1a2b.js.gz", "the script as gzip"),
        ("assets/font-3c4d.woff2", "a font"),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// `mangoo page` within this process.
struct Page {
    address: SocketAddr,
    shutdown: CancellationToken,
    ended: JoinHandle<anyhow::Result<()>>,
    folder: TempDir,
}

impl Page {
    async fn start() -> Self {
        let folder = page();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let config = config(address, folder.path().into());
        let ended = tokio::spawn(service::page::serve(config, listener, shutdown.clone()));
        Self { address, shutdown, ended, folder }
    }

    async fn get(&self, path: &str, accepted: &str) -> Response {
        let request = reqwest::Client::new().get(format!("http://{}{path}", self.address));
        request.header(header::ACCEPT_ENCODING, accepted).send().await.unwrap()
    }
}

fn config(listen: SocketAddr, page_dir: PathBuf) -> PageConfig {
    let cognito = CognitoConfig {
        cognito_user_pool_id: "us-east-1_pool".to_owned(),
        cognito_app_client_id: "client".to_owned(),
        cognito_region: "us-east-1".to_owned(),
        cognito_endpoint: None,
    };
    let policy = PolicyConfig { uploads_origin: Some("https://s3.us-east-1.amazonaws.com/uploads/".to_owned()) };
    PageConfig { listen, cognito, page_dir, policy, debug: false }
}

#[tokio::test]
async fn the_page_is_served_beside_the_api() {
    let folder = page();
    let platform = Platform::start_with(|config| config.page_dir = Some(folder.path().into())).await;
    let get = async |path: &str| platform.service.request(Method::GET, path).send().await.unwrap();

    // An address that only the page knows is the page; one that the API does not know is an error.
    let page = get("//bots").await;
    assert_eq!((page.status().as_u16(), &page.headers()["cache-control"]), (200, &"no-cache".parse().unwrap()));
    assert_eq!(page.text().await.unwrap(), "<title>Mangoo</title>");
    problem(get("/nope").await, 404).await;
    let asset = get("//assets/app-1a2b.js").await;
    assert!(asset.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let missing = get("//assets/app-0000.js").await;
    assert_eq!(missing.status(), 404);
    assert!(missing.headers().get("cache-control").is_none());
    let config = get("//config.json").await;
    assert_eq!(config.headers()["cache-control"], "no-cache");
    // Uploads go to the service itself here.
    assert_eq!(policy(&config)["connect-src"], format!("'self' {}", platform.cognito.url()));
    let config: serde_json::Value = config.json().await.unwrap();
    assert_eq!(config["client_id"], platform.cognito.client_id());
    // The API's answers are no pages.
    assert!(get("//health").await.headers().get("content-security-policy").is_none());
}

#[tokio::test]
async fn compressed_files_go_to_whoever_takes_them() {
    let page = Page::start().await;
    let index = ("text/html", "<title>Mangoo</title>", "the page as br", "the page as gzip");
    let script = ("text/javascript", "1", "the script as br", "the script as gzip");
    for (path, (kind, plain, br, gzip)) in
        [("/", index), ("/index.html", index), ("/bots/new", index), ("/assets/app-1a2b.js", script)]
    {
        for (accepted, encoding, body) in [
            ("gzip, deflate, br, zstd", Some("br"), br),
            ("gzip, deflate", Some("gzip"), gzip),
            ("br;q=0, gzip", Some("gzip"), gzip),
            ("identity", None, plain),
        ] {
            let answer = page.get(path, accepted).await;
            let headers = answer.headers().clone();
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(headers.get("content-encoding").map(|value| value.to_str().unwrap()), encoding, "{path}");
            assert_eq!(headers["content-type"], kind, "{path}");
            // A cache between must not hand one's answer to the other.
            assert_eq!(headers["vary"], "accept-encoding", "{path}");
            assert_eq!(answer.text().await.unwrap(), body, "{path} for {accepted}");
        }
    }
    let font = page.get("/assets/font-3c4d.woff2", "br, gzip").await;
    assert!(font.headers().get("content-encoding").is_none());
    assert_eq!(font.text().await.unwrap(), "a font");
}

/// What the policy says of each kind of thing.
fn policy(answer: &Response) -> std::collections::HashMap<String, String> {
    let policy = answer.headers()["content-security-policy"].to_str().unwrap();
    let parts = policy.split("; ").map(|part| part.split_once(' ').unwrap());
    parts.map(|(name, sources)| (name.to_owned(), sources.to_owned())).collect()
}

#[tokio::test]
async fn the_page_runs_and_reaches_only_its_own() {
    let page = Page::start().await;
    // Also where the page is only a 404 of it, as its answers are all that a browser knows.
    for path in ["/", "/bots/new", "/assets/app-1a2b.js", "/assets/none.js", "/config.json"] {
        let answer = page.get(path, "br").await;
        let policy = policy(&answer);
        assert_eq!(policy["default-src"], "'none'", "{path}");
        for code in ["script-src", "style-src", "form-action"] {
            assert_eq!(policy[code], "'self'", "{path}");
        }
        for never in ["object-src", "base-uri", "frame-ancestors"] {
            assert_eq!(policy[never], "'none'", "{path}");
        }
        assert_eq!(policy["img-src"], "'self' blob: data:");
        assert_eq!(
            policy["connect-src"],
            "'self' https://cognito-idp.us-east-1.amazonaws.com https://s3.us-east-1.amazonaws.com/uploads/"
        );
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=()"));
    }
}

#[tokio::test]
async fn a_copy_is_good_until_the_next_build() {
    let page = Page::start().await;
    let index = page.get("/", "identity").await;
    assert!(index.headers().get("last-modified").is_none());
    let etag = index.headers()["etag"].clone();
    let again = async || {
        let request = reqwest::Client::new().get(format!("http://{}/bots", page.address));
        request.header(header::IF_NONE_MATCH, &etag).send().await.unwrap().status()
    };
    assert_eq!(again().await, 304);

    // As long as the last one, and "older": what an image's layers may well make of it.
    let path = page.folder.path().join("index.html");
    fs::write(&path, "<title>Mangaa</title>").unwrap();
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1)).unwrap();
    assert_eq!(again().await, 200);
}

#[tokio::test]
async fn the_page_alone_is_healthy_and_knows_no_api() {
    let page = Page::start().await;
    let health: serde_json::Value = page.get("/health", "identity").await.json().await.unwrap();
    assert_eq!(health["status"], "healthy");
    let config: serde_json::Value = page.get("/config.json", "br").await.json().await.unwrap();
    assert_eq!((&config["client_id"], &config["api"]), (&"client".into(), &"/api/v1".into()));
    problem(page.get("/api/v1/bots", "br").await, 404).await;
    let delete = reqwest::Client::new().delete(format!("http://{}/health", page.address));
    problem(delete.send().await.unwrap(), 405).await;

    page.shutdown.cancel();
    tokio::time::timeout(SOON, page.ended).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_folder_without_a_page_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = config(listener.local_addr().unwrap(), folder.path().into());
    let error = service::page::serve(config, listener, CancellationToken::new()).await.unwrap_err();
    assert!(error.to_string().contains("has no index.html"), "{error}");
}

async fn healthy(listen: &str) -> Output {
    Command::new(mangoo()).arg("healthy").env("LISTEN", listen).output().await.unwrap()
}

#[tokio::test]
async fn the_page_s_process_says_whether_it_is_healthy_and_ends_when_told() {
    let folder = page();
    let mut child = Command::new(mangoo())
        .arg("page")
        .env("LISTEN", "0.0.0.0:0")
        .env("PAGE_DIR", folder.path())
        .envs([("COGNITO_USER_POOL_ID", "us-east-1_pool"), ("COGNITO_APP_CLIENT_ID", "client")])
        .env("UPLOADS_ORIGIN", "https://uploads.example")
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
    let line: serde_json::Value = serde_json::from_str(&log.next_line().await.unwrap().unwrap()).unwrap();
    let listens = line["address"].as_str().unwrap();

    // As the container's health check asks: by the address that the server was given.
    let asked = healthy(listens).await;
    assert_eq!(asked.status.code(), Some(0), "{}", String::from_utf8_lossy(&asked.stderr));

    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    let status = tokio::time::timeout(SOON, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(0));

    let asked = healthy(listens).await;
    assert_eq!(asked.status.code(), Some(1));
    let reason = String::from_utf8(asked.stderr).unwrap();
    assert!(reason.contains("/health does not answer"), "{reason}");
}

#[tokio::test]
async fn what_answers_something_else_is_not_healthy() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(axum::serve(listener, axum::Router::new()).into_future());
    let asked = healthy(&address).await;
    assert_eq!(asked.status.code(), Some(1));
    assert!(String::from_utf8(asked.stderr).unwrap().contains("answers 404"));
}
