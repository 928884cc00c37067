//! A folder with images in it, as the OCI describes it: what they are made of lies there by its
//! digest, so what two images share lies there once.
//!
//! <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use aws_lc_rs::digest::{self, SHA256};
use flate2::{Compression, GzBuilder};
use oci_client::manifest::{
    IMAGE_LAYER_GZIP_MEDIA_TYPE, ImageIndexEntry, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciDescriptor,
    OciImageIndex, OciImageManifest,
};
use serde_json::json;
use tempfile::NamedTempFile;

use super::{Blob, Image, layer::Layer};

/// The name of an image within the folder: `skopeo inspect oci:FOLDER:NAME`.
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// A layer in a layout.
pub struct StoredLayer {
    pub blob: Blob,
    /// Digest of the archive before it was compressed.
    pub diff_id: String,
}

pub struct Layout(PathBuf);

impl Layout {
    /// Makes the folder, or opens it. One that holds something else is left alone.
    pub fn create(folder: &Path) -> anyhow::Result<Self> {
        let marker = folder.join("oci-layout");
        if !marker.exists() && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            bail!("{} holds something else than images; name an empty folder, or a new one", folder.display());
        }
        fs::create_dir_all(folder.join("blobs/sha256"))
            .and_then(|()| fs::write(marker, json!({ "imageLayoutVersion": "1.0.0" }).to_string()))
            .with_context(|| format!("cannot write images into {}", folder.display()))?;
        Ok(Self(folder.to_owned()))
    }

    fn blob(&self, digest: &str) -> PathBuf {
        self.0.join("blobs").join(digest.replace(':', "/"))
    }

    /// Keeps `content` by its digest.
    pub fn add(&self, media_type: &str, content: &[u8]) -> io::Result<Blob> {
        let mut file = self.temporary()?;
        file.write_all(content)?;
        self.keep(file, media_type, sha256(content))
    }

    /// Keeps a layer, compressed.
    pub fn add_layer(&self, layer: &Layer) -> io::Result<StoredLayer> {
        self.add_archive(|out| layer.write(out))
    }

    /// Keeps an archive that `write` writes, compressed. It goes through in pieces: no layer has
    /// to fit into memory.
    pub fn add_archive(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<StoredLayer> {
        // The best level of an encoder whose output is the same on every processor. No time and no
        // operating system go into the header.
        let compressed = Hashing::new(self.temporary()?);
        let gzip = GzBuilder::new().mtime(0).operating_system(255).write(compressed, Compression::best());
        let mut archive = Hashing::new(gzip);
        write(&mut archive)?;
        let diff_id = archive.digest();
        let compressed = archive.inner.finish()?;
        let digest = compressed.digest();
        let blob = self.keep(compressed.inner, IMAGE_LAYER_GZIP_MEDIA_TYPE, digest)?;
        Ok(StoredLayer { blob, diff_id })
    }

    /// Beside the blobs, so that it only has to be renamed.
    fn temporary(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(self.0.join("blobs/sha256"))
    }

    fn keep(&self, mut file: NamedTempFile, media_type: &str, digest: String) -> io::Result<Blob> {
        file.flush()?;
        let size = file.as_file().metadata()?.len();
        readable(&file)?;
        let path = self.blob(&digest);
        file.persist(&path)?;
        Ok(Blob { media_type: media_type.to_owned(), digest, size, path })
    }

    /// Makes these images the ones that the folder has, by their names, and removes what belongs
    /// to none of them.
    pub fn publish(&self, images: &[(&str, &Image)]) -> anyhow::Result<()> {
        let entries = images.iter().map(|(name, image)| entry(name, image)).collect::<Result<_, _>>()?;
        let index = OciImageIndex {
            schema_version: 2,
            media_type: Some(OCI_IMAGE_INDEX_MEDIA_TYPE.to_owned()),
            manifests: entries,
            artifact_type: None,
            annotations: None,
        };
        let mut file = NamedTempFile::new_in(&self.0)?;
        file.write_all(&serde_json::to_vec_pretty(&index)?)?;
        readable(&file)?;
        file.persist(self.0.join("index.json"))?;
        let used: BTreeSet<_> =
            images.iter().flat_map(|(_, image)| image.files()).filter_map(Path::file_name).collect();
        for entry in fs::read_dir(self.0.join("blobs/sha256"))? {
            let entry = entry?;
            if !used.contains(entry.file_name().as_os_str()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Copies `images` here, and publishes them.
    pub fn copy(&self, images: &[(&str, &Image)]) -> anyhow::Result<()> {
        for (_, image) in images {
            for file in image.files() {
                let name = file.file_name().context("a blob has a name")?;
                let mut aside = self.temporary()?;
                io::copy(&mut File::open(file)?, &mut aside)?;
                readable(&aside)?;
                aside.persist(self.0.join("blobs/sha256").join(name))?;
            }
        }
        self.publish(images)
    }

    /// The image of that name in a folder that was written before; `None` if it or any part of it
    /// is not there.
    pub fn read(folder: &Path, name: &str) -> Option<Image> {
        let layout = Self(folder.to_owned());
        let index: OciImageIndex = serde_json::from_slice(&fs::read(folder.join("index.json")).ok()?).ok()?;
        let is_named = |entry: &&ImageIndexEntry| {
            entry.annotations.as_ref().is_some_and(|annotations| annotations.get(REF_NAME).is_some_and(|is| is == name))
        };
        layout.image(&index.manifests.iter().find(is_named)?.digest)
    }

    /// The image with this manifest.
    pub fn image(&self, digest: &str) -> Option<Image> {
        let path = self.blob(digest);
        let content = fs::read(&path).ok()?;
        let manifest: OciImageManifest = serde_json::from_slice(&content).ok()?;
        let blob = |descriptor: OciDescriptor| {
            let path = self.blob(&descriptor.digest);
            let size = u64::try_from(descriptor.size).ok()?;
            let is_whole = fs::metadata(&path).is_ok_and(|file| file.len() == size);
            is_whole.then_some(Blob { media_type: descriptor.media_type, digest: descriptor.digest, size, path })
        };
        let size = content.len() as u64;
        Some(Image {
            manifest: Blob { media_type: OCI_IMAGE_MEDIA_TYPE.to_owned(), digest: digest.to_owned(), size, path },
            config: blob(manifest.config)?,
            layers: manifest.layers.into_iter().map(blob).collect::<Option<_>>()?,
        })
    }
}

/// Temporary files are for their owner alone; these are for everybody.
fn readable(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))
}

fn entry(name: &str, image: &Image) -> Result<ImageIndexEntry, std::num::TryFromIntError> {
    Ok(ImageIndexEntry {
        media_type: image.manifest.media_type.clone(),
        digest: image.manifest.digest.clone(),
        size: image.manifest.size.try_into()?,
        platform: None,
        annotations: Some([(REF_NAME.to_owned(), name.to_owned())].into()),
        artifact_type: None,
    })
}

/// `sha256:` and the digest in hexadecimal digits, as registries write it.
pub fn sha256(content: &[u8]) -> String {
    written(&digest::digest(&SHA256, content))
}

pub(super) fn written(digest: &digest::Digest) -> String {
    digest.as_ref().iter().fold("sha256:".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hands on what is written, and knows its digest.
struct Hashing<W> {
    inner: W,
    hash: digest::Context,
}

impl<W> Hashing<W> {
    fn new(inner: W) -> Self {
        Self { inner, hash: digest::Context::new(&SHA256) }
    }

    fn digest(&self) -> String {
        written(&self.hash.clone().finish())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
