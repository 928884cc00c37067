//! Workers: whatever becomes of them, their database and their model, each document ends as it
//! should, and nothing is done twice.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use integration::bedrock::{Exception, Script};
use reqwest::Method;
use serde_json::json;
use service::config::WorkerConfig;
use sqlx::Connection;
use tokio::{net::TcpListener, runtime::Runtime, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    documents::{
        announce, base, documents, eventually, eventually_within, files, found, long_text, read, until, upload,
    },
    formats::fixture,
    knowledge::{COFFEE, PARKING, of},
    shape::each,
    support::{Platform, SOON, ok, plain_pdf},
};

/// A process of the role `worker`, as far as others can tell. Dropped, it dies at once.
struct Worker {
    shutdown: CancellationToken,
    ended: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Worker {
    fn start(platform: &Platform, configure: impl FnOnce(&mut WorkerConfig)) -> Self {
        let config = platform.config();
        let mut config = WorkerConfig {
            listen: config.listen,
            database: config.database,
            bedrock: config.bedrock,
            documents: config.documents,
            drain: Duration::from_secs(5),
            debug: false,
        };
        configure(&mut config);
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let runtime = Runtime::new().unwrap();
        let ended = runtime.spawn(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            service::work(config, listener, stop).await.unwrap();
        });
        Self { shutdown, ended: Some(ended), runtime: Some(runtime) }
    }

    async fn end(mut self) {
        self.shutdown.cancel();
        tokio::time::timeout(SOON, self.ended.take().unwrap()).await.expect("it ends").unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

#[tokio::test]
async fn a_process_of_its_own_reads_what_the_service_takes() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let id = upload(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    assert_eq!(platform.get(&user, &format!("/documents/{id}")).await["status"], "queued");

    let worker = Worker::start(&platform, |_| {});

    assert_eq!(read(&platform, &user, &id).await["status"], "ready");
    worker.end().await;
}

#[tokio::test]
async fn another_process_takes_up_what_a_dead_one_left() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let text = long_text(60);
    // It stalls in the second batch, and dies there.
    for _ in 0..32 {
        platform.bedrock.script_embedding(Script::default());
    }
    for _ in 32..64 {
        let stall = Script { delay_before_headers: Duration::from_mins(1), ..Script::default() };
        platform.bedrock.script_embedding(stall);
    }
    let lease = Duration::from_secs(1);
    let first = Worker::start(&platform, |config| {
        config.documents.document_lease = lease;
        config.bedrock.bedrock_embedding_concurrency = 4;
    });
    let id = upload(&platform, &user, &base, "long.txt", text.as_bytes()).await;
    // As many as it asks for at once: none of its calls is still to come.
    eventually("it stalls", async || of(&platform, "invoke").len() == 32 + 4).await;
    drop(first);
    platform.bedrock.forget_scripts();
    let before = of(&platform, "invoke").len();

    let _second = Worker::start(&platform, |config| config.documents.document_lease = lease);
    let document = read(&platform, &user, &id).await;

    assert_eq!(document["status"], "ready");
    // The first batch is not embedded again.
    let again = of(&platform, "invoke").len() - before;
    assert_eq!(json!(again + 32), document["chunks"]);
}

#[tokio::test]
async fn a_document_that_ends_every_process_is_given_up() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let id = upload(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    // As four processes leave it that died of it.
    sqlx::query("update documents set attempts = 4, status = 'extracting'").execute(&platform.owner).await.unwrap();

    let _worker = Worker::start(&platform, |_| {});

    let document = read(&platform, &user, &id).await;
    assert_eq!((&document["status"], &document["error"]["code"]), (&json!("failed"), &json!("too_many_attempts")));
}

#[tokio::test]
async fn a_message_that_comes_twice_or_never_does_no_harm() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let twice = upload(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    sqlx::query("insert into jobs (body) select body from jobs").execute(&platform.owner).await.unwrap();
    let worker = Worker::start(&platform, |config| config.documents.document_lease = Duration::from_secs(1));
    assert_eq!(read(&platform, &user, &twice).await["status"], "ready");
    eventually("all messages are answered for", async || {
        sqlx::query_scalar::<_, i64>("select count(*) from jobs").fetch_one(&platform.owner).await.unwrap() == 0
    })
    .await;
    assert_eq!(of(&platform, "invoke").len(), 1);
    worker.end().await;

    let never = upload(&platform, &user, &base, "parking.txt", PARKING.as_bytes()).await;
    sqlx::query("delete from jobs").execute(&platform.owner).await.unwrap();
    sqlx::query("update documents set updated_at = now() - interval '1 hour' where status = 'queued'")
        .execute(&platform.owner)
        .await
        .unwrap();
    let _worker = Worker::start(&platform, |_| {});
    assert_eq!(read(&platform, &user, &never).await["status"], "ready");
}

#[tokio::test]
async fn a_process_that_ends_leaves_its_documents_to_others() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    platform.bedrock.script_embedding(Script { delay_before_headers: Duration::from_mins(1), ..Script::default() });
    let worker = Worker::start(&platform, |config| config.drain = Duration::from_millis(100));
    let id = upload(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    until(&platform, &user, &id, |document| document["status"] == "embedding").await;
    worker.end().await;
    // It may have ended before it asked.
    platform.bedrock.forget_scripts();

    // Long before its lease would be over.
    let _worker = Worker::start(&platform, |config| config.documents.document_lease = Duration::from_mins(10));
    assert_eq!(read(&platform, &user, &id).await["status"], "ready");
    let attempts = sqlx::query_scalar::<_, i32>("select attempts from documents").fetch_one(&platform.owner).await;
    assert_eq!(attempts.unwrap(), 0);
}

#[tokio::test]
async fn an_upload_that_never_came_is_forgotten() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    announce(&platform, &user, &base, "never.txt", 10).await;
    sqlx::query("update documents set updated_at = now() - interval '2 days'").execute(&platform.owner).await.unwrap();
    announce(&platform, &user, &base, "soon.txt", 10).await;

