//! An account with one deployed platform, whose other answers a test scripts.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value as Json, json};
use tokio::{net::TcpListener, process::Command};

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::123456789012:user/somebody</Arn><Account>123456789012</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

pub const POOL: &str = "eu-central-1_pool";
const OUTPUTS: [(&str, &str); 7] = [
    ("BackendLogs", "backend-group"),
    ("FrontendLogs", "frontend-group"),
    ("MigrationLogs", "migration-group"),
    ("UserPoolId", POOL),
    ("ClusterName", "cluster"),
    ("BackendService", "backend-service"),
    ("FrontendService", "frontend-service"),
];

/// What AWS answers, or the code of its error.
pub type Answer = Result<Json, &'static str>;

pub struct Aws {
    address: String,
    folder: PathBuf,
    calls: Arc<Mutex<Vec<(String, Json)>>>,
}

impl Aws {
    /// `answer` gets an action, as `ListTasks`, and its parameters.
    pub async fn start(name: &str, answer: impl Fn(&str, &Json) -> Answer + Send + Sync + 'static) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("mangoo.toml"), "[dev]\nprofile = \"dev\"\nregion = \"eu-west-1\"").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::<Mutex<Vec<_>>>::default();
        let (recorded, answer) = (calls.clone(), Arc::new(answer));
        let serve = move |headers: HeaderMap, body: Bytes| {
            let (recorded, answer) = (recorded.clone(), answer.clone());
            async move {
                let Some(target) = headers.get("x-amz-target") else { return stacks(&body) };
                // The pool is in another Region than the rest.
                let region = if target.to_str().unwrap().contains("Cognito") { "eu-central-1" } else { "eu-west-1" };
                assert!(headers["authorization"].to_str().unwrap().contains(region));
                let action = target.to_str().unwrap().split('.').next_back().unwrap().to_owned();
                let parameters = serde_json::from_slice(&body).unwrap();
                let answer = answer(&action, &parameters);
                recorded.lock().unwrap().push((action, parameters));
                match answer {
                    Ok(answer) => answer.to_string().into_response(),
                    Err(code) => {
                        let error = json!({ "__type": code, "message": format!("AWS says {code}") });
                        (StatusCode::BAD_REQUEST, error.to_string()).into_response()
                    }
                }
            }
        };
        tokio::spawn(async { axum::serve(listener, Router::new().fallback(serve)).await });
        Self { address, folder, calls }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mangoo-ops"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("HOME", &self.folder)
            .env("AWS_ENDPOINT_URL", &self.address)
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env_remove("AWS_PROFILE")
            .env_remove("MANGOO_ENVIRONMENT")
            .env_remove("MANGOO_CONFIG")
            .kill_on_drop(true);
        command
    }

    /// Runs a command: its exit code, its results, and what else it said.
    pub async fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        finish(self.command(arguments).output().await)
    }

    /// The parameters of all calls of this action so far.
    pub fn calls(&self, action: &str) -> Vec<Json> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|(called, _)| called == action).map(|(_, parameters)| parameters.clone()).collect()
    }
}

pub fn finish(output: std::io::Result<std::process::Output>) -> (i32, String, String) {
    let output = output.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Who calls, and the platform's stack.
fn stacks(body: &[u8]) -> Response {
    let body = str::from_utf8(body).unwrap();
    let answer = if body.starts_with("Action=GetCallerIdentity&") {
        IDENTITY.to_owned()
    } else {
        assert!(body.starts_with("Action=DescribeStacks&") && body.contains("StackName=mangoo-dev"), "{body}");
        let outputs = OUTPUTS.map(|(key, value)| {
            format!("<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>")
        });
        let outputs = outputs.concat();
        format!(
            "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>mangoo-dev</StackName>\
             <CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus>\
             <Outputs>{outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
        )
    };
    ([(CONTENT_TYPE, "text/xml")], answer).into_response()
}
