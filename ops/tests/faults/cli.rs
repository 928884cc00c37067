//! `mangoo-ops`, as people and pipelines run it.

use std::{ffi::OsStr, process::Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

use crate::endpoint::{Endpoint, SETTINGS, image};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_mangoo-ops");
/// Longer than any of these takes on a busy machine.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(2);

pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The final error's first five lines.
    pub fn error(&self) -> String {
        let lines = self.stderr.lines();
        let begin = lines.clone().position(|line| line.starts_with("error: "));
        let begin = begin.unwrap_or_else(|| panic!("there is no error: {}", self.stderr));
        lines.skip(begin).take(5).collect::<Vec<_>>().join("\n")
    }

    /// What it printed, an event a line.
    pub fn events(&self) -> Vec<Json> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }

    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }
}

pub struct Cli {
    folder: TempDir,
    url: String,
    /// How often a call is tried.
    attempts: Option<&'static str>,
}

impl Cli {
    pub fn of(endpoint: &Endpoint) -> Self {
        Self::at(&endpoint.url)
    }

    pub fn at(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mangoo.toml"), SETTINGS).unwrap();
        Self { folder, url: url.to_owned(), attempts: None }
    }

    /// Tries a call again once, and no more.
    pub fn impatient(self) -> Self {
        Self { attempts: Some("2"), ..self }
    }

    pub fn settings(&self, text: &str) {
        std::fs::write(self.folder.path().join("mangoo.toml"), text).unwrap();
    }

    pub fn command<S: AsRef<OsStr>>(&self, program: &str, arguments: &[S]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_PROFILE")
            .env_remove("MANGOO_ENVIRONMENT")
            .env_remove("MANGOO_CONFIG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(attempts) = self.attempts {
            command.env("AWS_MAX_ATTEMPTS", attempts);
        }
        command
    }

    pub async fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Ended {
        self.end(self.command(PROGRAM, arguments)).await
    }

    pub async fn end(&self, mut command: Command) -> Ended {
        let output = tokio::time::timeout(PATIENCE, command.output()).await.expect("it ends").unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The arguments that deploy the second version.
    pub fn deployment(&self) -> Vec<String> {
        let arguments = ["deploy", "--yes", "--skip-check", "--skip-smoke", "--address", &self.url].map(str::to_owned);
        let images = ["backend", "frontend"].map(|part| [format!("--{part}-image"), image(part, '2')]);
        arguments.into_iter().chain(images.into_iter().flatten()).collect()
    }

    /// Deploys the second version.
    pub async fn deploy(&self) -> Ended {
        self.run(&self.deployment()).await
    }

    /// Begins to deploy the second version.
    pub fn begin(&self) -> Running {
        let mut child = self.command(PROGRAM, &self.deployment()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Running { child, lines, said: String::new() }
    }
}

/// One that is under way.
pub struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    said: String,
}

impl Running {
    /// Waits until it says something.
    pub async fn says(&mut self, words: &str) {
        loop {
            let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect(words).unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended without `{words}`: {}", self.said));
            self.said += &line;
            self.said.push('\n');
            if line.contains(words) {
                return;
            }
        }
    }

    /// Ctrl-C.
    pub async fn interrupt(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().await.unwrap().success());
    }

    pub async fn end(mut self) -> Ended {
        while let Some(line) = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("it ends").unwrap() {
            self.said += &line;
            self.said.push('\n');
        }
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).await.unwrap();
        let code = self.child.wait().await.unwrap().code().unwrap_or(-1);
        Ended { code, stdout, stderr: self.said }
    }
}
