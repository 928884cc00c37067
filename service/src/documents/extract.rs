//! The text in a document's bytes, by what they are and not by their name.

use super::store::Failure;

/// Text, or why there is none, for who uploaded it.
pub fn text(bytes: &[u8]) -> Result<String, Failure> {
    if let Some(kind) = known_kind(bytes) {
        return Err(Failure::new(
            "unsupported_type",
            format!("This is {kind}, which can't be read yet. Upload its text as plain text, Markdown, CSV or JSON."),
        ));
    }
    let text = decode(bytes).ok_or_else(|| {
        Failure::new("not_text", "This is no text: its bytes are not UTF-8. Upload plain text, Markdown, CSV or JSON.")
    })?;
    if text.trim().is_empty() {
        return Err(Failure::new("no_text", "There is no text in it."));
    }
    Ok(text)
}

/// What begins like no text does.
fn known_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 6] = [
        (b"%PDF-", "a PDF"),
        (b"PK\x03\x04", "an Office document or a ZIP archive"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"\x1f\x8b", "a compressed file"),
    ];
    KINDS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| *kind)
}

/// UTF-8, or UTF-16 that says so. NUL is in no text, and Postgres can't store it.
fn decode(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok()?,
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => String::from_utf8(bytes.to_vec()).ok()?,
    };
    (!text.contains('\0')).then_some(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = units.iter().map(|pair| unit(*pair)).collect();
    rest.is_empty().then(|| String::from_utf16(&units).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_in_any_unicode() {
        let little: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("Grüße".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain("Grüße".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in ["Grüße".as_bytes(), "\u{feff}Grüße".as_bytes(), &little, &big] {
            assert_eq!(text(bytes).expect("it is text"), "Grüße");
        }
    }

    #[test]
    fn what_is_no_text_says_what_it_is() {
        for (bytes, code) in [
            (b"%PDF-1.7 ...".as_slice(), "unsupported_type"),
            (b"PK\x03\x04\x14\0", "unsupported_type"),
            (b"\xff\xd8\xff\xe0", "unsupported_type"),
            (b"caf\xe9", "not_text"),
            (b"\xff\xfea", "not_text"),
            (b"a\0b", "not_text"),
            (b" \r\n\t", "no_text"),
        ] {
            assert_eq!(text(bytes).expect_err("no text").code, code, "{bytes:?}");
        }
    }
}
