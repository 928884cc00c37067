//! Knowledge bases, and answers from them.

use integration::bedrock::{Exception, Request, Script};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    shape::{assert_matches, each, time},
    stream::data,
    support::{Platform, User, ok, problem},
};

pub const COFFEE: &str = "The coffee machine on the third floor is cleaned every Friday afternoon.";
pub const PARKING: &str = "Visitors park behind the main building and need a badge from reception.";
pub const HOLIDAYS: &str = "Holidays are requested from your manager two weeks ahead.";

/// A knowledge base with these texts.
pub async fn base_of(platform: &Platform, user: &User, texts: &[&str]) -> Value {
    let added = add(platform, user, &json!(Uuid::new_v4()), texts).await;
    added["knowledge_base_id"].clone()
}

async fn add(platform: &Platform, user: &User, base: &Value, texts: &[&str]) -> Value {
    let body = json!({ "knowledge_base_id": base, "texts": texts, "source_uri": "handbook.md" });
    platform.post(user, "/knowledge/add", &body).await
}

async fn search(platform: &Platform, user: &User, base: &Value, query: &str) -> Value {
    let found = platform.post(user, "/knowledge/search", &json!({ "knowledge_base_id": base, "query": query })).await;
    found["results"].clone()
}

/// A bot that answers from `base`.
pub async fn bot_of(platform: &Platform, user: &User, base: &Value) -> Value {
    let bot = json!({
        "name": "Librarian", "model_id": "test.model-v1:0", "instructions": "Be brief.",
        "rag_enabled": true, "knowledge_base_id": base, "is_public": true,
    });
    platform.post(user, "/bots", &bot).await
}

/// The last event of the answer, and what Bedrock was asked for it.
pub async fn ask(platform: &Platform, user: &User, question: &Value) -> (Value, Value) {
    let events = platform.service.ask(user, question).await.rest().await;
    let last = events.last().unwrap();
    assert_eq!(last.event, "done", "{}", last.data);
    (data(last), of(platform, "converse-stream").pop().unwrap().body)
}

/// The requests of one operation that Bedrock got.
pub fn of(platform: &Platform, operation: &str) -> Vec<Request> {
    platform.bedrock.requests().into_iter().filter(|request| request.operation == operation).collect()
}

#[tokio::test]
async fn a_knowledge_base_is_made_and_listed() {
    let platform = Platform::start().await;
    let user = platform.user();

    let answer =
        platform.call(&user, Method::POST, "/knowledge-bases").json(&json!({ "name": "Handbook" })).send().await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 201);
    let made = ok(answer).await;
    assert_matches(
        &made,
        json!({
            "id": "<uuid>", "name": "Handbook", "description": null, "language": "english", "chunk_tokens": 400,
            "chunk_overlap": 60, "is_shared": false, "is_own": true, "chunk_count": 0,
            "created_at": "<time>", "updated_at": "<time>",
        }),
    );
    let other = json!({ "name": "Other", "description": "Of other things" });
    let other = platform.post(&user, "/knowledge-bases", &other).await;
    assert_eq!(other["description"], "Of other things");

    assert_eq!(platform.get(&user, "/knowledge-bases").await, json!({ "items": [other, made], "next_cursor": null }));

    add(&platform, &user, &made["id"], &[COFFEE, PARKING]).await;
    let listed = platform.get(&user, "/knowledge-bases").await;
    assert_eq!(listed["items"][1]["chunk_count"], 2);
    assert!(time(&listed["items"][1]["updated_at"]) > time(&made["updated_at"]));
    // Somebody else has none.
    for stranger in [platform.user(), platform.user_of("acme")] {
        assert_eq!(platform.get(&stranger, "/knowledge-bases").await, json!({ "items": [], "next_cursor": null }));
    }
}

