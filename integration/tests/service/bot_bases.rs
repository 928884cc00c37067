//! Bots with several knowledge bases, and clients that know of one.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    knowledge::{COFFEE, HOLIDAYS, PARKING, ask, base_of},
    shape::each,
    support::{Platform, User, ok, problem},
};

async fn bases(platform: &Platform, user: &User) -> Vec<Value> {
    let mut bases = Vec::new();
    for name in ["A", "B", "C"] {
        bases.push(platform.post(user, "/knowledge-bases", &json!({ "name": name })).await["id"].clone());
    }
    bases
}

async fn make(platform: &Platform, user: &User, bases: &Value) -> Value {
    let bot =
        json!({ "name": "Helper", "model_id": "test.model-v1:0", "rag_enabled": true, "knowledge_base_ids": bases });
    platform.post(user, "/bots", &bot).await
}

async fn change(platform: &Platform, user: &User, bot: &Value, change: &Value) -> reqwest::Response {
    let path = format!("/bots/{}", bot["id"].as_str().unwrap());
    platform.call(user, Method::PATCH, &path).json(change).send().await.unwrap()
}

#[tokio::test]
async fn a_client_that_knows_of_one_changes_the_first() {
    let platform = Platform::start().await;
    let user = platform.user();
    let [a, b, c] = bases(&platform, &user).await.try_into().unwrap();
    let bot = make(&platform, &user, &json!([a, b])).await;
    assert_eq!((&bot["knowledge_base_id"], &bot["knowledge_base_ids"]), (&a, &json!([a, b])));

    for (of, first, all) in [
        // As it was: the others stay.
        (json!({ "knowledge_base_id": a, "name": "New" }), &a, json!([a, b])),
        (json!({ "name": "Newer" }), &a, json!([a, b])),
        (json!({ "knowledge_base_id": c }), &c, json!([c, b])),
        (json!({ "knowledge_base_id": b }), &b, json!([b])),
        (json!({ "knowledge_base_ids": [c, a, c, b] }), &c, json!([c, a, b])),
        (json!({ "knowledge_base_ids": [a, c], "knowledge_base_id": a }), &a, json!([a, c])),
        (json!({ "knowledge_base_id": null }), &Value::Null, json!([])),
        (json!({ "knowledge_base_id": c }), &c, json!([c])),
        (json!({ "knowledge_base_ids": [] }), &Value::Null, json!([])),
    ] {
        let changed = ok(change(&platform, &user, &bot, &of).await).await;
        assert_eq!((&changed["knowledge_base_id"], &changed["knowledge_base_ids"]), (first, &all), "{of}");
    }
    let differ = json!({ "knowledge_base_ids": [a, b], "knowledge_base_id": b });
    problem(change(&platform, &user, &bot, &differ).await, 422).await;
}

#[tokio::test]
async fn each_has_to_be_readable() {
    let platform = Platform::start().await;
    let (user, other, elsewhere) = (platform.user(), platform.user(), platform.user_of("acme"));
    let own = bases(&platform, &user).await;
    let bot = make(&platform, &user, &json!([own[0]])).await;
    let shared = platform.post(&other, "/knowledge-bases", &json!({ "name": "Shared", "is_shared": true })).await;
    ok(change(&platform, &user, &bot, &json!({ "knowledge_base_ids": [own[0], shared["id"]] })).await).await;

    let foreign = [
        bases(&platform, &other).await[0].clone(),
        bases(&platform, &elsewhere).await[0].clone(),
        json!(Uuid::new_v4()),
    ];
    for base in foreign {
        let ids = json!([own[0], base]);
        let new = json!({ "name": "Spy", "model_id": "test.model-v1:0", "knowledge_base_ids": ids });
        problem(platform.call(&user, Method::POST, "/bots").json(&new).send().await.unwrap(), 422).await;
        problem(change(&platform, &user, &bot, &json!({ "knowledge_base_ids": ids, "name": "Spy" })).await, 422).await;
    }
    let bots = platform.get(&user, "/bots").await;
    assert_eq!((each(&bots, "name"), &bots[0]["knowledge_base_ids"]), (vec!["Helper"], &json!([own[0], shared["id"]])));

    let eleven = json!({ "knowledge_base_ids": vec![own[0].clone(); 11] });
    problem(change(&platform, &user, &bot, &eleven).await, 422).await;
}

#[tokio::test]
async fn a_deleted_base_leaves_the_others() {
    let platform = Platform::start().await;
    let user = platform.user();
    let [a, b, c] = bases(&platform, &user).await.try_into().unwrap();
    let bot = make(&platform, &user, &json!([a, b, c])).await;
    for (gone, left) in [(&a, json!([b, c])), (&c, json!([b])), (&b, json!([]))] {
        let path = format!("/knowledge/{}", gone.as_str().unwrap());
        ok(platform.call(&user, Method::DELETE, &path).send().await.unwrap()).await;
        let bot = platform.get(&user, &format!("/bots/{}", bot["id"].as_str().unwrap())).await;
        assert_eq!((&bot["knowledge_base_ids"], &bot["knowledge_base_id"]), (&left, &left[0]));
    }
}

#[tokio::test]
async fn an_answer_draws_on_all_of_them_by_how_well_they_fit() {
    let platform = Platform::start().await;
    let user = platform.user();
    let (one, other) =
        (base_of(&platform, &user, &[PARKING, HOLIDAYS]).await, base_of(&platform, &user, &[COFFEE]).await);
    let bot = make(&platform, &user, &json!([one, other])).await;
    for (message, text, base) in
        [("When is the coffee machine cleaned?", COFFEE, &other), ("Where do visitors park their cars?", PARKING, &one)]
    {
        let question = json!({ "bot_id": bot["id"], "message": message, "use_rag": true });
        let (done, _) = ask(&platform, &user, &question).await;
        let passages = done["passages"].as_array().unwrap();
        assert_eq!(passages.len(), 3);
        assert_eq!((&passages[0]["text"], &passages[0]["knowledge_base_id"]), (&json!(text), base), "{message}");
        let of: Vec<&Value> = passages.iter().map(|passage| &passage["knowledge_base_id"]).collect();
        assert!(of.contains(&&one) && of.contains(&&other), "{of:?}");
    }
}

#[tokio::test]
async fn what_the_version_before_writes_is_taken() {
    let platform = Platform::start().await;
    let user = platform.user();
    let [a, b, c] = bases(&platform, &user).await.try_into().unwrap();
    let bot = make(&platform, &user, &json!([a, b])).await;
    let path = format!("/bots/{}", bot["id"].as_str().unwrap());
    // It knows nothing of the others, in tasks that still serve while this version is rolled out.
    let write = async |base: Option<&Value>| {
        sqlx::query("update bots set knowledge_base_id = $1")
            .bind(base.map(|base| base.as_str().unwrap().parse::<Uuid>().unwrap()))
            .execute(&platform.owner)
            .await
            .unwrap();
        platform.get(&user, &path).await["knowledge_base_ids"].clone()
    };
    assert_eq!(write(Some(&a)).await, json!([a, b]));
    assert_eq!(write(Some(&c)).await, json!([c, b]));
    assert_eq!(write(None).await, json!([]));
}
