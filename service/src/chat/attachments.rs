//! Images and documents that go to the model with a question.
//!
//! What Converse takes: <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html>

use std::collections::{HashMap, HashSet};

use aws_sdk_bedrockruntime::types::{
    ContentBlock, DocumentBlock, DocumentFormat, DocumentSource, ImageBlock, ImageFormat, ImageSource,
};
use aws_smithy_types::Blob;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    id::AttachmentId,
    model::{IMAGE_TOKENS, estimate_document_tokens},
};

use super::{block::Block, history::Turn};

/// Most bytes of an image: 3.75 MB.
pub const MAX_IMAGE: usize = 3_750_000;
/// Most bytes of a document: 4.5 MB.
pub const MAX_DOCUMENT: usize = 4_500_000;
/// Most images, documents, and bytes of both that go to the model at once.
const MOST_IMAGES: usize = 20;
const MOST_DOCUMENTS: usize = 5;
const MOST_BYTES: usize = 18_000_000;

/// An image or a document that a question is asked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    pub id: AttachmentId,
    pub name: String,
    #[schema(example = "image/png")]
    pub media_type: String,
    /// In bytes.
    pub size: i32,
}

impl Attachment {
    pub fn is_image(&self) -> bool {
        self.media_type.starts_with("image/")
    }

    /// Roughly what it costs.
    pub fn tokens(&self) -> usize {
        let size = usize::try_from(self.size).unwrap_or_default();
        if self.is_image() { IMAGE_TOKENS } else { estimate_document_tokens(size) }
    }

    /// As Converse takes it. `number` makes the names of a request's documents differ.
    pub fn into_content(self, bytes: &Bytes, number: usize) -> Option<ContentBlock> {
        let blob = Blob::new(bytes.to_vec());
        if let Some(format) = self.media_type.strip_prefix("image/") {
            let image = ImageBlock::builder().format(ImageFormat::from(format)).source(ImageSource::Bytes(blob));
            return image.build().ok().map(ContentBlock::Image);
        }
        let (_, format) = DOCUMENTS.iter().find(|(media_type, _)| *media_type == self.media_type)?;
        let document = DocumentBlock::builder()
            .format(DocumentFormat::from(*format))
            .name(format!("{number} {}", harmless(&self.name)))
            .source(DocumentSource::Bytes(blob));
        document.build().ok().map(ContentBlock::Document)
    }
}

/// Media types of documents, and what Converse calls them.
const DOCUMENTS: [(&str, &str); 7] = [
    ("application/pdf", "pdf"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/markdown", "md"),
    ("text/plain", "txt"),
];

/// What bytes are: by their content, and by their name only among formats that are alike.
pub fn media_type(bytes: &[u8], name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let of = |format: &str| DOCUMENTS.iter().find(|(_, other)| *other == format).map(|(media_type, _)| *media_type);
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'%', b'P', b'D', b'F', b'-', ..] => of("pdf"),
        [b'P', b'K', 3, 4, ..] => of(&ending).filter(|_| matches!(ending.as_str(), "docx" | "xlsx")),
        _ if bytes.contains(&0) || str::from_utf8(bytes).is_err() => None,
        _ => match ending.as_str() {
            "csv" | "html" | "md" => of(&ending),
            "htm" => of("html"),
            "markdown" => of("md"),
            _ => of("txt"),
        },
    }
}

/// A name that Converse takes, and that tells a model nothing to do.
fn harmless(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-()[]".contains(c) { c } else { ' ' }).collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect()
}

/// Those of a conversation that go to the model: the newest, as many as it takes, each once. `turns`
/// are the oldest first.
pub fn newest<'a>(turns: impl DoubleEndedIterator<Item = &'a Turn>) -> Vec<AttachmentId> {
    let (mut images, mut documents, mut bytes) = (0, 0, 0);
    let mut seen = HashSet::new();
    let blocks = turns.rev().flat_map(|turn| turn.blocks.iter().rev());
    let attachments = blocks.filter_map(|block| match block {
        Block::Attachment(attachment) => Some(attachment),
        _ => None,
    });
    attachments
        .filter(|attachment| seen.insert(attachment.id))
        .take_while(|attachment| {
            let (count, most) =
                if attachment.is_image() { (&mut images, MOST_IMAGES) } else { (&mut documents, MOST_DOCUMENTS) };
            *count += 1;
            bytes += usize::try_from(attachment.size).unwrap_or_default();
            *count <= most && bytes <= MOST_BYTES
        })
        .map(|attachment| attachment.id)
        .collect()
}

/// The bytes of attachments.
pub type Files = HashMap<AttachmentId, Bytes>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_what_it_is() {
        for (bytes, name, expected) in [
            (&b"\x89PNG\r\n\x1a\nrest"[..], "a.jpg", Some("image/png")),
            (b"\xff\xd8\xff\xe0", "a", Some("image/jpeg")),
            (b"GIF89a", "a.gif", Some("image/gif")),
            (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", Some("image/webp")),
            (b"%PDF-1.7", "a.txt", Some("application/pdf")),
            (b"PK\x03\x04", "a.zip", None),
            (b"PK\x03\x04", "a.pdf", None),
            (b"\x7fELF\0", "a.txt", None),
            (b"a,b", "A.CSV", Some("text/csv")),
            (b"fn main() {}", "main.rs", Some("text/plain")),
            ("Größe".as_bytes(), "readme.md", Some("text/markdown")),
        ] {
            assert_eq!(media_type(bytes, name), expected, "{name}");
        }
    }

    #[test]
    fn names_are_those_that_converse_takes() {
        assert_eq!(harmless("Q3 report (final).pdf"), "Q3 report (final) pdf");
        assert_eq!(harmless("../../ignore:\n\"all\" ü"), "ignore all");
    }
}
