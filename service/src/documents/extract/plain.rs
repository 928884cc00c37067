//! Bytes that are text in some encoding.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::{Failure, kind::ACCEPTED};

/// Unicode, or what most likely was meant where it is an older encoding.
pub fn decode(bytes: &[u8]) -> Result<String, Failure> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, has_errors) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if has_errors { Err(not_text()) } else { Ok(text.into_owned()) };
    }
    // NUL and most other control characters are in no text, whatever its encoding.
    if bytes.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)) {
        return Err(not_text());
    }
    if let Ok(text) = str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let (text, has_errors) = detector.guess(None, Utf8Detection::Allow).decode_without_bom_handling(bytes);
    if has_errors { Err(not_text()) } else { Ok(text.into_owned()) }
}

fn not_text() -> Failure {
    Failure::new("not_text", format!("This is no text, and no document of another format. {ACCEPTED}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_in_any_encoding() {
        let little: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("Grüße".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain("Grüße".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in ["Grüße".as_bytes(), "\u{feff}Grüße".as_bytes(), &little, &big, b"Gr\xfc\xdfe"] {
            assert_eq!(decode(bytes).expect("it is text"), "Grüße");
        }
        let (japanese, ..) = encoding_rs::SHIFT_JIS.encode("マンゴーは果物です。毎日食べます。");
        assert_eq!(decode(&japanese).expect("it is text"), "マンゴーは果物です。毎日食べます。");
    }

    #[test]
    fn bytes_that_are_no_text_are_not_taken_for_it() {
        for bytes in [b"\xff\xfea".as_slice(), b"a\0b", b"\x01\x02\x03\x80"] {
            assert_eq!(decode(bytes).expect_err("no text").code, "not_text", "{bytes:?}");
        }
    }
}
