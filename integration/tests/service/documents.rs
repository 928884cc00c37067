//! Documents: from an upload to what is found, whatever happens in between.

use std::{path::Path, time::Duration};

use integration::bedrock::{Exception, Script};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    knowledge::{COFFEE, PARKING, of},
    shape::{assert_matches, each},
    support::{Platform, SOON, User, ok, plain_pdf, problem},
};

/// A document that is read, by its id.
pub async fn ready(platform: &Platform, user: &User, base: &Value, name: &str, bytes: &[u8]) -> String {
    let id = upload(platform, user, base, name, bytes).await;
    let document = read(platform, user, &id).await;
    assert_eq!(document["status"], "ready", "{document}");
    id
}

/// One whose bytes are here.
pub async fn upload(platform: &Platform, user: &User, base: &Value, name: &str, bytes: &[u8]) -> String {
    let announced = announce(platform, user, base, name, bytes.len()).await;
    let sent = send(platform, &announced["upload"], bytes).await;
    assert_eq!(sent.status(), 200, "{}", sent.text().await.unwrap());
    let id = announced["document"]["id"].as_str().unwrap().to_owned();
    platform.post(user, &format!("/documents/{id}/uploaded"), &json!({})).await;
    id
}

pub async fn announce(platform: &Platform, user: &User, base: &Value, name: &str, size: usize) -> Value {
    let path = format!("/knowledge-bases/{}/documents", base.as_str().unwrap());
    let answer = platform.call(user, Method::POST, &path).json(&json!({ "name": name, "size": size })).send().await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 201);
    ok(answer).await
}

/// Without a token: the address is enough.
pub async fn send(platform: &Platform, address: &Value, bytes: &[u8]) -> reqwest::Response {
    assert_eq!(address["method"], "PUT");
    let url = format!("{}{}", platform.service.address, address["url"].as_str().unwrap());
    reqwest::Client::new().put(url).body(bytes.to_vec()).send().await.unwrap()
}

/// A document as soon as nothing is to be done with it.
pub async fn read(platform: &Platform, user: &User, id: &str) -> Value {
    until(platform, user, id, |document| document["status"] == "ready" || document["status"] == "failed").await
}

pub async fn until(platform: &Platform, user: &User, id: &str, is: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    let wait = async {
        loop {
            last = platform.get(user, &format!("/documents/{id}")).await;
            if is(&last) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let result = tokio::time::timeout(SOON * 2, wait).await;
    assert!(result.is_ok(), "{last}");
    last
}

pub async fn base(platform: &Platform, user: &User) -> Value {
    platform.post(user, "/knowledge-bases", &json!({ "name": "Handbook" })).await["id"].clone()
}

pub async fn documents(platform: &Platform, user: &User, base: &Value) -> Value {
    platform.get(user, &format!("/knowledge-bases/{}/documents", base.as_str().unwrap())).await["items"].clone()
}

/// All texts of a knowledge base, in the order of their similarity to `query`.
pub async fn found(platform: &Platform, user: &User, base: &Value, query: &str) -> Vec<String> {
    let body = json!({ "knowledge_base_id": base, "query": query, "top_k": 50 });
    let found = platform.post(user, "/knowledge/search", &body).await;
    found["results"].as_array().unwrap().iter().map(|result| result["text"].as_str().unwrap().to_owned()).collect()
}

/// Long enough for many chunks, each of which says its number.
pub fn long_text(paragraphs: usize) -> String {
    let words =
        |paragraph: usize| (0..70).fold(String::new(), |text, n| format!("{text}Mango {paragraph}-{n} is fruit. "));
    let paragraphs: Vec<_> = (0..paragraphs).map(|number| format!("Paragraph {number}. {}", words(number))).collect();
    paragraphs.join("\n\n")
}

/// The files in the folder of uploads.
pub fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path.display().to_string());
        }
    }
    files
}

/// Has all messages received at once that wait for their time.
pub async fn hurry(platform: &Platform) {
    sqlx::query("update jobs set visible_at = now()").execute(&platform.owner).await.unwrap();
    sqlx::query("notify mangoo_jobs").execute(&platform.owner).await.unwrap();
}

/// Waits until something holds.
pub async fn eventually(what: &str, is: impl AsyncFn() -> bool) {
    eventually_within(SOON, what, is).await;
}

