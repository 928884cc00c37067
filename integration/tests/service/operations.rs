//! All operations of the API, from its description, with requests that are valid.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    documents,
    stream::data,
    support::{Instance, Platform, User, ok},
};

/// The API's description.
pub fn document() -> Value {
    serde_json::from_str(&service::openapi::document().to_json().unwrap()).unwrap()
}

/// The ids of one thing of each kind, of the same owner and shared with nobody.
#[derive(Clone)]
pub struct Things {
    pub bot: String,
    pub chat: String,
    pub message: String,
    pub knowledge_base: String,
    pub document: String,
    pub agent: String,
    pub attachment: String,
    pub share: String,
    /// What the share's link ends with.
    pub token: String,
    /// The owner.
    pub user: String,
}

impl Things {
    /// The owner has to be an administrator, who alone can make agents.
    pub async fn make(platform: &Platform, owner: &User) -> Self {
        let id = |made: Value| made["id"].as_str().unwrap().to_owned();
        let texts = json!({ "knowledge_base_id": Uuid::new_v4(), "texts": ["Mangoes are fruit."] });
        let base = platform.post(owner, "/knowledge/add", &texts).await;
        let agent = json!({ "name": Uuid::new_v4(), "display_name": "A", "category": "C", "agent_type": "t" });
        let agent = id(platform.post(owner, "/agents", &agent).await);
        let bot = platform.service.bot(owner).await;
        let attach = platform.call(owner, Method::POST, "/chat/attachments?name=a.txt").body("Mangoes.");
        let attachment = id(ok(attach.send().await.unwrap()).await);
        let question = json!({ "bot_id": bot, "message": "Mangoes?", "attachments": [attachment] });
        let events = platform.service.ask(owner, &question).await.rest().await;
        let text = |field: &str| data(&events[0])[field].as_str().unwrap().to_owned();
        let share = platform.post(owner, &format!("/chats/{}/shares", text("chat_id")), &json!({})).await;
        Self {
            attachment,
            token: share["token"].as_str().unwrap().to_owned(),
            share: id(share),
            user: owner.id.clone(),
            bot,
            chat: text("chat_id"),
            message: text("message_id"),
            document: documents::ready(platform, owner, &base["knowledge_base_id"], "mangoes.txt", b"Mangoes.").await,
            knowledge_base: base["knowledge_base_id"].as_str().unwrap().to_owned(),
            agent,
        }
    }

    pub fn ids(&self) -> [&str; 8] {
        [
            &self.bot,
            &self.chat,
            &self.message,
            &self.knowledge_base,
            &self.document,
            &self.agent,
            &self.attachment,
            &self.share,
        ]
    }
}

/// An operation of the API.
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// Under `/api/v1`, with the parameters' names.
    pub path: String,
    /// As the description has them.
    pub parameters: Vec<Value>,
    /// The schema of the body, if there is one.
    pub body: Option<Value>,
}

