//! `mangoo-ops build`: the container images, without a deployment.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use ops::images::{self, Architecture, Builder, layout::Layout};

use super::dev::Progress;

#[derive(Args)]
#[command(after_help = "\
Examples:
  mangoo-ops build                  builds what has changed, and says how large the images are
  mangoo-ops build --out images     writes them into the folder `images` as well;
                                    `skopeo inspect oci:images:backend` looks at one")]
pub struct Options {
    /// Processor of the containers; this machine's, unless it is said
    #[arg(long, value_name = "x86_64|arm64", hide_possible_values = true)]
    arch: Option<Architecture>,
    /// What builds them
    #[arg(long, value_enum, default_value_t = Builder::Cargo)]
    builder: Builder,
    /// The checkout to build; without it, the one that this program was built from
    #[arg(long, value_name = "FOLDER")]
    sources: Option<PathBuf>,
    /// Folder to write them to, as an OCI layout
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub async fn run(options: &Options) -> anyhow::Result<()> {
    let architecture = options.arch.or_else(Architecture::native);
    let architecture = architecture.context("which processor? Choose one with --arch: x86_64, arm64")?;
    let sources = options.sources.clone().unwrap_or_else(ops::workspace);
    let sources = sources.canonicalize().with_context(|| format!("cannot find {}", sources.display()))?;
    let progress = Progress::new();
    let built = images::build(&sources, architecture, options.builder, &progress).await;
    progress.done();
    let images = built?;
    if let Some(folder) = &options.out {
        Layout::create(folder)?.copy(&images.named())?;
    }
    for (name, image) in images.named() {
        println!("{name:<9} {}  {:>5.1} MB compressed", image.digest(), megabytes(image.size()));
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "no image has so many bytes that it shows")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
