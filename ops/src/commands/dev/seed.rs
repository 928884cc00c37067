//! What a first visitor finds: a user, a bot with a knowledge base, agents in the
//! marketplace. Made through the API, as a client would; what is there already is left alone.

use std::time::Duration;

use anyhow::{Context, bail};
use integration::cognito::{Cognito, NewUser, TokenSpec};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub const EMAIL: &str = "demo@mangoo.local";
pub const PASSWORD: &str = "Mangoo-demo-1";
/// Who sees the administration, with the same password.
pub const ADMIN: &str = "admin@mangoo.local";
const BOT: &str = "Mangoo guide";
const GUIDE: [(&str, &str); 4] = [
    (
        "what-is-mangoo.md",
        "Mangoo is a multi-agent AI platform that a company runs in its own AWS account. People chat with bots over \
         their own documents, find agents in a marketplace, and watch answers stream with their sources. No data \
         leaves the company's account.",
    ),
    (
        "bots.md",
        "A bot is a set of instructions, a model and, if you like, a knowledge base. To make one, open Bots, choose \
         New bot, say how it should answer, and pick the knowledge base it may read. A bot can stay private, be \
         shared with your organisation, or be listed in the marketplace.",
    ),
    (
        "knowledge.md",
        "A knowledge base holds texts that bots answer from. Open Knowledge, make a knowledge base and add a text. \
         Mangoo splits it into passages and finds the ones that fit a question by their meaning. Answers mark their \
         sources with small numbers; click a number to read the passage.",
    ),
    (
        "streaming.md",
        "Answers stream token by token. You can stop an answer at any time: the text so far is kept and nothing more \
         is spent. If you close the browser, the answer goes on being written and is there when you come back.",
    ),
];

/// Talks to the service as the demo user and as an administrator.
pub struct Client {
    http: reqwest::Client,
    address: String,
    user: String,
    admin: String,
    model_id: String,
}

impl Client {
    pub fn new(address: &str, cognito: &Cognito, model_id: &str) -> anyhow::Result<Self> {
        let sub = cognito.create_user(&NewUser {
            email: EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            name: Some("Demo user".to_owned()),
            ..NewUser::default()
        })?;
        let admin = cognito.create_user(&NewUser {
            email: ADMIN.to_owned(),
            password: PASSWORD.to_owned(),
            name: Some("Demo administrator".to_owned()),
            groups: vec!["admin".to_owned()],
            ..NewUser::default()
        })?;
        let day = 24 * 3600;
        let user = TokenSpec::id(&sub).claim("email", EMAIL).claim("name", "Demo user").expires_in(day);
        let admin = TokenSpec::id(&admin).claim("email", ADMIN).claim("name", "Demo administrator").groups(["admin"]);
        Ok(Self {
            http: reqwest::Client::new(),
            address: address.to_owned(),
            user: cognito.token(&user),
            admin: cognito.token(&admin),
            model_id: model_id.to_owned(),
        })
    }

    /// A token of the demo user, valid for a day.
    pub fn token(&self) -> &str {
        &self.user
    }

