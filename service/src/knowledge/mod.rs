pub fn router() -> utoipa_axum::router::OpenApiRouter<crate::App> { utoipa_axum::router::OpenApiRouter::new() }
pub mod store {
    use crate::id::*;
    pub struct Match { pub id: ChunkId, pub text: String, pub source_type: String, pub source_uri: Option<String>, pub chunk_index: i32, pub metadata: serde_json::Value, pub similarity: f64 }
    pub async fn search_for_bot(db: &mut sqlx::PgConnection, bot_owner: &UserId, knowledge_base_id: KnowledgeBaseId, query: &pgvector::Vector, top_k: i64) -> sqlx::Result<Vec<Match>> { let _ = (db, bot_owner, knowledge_base_id, query, top_k); Ok(vec![]) }
}
