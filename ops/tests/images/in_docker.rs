//! The real images, run by a Docker engine. It takes a release build, so it has to be asked for:
//! `just test-e2e`.

use std::process::Command;

use ops::images::{Architecture, Builder, Repository, build, push};

use crate::registry::{Registry, protected, repository};

/// What a `docker` command writes.
fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "docker {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A container without a writable file, removed at the end.
struct Container(String);

impl Container {
    fn run(options: &[&str], image: &str) -> Self {
        let rootless = ["run", "--detach", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
        Self(docker(&[&rootless, options, &[image]].concat()))
    }

    /// Once its own health check says so.
    fn wait_until_healthy(&self) {
        for _ in 0..100 {
            let asked = Command::new("docker").args(["exec", &self.0, "/mangoo", "healthy"]).output().unwrap();
            if asked.status.success() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("it does not get healthy: {}", docker(&["logs", &self.0]));
    }

    /// What a browser gets from a port of it. The way there is Docker's, which may take a moment.
    async fn get(&self, port: u16, path: &str) -> reqwest::Response {
        let address = docker(&["port", &self.0, &format!("{port}/tcp")]);
        let url = format!("http://{}{path}", address.lines().next().unwrap());
        let client = reqwest::Client::new();
        let mut tries = 0;
        loop {
            match client.get(&url).header("accept-encoding", "br").send().await {
                Ok(answer) => return answer,
                Err(error) => assert!(tries < 100, "{error:?}: {}", docker(&["logs", &self.0])),
            }
            tries += 1;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        Command::new("docker").args(["rm", "--force", &self.0]).output().ok();
    }
}

/// The way an image takes from Docker. What the real Dockerfile begins with has to be fetched
/// from afar; this one needs nothing.
#[tokio::test]
#[ignore = "it needs Docker: `just test-e2e` runs it"]
async fn what_docker_builds_is_pushed_like_all_else() {
    let registry = Registry::start().expect("there is a registry");
    let folder = tempfile::tempdir().unwrap();
    let dockerfile = "FROM scratch AS backend\nCOPY Dockerfile /mangoo\nUSER 65532:65532\nCMD [\"serve\"]\n\
                      FROM backend AS frontend\nCOPY Dockerfile /page/index.html\nCMD [\"page\"]\n";
    std::fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    let native = Architecture::native().unwrap();
    let images = build(folder.path(), native, Builder::Docker, &()).await.unwrap();
    assert_eq!(images.frontend.layers.len(), 2);
    assert!(images.frontend.layers.iter().all(|layer| layer.media_type.ends_with("tar+gzip")));
    push(&images.frontend, &protected(registry.address), &()).await.unwrap();
    let found = registry.inspect("mangoo/backend:v1");
    assert_eq!((&found["Digest"], &found["Os"]), (&images.frontend.digest().into(), &"linux".into()));
}

#[tokio::test]
#[ignore = "it needs Docker: `just test-e2e` runs it"]
async fn the_pushed_images_run() {
    let registry = Registry::start_open().expect("there is a registry");
    let native = Architecture::native().unwrap();
    let images = build(&ops::workspace(), native, Builder::Cargo, &()).await.unwrap();
    let mut names = Vec::new();
    for (name, image) in images.named() {
        let to = Repository { name: format!("mangoo/{name}"), ..repository(registry.address) };
        let pushed = push(image, &to, &()).await.unwrap();
        names.push(format!("{}/mangoo/{name}@{}", registry.address, pushed.digest));
    }
    let pool = ["--env", "COGNITO_USER_POOL_ID=us-east-1_pool", "--env", "COGNITO_APP_CLIENT_ID=client"];

    // Its database may come later: it lives until then.
    let database = ["--env", "DATABASE_URL=postgres://mangoo_service@127.0.0.1:1/mangoo", "-p", "127.0.0.1::8000"];
    let backend = Container::run(&[&pool[..], &database].concat(), &names[0]);
    backend.wait_until_healthy();
    let health = backend.get(8000, "/health").await;
    assert_eq!(health.text().await.unwrap(), r#"{"status":"healthy"}"#);
    assert_eq!(docker(&["inspect", "--format", "{{.Config.User}}", &backend.0]), "65532:65532");

    let frontend = Container::run(&[&pool[..], &["-p", "127.0.0.1::80"]].concat(), &names[1]);
    frontend.wait_until_healthy();
    let page = frontend.get(80, "/").await;
    assert_eq!((page.status().as_u16(), &page.headers()["content-encoding"]), (200, &"br".parse().unwrap()));

    for container in [&backend, &frontend] {
        docker(&["stop", "--time", "20", &container.0]);
        assert_eq!(docker(&["inspect", "--format", "{{.State.ExitCode}}", &container.0]), "0");
    }
    drop((backend, frontend));
    docker(&["rmi", &names[0], &names[1]]);
}
