//! The text of a document, whatever its format, in chunks that know their place.
//!
//! A parser meets bytes that anybody may have made. [`process`] has them read by a process of its
//! own, within limits on time and memory: what blows up, loops or panics fails one document.

mod epub;
mod html;
mod kind;
mod office;
mod package;
mod pdf;
mod plain;
mod process;
mod sitemap;
mod table;
mod text;

pub use kind::{Kind, refused_by_name};
pub use process::{Arguments, Extractor, run};

use serde::{Deserialize, Serialize};

use super::store::Failure;
use crate::knowledge::{ChunkSize, split};
use text::Text;

/// Most text of one document, in bytes.
const MAX_TEXT: usize = 20 * 1024 * 1024;

/// What a document says.
#[derive(Serialize, Deserialize)]
pub struct Extracted {
    pub kind: Kind,
    /// All of it: as Markdown, where the format has structure.
    pub text: String,
    /// How many pages or slides it has, if it has such.
    pub pages: Option<i32>,
    pub chunks: Vec<Piece>,
    /// Of pages that are documents of their own.
    pub addresses: Vec<String>,
    /// What is missing, if anything is.
    pub warning: Option<Failure>,
}

/// A chunk, and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    /// The page or slide it begins on, from 1.
    pub page: Option<i32>,
    /// The headings it stands under, the highest first.
    pub headings: Vec<String>,
    /// Its first character's place in the document's text, from 0.
    pub start: i32,
    /// The place after its last character.
    pub end: i32,
}

impl Piece {
    /// What its vector is made of: without its headings, much of it would be about nothing.
    pub fn embedded(&self) -> String {
        if self.headings.is_empty() {
            return self.text.clone();
        }
        format!("{}\n\n{}", self.headings.join(" > "), self.text)
    }
}

/// What the bytes of a document called `name` say, which is an address if it is `from_web`. Calls
/// `chunking` when the text is there.
fn extract(
    bytes: &[u8],
    name: &str,
    from_web: bool,
    size: ChunkSize,
    chunking: impl FnOnce(),
) -> Result<Extracted, Failure> {
    let kind = kind::of(bytes, name, from_web)?;
    if kind == Kind::Sitemap {
        return sitemap::read(bytes, name);
    }
    let read = match kind {
        Kind::Pdf => pdf::read(bytes),
        Kind::Docx => office::word::read(bytes),
        Kind::Pptx => office::slides::read(bytes),
        Kind::Xlsx => table::workbook(bytes),
        Kind::Epub => epub::read(bytes),
        Kind::Csv => plain::decode(bytes).and_then(|text| table::csv(&text)),
        Kind::Html => plain::decode(bytes).and_then(|text| html::read(&text)),
        Kind::Markdown => plain::decode(bytes).map(|text| Text::of_markdown(&text)),
        Kind::Text | Kind::Json | Kind::Sitemap => plain::decode(bytes).map(|text| Text::of(&text)),
    }?;
    if read.content.trim().is_empty() {
        return Err(Failure::new("no_text", kind.why_no_text()));
    }
    if read.content.len() > MAX_TEXT {
        return Err(Failure::new(
            "too_large",
            format!("It has more than {} MiB of text. Upload it in parts.", MAX_TEXT / 1024 / 1024),
        ));
    }
    chunking();
    let chunks = split(&read.content, kind.is_structured(), size).iter().map(|chunk| read.place(chunk)).collect();
    let pages = (!read.pages.is_empty()).then(|| text::place(read.pages.len()));
    Ok(Extracted { kind, text: read.content, pages, chunks, addresses: Vec::new(), warning: read.warning })
}