pub async fn eventually_within(patience: Duration, what: &str, is: impl AsyncFn() -> bool) {
    let wait = async {
        while !is().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(patience, wait).await.expect(what);
}

#[tokio::test]
async fn an_uploaded_document_is_read_and_found() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;

    let announced = announce(&platform, &user, &base, "parking.md", PARKING.len()).await;
    assert_matches(
        &announced["document"],
        json!({
            "id": "<uuid>", "knowledge_base_id": base, "name": "parking.md", "size": PARKING.len(),
            "status": "uploading", "error": null, "progress": 0, "chunks": null,
            "kind": null, "pages": null, "characters": null, "url": null, "metadata": {}, "created_at": "<time>",
            "updated_at": "<time>",
        }),
    );
    let path = format!("/documents/{}", announced["document"]["id"].as_str().unwrap());
    // Not before its bytes are here.
    problem(platform.call(&user, Method::POST, &format!("{path}/uploaded")).send().await.unwrap(), 409).await;
    assert_eq!(send(&platform, &announced["upload"], PARKING.as_bytes()).await.status(), 200);
    platform.post(&user, &format!("{path}/uploaded"), &json!({})).await;
    let document = read(&platform, &user, announced["document"]["id"].as_str().unwrap()).await;

    assert_eq!(
        (&document["status"], &document["progress"], &document["chunks"]),
        (&json!("ready"), &json!(100), &json!(1))
    );
    assert_eq!(documents(&platform, &user, &base).await, json!([document]));
    let body = json!({ "knowledge_base_id": base, "query": "Where do visitors park?" });
    let result = platform.post(&user, "/knowledge/search", &body).await["results"][0].clone();
    assert_eq!(
        (&result["text"], &result["source_type"], &result["source_uri"]),
        (&json!(PARKING), &json!("document"), &json!("parking.md"))
    );
    assert_eq!((&document["kind"], &document["characters"]), (&json!("markdown"), &json!(PARKING.len())));
    assert_eq!((&result["document_id"], &result["char_end"]), (&document["id"], &document["characters"]));
    // Its text can be looked at, also in parts,
    let text = platform.get(&user, &format!("{path}/text")).await;
    assert_eq!(text, json!({ "document_id": document["id"], "start": 0, "text": PARKING, "next": null }));
    let part = platform.get(&user, &format!("{path}/text?start=9&limit=4")).await;
    assert_eq!((&part["text"], &part["next"]), (&json!("park"), &json!(13)));
    // and comes back as it was, at an address that needs no token.
    let address = platform.get(&user, &format!("{path}/download")).await;
    let url = format!("{}{}", platform.service.address, address["url"].as_str().unwrap());
    let answer = reqwest::get(&url).await.unwrap();
    assert_eq!(answer.headers()["content-disposition"], "attachment");
    assert_eq!(answer.text().await.unwrap(), PARKING);
}

#[tokio::test]
async fn a_document_of_many_chunks_is_found_whole_and_at_once() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    // The last of its chunks takes a while: nothing is found meanwhile.
    for _ in 0..64 {
        platform.bedrock.script_embedding(Script::default());
    }
    platform.bedrock.script_embedding(Script { delay_before_headers: Duration::from_secs(1), ..Script::default() });
    let id = upload(&platform, &user, &base, "long.txt", long_text(70).as_bytes()).await;
    let half = until(&platform, &user, &id, |document| document["progress"].as_i64().unwrap() > 50).await;
    assert_eq!(half["status"], "embedding");
    let chunks = sqlx::query_scalar::<_, i64>("select count(*) from knowledge_chunks");
    assert_eq!(chunks.fetch_one(&platform.owner).await.unwrap(), 0);

    let document = read(&platform, &user, &id).await;

    let places: Vec<i32> = sqlx::query_scalar("select chunk_index from knowledge_chunks order by chunk_index")
        .fetch_all(&platform.owner)
        .await
        .unwrap();
    assert_eq!(json!(places.len()), document["chunks"]);
    assert!(places.len() >= 70 && places.iter().copied().eq(0..i32::try_from(places.len()).unwrap()));
    assert_eq!(found(&platform, &user, &base, "mangoes").await.len(), 50);
}