    pub async fn wait_until_ready(&self) -> anyhow::Result<()> {
        let ready = format!("{}/ready", self.address);
        for _ in 0..600 {
            if self.http.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the service did not become ready within 30 s; its log says why")
    }

    /// Makes what is missing, and returns the demo bot's id.
    pub async fn seed(&self) -> anyhow::Result<String> {
        self.call(&self.user, Method::POST, "/users/register", json!({})).await?;
        let bot = match self.demo_bot().await? {
            Some(id) => id,
            None => self.make_demo_bot().await?,
        };
        for agent in agents() {
            let (status, answer) = self.send(&self.admin, Method::POST, "/agents", agent).await?;
            if !status.is_success() && status != StatusCode::CONFLICT {
                bail!("POST /agents answered {status}: {answer}");
            }
        }
        Ok(bot)
    }

    async fn demo_bot(&self) -> anyhow::Result<Option<String>> {
        let bots = self.call(&self.user, Method::GET, "/bots?include_public=false", Value::Null).await?;
        let id = |bot: &Value| (bot["name"] == BOT).then(|| bot["id"].as_str().map(str::to_owned)).flatten();
        Ok(bots.as_array().and_then(|bots| bots.iter().find_map(id)))
    }

    async fn make_demo_bot(&self) -> anyhow::Result<String> {
        let base = self.demo_base().await?;
        let bot = json!({
            "name": BOT,
            "description": "Knows its way around Mangoo and cites where it knows it from.",
            "instructions": "You are the Mangoo guide. Answer briefly and kindly.",
            "model_id": self.model_id,
            "rag_enabled": true,
            "knowledge_base_id": base,
            "is_public": true,
            "is_marketplace": true,
            "tags": ["guide", "getting started"],
        });
        let bot = self.call(&self.user, Method::POST, "/bots", bot).await?;
        Ok(bot["id"].as_str().context("the new bot has no id")?.to_owned())
    }

    /// The id of the demo's knowledge base, which is made if it is missing.
    async fn demo_base(&self) -> anyhow::Result<Value> {
        let bases = self.call(&self.user, Method::GET, "/knowledge-bases?limit=200", Value::Null).await?;
        let found = bases["items"].as_array().into_iter().flatten().find(|base| base["name"] == BOT);
        let (base, chunks) = if let Some(base) = found {
            (base["id"].clone(), base["chunk_count"].as_u64().unwrap_or(0))
        } else {
            let base = json!({ "name": BOT, "description": "What Mangoo is and how to use it" });
            (self.call(&self.user, Method::POST, "/knowledge-bases", base).await?["id"].clone(), 0)
        };
        // A run that was cut short has left the last ones out.
        for (source, text) in GUIDE.iter().skip(usize::try_from(chunks).unwrap_or(usize::MAX)) {
            let texts = json!({ "knowledge_base_id": base, "texts": [text], "source_uri": source });
            self.call(&self.user, Method::POST, "/knowledge/add", texts)
                .await
                .context("the embedding model does not answer")?;
        }
        Ok(base)
    }

    /// A call that has to succeed.
    async fn call(&self, token: &str, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        let (status, answer) = self.send(token, method.clone(), path, body).await?;
        if !status.is_success() {
            bail!("{method} {path} answered {status}: {answer}");
        }
        Ok(answer)
    }

    async fn send(&self, token: &str, method: Method, path: &str, body: Value) -> anyhow::Result<(StatusCode, Value)> {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.address)).bearer_auth(token);
        let answer = if body.is_null() { request.send().await? } else { request.json(&body).send().await? };
        let status = answer.status();
        Ok((status, answer.json().await.unwrap_or_default()))
    }
}

fn agents() -> [Value; 5] {
    let agent = |name: &str,
                 display_name: &str,
                 description: &str,
                 category: &str,
                 capabilities: &[&str],
                 tags: &[&str]| {
        json!({
            "name": name, "display_name": display_name, "description": description, "category": category,
            "agent_type": "assistant", "capabilities": capabilities, "status": "active", "is_public": true, "tags": tags,
            "config": {},
        })
    };
    [
        agent(
            "meeting-notes",
            "Meeting notes",
            "Turns a transcript into decisions, owners and dates.",
            "productivity",
            &["summarise", "extract"],
            &["meetings", "writing"],
        ),
        agent(
            "contract-reader",
            "Contract reader",
            "Finds terms, dates and unusual clauses in contracts.",
            "legal",
            &["extract", "compare"],
            &["contracts", "review"],
        ),
        agent(
            "sql-helper",
            "SQL helper",
            "Writes and explains queries for your schema.",
            "engineering",
            &["code", "explain"],
            &["sql", "data"],
        ),
        agent(
            "support-triage",
            "Support triage",
            "Sorts tickets by urgency and drafts first replies.",
            "support",
            &["classify", "write"],
            &["tickets"],
        ),
        agent(
            "market-watch",
            "Market watch",
            "Sums up what was written about your market this week.",
            "research",
            &["search", "summarise"],
            &["news", "competitors"],
        ),
    ]
}