#[tokio::test]
async fn pages_have_each_knowledge_base_once() {
    let platform = Platform::start().await;
    let user = platform.user();
    for number in 0..7 {
        platform.post(&user, "/knowledge-bases", &json!({ "name": format!("Base {number}") })).await;
    }
    // Also those that were made in the same instant.
    sqlx::query("update knowledge_bases set created_at = '2026-01-01' where name in ('Base 2', 'Base 3', 'Base 4')")
        .execute(&platform.owner)
        .await
        .unwrap();
    let whole = platform.get(&user, "/knowledge-bases").await;
    let mut seen = Vec::new();
    let mut path = "/knowledge-bases?limit=2".to_owned();
    loop {
        let page = platform.get(&user, &path).await;
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/knowledge-bases?limit=2&cursor={cursor}");
    }
    assert_eq!(Value::from(seen), whole["items"]);
    assert_eq!(each(&whole["items"], "name")[0], "Base 6");
}

#[tokio::test]
async fn an_unknown_id_makes_a_knowledge_base_of_the_callers() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = json!(Uuid::new_v4());

    let body = json!({ "knowledge_base_id": base, "texts": [COFFEE, PARKING] });
    let added = platform.post(&user, "/knowledge/add", &body).await;

    assert_matches(
        &added,
        json!({ "status": "success", "knowledge_base_id": base, "chunks_added": 2, "chunk_ids": ["<uuid>", "<uuid>"] }),
    );
    assert_ne!(added["chunk_ids"][0], added["chunk_ids"][1]);
    let listed = platform.get(&user, "/knowledge-bases").await;
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["chunk_count"]), (&base, &json!(2)));
}

#[tokio::test]
async fn what_is_added_is_found_with_its_source() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = json!(Uuid::new_v4());
    let body = json!({
        "knowledge_base_id": base, "texts": [COFFEE, PARKING, HOLIDAYS],
        "source_type": "manual", "source_uri": "https://example.com/manual?page=3",
    });
    let ids = platform.post(&user, "/knowledge/add", &body).await["chunk_ids"].clone();
    let body = json!({ "knowledge_base_id": base, "texts": ["Fire drills are announced by e-mail."] });
    platform.post(&user, "/knowledge/add", &body).await;

    let query = json!({ "knowledge_base_id": base, "query": "Where do visitors park?" });
    let found = platform.post(&user, "/knowledge/search", &query).await;

    assert_eq!((&found["status"], &found["query"]), (&json!("success"), &query["query"]));
    assert_eq!(found.as_object().unwrap().len(), 3);
    let results = found["results"].as_array().unwrap();
    assert_eq!(results.len(), 4);
    let mut best = results[0].clone();
    let similarity = best.as_object_mut().unwrap().remove("similarity").unwrap().as_f64().unwrap();
    assert!((0.3..=1.0).contains(&similarity), "{similarity}");
    assert!(best.as_object_mut().unwrap().remove("score").unwrap().as_f64().unwrap() > 0.0);
    assert_eq!(
        best,
        json!({
            "id": ids[1], "text": PARKING, "source_type": "manual",
            "source_uri": "https://example.com/manual?page=3", "chunk_index": 1, "metadata": {},
            "knowledge_base_id": base, "document_id": null, "page": null, "headings": [], "char_start": null, "char_end": null,
        })
    );
    let fire = results.iter().find(|result| result["text"].as_str().unwrap().starts_with("Fire")).unwrap();
    assert_eq!((&fire["source_type"], &fire["source_uri"]), (&json!("text"), &Value::Null));
}

