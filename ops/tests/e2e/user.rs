//! Somebody who uses the platform, at its public address.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use reqwest::{Client, Method, RequestBuilder, header};
use serde_json::{Value as Json, json};

use crate::aws::Aws;

const NAME: &str = "somebody@example.com";
const PASSWORD: &str = "Somebody-1-password";

pub struct User {
    http: Client,
    address: String,
    token: String,
}

impl User {
    /// A new one, who has signed in.
    pub async fn sign_in(aws: &Aws, address: &str, outputs: &Json) -> Self {
        let cognito = aws_sdk_cognitoidentityprovider::Client::new(&aws.config);
        let (pool, client) = (outputs["UserPoolId"].as_str().unwrap(), outputs["UserPoolClientId"].as_str().unwrap());
        cognito.admin_create_user().user_pool_id(pool).username(NAME).send().await.unwrap();
        let set = cognito.admin_set_user_password().user_pool_id(pool).username(NAME);
        set.password(PASSWORD).permanent(true).send().await.unwrap();
        let sign_in = cognito.admin_initiate_auth().user_pool_id(pool).client_id(client);
        let sign_in = sign_in.auth_flow(AuthFlowType::AdminUserPasswordAuth);
        let sign_in = sign_in.auth_parameters("USERNAME", NAME).auth_parameters("PASSWORD", PASSWORD);
        let token = sign_in.send().await.unwrap().authentication_result.unwrap().id_token.unwrap();
        let http = Client::builder().pool_max_idle_per_host(usize::MAX).build().unwrap();
        let user = Self { http, address: address.to_owned(), token };
        user.ok(Method::POST, "/users/register", Some(json!({}))).await;
        user
    }

    /// A request to `path` under `/api/v1`.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.address)).bearer_auth(&self.token)
    }

    /// One that has to succeed.
    pub async fn ok(&self, method: Method, path: &str, body: Option<Json>) -> Json {
        let request = self.call(method, path);
        let answer = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = answer.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Uploads a document as a browser does, waits until a worker has read it, and asks for it.
    pub async fn has_read(&self, aws: &Aws, text: &str) {
        let base = self.ok(Method::POST, "/knowledge-bases", Some(json!({ "name": "Handbook" }))).await["id"].clone();
        let path = format!("/knowledge-bases/{}/documents", base.as_str().unwrap());
        let body = json!({ "name": "handbook.md", "size": text.len() });
        let announced = self.ok(Method::POST, &path, Some(body)).await;
        // The containers know this machine by another name, which is in the signature.
        let signed: reqwest::Url = announced["upload"]["url"].as_str().unwrap().parse().unwrap();
        let host = format!("{}:{}", signed.host_str().unwrap(), signed.port().unwrap());
        let url = format!("{}{}?{}", aws.url, signed.path(), signed.query().unwrap());
        let sent = self.http.put(url).header(header::HOST, host).body(text.to_owned()).send().await.unwrap();
        assert!(sent.status().is_success(), "{}", sent.text().await.unwrap());
        let document = format!("/documents/{}", announced["document"]["id"].as_str().unwrap());
        self.ok(Method::POST, &format!("{document}/uploaded"), None).await;
        for _ in 0..300 {
            let document = self.ok(Method::GET, &document, None).await;
            if document["status"] == "ready" {
                let query = json!({ "knowledge_base_id": base, "query": text });
                let found = self.ok(Method::POST, "/knowledge/search", Some(query)).await;
                assert_eq!(found["results"][0]["text"], text);
                return;
            }
            assert_ne!(document["status"], "failed", "{document}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no worker reads it");
    }
}