impl Operation {
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for (path, operations) in document()["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let body = operation.pointer("/requestBody/content/application~1json/schema");
                all.push(Self {
                    id: operation["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.strip_prefix("/api/v1").unwrap().to_owned(),
                    parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
                    body: body.cloned(),
                });
            }
        }
        assert!(all.len() >= 60, "operations are missing");
        all
    }

    /// The path for these things, with the query that it needs.
    pub fn path(&self, things: &Things) -> String {
        let path = self
            .path
            .replace("{bot_id}", &things.bot)
            .replace("{chat_id}", &things.chat)
            .replace("{message_id}", &things.message)
            .replace("{knowledge_base_id}", &things.knowledge_base)
            .replace("{document_id}", &things.document)
            .replace("{agent_id}", &things.agent)
            .replace("{attachment_id}", &things.attachment)
            .replace("{share_id}", &things.share)
            .replace("{token}", &things.token)
            .replace("{user_id}", &things.user)
            // Each bot has a first version.
            .replace("{number}", "1");
        assert!(!path.contains('{'), "{path} has a parameter that these tests do not know");
        match self.id.as_str() {
            "chats_search" => path + "?q=mangoes",
            "chat_attach" => path + "?name=mangoes.txt",
            "admin_usage" => path + "?by=user",
            _ => path,
        }
    }

    /// A valid body with all its fields.
    pub fn body(&self, things: &Things) -> Option<Value> {
        self.body.as_ref()?;
        let bot = json!({
            "name": "Helper", "description": "Helps", "instructions": "Be brief.", "model_id": "test.model-v1:0",
            "temperature": 50, "max_tokens": 100, "rag_enabled": true, "knowledge_base_id": things.knowledge_base,
            "knowledge_base_ids": [things.knowledge_base], "starters": ["Mangoes?"], "icon": "🥭", "category": "Fruit",
            "is_public": false, "is_marketplace": false, "tags": ["a"],
        });
        Some(match self.id.as_str() {
            "admin_update_user" => json!({ "is_active": true }),
            "agents_update" => json!({ "status": "active", "is_public": false }),
            "agents_create" => json!({
                "name": Uuid::new_v4(), "display_name": "A", "description": "D", "category": "C", "agent_type": "t",
                "capabilities": ["a"], "status": "active", "is_public": false, "icon_url": "https://example.com/a.svg",
                "tags": ["a"], "config": { "a": [1] },
            }),
            "bots_create" => bot,
            "bots_update" => {
                let mut bot = bot;
                bot["is_active"] = json!(true);
                bot
            }
            "bots_try_out" => json!({
                "instructions": "Be brief.", "model_id": "test.model-v1:0", "temperature": 50, "max_tokens": 100,
                "rag_enabled": true, "knowledge_base_ids": [things.knowledge_base],
                "messages": [{ "role": "user", "content": "Mangoes?" }],
            }),
            "chat_ask" => json!({
                "bot_id": things.bot, "message": "Mangoes?", "chat_id": things.chat, "use_rag": true,
                "parent_id": things.message, "attachments": [things.attachment],
            }),
            "chat_ask_again" => json!({ "bot_id": things.bot, "use_rag": true }),
            "chat_rate" => json!({ "rating": "up", "reason": "Sweet" }),
            "chats_update" => json!({ "title": "Fruit", "is_pinned": true, "is_archived": true }),
            "chats_show_branch" => json!({ "message_id": things.message }),
            "chats_share" => json!({ "expires_in_days": 7 }),
            "chats_import" => json!({
                "format": "mangoo-chat", "version": 1, "title": "Fruit", "bot_id": things.bot, "bot_name": "Bot",
                "exported_at": "2026-01-01T00:00:00Z", "leaf_id": null,
                "messages": [{
                    "id": Uuid::new_v4(), "parent_id": null, "role": "user", "content": "Mangoes?", "reasoning": null,
                    "status": "complete", "model_id": null, "created_at": "2026-01-01T00:00:00Z", "passages": [],
                }],
            }),
            "documents_upload" => json!({ "name": "pears.txt", "size": 20, "metadata": { "year": 2026 } }),
            "documents_add_address" => {
                json!({ "url": "https://mangoes.invalid/", "metadata": { "year": 2026 } })
            }
            "knowledge_create" | "knowledge_update" => json!({
                "name": "Handbook", "description": "D", "language": "german", "chunk_tokens": 2000, "chunk_overlap": 25,
                "is_shared": false,
            }),
            "knowledge_add" => json!({
                "knowledge_base_id": things.knowledge_base, "texts": ["Pears are fruit."], "source_type": "text",
                "source_uri": "pears.md", "metadata": { "year": 2026 },
            }),
            "knowledge_search" => {
                let filter = json!({
                    "document_ids": [things.document], "source_types": ["document"], "metadata": { "year": 2026 },
                });
                json!({
                    "knowledge_base_id": things.knowledge_base, "query": "mangoes", "top_k": 3, "mode": "hybrid",
                    "filter": filter,
                })
            }
            id => panic!("{id} is new: say here what a valid body is"),
        })
    }

    /// The valid request for these things, of nobody yet.
    pub fn request(&self, instance: &Instance, things: &Things) -> RequestBuilder {
        let request = instance.request(self.method.clone(), &self.path(things));
        match self.body(things) {
            Some(body) => request.json(&body),
            None if self.id == "chat_attach" => request.body("Mangoes."),
            None => request,
        }
    }
}
