//! Comparing whole answers with what they have to be.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// Compares an answer with the whole that it has to be. Of what can't be known, `expected` has
/// the kind: `<uuid>`, `<time>`, `<text>` (not empty).
#[track_caller]
pub fn assert_matches(answer: &Value, mut expected: Value) {
    fill(answer, &mut expected);
    assert_eq!(*answer, expected);
}

/// Puts what came in the places of kinds, where it is of that kind.
fn fill(answer: &Value, expected: &mut Value) {
    match (answer, expected) {
        (Value::String(text), Value::String(kind)) => {
            let is_of_kind = match kind.as_str() {
                "<uuid>" => text.parse::<Uuid>().is_ok(),
                "<time>" => text.parse::<DateTime<Utc>>().is_ok(),
                "<text>" => !text.is_empty(),
                _ => false,
            };
            if is_of_kind {
                kind.clone_from(text);
            }
        }
        (Value::Array(items), Value::Array(kinds)) => items.iter().zip(kinds).for_each(|(item, kind)| fill(item, kind)),
        (Value::Object(fields), Value::Object(kinds)) => {
            for (name, kind) in kinds {
                if let Some(field) = fields.get(name) {
                    fill(field, kind);
                }
            }
        }
        _ => {}
    }
}

/// The field `name` of each item, as text.
#[track_caller]
pub fn each<'a>(items: &'a Value, name: &str) -> Vec<&'a str> {
    items.as_array().unwrap().iter().map(|item| item[name].as_str().unwrap()).collect()
}

#[track_caller]
pub fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// A path with a parameter of any text.
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    let url = reqwest::Url::parse_with_params(&format!("http://localhost{path}"), [(name, value)]).unwrap();
    format!("{path}?{}", url.query().unwrap())
}