#[tokio::test]
async fn the_most_similar_come_first_and_similarity_is_cosine() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_of(&platform, &user, &[HOLIDAYS, "visitors park", "visitors park behind", PARKING, COFFEE]).await;

    let query = json!({ "knowledge_base_id": base, "query": "visitors park", "mode": "vector" });
    let found = platform.post(&user, "/knowledge/search", &query).await["results"].clone();

    let similarities: Vec<f64> =
        found.as_array().unwrap().iter().map(|result| result["similarity"].as_f64().unwrap()).collect();
    assert!(similarities.is_sorted_by(|a, b| a >= b), "{similarities:?}");
    assert!(similarities.iter().all(|similarity| (-1.0..=1.000_001).contains(similarity)), "{similarities:?}");
    assert_eq!(each(&found, "text")[..3], ["visitors park", "visitors park behind", PARKING]);
    // The same text has the same direction; two of three words are √(2/3) of it.
    assert!((similarities[0] - 1.0).abs() < 0.001, "{similarities:?}");
    assert!((similarities[1] - (2.0_f64 / 3.0).sqrt()).abs() < 0.05, "{similarities:?}");
    assert!(similarities[4].abs() < 0.3, "{similarities:?}");
}

#[tokio::test]
async fn top_k_is_how_many_come() {
    let platform = Platform::start().await;
    let user = platform.user();
    let texts: Vec<String> = (0..9).map(|number| format!("Rule {number} of the house")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let base = base_of(&platform, &user, &texts).await;
    for (top_k, count) in [(json!(1), 1), (json!(3), 3), (json!(50), 9), (Value::Null, 5)] {
        let query = json!({ "knowledge_base_id": base, "query": "house rules", "top_k": top_k });
        let found = platform.post(&user, "/knowledge/search", &query).await;
        assert_eq!(found["results"].as_array().unwrap().len(), count, "{top_k}");
    }
    assert_eq!(search(&platform, &user, &base, "house rules").await.as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn an_empty_knowledge_base_has_nothing_to_find() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = platform.post(&user, "/knowledge-bases", &json!({ "name": "Empty" })).await["id"].clone();
    assert_eq!(search(&platform, &user, &base, "anything").await, json!([]));
}

#[tokio::test]
async fn a_long_text_is_split() {
    let platform = Platform::start().await;
    let user = platform.user();
    let long: Vec<String> = (0..600).map(|number| format!("Paragraph {number} speaks of topic{number}.")).collect();
    let base = json!(Uuid::new_v4());

    let added = add(&platform, &user, &base, &[COFFEE, &long.join("\n\n")]).await;

    let count = added["chunks_added"].as_u64().unwrap();
    assert!(count > 5, "{count}");
    assert_eq!(added["chunk_ids"].as_array().unwrap().len() as u64, count);
    assert_eq!(of(&platform, "invoke").len() as u64, count, "each chunk has an embedding of its own");
    let query = json!({ "knowledge_base_id": base, "query": "topics", "top_k": 50 });
    let found = platform.post(&user, "/knowledge/search", &query).await["results"].clone();
    let texts = each(&found, "text");
    assert!(texts.iter().all(|text| text.chars().count() <= 2_000));
    for paragraph in &long {
        assert!(texts.iter().any(|text| text.contains(paragraph)), "{paragraph}");
    }
    let mut places: Vec<u64> =
        found.as_array().unwrap().iter().map(|result| result["chunk_index"].as_u64().unwrap()).collect();
    places.sort_unstable();
    assert_eq!(places, (0..count).collect::<Vec<_>>());
}

#[tokio::test]
async fn blank_texts_are_refused_whole() {
    let platform = Platform::start().await;
    let user = platform.user();
    for texts in [json!([]), json!([""]), json!([COFFEE, " \n\t"]), json!(["\u{a0}\u{2003}"])] {
        let body = json!({ "knowledge_base_id": Uuid::new_v4(), "texts": texts });
        let answer = platform.call(&user, Method::POST, "/knowledge/add").json(&body).send().await.unwrap();
        let answer = problem(answer, 422).await;
        assert!(answer["detail"].as_str().unwrap().contains("texts"), "{answer}");
    }
    assert_eq!(platform.get(&user, "/knowledge-bases").await["items"], json!([]));
    assert_eq!(of(&platform, "invoke").len(), 0);
}

#[tokio::test]
async fn when_an_embedding_fails_nothing_is_added() {
    let platform = Platform::start_with(|config| config.bedrock.bedrock_max_attempts = 1).await;
    let user = platform.user();
    let body = json!({ "knowledge_base_id": Uuid::new_v4(), "texts": [COFFEE, PARKING, HOLIDAYS] });
    platform.bedrock.script_embedding(Script::default());
    platform.bedrock.script_embedding(Script { error_before: Some(Exception::throttling()), ..Script::default() });

    let answer = platform.call(&user, Method::POST, "/knowledge/add").json(&body).send().await.unwrap();

    assert_eq!(problem(answer, 429).await["code"], "throttled");
    assert_eq!(platform.get(&user, "/knowledge-bases").await["items"], json!([]));
    let chunks: i64 =
        sqlx::query_scalar("select count(*) from knowledge_chunks").fetch_one(&platform.owner).await.unwrap();
    assert_eq!(chunks, 0);
}

#[tokio::test]
async fn throttled_embeddings_are_tried_again() {
    let platform = Platform::start().await;
    let user = platform.user();
    platform.bedrock.script_embedding(Script { error_before: Some(Exception::throttling()), ..Script::default() });
    let base = base_of(&platform, &user, &[COFFEE]).await;
    assert_eq!(search(&platform, &user, &base, "coffee").await[0]["text"], COFFEE);
}

#[tokio::test]
async fn another_users_base_does_not_exist() {
    let platform = Platform::start().await;
    let owner = platform.user();
    let base = base_of(&platform, &owner, &[COFFEE]).await;
    let unknown = json!(Uuid::new_v4());
    let embeddings = of(&platform, "invoke").len();

    for (stranger, id) in [(platform.user(), &base), (platform.user_of("acme"), &base), (owner.clone(), &unknown)] {
        let query = json!({ "knowledge_base_id": id, "query": "coffee" });
        let answer = platform.call(&stranger, Method::POST, "/knowledge/search").json(&query).send().await.unwrap();
        problem(answer, 404).await;
        let path = format!("/knowledge/{}", id.as_str().unwrap());
        problem(platform.call(&stranger, Method::DELETE, &path).send().await.unwrap(), 404).await;
    }
    assert_eq!(of(&platform, "invoke").len(), embeddings, "nothing is paid for");
    for stranger in [platform.user(), platform.user_of("acme")] {
        let texts = json!({ "knowledge_base_id": base, "texts": [PARKING] });
        let answer = platform.call(&stranger, Method::POST, "/knowledge/add").json(&texts).send().await.unwrap();
        problem(answer, 404).await;
    }
    assert_eq!(search(&platform, &owner, &base, "coffee").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn deleting_counts_and_bots_go_on_without() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_of(&platform, &user, &[COFFEE, PARKING]).await;
    add(&platform, &user, &base, &[HOLIDAYS]).await;
    let kept = base_of(&platform, &user, &[COFFEE]).await;
    let bot = bot_of(&platform, &user, &base).await;
    let path = format!("/knowledge/{}", base.as_str().unwrap());

    let deleted = ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;

    assert_eq!(deleted, json!({ "status": "success", "knowledge_base_id": base, "chunks_deleted": 3 }));
    problem(platform.call(&user, Method::DELETE, &path).send().await.unwrap(), 404).await;
    let chunks: i64 =
        sqlx::query_scalar("select count(*) from knowledge_chunks").fetch_one(&platform.owner).await.unwrap();
    assert_eq!(chunks, 1);
    assert_eq!(each(&platform.get(&user, "/knowledge-bases").await["items"], "id"), [kept.as_str().unwrap()]);
    let bot_now = platform.get(&user, &format!("/bots/{}", bot["id"].as_str().unwrap())).await;
    assert_eq!((&bot_now["knowledge_base_id"], &bot_now["rag_enabled"]), (&Value::Null, &json!(true)));
    let question = json!({ "bot_id": bot["id"], "message": "When is the coffee machine cleaned?", "use_rag": true });
    let (done, _) = ask(&platform, &user, &question).await;
    assert_eq!(done["passages"], json!([]));
}
