//! The images by Docker, for those who prefer it: the `Dockerfile` builds them, `docker save`
//! hands them over, and they are pushed like all others.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use oci_client::manifest::IMAGE_LAYER_GZIP_MEDIA_TYPE;
use serde::Deserialize;
use tokio::process::Command;

use super::{
    Architecture, BACKEND, FRONTEND, Image, Images, Progress, binary,
    image::with_config,
    layout::{Layout, StoredLayer},
};

/// How gzip's output begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

pub async fn build(
    workspace: &Path,
    architecture: Architecture,
    layout: &Layout,
    folder: &Path,
    progress: &dyn Progress,
) -> anyhow::Result<Images> {
    let mut images = Vec::new();
    for target in [BACKEND, FRONTEND] {
        progress.say(&format!("building the {target} image with Docker"));
        let build = build_arguments(workspace, architecture, target);
        binary::run(&mut docker(&build), progress).await.context("Docker cannot build the image")?;
        let saved = folder.with_extension(format!("{target}.tar"));
        binary::run(docker(&["save", "--output"]).arg(&saved).arg(tag(target, architecture)), progress).await?;
        images.push(take(&saved, layout)?);
        fs::remove_file(saved)?;
    }
    let [backend, frontend] = images.try_into().map_err(|_| anyhow::anyhow!("Docker built other images"))?;
    let images = Images { backend, frontend };
    layout.publish(&images.named())?;
    Ok(images)
}

fn docker(arguments: &[impl AsRef<std::ffi::OsStr>]) -> Command {
    let mut command = Command::new("docker");
    // An attestation holds times and would make every image another one.
    command.args(arguments).env("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
    command
}

fn tag(target: &str, architecture: Architecture) -> String {
    format!("mangoo-{target}:{architecture}")
}

fn build_arguments(workspace: &Path, architecture: Architecture, target: &str) -> Vec<String> {
    let platform = format!("linux/{}", architecture.oci());
    let tag = tag(target, architecture);
    let folder = workspace.display().to_string();
    ["build", "--platform", &platform, "--target", target, "--tag", &tag, &folder].map(str::to_owned).into()
}

/// What `docker save` says about an image; it does so in every version, whatever else it writes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    config: PathBuf,
    layers: Vec<PathBuf>,
}

/// Takes the only image over that `docker save` has written, its layers compressed.
fn take(saved: &Path, layout: &Layout) -> anyhow::Result<Image> {
    let folder = tempfile::tempdir_in(saved.parent().context("it lies in a folder")?)?;
    tar::Archive::new(File::open(saved)?).unpack(folder.path())?;
    let read = |path: &Path| {
        let path = folder.path().join(path);
        fs::read(&path).with_context(|| format!("Docker has not saved {}", path.display()))
    };
    let images: Vec<Saved> = serde_json::from_slice(&read(Path::new("manifest.json"))?)?;
    let [image] = images.as_slice() else { bail!("Docker has saved {} images instead of one", images.len()) };
    let config: serde_json::Value = serde_json::from_slice(&read(&image.config)?)?;
    let mut layers = Vec::new();
    for layer in &image.layers {
        let content = read(layer)?;
        // Some engines keep layers compressed.
        layers.push(if content.starts_with(&GZIP) {
            let blob = layout.add(IMAGE_LAYER_GZIP_MEDIA_TYPE, &content)?;
            // The configuration that Docker made names it already.
            StoredLayer { blob, diff_id: String::new() }
        } else {
            layout.add_archive(|out| io::copy(&mut content.as_slice(), out).map(drop))?
        });
    }
    with_config(layout, &config, &layers.iter().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_is_told_what_to_build_for_whom() {
        let arguments = build_arguments(Path::new("/a checkout"), Architecture::Arm64, FRONTEND);
        assert_eq!(
            arguments.join(" "),
            "build --platform linux/arm64 --target frontend --tag mangoo-frontend:arm64 /a checkout"
        );
        assert_eq!(
            arguments.last().map(String::as_str),
            Some("/a checkout"),
            "a space does not split the folder's name"
        );
    }
}
