//! Texts with their vectors, each text embedded once for a model.

use std::collections::HashMap;

use aws_lc_rs::digest;
use pgvector::HalfVector;

use crate::{
    db::Db,
    id::TenantId,
    model::{self, Model},
};

/// A text's vector.
#[derive(Clone)]
pub struct Embedded {
    /// Of the model and the text.
    pub sha256: Vec<u8>,
    pub vector: HalfVector,
}

/// The vectors of `texts`, in their order, as far as they can be made now. Those that the tenant has
/// already are not made again.
pub async fn embed(
    db: &Db,
    tenant: &TenantId,
    model: &Model,
    texts: &[String],
) -> sqlx::Result<Vec<Result<Embedded, model::Error>>> {
    let digests: Vec<Vec<u8>> = texts.iter().map(|text| digest_of(model.embedding_model(), text)).collect();
    let known = sqlx::query!(
        r#"
        select distinct on (sha256) sha256 as "sha256!", embedding as "embedding!: HalfVector"
        from (
          select embedded_sha256 as sha256, embedding from knowledge_chunks where embedded_sha256 = any($1)
          union all
          select embedded_sha256, embedding from document_chunks where embedded_sha256 = any($1)
        ) known
        order by sha256
        "#,
        &digests,
    )
    // The connection goes back before Bedrock is asked.
    .fetch_all(&mut *db.tenant(tenant).await?)
    .await?;
    let mut vectors: HashMap<Vec<u8>, Result<HalfVector, model::Error>> =
        known.into_iter().map(|row| (row.sha256, Ok(row.embedding))).collect();
    let missing: HashMap<&Vec<u8>, &String> =
        digests.iter().zip(texts).filter(|(digest, _)| !vectors.contains_key(*digest)).collect();
    let (missing, texts): (Vec<Vec<u8>>, Vec<&String>) =
        missing.into_iter().map(|(digest, text)| (digest.clone(), text)).unzip();
    vectors.extend(missing.into_iter().zip(model.embed(&texts).await));
    let embedded = digests.into_iter().filter_map(|sha256| {
        let vector = vectors.get(&sha256)?.clone();
        Some(vector.map(|vector| Embedded { sha256, vector }))
    });
    Ok(embedded.collect())
}

fn digest_of(model: &str, text: &str) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    // No model's name has a line end.
    for part in [model, "\n", text] {
        context.update(part.as_bytes());
    }
    context.finish().as_ref().to_vec()
}
