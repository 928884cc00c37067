//! Finding chunks: ways, filters, languages, and what a search costs.

use integration::bedrock::{Meanings, embed};
use pgvector::HalfVector;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::{
    documents,
    knowledge::{COFFEE, HOLIDAYS, PARKING, base_of, bot_of, of},
    shape::each,
    support::{Platform, User, ok, problem},
};

async fn search(platform: &Platform, user: &User, body: Value) -> Value {
    platform.post(user, "/knowledge/search", &body).await["results"].clone()
}

/// An empty knowledge base, with these settings.
async fn base_with(platform: &Platform, user: &User, settings: Value) -> Value {
    platform.post(user, "/knowledge-bases", &settings).await["id"].clone()
}

async fn add(platform: &Platform, user: &User, body: Value) -> Value {
    platform.post(user, "/knowledge/add", &body).await
}

#[tokio::test]
async fn each_way_of_searching_finds_what_is_its_own() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_of(&platform, &user, &[COFFEE, PARKING, "Error E-4711 means that the tank is empty."]).await;
    let asked = of(&platform, "invoke").len();
    let query =
        |mode: &str, query: &str| json!({ "knowledge_base_id": base, "query": query, "mode": mode, "top_k": 10 });

    let by_words = search(&platform, &user, query("text", "What is e-4711?")).await;
    assert_eq!(each(&by_words, "text"), ["Error E-4711 means that the tank is empty."]);
    assert_eq!(by_words[0]["similarity"], 0.0);
    assert_eq!(search(&platform, &user, query("text", "unheard-of")).await, json!([]));
    assert_eq!(search(&platform, &user, query("text", "the of and")).await, json!([]));
    assert_eq!(of(&platform, "invoke").len(), asked, "words need no model");

    let by_meaning = search(&platform, &user, query("vector", "parking for visitors")).await;
    assert_eq!(by_meaning.as_array().unwrap().len(), 3, "whatever is there is somehow close");
    assert_eq!(by_meaning[0]["text"], PARKING);

    let both = search(&platform, &user, query("hybrid", "e-4711")).await;
    assert_eq!(both.as_array().unwrap().len(), 3);
    assert!(both[0]["text"].as_str().unwrap().contains("E-4711"));
    let scores: Vec<f64> = both.as_array().unwrap().iter().map(|found| found["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    // Without a word on it, hybrid is the default.
    let without = search(&platform, &user, json!({ "knowledge_base_id": base, "query": "e-4711", "top_k": 10 })).await;
    assert_eq!(without, both);
}

#[tokio::test]
async fn rare_words_count_more_than_common_ones() {
    let platform = Platform::start().await;
    let user = platform.user();
    let mut texts: Vec<String> =
        (0..30).map(|n| format!("The printer printer printer of room {n} is a printer.")).collect();
    texts.push("Ask Grünwald about the printer.".to_owned());
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let base = base_of(&platform, &user, &texts).await;

    let query = json!({ "knowledge_base_id": base, "query": "printer of Grünwald", "mode": "text", "top_k": 50 });
    let found = search(&platform, &user, query).await;

    assert_eq!(found.as_array().unwrap().len(), 31);
    assert_eq!(found[0]["text"], "Ask Grünwald about the printer.");
}

#[tokio::test]
async fn a_filter_leaves_out_chunks_and_never_results() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_with(&platform, &user, json!({ "name": "Cups" })).await;
    let about = |text: &str, source_type: &str, metadata: Value| {
        let texts: Vec<String> = (0..12).map(|n| format!("{text} number {n}")).collect();
        json!({ "knowledge_base_id": base, "texts": texts, "source_type": source_type, "metadata": metadata })
    };
    add(&platform, &user, about("coffee cup", "note", json!({ "year": 2025, "tags": ["a", "b"] }))).await;
    add(&platform, &user, about("tea pot", "mail", json!({ "year": 2026 }))).await;
    let document = documents::ready(&platform, &user, &base, "plates.txt", b"Plates are flat.").await;

    for mode in ["hybrid", "vector"] {
        // Nothing of what is let through is near the query: all of it comes all the same.
        for (filter, expected) in [
            (json!({ "source_types": ["mail"] }), 12),
            (json!({ "source_types": ["mail", "note"] }), 24),
            (json!({ "metadata": { "year": 2026 } }), 12),
            (json!({ "metadata": { "tags": ["b"] } }), 12),
            (json!({ "document_ids": [document] }), 1),
            (json!({ "source_types": ["document"] }), 1),
            (json!({ "source_types": ["mail"], "metadata": { "year": 2025 } }), 0),
            (json!({ "source_types": [] }), 0),
            (json!({ "document_ids": [] }), 0),
            (json!({ "metadata": {} }), 25),
            (json!({}), 25),
        ] {
            let query = json!({
                "knowledge_base_id": base, "query": "coffee cup", "top_k": 50, "mode": mode, "filter": filter,
            });
            let found = search(&platform, &user, query).await;
            assert_eq!(found.as_array().unwrap().len(), expected, "{mode}, {filter}");
        }
    }
    let words = json!({
        "knowledge_base_id": base, "query": "number", "top_k": 50, "mode": "text", "filter": { "source_types": ["mail"] },
    });
    assert_eq!(search(&platform, &user, words).await.as_array().unwrap().len(), 12);
}

