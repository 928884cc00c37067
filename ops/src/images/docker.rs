//! The images by Docker, for those who prefer it: the `Dockerfile` builds them, `docker save`
//! hands them over, and they are pushed like all others.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use anyhow::{Context, bail};
use oci_client::manifest::{IMAGE_LAYER_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciImageIndex, OciImageManifest};
use tokio::process::Command;

use super::{
    Architecture, BACKEND, FRONTEND, Image, Images, Progress, binary,
    image::with_config,
    layout::{Layout, StoredLayer},
};

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
    command.args(arguments).env("DOCKER_BUILDKIT", "1").env("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
    command
}

fn tag(target: &str, architecture: Architecture) -> String {
    format!("mangoo-{target}:{architecture}")
}

fn build_arguments(workspace: &Path, architecture: Architecture, target: &str) -> Vec<String> {
    let platform = format!("linux/{}", architecture.oci());
    let tag = tag(target, architecture);
    let folder = workspace.display().to_string();
    ["build", "--platform", &platform, "--target", target, "--tag", &tag, "--progress", "plain", &folder]
        .map(str::to_owned)
        .into()
}

/// Takes the only image over that `docker save` has written, its layers compressed.
pub fn take(saved: &Path, layout: &Layout) -> anyhow::Result<Image> {
    let folder = tempfile::tempdir_in(saved.parent().context("it lies in a folder")?)?;
    tar::Archive::new(File::open(saved)?).unpack(folder.path())?;
    let read = |digest: &str| {
        let path = folder.path().join("blobs").join(digest.replace(':', "/"));
        fs::read(&path).with_context(|| format!("Docker has saved no {digest}"))
    };
    let index = fs::read(folder.path().join("index.json"))
        .context("Docker has saved the image in its old format; Docker 25 or newer is needed")?;
    let index: OciImageIndex = serde_json::from_slice(&index)?;
    let [entry] = index.manifests.as_slice() else { bail!("Docker has saved {} images", index.manifests.len()) };
    if entry.media_type != OCI_IMAGE_MEDIA_TYPE {
        bail!("Docker has saved a {} instead of an image", entry.media_type);
    }
    let manifest: OciImageManifest = serde_json::from_slice(&read(&entry.digest)?)?;
    let config: serde_json::Value = serde_json::from_slice(&read(&manifest.config.digest)?)?;
    let mut layers = Vec::new();
    for layer in &manifest.layers {
        let content = read(&layer.digest)?;
        layers.push(if layer.media_type == IMAGE_LAYER_MEDIA_TYPE {
            layout.add_archive(|out| io::copy(&mut content.as_slice(), out).map(drop))?
        } else {
            StoredLayer { blob: layout.add(&layer.media_type, &content)?, diff_id: String::new() }
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
            "build --platform linux/arm64 --target frontend --tag mangoo-frontend:arm64 --progress plain /a checkout"
        );
        assert_eq!(
            arguments.last().map(String::as_str),
            Some("/a checkout"),
            "a space does not split the folder's name"
        );
    }
}
