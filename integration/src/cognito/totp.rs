//! Codes of an authenticator app: TOTP (RFC 6238) as Cognito has it, with SHA-1, six digits and
//! 30 seconds.

use aws_lc_rs::hmac;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_SECONDS: i64 = 30;

/// The step of time that a code of `secret` stands for, at most one before or after that of
/// `now` (seconds since 1970): clocks differ. `None` if it is not such a code.
pub(super) fn step_of(secret: &str, code: &str, now: i64) -> Option<i64> {
    let secret = from_base32(secret)?;
    let current = now / STEP_SECONDS;
    (current - 1..=current + 1).find(|&step| format!("{:06}", code_at(&secret, step)) == code)
}

fn code_at(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 0x0f);
    let word = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]);
    (word & 0x7fff_ffff) % 1_000_000
}

/// Without padding, as authenticator apps take it.
pub(super) fn to_base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(5) {
        let mut block = [0; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let block = u64::from_be_bytes(block);
        for digit in 0..(chunk.len() * 8).div_ceil(5) {
            let value = (block >> (35 - 5 * digit)) & 31;
            text.push(char::from(ALPHABET[usize::try_from(value).unwrap_or_default()]));
        }
    }
    text
}

/// `None` for what is no base32. People type it in groups and small letters.
pub(super) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0u32, 0);
    for letter in text.bytes().filter(|letter| !letter.is_ascii_whitespace() && *letter != b'=') {
        let value = ALPHABET.iter().position(|known| *known == letter.to_ascii_uppercase())?;
        buffer = (buffer << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((buffer >> bits) & 0xff).ok()?);
            buffer &= (1 << bits) - 1;
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{code_at, from_base32, step_of, to_base32};

    /// RFC 6238, appendix B, to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        let cases = [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (20_000_000_000, 353_130),
        ];
        for (time, code) in cases {
            assert_eq!(code_at(secret, time / 30), code, "{time}");
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_is_that_of_the_standard() {
        for (bytes, text) in [
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(to_base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(&text.to_lowercase()).unwrap(), bytes.as_bytes());
        }
        assert_eq!(from_base32("mzxw 6ytb oi==").unwrap(), b"foobar");
        assert_eq!(from_base32("MZXW1"), None);
        assert_eq!(from_base32(""), None);
    }

    #[test]
    fn a_code_is_good_a_step_early_and_a_step_late() {
        let secret = to_base32(b"12345678901234567890");
        // That of 59 s.
        for (now, step) in [(15, Some(1)), (59, Some(1)), (89, Some(1)), (90, None)] {
            assert_eq!(step_of(&secret, "287082", now), step, "{now}");
        }
        assert_eq!(step_of(&secret, "287083", 59), None);
        assert_eq!(step_of(&secret, "", 59), None);
    }
}
