//! The embedded server; which one is found depends on the machine.

use sqlx::{Connection, PgConnection};

use super::{Options, Postgres, container, embedded::has_data};

async fn embedded(options: &Options) -> anyhow::Result<Postgres> {
    Postgres::embedded(options, &|_| {}).await
}

async fn connect(postgres: &Postgres) -> PgConnection {
    PgConnection::connect(postgres.url()).await.unwrap()
}

/// A folder that a user without privileges may enter.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("mangoo-test-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_server_for_tests_has_pgvector_and_leaves_nothing() {
    let postgres = embedded(&Options::default()).await.unwrap();
    assert!(postgres.kind().to_string().starts_with("embedded"));
    let mut connection = connect(&postgres).await;
    sqlx::query("create extension vector").execute(&mut connection).await.unwrap();
    let distance: f64 =
        sqlx::query_scalar("select '[1,0]'::vector <=> '[0,1]'::vector").fetch_one(&mut connection).await.unwrap();
    assert!((distance - 1.0).abs() < 1e-9);
    let folder: String = sqlx::query_scalar("show data_directory").fetch_one(&mut connection).await.unwrap();
    assert!(std::fs::exists(&folder).unwrap());
    let url = postgres.url().to_owned();
    postgres.stop().await.unwrap();
    assert!(!std::fs::exists(&folder).unwrap());
    PgConnection::connect(&url).await.unwrap_err();
}

#[tokio::test]
async fn a_password_is_needed() {
    let postgres = embedded(&Options::default()).await.unwrap();
    let (before, after) = postgres.url().split_once('@').unwrap();
    let (user, password) = before.rsplit_once(':').unwrap();
    assert_eq!(password.len(), 32);
    let error = PgConnection::connect(&format!("{user}:wrong@{after}")).await.unwrap_err();
    assert!(error.to_string().contains("password authentication failed"), "{error}");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn data_outlives_the_server_and_belongs_to_one_run() {
    let folder = Folder::new();
    let options = Options { data: Some(folder.0.clone()) };
    assert!(!has_data(&folder.0));
    let first = embedded(&options).await.unwrap();
    sqlx::query("create table kept as select 42 as answer").execute(&mut connect(&first).await).await.unwrap();

    let error = embedded(&options).await.err().expect("the data is in use").to_string();
    assert!(error.contains("another run uses the data"), "{error}");

    first.stop().await.unwrap();
    assert!(has_data(&folder.0));
    let second = embedded(&options).await.unwrap();
    let answer: i32 =
        sqlx::query_scalar("select answer from kept").fetch_one(&mut connect(&second).await).await.unwrap();
    assert_eq!(answer, 42);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_was_forgotten_ends_and_its_data_can_be_used() {
    let folder = Folder::new();
    let options = Options { data: Some(folder.0.clone()) };
    let forgotten = embedded(&options).await.unwrap();
    sqlx::query("create table kept as select 42 as answer").execute(&mut connect(&forgotten).await).await.unwrap();
    drop(forgotten);
    let next = embedded(&options).await.unwrap();
    let answer: i32 = sqlx::query_scalar("select answer from kept").fetch_one(&mut connect(&next).await).await.unwrap();
    assert_eq!(answer, 42);
    next.stop().await.unwrap();
}

#[tokio::test]
async fn a_stale_mark_of_a_server_does_not_keep_the_next_from_starting() {
    let folder = Folder::new();
    let options = Options { data: Some(folder.0.clone()) };
    embedded(&options).await.unwrap().stop().await.unwrap();
    // As after a crash, when another program has the server's number by now.
    let mark = folder.0.join("embedded/postmaster.pid");
    std::fs::write(&mark, format!("{}\n", std::process::id())).unwrap();
    embedded(&options).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_container_keeps_its_data_in_the_folder_and_one_that_was_left_is_removed() {
    let is_unwanted = std::env::var("MANGOO_POSTGRES").is_ok_and(|road| road != "docker");
    if is_unwanted || !container::engine_answers().await {
        eprintln!("skipped: no Docker engine, or it is not wanted");
        return;
    }
    let folder = Folder::new();
    let options = Options { data: Some(folder.0.clone()) };
    let first = match Postgres::container(&options, &|_| {}).await {
        Err(error) if format!("{error:#}").contains("failed to pull") => {
            eprintln!("skipped: {error:#}");
            return;
        }
        result => result.unwrap(),
    };
    assert!(first.kind().to_string().starts_with("a container of "));
    sqlx::query("create table kept as select 42 as answer").execute(&mut connect(&first).await).await.unwrap();
    assert!(container::has_data(&folder.0));
    let error = Postgres::container(&options, &|_| {}).await.err().expect("the data is in use").to_string();
    assert!(error.contains("another run uses the data"), "{error}");
    first.stop().await.unwrap();

    let second = Postgres::container(&options, &|_| {}).await.unwrap();
    let answer: i32 =
        sqlx::query_scalar("select answer from kept").fetch_one(&mut connect(&second).await).await.unwrap();
    assert_eq!(answer, 42);
    sqlx::query("create extension vector").execute(&mut connect(&second).await).await.unwrap();
    container::remove_orphan(&folder.0).await.unwrap();
    PgConnection::connect(second.url()).await.unwrap_err();
}
