//! Bad input of every kind, for every operation of the API: a clear refusal, never a failure.

use reqwest::{Body, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::{
    operations::{Operation, Things, document},
    support::{Platform, User, problem},
    values::{Kind, bad_parameters},
};

/// Sends what is bad, and collects what is not refused as it should be.
struct Sweep {
    platform: Platform,
    user: User,
    things: Things,
    document: Value,
    sent: usize,
    complaints: Vec<String>,
}

impl Sweep {
    async fn start() -> Self {
        let platform = Platform::start_with(|config| config.documents.document_max_bytes = 2_000_000_000).await;
        let user = platform.admin();
        let things = Things::make(&platform, &user).await;
        Self { platform, user, things, document: document(), sent: 0, complaints: Vec::new() }
    }

    fn call(&self, operation: &Operation) -> RequestBuilder {
        self.platform.call(&self.user, operation.method.clone(), &operation.path(&self.things))
    }

    /// `request` has to be refused, with a problem whose `detail` has `named` in it.
    async fn refused(&mut self, request: RequestBuilder, what: &str, named: &str) {
        let status = self.answered(request, what, named).await;
        if !(400..500).contains(&status) {
            self.complain(what, &format!("got {status}"));
        }
    }

    /// `request` may be refused, but must not fail. Gives the status.
    async fn answered(&mut self, request: RequestBuilder, what: &str, named: &str) -> u16 {
        self.sent += 1;
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        if status >= 400 {
            let body = answer.text().await.unwrap();
            let answer: Value = serde_json::from_str(&body).unwrap_or_default();
            let detail = answer["detail"].as_str().unwrap_or_default();
            if status >= 500
                || detail.is_empty()
                || !detail.contains(named)
                || detail.len() > 1_000
                || detail.contains("struct ")
            {
                self.complain(what, &body);
            }
        }
        status
    }

    fn complain(&mut self, what: &str, got: &str) {
        self.complaints.push(format!("{}: {}", shortened(what), shortened(got)));
    }

    fn end(self, least: usize) {
        assert!(self.sent >= least, "only {} requests", self.sent);
        assert!(self.complaints.is_empty(), "{} complaints:\n{}", self.complaints.len(), self.complaints.join("\n"));
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(300).collect()
}

/// The operations that take a body.
fn with_body() -> impl Iterator<Item = Operation> {
    Operation::all().into_iter().filter(|operation| operation.body.is_some())
}

/// Those whose body is checked field by field. A chat that comes in is checked as a whole: see `sharing`.
fn with_fields() -> impl Iterator<Item = Operation> {
    with_body().filter(|operation| operation.id != "chats_import")
}

#[tokio::test]
async fn every_field_refuses_what_it_must_not_hold() {
    let mut sweep = Sweep::start().await;
    let document = sweep.document.clone();
    for operation in with_fields() {
        let schema = Kind::of(operation.body.as_ref().unwrap(), &document).schema;
        assert_eq!(schema["additionalProperties"], false, "{} takes any field", operation.id);
        for (field, kind) in schema["properties"].as_object().unwrap() {
            for value in Kind::of(kind, &document).bad(&document) {
                let mut body = operation.body(&sweep.things).unwrap();
                body[field] = value;
                let what = format!("{} {field} = {}", operation.id, body[field]);
                sweep.refused(sweep.call(&operation).json(&body), &what, field).await;
            }
        }
        for field in schema["required"].as_array().into_iter().flatten().map(|field| field.as_str().unwrap()) {
            let mut body = operation.body(&sweep.things).unwrap();
            body.as_object_mut().unwrap().remove(field);
            sweep
                .refused(sweep.call(&operation).json(&body), &format!("{} without {field}", operation.id), field)
                .await;
        }
        for unknown in ["unknown", "tenant_id", "owner_id", "Name"] {
            let mut body = operation.body(&sweep.things).unwrap();
            body[unknown] = json!("x");
            let what = format!("{} with {unknown}", operation.id);
            sweep.refused(sweep.call(&operation).json(&body), &what, unknown).await;
        }
    }
    sweep.end(500);
}

#[tokio::test]
async fn every_field_takes_what_is_at_its_limits() {
    let mut sweep = Sweep::start().await;
    let document = sweep.document.clone();
    for operation in with_fields() {
        let schema = Kind::of(operation.body.as_ref().unwrap(), &document).schema;
        for (field, kind) in schema["properties"].as_object().unwrap() {
            // Not any will do: these must be there, and those say something together.
            let is_known = ["knowledge_base_ids", "messages", "attachments"].contains(&field.as_str());
            // Here it is about oneself.
            if is_known || operation.id == "admin_update_user" {
                continue;
            }
            let kind = Kind::of(kind, &document);
            let nothing = kind.is_nullable.then_some(Value::Null);
            for value in kind.good(&document).into_iter().chain(nothing) {
                let mut body = operation.body(&sweep.things).unwrap();
                body[field] = value;
                // A new chat has nothing to go on from.
                if operation.id == "chat_ask" && body["chat_id"].is_null() {
                    body["parent_id"] = Value::Null;
                    body["attachments"] = json!([]);
                }
                let what = format!("{} {field} = {}", operation.id, body[field]);
                let request = sweep.call(&operation).json(&body);
                let status = sweep.answered(request, &what, "").await;
                // The names of agents are unique, so some are taken by now.
                let is_taken = status == 409 && operation.id == "agents_create";
                if !is_taken && !(200..300).contains(&status) {
                    sweep.complain(&what, &format!("got {status}"));
                }
            }
        }
    }
    sweep.end(100);
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let mut sweep = Sweep::start().await;
    for operation in with_body() {
        let valid = operation.body(&sweep.things).unwrap().to_string();
        let first = valid.split('"').nth(1).unwrap().to_owned();
        let deep = "[".repeat(100_000);
        let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let deep_objects = format!("{{\"{first}\":{}", "{\"a\":".repeat(100_000));
        let texts = [
            "",
            " ",
            "null",
            "true",
            "5",
            "[]",
            "[[]]",
            "\"text\"",
            "{",
            "}",
            "{}}",
            "{\"",
            "{'a':1}",
            "{a:1}",
            "NaN",
            "{\"a\":NaN}",
            "{\"a\":1e999}",
            "{\"a\":01}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":1,}",
            "\u{feff}{}",
            "/* comment */ {}",
            "a=b&c=d",
            "<xml/>",
            "\0",
            "{\"a\":\"\0\"}",
            "{\"a\":\"\n\"}",
            "{\"a\0\":1}",
            &valid[..valid.len() - 1],
            &format!("{valid}{valid}"),
            &format!("{valid},"),
            &format!("[{valid}]"),
            &deep,
            &closed,
            &deep_objects,
        ];
        let mut bodies: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        // No UTF-8: a lone byte, an overlong NUL, a surrogate, in a value and in a name; UTF-16.
        for bytes in [&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf0\x9f"] {
            bodies.push([&b"{\"a\":\""[..], bytes, b"\"}"].concat());
            bodies.push([&b"{\""[..], bytes, b"\":1}"].concat());
            bodies.push([format!("{{\"{first}\":\"").as_bytes(), bytes, b"\"}"].concat());
        }
        bodies.push(valid.encode_utf16().flat_map(u16::to_le_bytes).collect());
        // A name twice.
        bodies.push(format!("{{\"{first}\":null,{}", &valid[1..]).into_bytes());
        for body in bodies {
            // Changing nothing is fine.
            if body == b"{}" && operation.id == "bots_update" {
                continue;
            }
            let what = format!("{} {}", operation.id, String::from_utf8_lossy(&body));
            let request = sweep.call(&operation).header("content-type", "application/json").body(body);
            sweep.refused(request, &what, "").await;
        }
    }
    sweep.end(400);
}

#[tokio::test]
async fn only_json_is_taken() {
    let platform = Platform::start().await;
    let user = platform.admin();
    let things = Things::make(&platform, &user).await;
    for operation in with_body() {
        let body = operation.body(&things).unwrap().to_string();
        let call = || platform.call(&user, operation.method.clone(), &operation.path(&things)).body(body.clone());
        for kind in
            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "json"]
        {
            let answer = problem(call().header("content-type", kind).send().await.unwrap(), 415).await;
            assert!(answer["detail"].as_str().unwrap().contains("application/json"), "{answer}");
        }
        problem(call().send().await.unwrap(), 415).await;
    }
    let bot = json!({ "name": "Helper", "model_id": "m" }).to_string();
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        let answer = platform.call(&user, Method::POST, "/bots").header("content-type", kind).body(bot.clone());
        assert_eq!(answer.send().await.unwrap().status(), 200, "{kind}");
    }
}

