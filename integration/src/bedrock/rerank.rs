//! How well texts answer a query, as a rerank model has it: here by the longest run of the query's
//! words that a text repeats, which embeddings know nothing of.

use serde_json::{Value, json};

use super::embed::words;

/// The relevance of each document, the most relevant first.
pub fn rank(query: &str, documents: &[&str], top_n: usize) -> Value {
    let query = words(query);
    let mut results: Vec<(usize, f64)> =
        documents.iter().map(|document| longest_run(&query, &words(document))).enumerate().collect();
    results.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let results: Vec<Value> = results
        .into_iter()
        .take(top_n)
        .map(|(index, score)| json!({ "index": index, "relevance_score": score }))
        .collect();
    json!({ "results": results })
}

/// The share of the query that a text repeats without a gap.
#[allow(clippy::cast_precision_loss)] // a handful of words
fn longest_run(query: &[String], text: &[String]) -> f64 {
    let longest = (1..=query.len())
        .rev()
        .find(|&length| query.windows(length).any(|run| text.windows(length).any(|other| other == run)))
        .unwrap_or(0);
    longest as f64 / query.len().max(1) as f64
}
