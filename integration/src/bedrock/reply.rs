//! What the model says: deterministic, and made of what it was given.

use std::{collections::HashSet, fmt::Write};

use serde_json::Value;

use super::{embed::words, validate::texts};

/// Sentences of the documents that an answer quotes at the most.
const QUOTES: usize = 3;

/// The answer to a request of Converse.
pub fn answer(body: &Value) -> String {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let last = messages.last().map(|message| &message["content"]).unwrap_or(&Value::Null);
    let question = texts(last).next_back().unwrap_or_default();
    let lowercase = question.to_lowercase();
    let mut answer = match texts(last).find(|text| text.starts_with("<passages>")) {
        Some(passages) => from_passages(passages, question),
        None => from_nothing(question, texts(&body["system"]).next(), messages.len()),
    };
    if lowercase.contains("code") {
        answer.push_str("\n\n```rust\nfn main() {\n    println!(\"Hello from the stand-in\");\n}\n```\n");
    }
    if lowercase.contains("table") {
        answer.push_str("\n\n| Part | Stands for |\n|---|---|\n| Stand-in | Amazon Bedrock |\n| Postgres | Amazon Aurora |\n");
    }
    answer
}

/// Its pieces, a word each, that make up the text again.
pub fn pieces(text: &str) -> Vec<String> {
    text.split_inclusive([' ', '\n']).map(str::to_owned).collect()
}

fn from_passages(passages: &str, question: &str) -> String {
    let asked: HashSet<String> = words(question).into_iter().collect();
    let mut sentences: Vec<(usize, usize, &str, &str)> = Vec::new();
    for passage in passages.split("<passage number=\"").skip(1) {
        let (Some((number, _)), Some((_, text))) = (passage.split_once('"'), passage.split_once(">\n")) else { continue };
        let text = text.split_once("\n</passage>").map_or(text, |(text, _)| text);
        for sentence in text.split_inclusive(['.', '!', '?', '\n']).map(str::trim).filter(|text| !text.is_empty()) {
            let shared = words(sentence).into_iter().collect::<HashSet<_>>().intersection(&asked).count();
            if shared > 0 {
                sentences.push((shared, sentences.len(), number, sentence));
            }
        }
    }
    if sentences.is_empty() {
        return "The documents that I was given do not answer this question. You could ask it in other words, or add a \
                text that answers it to the knowledge base, and then ask me again."
            .to_owned();
    }
    // The best ones; among equals those that come first.
    sentences.sort_by_key(|&(shared, place, ..)| (std::cmp::Reverse(shared), place));
    let mut answer = "Here is what your documents say about this:".to_owned();
    for (_, _, number, sentence) in sentences.into_iter().take(QUOTES) {
        // Writing to a string can't fail.
        let _ = write!(answer, "\n\n{} [{number}]", unescape(sentence));
    }
    answer.push_str("\n\nI have looked at nothing but the passages that are numbered here.");
    answer
}

fn from_nothing(question: &str, system: Option<&str>, messages: usize) -> String {
    let gist: String = question.split_whitespace().take(30).collect::<Vec<_>>().join(" ");
    let mut answer = format!(
        "You asked: “{gist}”. I am a stand-in for a model of Amazon Bedrock, so I can't know much about it, but I \
         answer the same way every time, which is good for tests. This conversation has {messages} messages."
    );
    if let Some(system) = system {
        let instructions: String = system.split_whitespace().take(12).collect::<Vec<_>>().join(" ");
        let _ = write!(answer, " My instructions begin with: “{instructions}”.");
    }
    answer
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
