//! Postgres in a container.

use std::{fs, fs::File, path::Path, time::Duration};

use anyhow::Context;
use testcontainers::{
    ContainerAsync, GenericImage, ImageExt,
    bollard::{
        Docker,
        errors::Error,
        query_parameters::{RemoveContainerOptionsBuilder, StopContainerOptionsBuilder},
    },
    core::{IntoContainerPort, Mount, WaitFor},
    runners::AsyncRunner,
};

use super::{DATABASE, EPHEMERAL, OWNER, lock, password};

const IMAGE: &str = "pgvector/pgvector:pg16";

/// File with the name of the container that uses a data folder.
const NAME: &str = "container-name";

pub struct Container {
    running: ContainerAsync<GenericImage>,
    image: String,
    /// Held as long as the container may use the data.
    _lock: Option<File>,
}

/// Whether `data` was written by a container.
pub fn has_data(data: &Path) -> bool {
    data.join("container/PG_VERSION").exists()
}

/// Whether there is a Docker engine and it answers soon.
pub async fn engine_answers() -> bool {
    let Ok(docker) = Docker::connect_with_defaults() else { return false };
    tokio::time::timeout(Duration::from_secs(2), docker.ping()).await.is_ok_and(|answer| answer.is_ok())
}

impl Container {
    pub async fn start(data: Option<&Path>, progress: &dyn Fn(&str)) -> anyhow::Result<(Self, String)> {
        let image = std::env::var("MANGOO_TEST_POSTGRES_IMAGE").unwrap_or_else(|_| IMAGE.to_owned());
        let (name, tag) = image.rsplit_once(':').unwrap_or((&image, "latest"));
        let (lock, password) = match data {
            Some(data) => {
                fs::create_dir_all(data).with_context(|| format!("cannot make the folder {}", data.display()))?;
                let lock = lock(data)?;
                remove_orphan(data).await?;
                (Some(lock), password(data)?)
            }
            None => (None, uuid::Uuid::new_v4().simple().to_string()),
        };
        let mut request = GenericImage::new(name, tag)
            .with_exposed_port(5432.tcp())
            .with_wait_for(WaitFor::message_on_either_std("database system is ready to accept connections"))
            .with_startup_timeout(Duration::from_mins(5))
            .with_env_var("POSTGRES_USER", OWNER)
            .with_env_var("POSTGRES_PASSWORD", &password)
            .with_env_var("POSTGRES_DB", DATABASE);
        if let Some(data) = data {
            let folder = data.join("container");
            fs::create_dir_all(&folder)?;
            let folder = std::path::absolute(&folder)?;
            request = request.with_mount(Mount::bind_mount(folder.display().to_string(), "/var/lib/postgresql/data"));
            let name = format!("mangoo-postgres-{}", uuid::Uuid::new_v4().simple());
            fs::write(data.join(NAME), &name)?;
            request = request.with_container_name(name);
            // The image as it comes gives the folder to a user of its own; as ourselves we can
            // also delete it again.
            let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&folder)?);
            if owner != 0 {
                request = request.with_user(owner.to_string());
            }
        } else {
            let settings = EPHEMERAL.iter().flat_map(|setting| ["-c", setting]);
            request = request.with_cmd(std::iter::once("postgres").chain(settings));
        }
        progress(&format!("starting a container of {image}"));
        let container = request.start().await.with_context(|| format!("cannot start a container of {image}"))?;
        let host = container.get_host().await?;
        let port = container.get_host_port_ipv4(5432.tcp()).await?;
        let url = format!("postgres://{OWNER}:{password}@{host}:{port}/{DATABASE}");
        Ok((Self { running: container, image, _lock: lock }, url))
    }

    pub fn image(&self) -> &str {
        &self.image
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.running.stop_with_timeout(Some(10)).await?;
        self.running.rm().await?;
        Ok(())
    }
}

/// Removes the container of an earlier run that was killed. Two servers would ruin the data:
/// each is process 1 of its own container and cannot see the other.
pub async fn remove_orphan(data: &Path) -> anyhow::Result<()> {
    let Ok(name) = fs::read_to_string(data.join(NAME)) else { return Ok(()) };
    let docker = Docker::connect_with_defaults()?;
    let stop = StopContainerOptionsBuilder::new().t(10).build();
    // It has long been removed, as a rule.
    let _ = docker.stop_container(&name, Some(stop)).await;
    let remove = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
    match docker.remove_container(&name, Some(remove)).await {
        Ok(()) | Err(Error::DockerResponseServerError { status_code: 404, .. }) => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot remove the container {name} of an earlier run")),
    }
}
