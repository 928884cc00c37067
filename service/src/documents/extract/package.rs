//! The ZIP archives that Office documents and e-books are, read within limits.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

use super::{Failure, kind::encrypted};

/// Most files in one.
const MAX_FILES: usize = 20_000;
/// Most bytes that are unpacked of one: what unpacks to more was made to.
const MAX_UNPACKED: u64 = 200 * 1024 * 1024;

pub struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// How much may still be unpacked.
    left: u64,
}

impl<'b> Package<'b> {
    pub fn open(bytes: &'b [u8]) -> Result<Self, Failure> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        if archive.len() > MAX_FILES {
            return Err(bomb());
        }
        Ok(Self { archive, left: MAX_UNPACKED })
    }

    pub fn has_folder(&self, folder: &str) -> bool {
        self.archive.file_names().any(|name| name.is_ok_and(|name| name.starts_with(folder)))
    }

    /// Whether all of it can be unpacked, for readers that do that themselves.
    pub fn check(&mut self) -> Result<(), Failure> {
        for index in 0..self.archive.len() {
            let mut file = match self.archive.by_index(index) {
                Ok(file) => file,
                Err(error) => return Err(failure(&error)),
            };
            // What it says of its size may be a lie.
            let size = std::io::copy(&mut (&mut file).take(self.left + 1), &mut std::io::sink());
            self.left = self.left.checked_sub(size.map_err(|_| damaged())?).ok_or_else(bomb)?;
        }
        self.left = MAX_UNPACKED;
        Ok(())
    }

    /// A file in it, if there is one of that name.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(failure(&error)),
        };
        let mut bytes = Vec::new();
        file.take(self.left + 1).read_to_end(&mut bytes).map_err(|_| damaged())?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(bomb)?;
        Ok(Some(bytes))
    }

    /// The text of a file that must be there.
    pub fn text(&mut self, name: &str) -> Result<String, Failure> {
        let bytes = self.read(name)?.ok_or_else(damaged)?;
        super::plain::decode(&bytes).map_err(|_| damaged())
    }

    /// The text of a file that may be there.
    pub fn optional_text(&mut self, name: &str) -> Result<Option<String>, Failure> {
        Ok(self.read(name)?.and_then(|bytes| super::plain::decode(&bytes).ok()))
    }
}

fn failure(error: &ZipError) -> Failure {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => encrypted(),
        _ => damaged(),
    }
}

fn bomb() -> Failure {
    Failure::new(
        "too_large",
        format!(
            "Unpacked it is far larger than a document is: at most {} MiB are read. Upload it in parts, or without \
             its images.",
            MAX_UNPACKED / 1024 / 1024
        ),
    )
}

pub fn damaged() -> Failure {
    Failure::new(
        "damaged",
        "It is damaged or incomplete, or made in a way that is not known here. Open it to see whether it is whole, save it anew, and upload that.",
    )
}

/// XML of such a package.
pub fn parse(xml: &str) -> Result<roxmltree::Document<'_>, Failure> {
    roxmltree::Document::parse(xml).map_err(|_| damaged())
}

/// Where a name that stands in the file `from` leads.
/// <https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4>
pub fn resolve(from: &str, target: &str) -> String {
    let mut path: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.rsplit_once('/').map_or_else(Vec::new, |(folder, _)| folder.split('/').collect()),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_where_they_say() {
        assert_eq!(resolve("ppt/slides/slide1.xml", "../notesSlides/notes1.xml"), "ppt/notesSlides/notes1.xml");
        assert_eq!(resolve("ppt/presentation.xml", "/ppt/slides/slide1.xml"), "ppt/slides/slide1.xml");
        assert_eq!(resolve("content.opf", "text/one.xhtml"), "text/one.xhtml");
        assert_eq!(resolve("a/b.xml", "../../../c.xml"), "c.xml");
    }
}
