//! Lists come in pages. A store is asked for one item more than the page has, which tells
//! whether there is another page.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::input::Bounded;

/// A place in a list that is ordered by time, then by key. Opaque to clients: base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// To the microsecond, as Postgres keeps it.
    pub time: DateTime<Utc>,
    pub id: Uuid,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (time, id) = text.split_once(' ')?;
        // Within what Postgres can compare with: years of five digits are not ours.
        let time = DateTime::from_timestamp_micros(time.parse().ok()?)
            .filter(|time| (0..253_402_300_800).contains(&time.timestamp()))?;
        Some(Self { time, id: id.parse().ok()? })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let text = format!("{} {}", self.time.timestamp_micros(), self.id);
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(text))
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not one that this service gave; begin without a cursor"))
    }
}

/// Cuts `items` to a page of at most `limit` and says whether another page follows.
pub fn cut<T, const MIN: i32, const MAX: i32>(items: &mut Vec<T>, limit: Bounded<MIN, MAX>) -> bool {
    let limit = usize::try_from(limit.get()).unwrap_or(0);
    let has_more = items.len() > limit;
    items.truncate(limit);
    has_more
}

/// The header `Link` that names the next page: `path` with `parameters` as its query.
pub fn next_link(path: &str, parameters: &[(&str, String)]) -> HeaderMap {
    // The host is of no account: the link is relative to the one that was asked.
    reqwest::Url::parse_with_params(&format!("http://localhost{path}"), parameters)
        .ok()
        .and_then(|url| {
            let link = format!("<{path}?{}>; rel=\"next\"", url.query().unwrap_or_default());
            HeaderValue::from_str(&link).ok()
        })
        .map(|link| (header::LINK, link))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let cursor = Cursor {
            time: DateTime::from_timestamp_micros(1_700_000_000_123_456).expect("in range"),
            id: Uuid::now_v7(),
        };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
    }

    #[test]
    fn no_other_text_is_a_cursor() {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let id = Uuid::now_v7();
        for text in ["", "x", "%", &encode("1 2"), &encode(&format!("{} {id}", i64::MAX)), &encode(&format!("-1 {id}"))]
        {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_page_is_cut_only_when_more_follows() {
        let limit: Bounded<1, 200> = Bounded::of::<2>();
        let mut items = vec![1, 2];
        assert!(!cut(&mut items, limit));
        items.push(3);
        assert!(cut(&mut items, limit));
        assert_eq!(items, [1, 2]);
    }

    #[test]
    fn a_link_carries_any_text() {
        let headers = next_link("/agents", &[("category", "R&D >; ü".to_owned()), ("limit", "2".to_owned())]);
        assert_eq!(headers[header::LINK], "</agents?category=R%26D+%3E%3B+%C3%BC&limit=2>; rel=\"next\"");
    }
}