#[tokio::test]
async fn a_document_has_its_metadata_and_its_chunks_have_it_too() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_with(&platform, &user, json!({ "name": "Handbook" })).await;
    let path = format!("/knowledge-bases/{}/documents", base.as_str().unwrap());
    let metadata = json!({ "team": "facilities" });
    let announced = json!({ "name": "coffee.txt", "size": COFFEE.len(), "metadata": metadata });
    let answer = platform.call(&user, Method::POST, &path).json(&announced).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let uploading = ok(answer).await;
    assert_eq!(uploading["document"]["metadata"], metadata);
    documents::send(&platform, &uploading["upload"], COFFEE.as_bytes()).await;
    let id = uploading["document"]["id"].as_str().unwrap();
    platform.post(&user, &format!("/documents/{id}/uploaded"), &json!({})).await;
    documents::read(&platform, &user, id).await;

    let query = json!({ "knowledge_base_id": base, "query": "coffee", "filter": { "metadata": metadata } });
    assert_eq!(search(&platform, &user, query).await[0]["metadata"], metadata);
}

#[tokio::test]
async fn words_are_those_of_the_bases_language() {
    let platform = Platform::start().await;
    let user = platform.user();
    for (language, text, query) in [
        ("english", "The machines were cleaned.", "cleaning a machine"),
        ("german", "Die Häuser wurden verkauft.", "Haus verkaufen"),
        ("spanish", "Los empleados solicitan vacaciones.", "empleado solicitar vacación"),
        ("simple", "コーヒーは三階にあります。", "三階"),
    ] {
        let base = base_with(&platform, &user, json!({ "name": language, "language": language })).await;
        add(&platform, &user, json!({ "knowledge_base_id": base, "texts": [text, "Else"] })).await;
        let query = json!({ "knowledge_base_id": base, "query": query, "mode": "text" });
        assert_eq!(each(&search(&platform, &user, query).await, "text"), [text], "{language}");
    }
    let unknown = json!({ "name": "Latin", "language": "latin" });
    let answer = platform.call(&user, Method::POST, "/knowledge-bases").json(&unknown).send().await.unwrap();
    assert!(problem(answer, 422).await["detail"].as_str().unwrap().contains("language"));
}

#[tokio::test]
async fn when_the_language_changes_words_are_taken_anew() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_with(&platform, &user, json!({ "name": "Häuser" })).await;
    add(&platform, &user, json!({ "knowledge_base_id": base, "texts": ["Die Häuser wurden verkauft."] })).await;
    let query = json!({ "knowledge_base_id": base, "query": "Haus", "mode": "text" });
    assert_eq!(search(&platform, &user, query.clone()).await, json!([]));

    let path = format!("/knowledge-bases/{}", base.as_str().unwrap());
    let change = platform.call(&user, Method::PATCH, &path).json(&json!({ "language": "german" }));
    assert_eq!(ok(change.send().await.unwrap()).await["language"], "german");

    documents::eventually("words are German", async || {
        search(&platform, &user, query.clone()).await.as_array().unwrap().len() == 1
    })
    .await;
}

