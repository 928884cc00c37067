pub fn router() -> utoipa_axum::router::OpenApiRouter<crate::App> { utoipa_axum::router::OpenApiRouter::new() }
pub mod store {
    use crate::id::*;
    pub struct Bot { pub id: BotId, pub owner_id: UserId, pub instructions: Option<String>, pub model_id: String, pub temperature: i32, pub max_tokens: i32, pub rag_enabled: bool, pub knowledge_base_id: Option<KnowledgeBaseId> }
    pub async fn visible(db: &mut sqlx::PgConnection, caller: &UserId, id: BotId) -> sqlx::Result<Option<Bot>> { let _ = (db, caller, id); Ok(None) }
}
