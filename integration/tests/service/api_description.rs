//! The API's description.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::Value;

use crate::support::{Platform, ok};

#[test]
fn the_description_in_the_tree_is_that_of_the_code() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../service/openapi.json");
    let in_tree: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let of_code: Value = serde_json::from_str(&service::openapi::document().to_json().unwrap()).unwrap();
    assert!(in_tree == of_code, "service/openapi.json is not what the code says any more: run `just generate`");
}

#[tokio::test]
async fn the_description_is_served_to_anybody() {
    let platform = Platform::start().await;
    let answer = platform.service.request(Method::GET, "/openapi.json").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let served = ok(answer).await;
    let of_code: Value = serde_json::from_str(&service::openapi::document().to_json().unwrap()).unwrap();
    assert_eq!(served, of_code);
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"), "{}", served["openapi"]);
}

#[test]
fn whatever_is_referred_to_is_described() {
    let document: Value = serde_json::from_str(&service::openapi::document().to_json().unwrap()).unwrap();
    let mut references = HashSet::new();
    collect_references(&document, &mut references);
    assert!(references.len() > 10);
    for reference in references {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference} is missing");
    }
}

fn collect_references<'a>(value: &'a Value, references: &mut HashSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            references.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| collect_references(field, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_readable_page_loads_nothing_from_elsewhere() {
    let platform = Platform::start().await;
    let page = platform.service.request(Method::GET, "//api/docs").send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let base = page.url().clone();
    let html = page.text().await.unwrap();
    let loaded: Vec<&str> = ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(loaded.len() >= 3, "{html}");
    for link in loaded {
        let url = base.join(link).unwrap();
        assert_eq!(url.host(), base.host(), "{link}");
        assert_eq!(reqwest::get(url).await.unwrap().status(), 200, "{link}");
    }
}