#[tokio::test]
async fn the_same_text_and_the_same_query_are_embedded_once() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_of(&platform, &user, &[COFFEE, PARKING, COFFEE]).await;
    assert_eq!(of(&platform, "invoke").len(), 2, "twice in one call");

    let other = base_of(&platform, &user, &[PARKING]).await;
    let document = documents::ready(&platform, &user, &base, "coffee.txt", COFFEE.as_bytes()).await;
    assert_eq!(of(&platform, "invoke").len(), 2, "in another call, and in a document");
    let query = json!({ "knowledge_base_id": base, "query": COFFEE, "filter": { "document_ids": [document] } });
    let found = search(&platform, &user, query).await;
    assert!(found[0]["similarity"].as_f64().unwrap() > 0.999, "{found}");
    assert_eq!(of(&platform, "invoke").len(), 3, "the query");

    for base in [&base, &other] {
        for mode in ["hybrid", "vector"] {
            search(&platform, &user, json!({ "knowledge_base_id": base, "query": COFFEE, "mode": mode })).await;
        }
    }
    assert_eq!(of(&platform, "invoke").len(), 3, "the query, again");

    // Another tenant's vectors are not looked at.
    base_of(&platform, &platform.user_of("acme"), &[COFFEE]).await;
    assert_eq!(of(&platform, "invoke").len(), 4);
}

