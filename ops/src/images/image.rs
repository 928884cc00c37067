//! An image: layers, how to run them, and the manifest that names both.

use std::path::{Path, PathBuf};

use oci_client::manifest::{IMAGE_CONFIG_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest};
use serde_json::{Value, json};

use super::{
    Architecture,
    layout::{Layout, StoredLayer},
};

/// An image in a folder of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub manifest: Blob,
    pub config: Blob,
    pub layers: Vec<Blob>,
}

/// A file by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub media_type: String,
    /// `sha256:…`
    pub digest: String,
    /// In bytes, compressed.
    pub size: u64,
    pub path: PathBuf,
}

impl Image {
    /// What names the image, whatever its tags: `sha256:…`.
    pub fn digest(&self) -> &str {
        &self.manifest.digest
    }

    /// All that a registry has to have before it takes the manifest.
    pub fn blobs(&self) -> impl Iterator<Item = &Blob> {
        self.layers.iter().chain([&self.config])
    }

    /// Bytes, compressed.
    pub fn size(&self) -> u64 {
        self.blobs().map(|blob| blob.size).sum::<u64>() + self.manifest.size
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.blobs().chain([&self.manifest]).map(|blob| blob.path.as_path())
    }
}

/// How a container of the image runs, unless it is told otherwise.
pub struct Run<'a> {
    pub command: &'a str,
    pub environment: &'a [(&'a str, &'a str)],
    pub port: u16,
}

/// Puts an image together in `layout`.
pub fn assemble(
    layout: &Layout,
    architecture: Architecture,
    layers: &[&StoredLayer],
    run: &Run,
) -> anyhow::Result<Image> {
    let environment = run.environment.iter().map(|(name, value)| format!("{name}={value}"));
    // With `json!`, since the types of libraries keep these in maps without an order.
    let config = json!({
        // A time would make two builds differ; this is what is usual for none.
        "created": "1970-01-01T00:00:00Z",
        "architecture": architecture.oci(),
        "os": "linux",
        "config": {
            "User": super::contents::USER,
            "Env": environment.collect::<Vec<_>>(),
            "Entrypoint": [super::contents::PROGRAM],
            "Cmd": [run.command],
            "ExposedPorts": { format!("{}/tcp", run.port): {} },
            "WorkingDir": "/",
        },
        "rootfs": { "type": "layers", "diff_ids": layers.iter().map(|layer| &layer.diff_id).collect::<Vec<_>>() },
    });
    with_config(layout, &config, layers)
}

/// The image of these layers and this configuration.
pub fn with_config(layout: &Layout, config: &Value, layers: &[&StoredLayer]) -> anyhow::Result<Image> {
    let config = layout.add(IMAGE_CONFIG_MEDIA_TYPE, config.to_string().as_bytes())?;
    let layers: Vec<Blob> = layers.iter().map(|layer| layer.blob.clone()).collect();
    let manifest = OciImageManifest {
        media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
        config: descriptor(&config)?,
        layers: layers.iter().map(descriptor).collect::<anyhow::Result<_>>()?,
        ..OciImageManifest::default()
    };
    let manifest = layout.add(OCI_IMAGE_MEDIA_TYPE, &serde_json::to_vec(&manifest)?)?;
    Ok(Image { manifest, config, layers })
}

fn descriptor(blob: &Blob) -> anyhow::Result<OciDescriptor> {
    Ok(OciDescriptor {
        media_type: blob.media_type.clone(),
        digest: blob.digest.clone(),
        size: blob.size.try_into()?,
        ..OciDescriptor::default()
    })
}
