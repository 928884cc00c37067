//! Processes that end: in order, and not.

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use integration::bedrock::Script;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command},
};

use crate::{
    proxy::Proxy,
    stream::{data, text},
    support::{Instance, Platform, SOON, mangoo},
};

/// A service in a process of its own, which can be killed.
struct Process {
    child: Child,
    log: Lines<BufReader<ChildStdout>>,
    instance: Instance,
}

impl Process {
    async fn start(platform: &Platform, arguments: &[&str]) -> Self {
        Self::start_with(platform, arguments, &[]).await
    }

    /// With variables in its environment.
    async fn start_with(platform: &Platform, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        use sqlx::ConnectOptions;
        let database = platform.as_service().to_url_lossy().to_string();
        let cognito = &platform.cognito;
        let mut child = Command::new(mangoo())
            .arg("serve")
            .args(["--listen", "127.0.0.1:0", "--database-url", &database])
            .args(["--cognito-user-pool-id", cognito.pool_id(), "--cognito-app-client-id", cognito.client_id()])
            .args(["--cognito-region", cognito.region(), "--cognito-endpoint", cognito.url()])
            .args(["--bedrock-endpoint", platform.bedrock.url()])
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line: serde_json::Value = serde_json::from_str(&log.next_line().await.unwrap().unwrap()).unwrap();
            if line["message"] == "listening" {
                break line["address"].as_str().unwrap().to_owned();
            }
        };
        let instance = Instance::at(format!("http://{address}")).await;
        Self { child, log, instance }
    }

    fn terminate(&self) {
        let pid = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits for the end: the exit code and what is left of the log.
    async fn ended(mut self) -> (Option<i32>, Vec<serde_json::Value>) {
        let status = tokio::time::timeout(SOON, self.child.wait()).await.expect("the process ends").unwrap();
        let mut log = Vec::new();
        while let Some(line) = self.log.next_line().await.unwrap() {
            log.push(serde_json::from_str(&line).expect("every line of the log is JSON"));
        }
        (status.code(), log)
    }
}

#[tokio::test]
async fn an_answer_that_is_stored_is_done_though_the_database_could_not_say_so() {
    let platform = Platform::start().await;
    let proxy = Proxy::start(&platform.as_service()).await;
    let instance = platform.second_instance(|config| config.database.database_url = Some(proxy.url())).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    proxy.lose_reply_to("set status = $2, content = $3");
    platform.bedrock.script(Script { usage: Some((10, 20)), ..Script::default() });

    let events = instance.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await.rest().await;

    let last = events.last().unwrap();
    assert_eq!(last.event, "done");
    assert_eq!(data(last)["usage"], json!({ "input_tokens": 10, "output_tokens": 20, "estimated": false }));
    assert!(proxy.has_lost_a_reply());
    assert_eq!(platform.get(&user, "/usage").await["total"]["answers"], 1);
}

#[tokio::test]
async fn sigterm_lets_answers_end() {
    let platform = Platform::start().await;
    let process = Process::start(&platform, &[]).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { pace: Some(Duration::from_millis(20)), ..Script::default() });
    let mut events = process.instance.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    events.next().await;
    events.next().await;

    process.terminate();
    let rest = events.rest().await;

    assert_eq!(rest.last().unwrap().event, "done");
    assert!(text(&rest).len() > 100, "the answer went on after SIGTERM");
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0));
    assert!(log.iter().any(|line| line["message"] == "shutting down"));
    let left: i64 = sqlx::query_scalar("select count(*) from instances where lease_until > now()")
        .fetch_one(&platform.owner)
        .await
        .unwrap();
    assert_eq!(left, 1, "only the other instance has a lease");
}

#[tokio::test]
async fn sigterm_interrupts_what_takes_too_long_and_keeps_its_text() {
    let platform = Platform::start().await;
    let process = Process::start(&platform, &["--drain", "0.2"]).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script {
        deltas: Some(vec!["Half an ".into(), "answer".into()]),
        stall_after: Some(2),
        ..Script::default()
    });
    let mut events = process.instance.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    events.next().await;
    events.next().await;

    process.terminate();
    let error = events.rest().await.pop().unwrap();

    assert_eq!(data(&error)["code"], "interrupted");
    assert_eq!(process.ended().await.0, Some(0));
    let history = platform.get(&user, &format!("/chat/history/{}", start["chat_id"].as_str().unwrap())).await;
    assert_eq!(history["messages"][1]["content"], "Half an answer");
    assert_eq!(history["messages"][1]["status"], "failed");
}

#[tokio::test]
async fn a_killed_process_leaves_an_answer_that_is_soon_failed() {
    let platform = Platform::start_with(|config| config.chat.chat_lease = Duration::from_millis(600)).await;
    let process = Process::start(&platform, &["--chat-lease", "0.6"]).await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script {
        deltas: Some(vec!["Half an ".into(), "answer — 🥭".into()]),
        stall_after: Some(2),
        ..Script::default()
    });
    let mut events = process.instance.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    let message_id = start["message_id"].as_str().unwrap();
    events.next().await;
    events.next().await;
    // Its text is seen from another instance, so it is in the database.
    let mut watched = platform.service.watch(&user, message_id, None).await;
    let mut seen = String::new();
    while seen != "Half an answer — 🥭" {
        let event = watched.next().await.unwrap();
        seen += data(&event)["content"].as_str().unwrap_or_default();
    }

    let mut process = process;
    process.child.kill().await.unwrap();

    let error = watched.rest().await.pop().unwrap();
    assert_eq!((error.event.as_str(), &data(&error)["code"]), ("error", &json!("interrupted")));
    let history = platform.get(&user, &format!("/chat/history/{}", start["chat_id"].as_str().unwrap())).await;
    assert_eq!(history["messages"][1]["content"], "Half an answer — 🥭");
    assert_eq!(history["messages"][1]["status"], "failed");
}

