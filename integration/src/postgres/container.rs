//! Postgres in a container.

use std::{path::Path, time::Duration};

use anyhow::Context;
use testcontainers::{
    ContainerAsync, GenericImage, ImageExt,
    bollard::Docker,
    core::{IntoContainerPort, Mount, WaitFor},
    runners::AsyncRunner,
};

use super::{DATABASE, EPHEMERAL, OWNER, password};

const IMAGE: &str = "pgvector/pgvector:pg16";

pub struct Container {
    container: ContainerAsync<GenericImage>,
    image: String,
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
        let password = match data {
            Some(data) => {
                std::fs::create_dir_all(data)?;
                password(data)?
            }
            None => uuid::Uuid::new_v4().simple().to_string(),
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
            std::fs::create_dir_all(&folder)?;
            let folder = std::path::absolute(&folder)?;
            request = request.with_mount(Mount::bind_mount(folder.display().to_string(), "/var/lib/postgresql/data"));
            // The image as it comes gives the folder to a user of its own; as ourselves we can
            // also delete it again.
            let owner = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(&folder)?);
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
        Ok((Self { container, image }, url))
    }

    pub fn image(&self) -> &str {
        &self.image
    }

    pub async fn stop(self) -> anyhow::Result<()> {
        self.container.stop_with_timeout(Some(10)).await?;
        self.container.rm().await?;
        Ok(())
    }
}