#[tokio::test]
async fn what_can_not_be_read_says_why_and_harms_no_other() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let picture = upload(&platform, &user, &base, "really-a-text.txt", b"\x89PNG\r\n\x1a\n....").await;
    let blank = upload(&platform, &user, &base, "blank.txt", b" \n ").await;
    ready(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;

    let document = read(&platform, &user, &picture).await;
    assert_eq!((&document["status"], &document["error"]["code"]), (&json!("failed"), &json!("unsupported_type")));
    assert!(document["error"]["detail"].as_str().unwrap().starts_with("This is an image. PDF, DOCX,"));
    assert_eq!(read(&platform, &user, &blank).await["error"]["code"], "no_text");
    assert_eq!(found(&platform, &user, &base, "coffee").await, [COFFEE]);

    // Again, it fails again.
    platform.post(&user, &format!("/documents/{picture}/retry"), &json!({})).await;
    let again = read(&platform, &user, &picture).await;
    assert_eq!(again["error"]["code"], "unsupported_type");
    assert_ne!(again["updated_at"], document["updated_at"], "it is read once more");
}

#[tokio::test]
async fn a_passage_of_a_pdf_says_its_page() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let filler = "Mangoes are fruit and grow on trees. ".repeat(60);
    let pages = [filler.clone(), format!("{PARKING} {filler}"), filler];
    ready(&platform, &user, &base, "handbook.pdf", &plain_pdf(&pages)).await;

    let body = json!({ "knowledge_base_id": base, "query": "Where do visitors park?" });
    let found = platform.post(&user, "/knowledge/search", &body).await;
    assert_eq!(found["results"][0]["page"], 2, "{found}");
}