#[tokio::test]
async fn a_draining_service_takes_no_questions_and_is_not_ready() {
    let platform = Platform::start().await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    platform.bedrock.script(Script { stall_after: Some(1), ..Script::default() });
    let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
    let start = data(&events.next().await.unwrap());
    // A connection that is open already is served until its request ends, but no more.
    platform.service.shutdown.cancel();

    let refused = tokio::time::timeout(SOON, async {
        loop {
            match platform.service.request(Method::GET, "//ready").send().await {
                Ok(answer) if answer.status() == StatusCode::OK => tokio::task::yield_now().await,
                other => break other,
            }
        }
    })
    .await
    .unwrap();

    assert!(refused.is_err() || refused.is_ok_and(|answer| answer.status() == 503));
    let second = platform.second_instance(|_| {}).await;
    second.stop(&user, start["message_id"].as_str().unwrap()).await;
    assert_eq!(data(&events.rest().await.pop().unwrap())["code"], "stopped");
    platform.service.ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_service_waits_for_its_database() {
    let platform = Platform::start().await;
    // Nobody listens there, until somebody does.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let database = platform.as_service();
    let (host, real) = (database.get_host().to_owned(), database.get_port());
    let second = platform.unready_instance(|config| {
        use sqlx::ConnectOptions;
        config.database.database_url = Some(database.host("127.0.0.1").port(port).to_url_lossy().to_string());
    });
    let second = second.await;
    assert_eq!(second.request(Method::GET, "//health").send().await.unwrap().status(), 200);
    let ready = second.request(Method::GET, "//ready").send().await.unwrap();
    assert_eq!(ready.status(), 503);

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = tokio::net::TcpStream::connect((host.as_str(), real)).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });

    second.wait_until_ready().await;
}

#[tokio::test]
async fn a_database_that_nobody_needs_is_left_alone() {
    let platform = Platform::start_with(|config| {
        config.database.db_rest_after = Some(Duration::from_secs(1));
        config.chat.chat_lease = Duration::from_secs(2);
    });
    let platform = platform.await;
    let user = platform.user();
    let bot = platform.service.bot(&user).await;
    let connections = async || -> i64 {
        let all =
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'mangoo'";
        sqlx::query_scalar(all).fetch_one(&platform.owner).await.unwrap()
    };
    let rests = async || {
        while connections().await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    for _ in 0..2 {
        tokio::time::timeout(SOON, rests()).await.expect("all connections are closed");
        // Asked first thing, it answers; and its answers are its own again.
        let mut events = platform.service.ask(&user, &json!({ "bot_id": bot, "message": "Hi" })).await;
        let start = events.next().await.unwrap();
        assert_eq!(start.event, "start");
        let rest = events.rest().await;
        assert_eq!(rest.last().unwrap().event, "done", "{rest:?}");
        platform.service.wait_until_ready().await;
    }
}

/// As much of AWS Secrets Manager as to read one secret: its address, the secret's text, and
/// how often it was read.
async fn secrets(text: String) -> (String, Arc<Mutex<(String, usize)>>) {
    let secret = Arc::new(Mutex::new((text, 0)));
    let answer = {
        let secret = secret.clone();
        async move || {
            let mut secret = secret.lock().unwrap();
            secret.1 += 1;
            axum::Json(json!({ "ARN": SECRET, "Name": "login", "SecretString": secret.0 }))
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/", axum::routing::post(answer));
    tokio::spawn(axum::serve(listener, router).into_future());
    (address, secret)
}

const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login-AbCdEf";

#[tokio::test]
async fn a_rotated_password_strands_nothing() {
    let platform = Platform::start().await;
    // A role of this test's own: all tests share the service's.
    let role = format!("rotated_{}", uuid::Uuid::new_v4().simple());
    let login = |password: &str| json!({ "username": role, "password": password }).to_string();
    let execute = async |statement: String| {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&platform.owner).await.unwrap();
    };
    execute(format!("create role {role} login password 'one' in role mangoo_service")).await;
    let (address, secret) = secrets(login("one")).await;
    let environment = [
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", address.as_str()),
        ("AWS_ACCESS_KEY_ID", "stand-in"),
        ("AWS_SECRET_ACCESS_KEY", "stand-in"),
    ];
    let process = Process::start_with(&platform, &["--db-secret-arn", SECRET], &environment).await;
    let user = platform.user();
    process.instance.wait_until_ready().await;
    let connected = format!(
        "select usename::text from pg_stat_activity where usename = '{role}' and application_name = 'mangoo' limit 1"
    );
    let is_connected = async || {
        let user: Option<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(connected.clone())).fetch_optional(&platform.owner).await.unwrap();
        user.is_some()
    };
    assert!(is_connected().await);
    assert_eq!(secret.lock().unwrap().1, 1);

    secret.lock().unwrap().0 = login("two");
    execute(format!("alter role {role} password 'two'")).await;
    // What was open is gone, as after a failover.
    execute(format!("select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'")).await;

    // A connection that was cut fails once, when it is next used.
    let came_back = async {
        while process.instance.call(&user, Method::GET, "/bots").send().await.unwrap().status() != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(SOON, came_back).await.expect("the service logs in with the new password");
    assert!(is_connected().await);
    assert_eq!(secret.lock().unwrap().1, 2, "however many connections were refused");
    process.terminate();
    assert_eq!(process.ended().await.0, Some(0));
    execute(format!("drop role {role}")).await;
}
