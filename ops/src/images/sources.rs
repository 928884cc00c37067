//! Whether the last build's images are still those of the sources.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::Context;
use aws_lc_rs::digest::{self, SHA256};
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::{Architecture, Builder, binary, layout, page};

/// What goes into the images, beside the page's sources.
const SOURCES: [&str; 10] = [
    ".cargo/config.toml",
    ".dockerignore",
    ".sqlx",
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "frontend/.npmrc",
    "migrations",
    "rust-toolchain.toml",
    "service",
];

/// What puts the images together: this program, as it was compiled. Its crates are in the lock file.
const CODE: [&str; 11] = [
    include_str!("../../../Cargo.lock"),
    include_str!("binary.rs"),
    include_str!("contents.rs"),
    include_str!("docker.rs"),
    include_str!("image.rs"),
    include_str!("layer.rs"),
    include_str!("layout.rs"),
    include_str!("libraries.rs"),
    include_str!("mod.rs"),
    include_str!("page.rs"),
    include_str!("sources.rs"),
];

/// A digest of all that the images are made of but the system's libraries: the files as they
/// are, committed or not, the compiler, and this program.
pub async fn read(workspace: &Path, architecture: Architecture, builder: Builder) -> anyhow::Result<String> {
    let mut hash = Hash(digest::Context::new(&SHA256));
    for code in CODE {
        hash.add(code.as_bytes());
    }
    hash.add(format!("{architecture} {builder}").as_bytes());
    if builder == Builder::Cargo {
        hash.add(binary::output("rustc", &["-vV"]).await?.as_bytes());
    }
    let page = page::SOURCES.map(|source| format!("frontend/{source}"));
    for source in SOURCES.into_iter().chain(page.iter().map(String::as_str)) {
        hash.tree(workspace, source).with_context(|| format!("cannot read {source}"))?;
    }
    Ok(layout::written(&hash.0.finish()))
}

struct Hash(digest::Context);

impl Hash {
    /// With its length: of two texts in a row it counts where one ends.
    fn add(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Names and contents of all files, in order. What does not exist has none.
    fn tree(&mut self, workspace: &Path, source: &str) -> io::Result<()> {
        let path = workspace.join(source);
        if !path.exists() {
            return Ok(());
        }
        for entry in WalkDir::new(&path).follow_links(true).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(workspace).unwrap_or(entry.path());
                self.add(name.as_os_str().as_encoded_bytes());
                self.add(&fs::read(entry.path())?);
            }
        }
        Ok(())
    }
}

/// What images were made from.
#[derive(Serialize, Deserialize)]
pub struct Record {
    sources: String,
    libraries: Vec<Library>,
}

/// A library of the system, which may be updated.
#[derive(Serialize, Deserialize, PartialEq)]
struct Library {
    path: PathBuf,
    size: u64,
    modified: SystemTime,
}

impl Library {
    fn read(path: &Path) -> io::Result<Self> {
        let file = fs::metadata(path)?;
        Ok(Self { path: path.to_owned(), size: file.len(), modified: file.modified()? })
    }
}

impl Record {
    pub fn new(sources: String, libraries: &[PathBuf]) -> anyhow::Result<Self> {
        let libraries = libraries.iter().map(|path| Library::read(path)).collect::<io::Result<_>>()?;
        Ok(Self { sources, libraries })
    }

    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        fs::write(path, serde_json::to_vec(self)?).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Whether a build now would make the same.
    pub fn is_current(&self, sources: &str) -> bool {
        let is_same = |library: &Library| Library::read(&library.path).is_ok_and(|now| now == *library);
        self.sources == sources && self.libraries.iter().all(is_same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_code_that_makes_images_counts() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/images");
        let files = fs::read_dir(folder).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file());
        // And the lock file. How images are pushed, in a folder of its own, changes nothing in them.
        assert_eq!(files.count() + 1, CODE.len(), "CODE names every file of this folder");
    }

    #[tokio::test]
    async fn every_change_counts_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let now = async || read(folder.path(), Architecture::X86_64, Builder::Docker).await.unwrap();
        write("service/src/main.rs", "fn main() {}");
        write("frontend/src/main.tsx", "1");
        let first = now().await;
        write("README.md", "it is new");
        assert_eq!(now().await, first);
        let mut seen = vec![first];
        for (path, text) in [
            ("service/src/main.rs", "fn main() {;}"),
            ("service/src/new.rs", ""),
            ("migrations/0001.sql", "select 1"),
            (".sqlx/query.json", "{}"),
            ("frontend/src/main.tsx", "2"),
            ("Cargo.lock", "#"),
        ] {
            write(path, text);
            let changed = now().await;
            assert!(!seen.contains(&changed), "{path}");
            seen.push(changed);
        }
        let other = read(folder.path(), Architecture::Arm64, Builder::Docker).await.unwrap();
        assert!(!seen.contains(&other));
    }

    #[test]
    fn an_updated_library_counts() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("libc.so.6");
        fs::write(&library, "one").unwrap();
        let record = Record::new("sources".to_owned(), std::slice::from_ref(&library)).unwrap();
        assert!(record.is_current("sources") && !record.is_current("others"));
        fs::write(&library, "another").unwrap();
        assert!(!record.is_current("sources"));
    }
}