#[tokio::test]
async fn a_rerank_model_has_the_last_word() {
    let platform =
        Platform::start_with(|config| config.bedrock.bedrock_rerank_model_id = Some("amazon.rerank-v1:0".to_owned()))
            .await;
    let user = platform.user();
    let texts = ["cup coffee cup coffee cup coffee", "A table with a cup on it: coffee cup, says the label.", HOLIDAYS];
    let base = base_of(&platform, &user, &texts).await;
    let query = json!({ "knowledge_base_id": base, "query": "says the label", "top_k": 2 });

    let found = search(&platform, &user, query.clone()).await;

    assert_eq!(each(&found, "text").len(), 2);
    assert_eq!((&found[0]["text"], &found[0]["score"]), (&json!(texts[1]), &json!(1.0)));
    let asked = of(&platform, "invoke").pop().unwrap();
    assert_eq!(asked.body["documents"].as_array().unwrap().len(), 3, "more than come back");

    // Without it, what was found is still there.
    platform.bedrock.script_embedding(integration::bedrock::Script {
        error_before: Some(integration::bedrock::Exception::throttling()),
        ..Default::default()
    });
    assert_eq!(search(&platform, &user, query).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_base_is_changed_by_its_owner() {
    let platform = Platform::start().await;
    let user = platform.user();
    let settings = json!({ "name": "Old", "description": "D", "chunk_tokens": 100, "chunk_overlap": 50 });
    let base = base_with(&platform, &user, settings).await;
    let path = format!("/knowledge-bases/{}", base.as_str().unwrap());
    let change =
        async |user: &User, body: Value| platform.call(user, Method::PATCH, &path).json(&body).send().await.unwrap();

    let changed = ok(change(&user, json!({ "name": "New", "description": null, "chunk_overlap": 10 })).await).await;
    assert_eq!((&changed["name"], &changed["description"]), (&json!("New"), &Value::Null));
    assert_eq!((&changed["chunk_tokens"], &changed["chunk_overlap"]), (&json!(100), &json!(10)));
    assert_eq!(platform.get(&user, &path).await, changed);
    assert_eq!(ok(change(&user, json!({})).await).await["name"], "New");

    for (wrong, says) in [
        (json!({ "chunk_overlap": 51 }), "chunk_overlap"),
        (json!({ "chunk_tokens": 15 }), "chunk_tokens"),
        (json!({ "chunk_tokens": 2001 }), "chunk_tokens"),
        (json!({ "name": "" }), "name"),
        (json!({ "language": "klingon" }), "language"),
        (json!({ "owner_id": "me" }), "owner_id"),
    ] {
        let detail = problem(change(&user, wrong).await, 422).await["detail"].clone();
        assert!(detail.as_str().unwrap().contains(says), "{detail}");
    }
    for stranger in [platform.user(), platform.user_of("acme"), platform.admin()] {
        problem(change(&stranger, json!({ "name": "Mine" })).await, 404).await;
        problem(platform.call(&stranger, Method::GET, &path).send().await.unwrap(), 404).await;
    }

    // What is read from now on is cut as it says.
    let text = "One sentence of ten words stands here for you all. ".repeat(40);
    let document = documents::ready(&platform, &user, &base, "long.txt", text.as_bytes()).await;
    let read = platform.get(&user, &format!("/documents/{document}")).await;
    assert!((5..=7).contains(&read["chunks"].as_i64().unwrap()), "{read}");
}

#[tokio::test]
async fn a_shared_base_is_read_by_the_tenant_and_changed_by_its_owner() {
    let platform = Platform::start().await;
    let (owner, reader, stranger) = (platform.user(), platform.user(), platform.user_of("acme"));
    let base = base_of(&platform, &owner, &[COFFEE]).await;
    let document = documents::ready(&platform, &owner, &base, "parking.txt", PARKING.as_bytes()).await;
    let path = format!("/knowledge-bases/{}", base.as_str().unwrap());
    let query = json!({ "knowledge_base_id": base, "query": "coffee" });
    let share = async |is_shared: bool| {
        let change = platform.call(&owner, Method::PATCH, &path).json(&json!({ "is_shared": is_shared }));
        assert_eq!(ok(change.send().await.unwrap()).await["is_shared"], is_shared);
    };

    share(true).await;

    let seen = platform.get(&reader, "/knowledge-bases").await["items"][0].clone();
    assert_eq!((&seen["id"], &seen["is_own"], &seen["is_shared"]), (&base, &json!(false), &json!(true)));
    assert_eq!(search(&platform, &reader, query.clone()).await[0]["text"], COFFEE);
    assert_eq!(each(&platform.get(&reader, &format!("{path}/documents")).await["items"], "id"), [&document]);
    assert_eq!(platform.get(&reader, &format!("/documents/{document}/text")).await["text"], PARKING);
    let bot = json!({ "name": "B", "model_id": "test.model-v1:0", "rag_enabled": true, "knowledge_base_id": base });
    platform.post(&reader, "/bots", &bot).await;
    for (method, path, body) in [
        (Method::PATCH, path.clone(), json!({ "name": "Mine" })),
        (Method::POST, format!("{path}/documents"), json!({ "name": "a.txt", "size": 1 })),
        (Method::DELETE, format!("/documents/{document}"), Value::Null),
        (Method::POST, format!("/documents/{document}/retry"), Value::Null),
        (Method::POST, "/knowledge/add".to_owned(), json!({ "knowledge_base_id": base, "texts": ["x"] })),
        (Method::DELETE, format!("/knowledge/{}", base.as_str().unwrap()), Value::Null),
    ] {
        let answer = platform.call(&reader, method, &path).json(&body).send().await.unwrap();
        assert!(problem(answer, 403).await["detail"].as_str().unwrap().contains("shared with you"), "{path}");
    }
    let answer = platform.call(&stranger, Method::POST, "/knowledge/search").json(&query).send().await.unwrap();
    problem(answer, 404).await;

    share(false).await;
    let answer = platform.call(&reader, Method::POST, "/knowledge/search").json(&query).send().await.unwrap();
    problem(answer, 404).await;
    assert_eq!(platform.get(&reader, "/knowledge-bases").await["items"], json!([]));
}

#[tokio::test]
async fn a_large_base_has_an_index_of_its_own_until_it_is_deleted() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_of(&platform, &user, &[COFFEE, PARKING]).await;
    // As if there were so many.
    sqlx::query("update knowledge_bases set chunk_count = 50000").execute(&platform.owner).await.unwrap();
    let indexes = async || -> Vec<String> {
        let found = sqlx::query_scalar("select relname::text from pg_class where relname ~ '^knowledge_codes_.*-'");
        found.fetch_all(&platform.owner).await.unwrap()
    };
    assert!(indexes().await.is_empty());

    add(&platform, &user, json!({ "knowledge_base_id": base, "texts": [HOLIDAYS] })).await;

    documents::eventually("it is indexed", async || !indexes().await.is_empty()).await;
    assert_eq!(indexes().await, [format!("knowledge_codes_{}", base.as_str().unwrap())]);
    let query = json!({ "knowledge_base_id": base, "query": "coffee machine", "mode": "vector" });
    let found = search(&platform, &user, query).await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["text"]), (3, &json!(COFFEE)));

    let path = format!("/knowledge/{}", base.as_str().unwrap());
    ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
    documents::hurry(&platform).await;
    documents::eventually("its index is gone", async || indexes().await.is_empty()).await;
}