#[tokio::test]
async fn large_bodies_are_refused_unread() {
    const MEGABYTE: usize = 1024 * 1024;
    let platform = Platform::start().await;
    let user = platform.admin();
    let things = Things::make(&platform, &user).await;
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(10 * MEGABYTE));
    let refused = async |answer: Response, what: &str| {
        let answer = problem(answer, 413).await;
        assert!(answer["detail"].as_str().unwrap().contains("4 MiB"), "{what}: {answer}");
    };
    for operation in with_fields() {
        let call = || {
            platform
                .call(&user, operation.method.clone(), &operation.path(&things))
                .header("content-type", "application/json")
        };
        refused(call().body(large.clone()).send().await.unwrap(), &operation.id).await;
        // Its length is not told beforehand.
        let pieces = large.as_bytes().chunks(64 * 1024).map(|piece| Ok::<_, std::io::Error>(piece.to_vec()));
        let body = Body::wrap_stream(futures_util::stream::iter(pieces.collect::<Vec<_>>()));
        refused(call().body(body).send().await.unwrap(), &operation.id).await;
    }
    // Right below the limit is fine, right above is not.
    let bot = json!({ "name": "Helper", "model_id": "m" }).to_string();
    for (length, status) in [(4 * MEGABYTE, 200), (4 * MEGABYTE + 1, 413)] {
        let padded = bot.clone() + &" ".repeat(length - bot.len());
        let call = platform.call(&user, Method::POST, "/bots").header("content-type", "application/json");
        assert_eq!(call.body(padded).send().await.unwrap().status(), status, "{length} bytes");
    }
}

