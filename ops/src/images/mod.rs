//! Container images without Docker: built by cargo and npm, put together here, pushed to a
//! registry. The same sources give the same images, byte for byte, so what has not changed is
//! neither built nor sent again.

mod binary;
mod contents;
mod docker;
mod image;
mod layer;
pub mod layout;
mod libraries;
pub mod page;
mod push;
mod sources;

use std::{fmt, fs, path::Path};

use anyhow::Context;
use clap::ValueEnum;

pub use self::{
    image::{Blob, Image},
    push::{Credentials, Patience, PushError, Pushed, Repository, push},
};
use self::{
    image::{Run, assemble},
    layout::{Layout, StoredLayer},
};

/// The processor that the containers run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Architecture {
    #[value(name = "x86_64", alias = "amd64")]
    X86_64,
    #[value(name = "arm64", alias = "aarch64")]
    Arm64,
}

impl Architecture {
    /// This machine's, if it is one of them.
    pub fn native() -> Option<Self> {
        match std::env::consts::ARCH {
            "x86_64" => Some(Self::X86_64),
            "aarch64" => Some(Self::Arm64),
            _ => None,
        }
    }

    /// As images name it.
    pub fn oci(self) -> &'static str {
        match self {
            Self::X86_64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// As Rust names it.
    fn rust(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "aarch64",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        })
    }
}

/// What makes the images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Builder {
    /// cargo and npm on this machine
    Cargo,
    /// Docker, by the Dockerfile
    Docker,
}

impl fmt::Display for Builder {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Cargo => "cargo",
            Self::Docker => "docker",
        })
    }
}

/// The platform's images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// `mangoo serve`, and every other role but the page.
    pub backend: Image,
    /// `mangoo page`, with the page.
    pub frontend: Image,
}

impl Images {
    /// By the names that an OCI layout gives them.
    pub fn named(&self) -> [(&'static str, &Image); 2] {
        [(BACKEND, &self.backend), (FRONTEND, &self.frontend)]
    }

    fn read(folder: &Path) -> Option<Self> {
        Some(Self { backend: Layout::read(folder, BACKEND)?, frontend: Layout::read(folder, FRONTEND)? })
    }
}

const BACKEND: &str = "backend";
const FRONTEND: &str = "frontend";

/// Where the backend listens, and the page: the port that people's browsers expect.
const BACKEND_PORT: u16 = 8000;
const FRONTEND_PORT: u16 = 80;

/// What is being done, for whoever waits.
pub trait Progress: Send + Sync {
    /// The next step.
    fn say(&self, step: &str);

    /// A line of a program that runs as part of the step.
    fn line(&self, _line: &str) {}

    /// Of a blob of `size` bytes, `sent` have gone to the registry so far. Less than before if it
    /// has to be sent again; `size` at once if the registry has it already.
    fn sent(&self, _blob: &Blob, _sent: u64) {}
}

/// Nobody waits.
impl Progress for () {
    fn say(&self, _step: &str) {}
}

/// The images of the sources in `workspace`: those of the last build if nothing has changed.
pub async fn build(
    workspace: &Path,
    architecture: Architecture,
    builder: Builder,
    progress: &dyn Progress,
) -> anyhow::Result<Images> {
    let folder = binary::target_folder(workspace).join("images").join(format!("{builder}-{architecture}"));
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let lock = fs::File::create(folder.with_extension("lock"))?;
    if lock.try_lock().is_err() {
        progress.say("waiting for another build of the same images");
        lock.lock()?;
    }
    let record = folder.with_extension("made-from");
    let sources = sources::read(workspace, architecture, builder).await?;
    if let Some(images) = Images::read(&folder)
        && sources::Record::read(&record).is_some_and(|record| record.is_current(&sources))
    {
        return Ok(images);
    }
    // Should this be cut short, the next one begins anew.
    fs::remove_file(&record).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let layout = Layout::create(&folder)?;
    let (images, libraries) = match builder {
        Builder::Cargo => with_cargo(workspace, architecture, layout, progress).await?,
        Builder::Docker => (docker::build(workspace, architecture, &layout, &folder, progress).await?, Vec::new()),
    };
    // What was edited meanwhile may or may not be in them.
    if sources == sources::read(workspace, architecture, builder).await? {
        sources::Record::new(sources, &libraries)?.write(&record)?;
    }
    Ok(images)
}

async fn with_cargo(
    workspace: &Path,
    architecture: Architecture,
    layout: Layout,
    progress: &dyn Progress,
) -> anyhow::Result<(Images, Vec<std::path::PathBuf>)> {
    let frontend = workspace.join("frontend");
    let (binary, page) =
        tokio::try_join!(binary::build(workspace, architecture, progress), page::build(&frontend, progress))?;
    progress.say("putting the images together");
    tokio::task::spawn_blocking(move || {
        let libraries = libraries::needed(&binary)?;
        let images = put_together(&layout, architecture, &libraries, &binary, &page)?;
        Ok((images, libraries))
    })
    .await?
}

/// The images of a program with its libraries, and of a built page. Layers that change seldom
/// come first; those that both images have are the same.
pub fn put_together(
    layout: &Layout,
    architecture: Architecture,
    libraries: &[std::path::PathBuf],
    binary: &Path,
    page: &Path,
) -> anyhow::Result<Images> {
    let base = layout.add_layer(&contents::base(libraries)).context("cannot write the layer of the libraries")?;
    let program = layout.add_layer(&contents::program(binary)).context("cannot write the program's layer")?;
    let page =
        contents::page(page).and_then(|page| layout.add_layer(&page)).context("cannot write the page's layer")?;
    let certificates = ("SSL_CERT_FILE", contents::CERTIFICATES);
    let run = Run { command: "serve", environment: &[certificates], port: BACKEND_PORT };
    let backend = assemble(layout, architecture, &[&base, &program], &run)?;
    let listen = format!("0.0.0.0:{FRONTEND_PORT}");
    let environment = [certificates, ("PAGE_DIR", contents::PAGE), ("LISTEN", listen.as_str())];
    let run = Run { command: "page", environment: &environment, port: FRONTEND_PORT };
    let layers: [&StoredLayer; 3] = [&base, &program, &page];
    let frontend = assemble(layout, architecture, &layers, &run)?;
    let images = Images { backend, frontend };
    layout.publish(&images.named())?;
    Ok(images)
}
