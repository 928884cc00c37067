//! Builds the page, if its sources changed since it was last built.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use tokio::process::Command;

use super::Progress;

/// What the page is made of, within `frontend/`.
pub(super) const SOURCES: [&str; 9] = [
    "index.html",
    "package.json",
    "package-lock.json",
    "public",
    "src",
    "tsconfig.json",
    "tsconfig.app.json",
    "tsconfig.base.json",
    "vite.config.ts",
];

/// The folder of the built page.
pub async fn build(frontend: &Path, progress: &dyn Progress) -> anyhow::Result<PathBuf> {
    let built = frontend.join("dist");
    let mut sources = DefaultHasher::new();
    for source in SOURCES {
        hash(&frontend.join(source), &mut sources).with_context(|| format!("cannot read frontend/{source}"))?;
    }
    let sources = sources.finish().to_string();
    if is_made_from(&built, &sources) {
        return Ok(built);
    }

    if !packages_are_current(frontend) {
        progress.say("fetching the page's packages (npm ci)");
        npm(frontend, &["ci", "--no-audit", "--no-fund"]).await?;
    }
    progress.say("building the page");
    npm(frontend, &["run", "build"]).await?;
    fs::write(built.join(MADE_FROM), &sources)?;
    Ok(built)
}

/// In the built page's folder: the hash of what it was made from.
const MADE_FROM: &str = ".made-from";

fn is_made_from(folder: &Path, hash: &str) -> bool {
    fs::read_to_string(folder.join(MADE_FROM)).is_ok_and(|made_from| made_from == hash)
}

/// Whether npm has installed what the lock file names: it then leaves a copy of that file.
fn packages_are_current(frontend: &Path) -> bool {
    let modified = |file: &str| fs::metadata(frontend.join(file)).and_then(|file| file.modified()).ok();
    modified("node_modules/.package-lock.json") > modified("package-lock.json")
}

/// Names and contents of all files, in the order of their names.
fn hash(path: &Path, hasher: &mut DefaultHasher) -> std::io::Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
        entries.sort();
        for entry in entries {
            hash(&entry, hasher)?;
        }
    } else if path.exists() {
        path.hash(hasher);
        fs::read(path)?.hash(hasher);
    }
    Ok(())
}

/// Runs npm without a word, unless it fails.
async fn npm(frontend: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let output = Command::new("npm")
        .args(arguments)
        .current_dir(frontend)
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot run npm: install Node.js 20 or newer, which brings it (https://nodejs.org)")?;
    if !output.status.success() {
        bail!(
            "`npm {}` failed in {}:\n{}{}",
            arguments.join(" "),
            frontend.display(),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
