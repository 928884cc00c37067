//! What a document is: by its content, and by its name only among formats that are all text.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Failure, package::Package, plain, sitemap};

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    Pdf,
    Docx,
    Pptx,
    Xlsx,
    Csv,
    Html,
    Markdown,
    Text,
    Json,
    Epub,
    /// Addresses of a site's pages, which are documents of their own.
    Sitemap,
}

pub const ACCEPTED: &str = "PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, plain text, JSON and EPUB can be read.";

impl Kind {
    /// Whether its text is Markdown.
    pub fn is_structured(self) -> bool {
        matches!(self, Self::Docx | Self::Pptx | Self::Html | Self::Markdown | Self::Epub)
    }

    pub fn why_no_text(self) -> &'static str {
        match self {
            Self::Pdf => {
                "This PDF has no text: its pages are images. Have its text recognised (OCR), as many PDF programs \
                 and scanners can, and upload it then."
            }
            Self::Epub | Self::Docx | Self::Pptx => "There is no text in it. Text in its images can't be read.",
            Self::Sitemap => "There is no address of its own site in it.",
            _ => "There is no text in it.",
        }
    }
}

/// What is no document whatever is in it, so that its bytes need not be sent. All else is known by
/// its content.
pub fn refused_by_name(name: &str) -> Option<Failure> {
    const ENDINGS: [(&str, &[&str]); 6] = [
        ("an image", &["png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "psd"]),
        ("sound", &["mp3", "wav", "flac", "m4a", "ogg", "aac"]),
        ("a film", &["mp4", "mov", "avi", "mkv", "webm", "wmv"]),
        ("an archive: unpack it and upload the files in it", &["zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz"]),
        ("a program", &["exe", "dll", "so", "dmg", "msi", "iso", "jar", "apk"]),
        ("a document of an old Office program: save it as DOCX, PPTX, XLSX or PDF", &["doc", "ppt", "xls"]),
    ];
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    let (what, _) = ENDINGS.iter().find(|(_, endings)| endings.contains(&ending.as_str()))?;
    Some(Failure::new("unsupported_type", format!("By its name this is {what}. {ACCEPTED}")))
}

/// `from_web`, its name is an address.
pub fn of(bytes: &[u8], name: &str, from_web: bool) -> Result<Kind, Failure> {
    if from_web && sitemap::is(bytes) {
        return Ok(Kind::Sitemap);
    }
    // A PDF may have something before its beginning.
    // ISO 32000-1, Annex H.3, implementation note 13.
    if bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return of_package(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(of_compound_file(bytes));
    }
    if let Some(what) = known_otherwise(bytes) {
        return Err(Failure::new("unsupported_type", format!("This is {what}. {ACCEPTED}")));
    }
    let text = plain::decode(bytes)?;
    let address = if from_web { Url::parse(name).ok() } else { None };
    let path = address.as_ref().map_or(name, Url::path);
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let start = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    Ok(match ending.as_str() {
        _ if start.starts_with("<!doctype html") || start.starts_with("<html") => Kind::Html,
        "html" | "htm" | "xhtml" if start.starts_with('<') => Kind::Html,
        _ if from_web && start.starts_with('<') => Kind::Html,
        "csv" | "tsv" => Kind::Csv,
        "md" | "markdown" | "mdx" => Kind::Markdown,
        _ if matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'['))
            && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() =>
        {
            Kind::Json
        }
        _ => Kind::Text,
    })
}

fn of_package(bytes: &[u8]) -> Result<Kind, Failure> {
    let mut package = Package::open(bytes)?;
    if package.read("mimetype")?.is_some_and(|kind| kind.trim_ascii() == b"application/epub+zip") {
        return Ok(Kind::Epub);
    }
    for (folder, kind) in [("word/", Kind::Docx), ("ppt/", Kind::Pptx), ("xl/", Kind::Xlsx)] {
        if package.has_folder(folder) {
            return Ok(kind);
        }
    }
    Err(Failure::new(
        "unsupported_type",
        format!("This is a ZIP archive. Unpack it and upload the files in it. {ACCEPTED}"),
    ))
}

/// The format of Office before 2007, in which it also wraps what has a password.
/// <https://learn.microsoft.com/en-us/openspecs/office_file_formats/ms-offcrypto/>
fn of_compound_file(bytes: &[u8]) -> Failure {
    let stream: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(stream.len()).any(|window| window == stream) {
        return encrypted();
    }
    Failure::new(
        "unsupported_type",
        "This is a document of an old Office program. Save it as DOCX, PPTX, XLSX or PDF, and upload that.",
    )
}

pub fn encrypted() -> Failure {
    Failure::new("encrypted", "It is protected with a password. Save it without one, and upload that.")
}

/// What can't be read even if it were text.
fn known_otherwise(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 12] = [
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"GIF8", "an image"),
        (b"RIFF", "an image, sound or film"),
        (b"\x1f\x8b", "a compressed file"),
        (b"BZh", "a compressed file"),
        (b"\xfd7zXZ", "a compressed file"),
        (b"7z\xbc\xaf", "a compressed file"),
        (b"Rar!", "a compressed file"),
        (b"\x7fELF", "a program"),
        (b"{\\rtf", "a document in Rich Text Format: save it as DOCX or PDF, and upload that"),
        (b"%!PS", "a PostScript document: save it as PDF, and upload that"),
    ];
    KINDS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| *kind)
}