#[tokio::test]
async fn every_parameter_refuses_what_it_must_not_be() {
    let mut sweep = Sweep::start().await;
    let document = sweep.document.clone();
    for operation in Operation::all() {
        let path = operation.path(&sweep.things);
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut has_query = false;
        for parameter in &operation.parameters {
            let name = parameter["name"].as_str().unwrap();
            let kind = Kind::of(&parameter["schema"], &document);
            let is_required = parameter["required"] == true;
            match parameter["in"].as_str().unwrap() {
                "path" => {
                    for bad in
                        ["x", "0", "%00", "%ff", "%2e%2e%2f", "null", &"0".repeat(5_000), "ü", "%F0%9F%A5%AD", "*"]
                    {
                        let path = operation.path.replace(&format!("{{{name}}}"), bad);
                        let mut request = sweep.platform.call(&sweep.user, operation.method.clone(), &path);
                        if let Some(body) = operation.body(&sweep.things) {
                            request = request.json(&body);
                        }
                        sweep.refused(request, &format!("{} {path}", operation.id), "").await;
                    }
                }
                "query" => {
                    has_query = true;
                    // What `q` is comes anew each time.
                    let path = path.split('?').next().unwrap();
                    for bad in bad_parameters(&kind, name) {
                        let path = format!("{path}?{name}={bad}");
                        let request = sweep.platform.call(&sweep.user, operation.method.clone(), &path);
                        sweep.refused(request, &format!("{} {path}", operation.id), name).await;
                    }
                    let twice = format!("{path}?{name}=1&{name}=1");
                    let request = sweep.platform.call(&sweep.user, operation.method.clone(), &twice);
                    sweep.refused(request, &format!("{} {twice}", operation.id), "").await;
                    if is_required {
                        let request = sweep.platform.call(&sweep.user, operation.method.clone(), path);
                        sweep.refused(request, &format!("{} without {name}", operation.id), name).await;
                    }
                }
                "header" => {
                    for bad in ["", "x", "-1", "1.5", "18446744073709551616", "0x1", "ü"] {
                        let request = sweep.call(&operation).header(name, bad.as_bytes());
                        sweep.refused(request, &format!("{} {name}: {bad}", operation.id), name).await;
                    }
                    let request = sweep.call(&operation).header(name, u64::MAX);
                    assert_eq!(sweep.answered(request, "the greatest number", "").await, 200);
                }
                other => panic!("parameters in the {other} are new: say here what is bad"),
            }
        }
        if has_query {
            let path = format!("{path}{separator}unknown=1");
            let request = sweep.platform.call(&sweep.user, operation.method.clone(), &path);
            sweep.refused(request, &format!("{} {path}", operation.id), "unknown").await;
        }
    }
    sweep.end(200);
}

#[tokio::test]
async fn odd_words_to_search_for_are_no_failure() {
    let mut sweep = Sweep::start().await;
    let words = [
        "%ff",
        "%27",
        "%22",
        "%5C",
        "%26",
        "%21",
        "%3A*",
        "a%20%26%20!",
        "%22unclosed",
        "-",
        "--",
        "or",
        "or%20or",
        "()",
        "%E2%80%AE",
        "%25",
        "_",
        "%F0%9F%A5%AD",
        "a%3Ab%3Ac",
        "%22%22",
        "-%22a%20b%22",
        "%3C->",
        "%01",
        "%02%03",
    ];
    for word in words {
        let path = format!("/chats/search?q={word}");
        let status = sweep.answered(sweep.platform.call(&sweep.user, Method::GET, &path), &path, "").await;
        assert_eq!(status, 200, "{path}");
    }
    sweep.end(words.len());
}

#[tokio::test]
async fn odd_requests_are_no_failure() {
    let mut sweep = Sweep::start().await;
    let long = "x".repeat(7_000);
    for path in [
        format!("/{long}"),
        format!("/bots?{long}"),
        "//..%2f..%2fetc%2fpasswd".to_owned(),
        "//%00".to_owned(),
        "//%ff".to_owned(),
        "/bots/%2e%2e".to_owned(),
        "//api/v1//bots".to_owned(),
        "/bots;x=1".to_owned(),
    ] {
        let request = sweep.platform.call(&sweep.user, Method::GET, &path);
        sweep.refused(request, &path, "").await;
    }
    // A body where none is expected is nothing to stumble over.
    for (method, path) in [(Method::GET, "/bots"), (Method::POST, "/users/register")] {
        let request = sweep.platform.call(&sweep.user, method, path).body(b"\xff\0{".to_vec());
        assert_eq!(sweep.answered(request, path, "").await, 200);
    }
    sweep.end(10);
}

#[tokio::test]
async fn an_address_with_what_is_no_id_is_refused_in_words() {
    let platform = Platform::start().await;
    let answer = platform.call(&platform.user(), Method::GET, "/chats/none").send().await.unwrap();
    assert_eq!(problem(answer, 422).await["detail"], "The address is not valid: “none” is no chat_id.");
}
