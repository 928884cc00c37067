//! What lies where in the images.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{self, SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, GzBuilder};
use walkdir::WalkDir;

use super::layer::Layer;

/// Whoever runs in the containers: nobody in particular, and not root.
pub const USER: &str = "65532:65532";
pub const PROGRAM: &str = "/mangoo";
pub const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
pub const PAGE: &str = "/page";

/// What seldom changes: shared libraries, at the paths where the program's loader looks for
/// them, and what a Linux without a distribution lacks.
pub fn base(libraries: &[PathBuf]) -> Layer {
    let mut layer = Layer::default();
    layer.folder("tmp", 0o1777);
    layer.bytes("etc/passwd", 0o644, "root:x:0:0:root:/:/sbin/nologin\nmangoo:x:65532:65532:mangoo:/:/sbin/nologin\n");
    layer.bytes("etc/group", 0o644, "root:x:0:\nmangoo:x:65532:\n");
    // Without it glibc asks DNS before it reads /etc/hosts.
    layer.bytes("etc/nsswitch.conf", 0o644, "hosts: files dns\n");
    layer.bytes(CERTIFICATES, 0o644, certificates());
    for library in libraries {
        layer.file(&library.to_string_lossy(), 0o755, library);
    }
    layer
}

pub fn program(binary: &Path) -> Layer {
    let mut layer = Layer::default();
    layer.file(PROGRAM, 0o755, binary);
    layer
}

/// The built page, with compressed copies where they are smaller, as `mangoo page` serves them.
pub fn page(folder: &Path) -> io::Result<Layer> {
    let mut layer = Layer::default();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        let Ok(path) = entry.path().strip_prefix(folder) else { continue };
        // What begins with a dot is no part of the page, e.g. `.made-from`.
        if !entry.file_type().is_file() || path.iter().any(|part| part.as_encoded_bytes().starts_with(b".")) {
            continue;
        }
        let content = fs::read(entry.path())?;
        let path = format!("{PAGE}/{}", path.to_string_lossy());
        // The server makes an ETag of size and time. Of builds of the page whose files are all
        // from 1970 and often of the same size, browsers would keep the old one for ever.
        let time = content_time(&content);
        if is_text(entry.path()) {
            for (extension, compressed) in [("br", brotli(&content)?), ("gz", gzip(&content)?)] {
                if compressed.len() < content.len() {
                    layer.bytes_modified(&format!("{path}.{extension}"), 0o644, compressed, time);
                }
            }
        }
        layer.bytes_modified(&path, 0o644, content, time);
    }
    Ok(layer)
}

/// A time that only equal contents share, as far as 31 bits can tell them apart.
fn content_time(content: &[u8]) -> u64 {
    let hash = digest::digest(&SHA256, content);
    hash.as_ref().iter().take(4).fold(0, |time, byte| time << 8 | u64::from(*byte)) >> 1
}

/// What other formats (images, fonts) have compressed already.
fn is_text(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("html" | "js" | "css" | "svg" | "json" | "txt" | "map" | "xml" | "webmanifest" | "wasm"))
}

fn brotli(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let best = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &best)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

/// The authorities that Mozilla trusts, as PEM. From a crate: those of this machine differ from
/// one to the next.
fn certificates() -> String {
    let mut text = String::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        text += "-----BEGIN CERTIFICATE-----\n";
        let encoded = STANDARD.encode(certificate);
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            let (line, next) = rest.split_at(rest.len().min(64));
            text += line;
            text.push('\n');
            rest = next;
        }
        text += "-----END CERTIFICATE-----\n";
    }
    text
}