    let _worker = Worker::start(&platform, |_| {});

    eventually("it is forgotten", async || {
        each(&documents(&platform, &user, &base).await, "name") == [json!("soon.txt")]
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_changed_after_they_were_looked_at_are_looked_at_again() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let id = upload(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    std::fs::write(&files(platform.uploads.path())[0], vec![b'a'; 2000]).unwrap();

    let worker = Worker::start(&platform, |config| config.documents.document_max_bytes = 1000);

    assert_eq!(read(&platform, &user, &id).await["error"]["code"], "too_large");
    worker.end().await;
}

#[tokio::test]
async fn a_busy_model_is_waited_for_and_what_it_gave_is_kept() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    // Two of three calls are refused for a long while.
    for number in 0..120 {
        let error_before = (number % 3 != 0).then(Exception::throttling);
        platform.bedrock.script_embedding(Script { error_before, ..Script::default() });
    }
    let _worker = Worker::start(&platform, |config| {
        config.bedrock.bedrock_max_attempts = 1;
        config.bedrock.bedrock_embedding_concurrency = 8;
    });
    let id = upload(&platform, &user, &base, "long.txt", long_text(20).as_bytes()).await;
    let waits = until(&platform, &user, &id, |document| !document["error"].is_null()).await;
    assert_eq!((&waits["status"], &waits["error"]["code"]), (&json!("embedding"), &json!("throttled")));

    let document = read(&platform, &user, &id).await;

    assert_eq!((&document["status"], &document["error"]), (&json!("ready"), &json!(null)));
    let calls = of(&platform, "invoke").len();
    let refused = calls.min(120) - calls.min(120).div_ceil(3);
    assert_eq!(json!(calls - refused), document["chunks"], "no chunk is paid for twice");
}

/// Lets nobody into the test's database and throws out who is there, as a restart does; then lets
/// them in again.
async fn restart_database(platform: &Platform, meanwhile: impl AsyncFnOnce()) {
    let server = std::env::var("DATABASE_URL").unwrap();
    let mut server = sqlx::PgConnection::connect(&server).await.unwrap();
    let name = platform.as_service().get_database().unwrap().to_owned();
    for statement in [
        format!("alter database {name} allow_connections false"),
        format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut server).await.unwrap();
    }
    meanwhile().await;
    let statement = format!("alter database {name} allow_connections true");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut server).await.unwrap();
}

