//! A layer: a tar archive of files. The same content gives the same bytes, whoever makes it,
//! where and when.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// Files and folders by their path in the image, without the leading `/`. All belong to root,
/// so that nothing that runs in the container can change them.
#[derive(Default)]
pub struct Layer(BTreeMap<String, Entry>);

struct Entry {
    mode: u32,
    /// Seconds since 1970.
    modified: u64,
    content: Content,
}

enum Content {
    Folder,
    Bytes(Vec<u8>),
    /// Read when the layer is written.
    File(PathBuf),
}

impl Layer {
    pub fn folder(&mut self, path: &str, mode: u32) {
        self.insert(path, Entry { mode, modified: 0, content: Content::Folder });
    }

    pub fn bytes(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.insert(path, Entry { mode, modified: 0, content: Content::Bytes(content.into()) });
    }

    /// Like [`Layer::bytes`], with a time that stands for the content.
    pub fn bytes_modified(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>, modified: u64) {
        self.insert(path, Entry { mode, modified, content: Content::Bytes(content.into()) });
    }

    /// A file of this machine. A link is followed: its target's content gets its name.
    pub fn file(&mut self, path: &str, mode: u32, source: &Path) {
        self.insert(path, Entry { mode, modified: 0, content: Content::File(source.to_owned()) });
    }

    /// With the folders that lead there: an archive that leaves them out gets whatever mode an
    /// unpacking program likes.
    fn insert(&mut self, path: &str, entry: Entry) {
        let path = path.trim_matches('/');
        for (end, _) in path.match_indices('/') {
            let folder = Entry { mode: 0o755, modified: 0, content: Content::Folder };
            self.0.entry(path[..end].to_owned()).or_insert(folder);
        }
        self.0.insert(path.to_owned(), entry);
    }

    /// Writes the archive, in the order of the paths.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let mut archive = tar::Builder::new(out);
        for (path, entry) in &self.0 {
            let mut header = tar::Header::new_ustar();
            header.set_mode(entry.mode);
            header.set_mtime(entry.modified);
            header.set_uid(0);
            header.set_gid(0);
            header.set_entry_type(tar::EntryType::Regular);
            match &entry.content {
                Content::Folder => {
                    header.set_entry_type(tar::EntryType::Directory);
                    header.set_size(0);
                    archive.append_data(&mut header, format!("{path}/"), io::empty())?;
                }
                Content::Bytes(bytes) => {
                    header.set_size(bytes.len() as u64);
                    archive.append_data(&mut header, path, bytes.as_slice())?;
                }
                Content::File(source) => {
                    let file = File::open(source)
                        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", source.display())))?;
                    let size = file.metadata()?.len();
                    header.set_size(size);
                    archive.append_data(&mut header, path, file.take(size))?;
                }
            }
        }
        archive.into_inner()?.flush()
    }
}
