//! `mangoo-ops`, as people run it.

use std::{fmt, process::Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::aws::Aws;

pub struct Cli {
    folder: TempDir,
    url: String,
}

/// How a command ended, and all that it said.
pub struct Ended {
    pub code: i32,
    pub text: String,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "exit code {}:\n{}", self.code, self.text)
    }
}

impl Cli {
    pub fn new(aws: &Aws, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mangoo.toml"), settings).unwrap();
        Self { folder, url: aws.url.clone() }
    }

    fn command<S: AsRef<str>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mangoo-ops"));
        command
            .args(arguments.iter().map(AsRef::as_ref))
            .current_dir(self.folder.path())
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    pub async fn run<S: AsRef<str>>(&self, arguments: &[S]) -> Ended {
        let output = self.command(arguments).output().await.unwrap();
        let text = [output.stdout, output.stderr].concat();
        Ended { code: output.status.code().unwrap(), text: String::from_utf8(text).unwrap() }
    }

    /// Runs a command, and kills it as soon as it says something.
    pub async fn kill_at<S: AsRef<str>>(&self, arguments: &[S], words: &str) {
        let mut child: Child = self.command(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains(words) {
                return child.kill().await.unwrap();
            }
        }
        panic!("it ended without `{words}`");
    }

    pub async fn outputs(&self) -> Json {
        let output = self.command(&["outputs", "--json"]).output().await.unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