#[tokio::test]
async fn a_base_that_is_being_deleted_is_there_for_nobody() {
    let platform = Platform::start_with(|config| config.read_documents = false).await;
    let user = platform.user();
    let base = base_of(&platform, &user, &[COFFEE, PARKING]).await;
    let bot = bot_of(&platform, &user, &base).await;
    // More than a request deletes by itself.
    sqlx::query("update knowledge_bases set deleted_at = now()").execute(&platform.owner).await.unwrap();

    let path = format!("/knowledge-bases/{}", base.as_str().unwrap());
    let query = json!({ "knowledge_base_id": base, "query": "coffee" });
    let texts = json!({ "knowledge_base_id": base, "texts": [HOLIDAYS] });
    for (method, path, body) in [
        (Method::GET, path.clone(), json!({})),
        (Method::GET, format!("{path}/documents"), json!({})),
        (Method::PATCH, path.clone(), json!({ "name": "Mine" })),
        (Method::POST, "/knowledge/search".to_owned(), query),
        (Method::POST, "/knowledge/add".to_owned(), texts),
        (Method::DELETE, format!("/knowledge/{}", base.as_str().unwrap()), json!({})),
    ] {
        let answer = platform.call(&user, method.clone(), &path).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{method} {path}");
    }
    assert_eq!(platform.get(&user, "/knowledge-bases").await["items"], json!([]));
    let mut connection = PgConnection::connect_with(&platform.as_service()).await.unwrap();
    sqlx::query("select set_config('app.tenant', 'default', false)").execute(&mut connection).await.unwrap();
    let base: uuid::Uuid = base.as_str().unwrap().parse().unwrap();
    let found = "select count(*) from matching_chunks($1, 'coffee', 10, null, null, null)";
    assert_eq!(sqlx::query_scalar::<_, i64>(found).bind(base).fetch_one(&mut connection).await.unwrap(), 0);
    let found = "select count(*) from nearest_chunks($1, array_fill(1, array[1024])::vector, 10, null, null, null)";
    assert_eq!(sqlx::query_scalar::<_, i64>(found).bind(base).fetch_one(&mut connection).await.unwrap(), 0);
    // Somebody does the job that was sent before.
    let job = json!({ "do": "discard", "tenant": "default", "knowledge_base": base, "document": null });
    sqlx::query("insert into jobs (body) values ($1)").bind(job).execute(&platform.owner).await.unwrap();
    let _other = platform.second_instance(|config| config.read_documents = true).await;
    documents::eventually("its rows are gone", async || {
        let rows = "select (select count(*) from knowledge_chunks) + (select count(*) from knowledge_bases)";
        sqlx::query_scalar::<_, i64>(rows).fetch_one(&platform.owner).await.unwrap() == 0
    })
    .await;
    let bot = platform.get(&user, &format!("/bots/{}", bot["id"].as_str().unwrap())).await;
    assert_eq!(bot["knowledge_base_id"], Value::Null);
}

