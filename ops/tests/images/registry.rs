//! A registry on this machine: Debian's `docker-registry`.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use ops::images::{Credentials, Patience, Repository};
use tempfile::TempDir;

pub const USER: &str = "mango";
pub const PASSWORD: &str = "open sesame";
/// The password as bcrypt keeps it, at the least cost.
const HASH: &str = "$2b$05$AWMh0z/hu6Sr2DqkjdQcVObIrI0.rcWUSx3b1TXHV41NVB8lw0QoO";

pub struct Registry {
    pub address: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Registry {
    /// `None`, said aloud, where none is installed; CI has to have one.
    pub fn start() -> Option<Self> {
        Self::start_with("auth:\n  htpasswd:\n    realm: mangoo\n    path: {folder}/htpasswd\n")
    }

    /// One that asks nobody who they are.
    pub fn start_open() -> Option<Self> {
        Self::start_with("")
    }

    fn start_with(auth: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let config = folder.path().join("config.yml");
        let settings = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {path}/blobs\nhttp:\n  addr: 127.0.0.1:0\n{}",
            auth.replace("{folder}", &path)
        );
        fs::write(&config, settings).unwrap();
        fs::write(folder.path().join("htpasswd"), format!("{USER}:{HASH}\n")).unwrap();
        let started = Command::new("docker-registry")
            .arg("serve")
            .arg(config)
            .env("OTEL_TRACES_EXPORTER", "none")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut process = match started {
            Ok(process) => process,
            Err(_) if std::env::var_os("CI").is_none() => {
                eprintln!("skipped: there is no docker-registry; `just setup` installs it");
                return None;
            }
            Err(error) => panic!("there is no docker-registry ({error}); `just setup` installs it"),
        };
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = loop {
            let line = log.next().expect("the registry says where it listens").unwrap();
            if let Some((_, rest)) = line.split_once("listening on ") {
                break rest.split(['"', ' ']).next().unwrap().parse().unwrap();
            }
        };
        // What nobody reads would fill the pipe, and stop it.
        std::thread::spawn(move || log.for_each(drop));
        Some(Self { address, process, _folder: folder })
    }

    /// What another program sees there.
    pub fn inspect(&self, image: &str) -> serde_json::Value {
        let Output { status, stdout, stderr } = Command::new("skopeo")
            .args(["inspect", "--tls-verify=false", "--creds", &format!("{USER}:{PASSWORD}")])
            .arg(format!("docker://{}/{image}", self.address))
            .output()
            .expect("`just setup` installs skopeo");
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        serde_json::from_slice(&stdout).unwrap()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A repository with the right password.
pub fn protected(address: SocketAddr) -> Repository {
    let mut repository = repository(address);
    repository.credentials = Credentials::Basic { user: USER.to_owned(), password: PASSWORD.to_owned() };
    repository
}

/// A repository for which nothing takes long.
pub fn repository(address: SocketAddr) -> Repository {
    let mut repository = Repository::new(address.to_string(), "mangoo/backend");
    repository.http = true;
    repository.tag = Some("v1".to_owned());
    repository.patience = Patience { pause: Duration::from_millis(5), ..Patience::default() };
    repository
}