#[tokio::test]
async fn a_document_that_ends_its_reader_fails_alone() {
    let platform = Platform::start_with(|config| config.documents.document_memory_bytes = 256 * 1024 * 1024).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let html = format!("<!doctype html>{}", "<b>".repeat(2_000_000));
    let bad = upload(&platform, &user, &base, "wide.html", html.as_bytes()).await;
    ready(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;

    let document = read(&platform, &user, &bad).await;
    assert_eq!((&document["status"], &document["error"]["code"]), (&json!("failed"), &json!("too_complex")));
}

#[tokio::test]
async fn a_failed_document_can_be_retried() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let denied = Exception::new("AccessDeniedException", "You don't have access to the model.");
    platform.bedrock.script_embedding(Script { error_before: Some(denied), ..Script::default() });
    let id = upload(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    let document = read(&platform, &user, &id).await;
    assert_eq!(document["error"]["code"], "model_unavailable");

    platform.post(&user, &format!("/documents/{id}/retry"), &json!({})).await;

    assert_eq!(read(&platform, &user, &id).await["status"], "ready");
    assert_eq!(found(&platform, &user, &base, "coffee").await, [COFFEE]);
    // There is nothing to retry any more.
    assert_eq!(platform.post(&user, &format!("/documents/{id}/retry"), &json!({})).await["status"], "ready");
}

#[tokio::test]
async fn throttling_slows_but_fails_nothing() {
    let platform = Platform::start_with(|config| config.bedrock.bedrock_max_attempts = 1).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    platform.bedrock.script_embedding(Script { error_before: Some(Exception::throttling()), ..Script::default() });

    let id = upload(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;

    assert_eq!(read(&platform, &user, &id).await["status"], "ready");
    assert_eq!(of(&platform, "invoke").len(), 2);
}

#[tokio::test]
async fn the_same_bytes_are_one_document() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let first = ready(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;

    let second = upload(&platform, &user, &base, "copy of coffee.txt", COFFEE.as_bytes()).await;

    assert_eq!(until(&platform, &user, &second, |document| document["id"] == first.as_str()).await["status"], "ready");
    assert_eq!(each(&documents(&platform, &user, &base).await, "id"), [first.as_str()]);
    assert_eq!(found(&platform, &user, &base, "coffee").await, [COFFEE]);
    // In another knowledge base they are another.
    let other = self::base(&platform, &user).await;
    let third = ready(&platform, &user, &other, "coffee.txt", COFFEE.as_bytes()).await;
    assert_ne!(third, first);
    // Deleted by either id.
    ok(platform.call(&user, Method::DELETE, &format!("/documents/{second}")).send().await.unwrap()).await;
    assert_eq!(found(&platform, &user, &base, "coffee").await, Vec::<String>::new());
    assert_eq!(found(&platform, &user, &other, "coffee").await, [COFFEE]);
    hurry(&platform).await;
    eventually("the bytes of both are deleted", async || files(platform.uploads.path()).len() == 2).await;
}

#[tokio::test]
async fn the_same_bytes_are_embedded_once_even_at_the_same_time() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    platform.bedrock.script_embedding(Script { delay_before_headers: Duration::from_secs(3), ..Script::default() });
    let first = upload(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    until(&platform, &user, &first, |document| document["status"] == "embedding").await;

    let second = upload(&platform, &user, &base, "copy of coffee.txt", COFFEE.as_bytes()).await;
    let waits = until(&platform, &user, &second, |document| !document["error"].is_null()).await;
    assert_eq!(waits["error"]["code"], "same_underway", "{waits}");

    let read = until(&platform, &user, &second, |document| document["id"] == first.as_str()).await;
    assert_eq!((&read["status"], &read["error"]), (&json!("ready"), &Value::Null));
    assert_eq!(of(&platform, "invoke").len(), 1);
}

#[tokio::test]
async fn a_document_outlives_the_one_that_stood_for_it() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let first = ready(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    let copy = upload(&platform, &user, &base, "copy of coffee.txt", COFFEE.as_bytes()).await;
    until(&platform, &user, &copy, |document| document["id"] == first.as_str()).await;

    let changed = ready(&platform, &user, &base, "coffee.txt", PARKING.as_bytes()).await;

    assert_eq!(each(&documents(&platform, &user, &base).await, "id"), [changed.as_str(), copy.as_str()]);
    assert_eq!(found(&platform, &user, &base, "coffee").await, [COFFEE, PARKING]);
    let document = platform.get(&user, &format!("/documents/{copy}")).await;
    assert_eq!((&document["status"], &document["chunks"]), (&json!("ready"), &json!(1)));
    ok(platform.call(&user, Method::DELETE, &format!("/documents/{copy}")).send().await.unwrap()).await;
    assert_eq!(found(&platform, &user, &base, "coffee").await, [PARKING]);
}

#[tokio::test]
async fn a_file_that_becomes_the_same_as_another_loses_what_it_was() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let coffee = ready(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    ready(&platform, &user, &base, "handbook.txt", PARKING.as_bytes()).await;

    let changed = upload(&platform, &user, &base, "handbook.txt", COFFEE.as_bytes()).await;

    until(&platform, &user, &changed, |document| document["id"] == coffee.as_str()).await;
    assert_eq!(found(&platform, &user, &base, "coffee").await, [COFFEE]);
    assert_eq!(each(&documents(&platform, &user, &base).await, "id"), [coffee.as_str()]);
}

#[tokio::test]
async fn a_changed_file_replaces_the_one_before() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let old = ready(&platform, &user, &base, "handbook.txt", COFFEE.as_bytes()).await;
    // One that can't be read replaces nothing.
    let broken = upload(&platform, &user, &base, "handbook.txt", b"\xff\xfe\xfd").await;
    assert_eq!(read(&platform, &user, &broken).await["status"], "failed");
    assert_eq!(found(&platform, &user, &base, "coffee").await, [COFFEE]);
    // But another one that can't be read.
    let again = upload(&platform, &user, &base, "handbook.txt", b"\xff\xfe\xfd").await;
    assert_eq!(read(&platform, &user, &again).await["status"], "failed");
    assert_eq!(each(&documents(&platform, &user, &base).await, "id"), [again.as_str(), old.as_str()]);

    let new = ready(&platform, &user, &base, "handbook.txt", PARKING.as_bytes()).await;

    assert_eq!(found(&platform, &user, &base, "coffee").await, [PARKING]);
    assert_eq!(each(&documents(&platform, &user, &base).await, "id"), [new.as_str()]);
    problem(platform.call(&user, Method::GET, &format!("/documents/{old}")).send().await.unwrap(), 404).await;
    // Their bytes go too.
    eventually("the bytes of what was replaced are deleted", async || files(platform.uploads.path()).len() == 2).await;
}

#[tokio::test]
async fn what_is_deleted_leaves_nothing() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let first = ready(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    ready(&platform, &user, &base, "parking.txt", PARKING.as_bytes()).await;

    let path = format!("/documents/{first}");
    let deleted = ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(deleted, json!({ "status": "success", "id": first }));
    problem(platform.call(&user, Method::GET, &path).send().await.unwrap(), 404).await;
    assert_eq!(found(&platform, &user, &base, "coffee").await, [PARKING]);
    let path = format!("/knowledge/{}", base.as_str().unwrap());
    let deleted = ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
    assert_eq!(deleted["chunks_deleted"], 1);
    // The bytes a while later: nobody waits for that here.
    hurry(&platform).await;
    eventually("the bytes are deleted", async || files(platform.uploads.path()).is_empty()).await;
    for table in ["documents", "document_chunks", "knowledge_chunks"] {
        let count = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(format!("select count(*) from {table}")));
        assert_eq!(count.fetch_one(&platform.owner).await.unwrap(), 0, "{table}");
    }
}