#[tokio::test]
async fn a_filter_of_a_large_base_finds_what_is_closest() {
    const CHUNKS: usize = 2_500;
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_of(&platform, &user, &[COFFEE]).await;
    let base_id: uuid::Uuid = base.as_str().unwrap().parse().unwrap();
    let vector = |text: &str| HalfVector::from_f32_slice(&embed(text, 1024, true, &Meanings::default()));
    let texts: Vec<String> = (0..CHUNKS)
        .map(|n| format!("Plate {n} lies in drawer {} of cupboard {} on floor {}.", n % 97, n % 31, n % 7))
        .collect();
    let vectors: Vec<HalfVector> = texts.iter().map(|text| vector(text)).collect();
    let mut owner = platform.owner.acquire().await.unwrap();
    sqlx::query("select set_config('app.tenant', 'default', false)").execute(&mut *owner).await.unwrap();
    // Nearly all are round, a few are rare.
    sqlx::query(
        "insert into knowledge_chunks
           (id, tenant_id, knowledge_base_id, text, source_type, chunk_index, embedding, metadata)
         select gen_random_uuid(), 'default', $1, text, case when n % 50 = 0 then 'square' else 'round' end, n, embedding,
           jsonb_build_object('rare', n % 500 = 0)
         from unnest($2::text[], $3::halfvec[]) with ordinality as plate (text, embedding, n)",
    )
    .bind(base_id)
    .bind(&texts)
    .bind(&vectors)
    .execute(&mut *owner)
    .await
    .unwrap();
    // As if it were large enough for an index.
    sqlx::query("update knowledge_bases set chunk_count = 60000").execute(&mut *owner).await.unwrap();
    sqlx::query("select index_knowledge_base($1)").bind(base_id).execute(&mut *owner).await.unwrap();
    let question = "In which drawer of cupboard 12 on floor 5 lies plate 1000?";
    for (filter, condition, matching) in [
        (json!({ "source_types": ["round"] }), "source_type = 'round'", CHUNKS - CHUNKS / 50),
        (json!({ "metadata": { "rare": true } }), "metadata @> '{\"rare\": true}'", CHUNKS / 500),
    ] {
        let exact = format!(
            "select id from knowledge_chunks where knowledge_base_id = $1 and {condition}
             order by embedding <=> $2, id limit 50"
        );
        let exact: Vec<uuid::Uuid> = sqlx::query_scalar(sqlx::AssertSqlSafe(exact))
            .bind(base_id)
            .bind(vector(question))
            .fetch_all(&mut *owner)
            .await
            .unwrap();
        let query = json!({
            "knowledge_base_id": base, "query": question, "mode": "vector", "top_k": 50, "filter": filter,
        });
        let found = search(&platform, &user, query).await;
        let found: Vec<uuid::Uuid> =
            found.as_array().unwrap().iter().map(|result| result["id"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(found.len(), matching.min(50), "{condition}");
        let recalled = exact.iter().filter(|id| found.contains(id)).count();
        assert!(recalled * 100 >= exact.len() * 97, "{condition}: {recalled} of {}", exact.len());
    }
}

#[tokio::test]
async fn the_count_of_chunks_is_theirs() {
    let platform = Platform::start().await;
    let user = platform.user();
    let base = base_of(&platform, &user, &[COFFEE, PARKING]).await;
    let path = format!("/knowledge-bases/{}", base.as_str().unwrap());
    let document = documents::ready(&platform, &user, &base, "a.txt", HOLIDAYS.as_bytes()).await;
    assert_eq!(platform.get(&user, &path).await["chunk_count"], 3);
    documents::ready(&platform, &user, &base, "a.txt", b"Another text.").await;
    assert_eq!(platform.get(&user, &path).await["chunk_count"], 3, "of the same name");
    let newer = platform.get(&user, &format!("{path}/documents")).await["items"][0]["id"].clone();
    assert_ne!(newer, json!(document));
    let newer = format!("/documents/{}", newer.as_str().unwrap());
    ok(platform.call(&user, Method::DELETE, &newer).send().await.unwrap()).await;
    assert_eq!(platform.get(&user, &path).await["chunk_count"], 2);
    for table in ["knowledge_codes", "knowledge_words"] {
        let statement = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        let rows: i64 = sqlx::query_scalar(statement).fetch_one(&platform.owner).await.unwrap();
        assert_eq!(rows, 2, "{table}");
    }
}

#[tokio::test]
async fn another_tenants_base_has_nothing_to_find_in_sql_either() {
    let platform = Platform::start().await;
    let base = base_of(&platform, &platform.user_of("acme"), &[COFFEE]).await;
    let mut connection = PgConnection::connect_with(&platform.as_service()).await.unwrap();
    let base: uuid::Uuid = base.as_str().unwrap().parse().unwrap();
    for (tenant, expected) in [("acme", 1), ("umbrella", 0), ("", 0)] {
        let set = sqlx::query("select set_config('app.tenant', $1, false)").bind(tenant);
        set.execute(&mut connection).await.unwrap();
        for statement in [
            "select count(*) from nearest_chunks($1, array_fill(1, array[1024])::vector, 10, null, null, null)",
            "select count(*) from nearest_chunks($1, array_fill(1, array[1024])::vector, 10, null, '{text}', null)",
            "select count(*) from matching_chunks($1, 'coffee', 10, null, null, null)",
        ] {
            let found: i64 = sqlx::query_scalar(statement).bind(base).fetch_one(&mut connection).await.unwrap();
            assert_eq!(found, expected, "{tenant}: {statement}");
        }
    }
    for table in ["knowledge_codes", "knowledge_words"] {
        for statement in [format!("select * from {table}"), format!("delete from {table}")] {
            let error = sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap_err();
            assert_eq!(error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(), Some("42501"));
        }
    }
}