#[tokio::test]
async fn a_database_that_restarts_in_mid_job_has_nothing_done_twice() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    // The second batch takes so long that the database is away when it is to be kept.
    for number in 0..64 {
        let delay_before_headers = Duration::from_millis(if number < 32 { 0 } else { 300 });
        platform.bedrock.script_embedding(Script { delay_before_headers, ..Script::default() });
    }
    let _worker = Worker::start(&platform, |config| {
        config.documents.document_lease = Duration::from_secs(5);
        config.bedrock.bedrock_embedding_concurrency = 32;
    });
    let id = upload(&platform, &user, &base, "long.txt", long_text(60).as_bytes()).await;
    eventually("the second batch is under way", async || of(&platform, "invoke").len() == 64).await;

    restart_database(&platform, async || tokio::time::sleep(Duration::from_secs(1)).await).await;

    // Each connection that was cut fails once; then the document is taken up again.
    eventually_within(SOON * 3, "it is read", async || {
        let path = format!("/documents/{id}");
        let answer = platform.call(&user, Method::GET, &path).send().await.unwrap();
        answer.status().is_success() && ok(answer).await["status"] == "ready"
    })
    .await;
    let document = platform.get(&user, &format!("/documents/{id}")).await;
    assert_eq!(json!(of(&platform, "invoke").len()), document["chunks"]);
}

/// Documents of all kinds, some of which can't be read: name, bytes, and what becomes of each.
fn crowd() -> Vec<(String, Vec<u8>, &'static str)> {
    let words = |number: usize| format!("Shelf {number} of the archive holds the files of year {}.", 1700 + number);
    let handbook = fixture("handbook.docx");
    let document = |number: usize| {
        let (name, bytes, end) = match number % 10 {
            0 => ("pdf", plain_pdf(&[words(number)]), "ready"),
            1 => ("copy.pdf", plain_pdf(&[words(number - 1)]), "ready"),
            2 => ("html", format!("<!doctype html><h1>Shelf</h1><p>{}</p>", words(number)).into_bytes(), "ready"),
            3 => ("csv", format!("Shelf,Says\n{number},{}\n", words(number)).into_bytes(), "ready"),
            4 => ("docx", handbook[..handbook.len() / 2 + number].to_vec(), "failed"),
            5 => ("txt", [b"\x89PNG\r\n\x1a\n", words(number).as_bytes()].concat(), "failed"),
            _ => ("md", format!("# Shelf\n\n{}", words(number)).into_bytes(), "ready"),
        };
        (format!("{number}.{name}"), bytes, end)
    };
    (0..200).map(document).collect()
}

#[tokio::test]
async fn two_hundred_files_at_once_all_end_and_each_is_there_once() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    for number in 0..200 {
        let error_before = (number % 5 == 0).then(Exception::throttling);
        platform.bedrock.script_embedding(Script { error_before, ..Script::default() });
    }
    let _workers = [Worker::start(&platform, |_| {}), Worker::start(&platform, |_| {})];
    let crowd = crowd();
    let (platform, user, base) = (&platform, &user, &base);

    let uploads = crowd.iter().map(|(name, bytes, _)| upload(platform, user, base, name, bytes));
    let ids: Vec<String> = stream::iter(uploads).buffered(16).collect().await;

    eventually_within(SOON * 6, "all have ended", async || {
        let left = "select count(*) from documents where status not in ('ready', 'failed')";
        sqlx::query_scalar::<_, i64>(left).fetch_one(&platform.owner).await.unwrap() == 0
    })
    .await;
    let mut there = Vec::new();
    for (id, (name, _, end)) in ids.iter().zip(&crowd) {
        let document = platform.get(user, &format!("/documents/{id}")).await;
        assert_eq!(document["status"], *end, "{name}: {document}");
        assert_eq!(document["error"].is_null(), *end == "ready", "{name}: {document}");
        there.push(document["id"].clone());
    }
    // Two that have the same bytes are one, whichever came first.
    for number in (0..200).step_by(10) {
        assert_eq!(there[number], there[number + 1]);
    }
    there.sort_by_key(ToString::to_string);
    there.dedup();
    assert_eq!(there.len(), 180);
    let passages = "select count(*), count(distinct text), count(distinct document_id) from knowledge_chunks";
    let passages: (i64, i64, i64) = sqlx::query_as(passages).fetch_one(&platform.owner).await.unwrap();
    assert_eq!(passages, (140, 140, 140));
    assert!(found(platform, user, base, "the files of year 1880").await[0].contains("Shelf 180 of the archive"));
}