#[tokio::test]
async fn an_address_is_good_for_one_thing_only() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let one = announce(&platform, &user, &base, "one.txt", 10).await["upload"].clone();
    let url = one["url"].as_str().unwrap();
    let other = announce(&platform, &user, &base, "two.txt", 10).await["document"]["id"].clone();
    let id = url.split('/').nth(5).unwrap();
    let expires = url.split_once("expires=").unwrap().1.split('&').next().unwrap();
    for forged in [
        url.replace(id, other.as_str().unwrap()),
        url.replace("size=10", "size=1000000"),
        url.replace(expires, "99999999999"),
        url.replace(expires, "1"),
        url[..url.len() - 2].to_owned(),
        url.replace(&format!("{id}/original"), "../../../etc/passwd"),
    ] {
        assert_ne!(forged, url);
        let sent = send(&platform, &json!({ "method": "PUT", "url": forged }), b"0123456789").await;
        assert!([400, 403, 404, 422].contains(&sent.status().as_u16()), "{forged}: {}", sent.status());
    }
    // Nor to fetch what one may send.
    let fetched = reqwest::get(format!("{}{url}", platform.service.address)).await.unwrap();
    assert_eq!(fetched.status(), StatusCode::FORBIDDEN);
    assert!(files(platform.uploads.path()).is_empty());

    assert_eq!(send(&platform, &one, b"0123456789 and more").await.status(), 413);
    assert!(files(platform.uploads.path()).is_empty());
    assert_eq!(send(&platform, &one, b"012345").await.status(), 200);
    let path = format!("/documents/{id}/uploaded");
    let short = problem(platform.call(&user, Method::POST, &path).send().await.unwrap(), 409).await;
    assert_eq!(short["detail"], "6 bytes are here, not the 10 that were announced. Announce the document again.");
}

#[tokio::test]
async fn limits_hold_before_a_byte_is_stored() {
    let platform = Platform::start_with(|config| {
        config.documents.document_max_bytes = 1024 * 1024;
        config.documents.documents_max = 1;
    })
    .await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let path = format!("/knowledge-bases/{}/documents", base.as_str().unwrap());
    let announce = |size: i64| {
        let body = json!({ "name": "a.txt", "size": size });
        platform.call(&user, Method::POST, &path).json(&body).send()
    };
    problem(announce(0).await.unwrap(), 422).await;
    let film = json!({ "name": "Trip.MP4", "size": 1 });
    let film = platform.call(&user, Method::POST, &path).json(&film).send().await.unwrap();
    let detail = problem(film, 415).await["detail"].clone();
    assert!(detail.as_str().unwrap().starts_with("By its name this is a film. PDF, DOCX,"), "{detail}");
    let large = problem(announce(1024 * 1024 + 1).await.unwrap(), 413).await;
    assert_eq!(large["detail"], "The document is too large: at most 1 MiB are accepted.");
    assert_eq!(announce(1024 * 1024).await.unwrap().status(), 201);
    let full = problem(announce(1).await.unwrap(), 409).await;
    assert!(full["detail"].as_str().unwrap().starts_with("This knowledge base is full: it has 1 documents."));
}

#[tokio::test]
async fn without_a_place_for_documents_the_service_says_so() {
    let platform = Platform::start_with(|config| config.documents.uploads_dir = None).await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let path = format!("/knowledge-bases/{}/documents", base.as_str().unwrap());
    let body = json!({ "name": "a.txt", "size": 1 });
    let refused = problem(platform.call(&user, Method::POST, &path).json(&body).send().await.unwrap(), 503).await;
    assert!(refused["detail"].as_str().unwrap().contains("UPLOADS_DIR"));
}

#[tokio::test]
async fn nobody_sees_the_documents_of_others() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let id = ready(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    for stranger in [platform.user(), platform.user_of("acme")] {
        for (method, path) in [
            (Method::GET, format!("/documents/{id}")),
            (Method::GET, format!("/documents/{id}/download")),
            (Method::POST, format!("/documents/{id}/uploaded")),
            (Method::POST, format!("/documents/{id}/retry")),
            (Method::DELETE, format!("/documents/{id}")),
            (Method::GET, format!("/knowledge-bases/{}/documents", base.as_str().unwrap())),
            (Method::DELETE, format!("/knowledge/{}", base.as_str().unwrap())),
        ] {
            problem(platform.call(&stranger, method, &path).send().await.unwrap(), 404).await;
        }
    }
    assert_eq!(found(&platform, &user, &base, "coffee").await, [COFFEE]);
}
