//! What the model says: deterministic, and made of what it was given.

use std::{borrow::Cow, cmp::Reverse, collections::HashSet};

use serde_json::Value;

use super::{
    Options, Script, TOKEN,
    embed::words,
    validate::{array, texts},
};

/// Sentences of the documents that an answer quotes at the most.
const QUOTES: usize = 3;

/// Bedrock signs what a model thinks; nobody but Bedrock can check it.
pub const SIGNATURE: &str = "c3RhbmQtaW4=";

/// Whether the script has the words.
pub fn is_scripted(script: &Script) -> bool {
    script.deltas.is_some() || script.text.is_some() || script.tool_use.is_some()
}

/// What is said, in pieces. A model that asks for a tool says nothing, unless it is scripted.
pub fn said<'a>(options: &Options, body: &Value, script: &'a Script) -> Vec<Cow<'a, str>> {
    match (&script.deltas, &script.text) {
        (Some(deltas), _) => deltas.iter().map(|delta| delta.as_str().into()).collect(),
        (None, Some(text)) => pieces(text).map(Cow::Borrowed).collect(),
        (None, None) if script.tool_use.is_some() => Vec::new(),
        (None, None) => match options.tokens {
            Some(tokens) => vec![Cow::Borrowed(TOKEN); tokens],
            None => pieces(&answer(body)).map(|piece| piece.to_owned().into()).collect(),
        },
    }
}

/// Its words, that make up the text again.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([' ', '\n'])
}

/// The answer to a request of Converse.
fn answer(body: &Value) -> String {
    let messages = array(&body["messages"]);
    let last = messages.last().map_or(&Value::Null, |message| &message["content"]);
    let mut asked = messages.iter().rev().filter(|message| message["role"] == "user");
    let question = asked.find_map(|message| texts(&message["content"]).next_back()).unwrap_or_default();
    let tool_result = array(last).iter().find_map(|block| texts(&block["toolResult"]["content"]).next());
    let mut answer = if let Some(result) = tool_result {
        format!("The tool that I asked answers: {result}\n\nThat is all I can say about “{}”.", beginning(question, 30))
    } else if let Some(passages) = texts(last).find(|text| text.starts_with("<passages>")) {
        from_passages(passages, question)
    } else {
        from_nothing(question, texts(&body["system"]).next(), messages.len())
    };
    let asks_for = |word: &str| question.to_lowercase().contains(word);
    if asks_for("code") {
        answer += "\n\n```rust\nfn main() {\n    println!(\"Hello from the stand-in\");\n}\n```\n";
    }
    if asks_for("table") {
        answer += "\n\n| Part | Stands for |\n|---|---|\n| Stand-in | Amazon Bedrock |\n| Postgres | Amazon Aurora |\n";
    }
    answer
}

struct Sentence {
    /// Words it shares with the question.
    shared: usize,
    /// Number of its passage.
    passage: String,
    text: String,
}

fn from_passages(passages: &str, question: &str) -> String {
    let asked: HashSet<String> = words(question).into_iter().collect();
    let mut found: Vec<Sentence> = Vec::new();
    for passage in passages.split("<passage number=\"").skip(1) {
        let (Some((number, _)), Some((_, text))) = (passage.split_once('"'), passage.split_once(">\n")) else {
            continue;
        };
        let text = unescape(text.split_once("\n</passage>").map_or(text, |(text, _)| text));
        for sentence in sentences(&text) {
            let shared =
                words(sentence).iter().collect::<HashSet<_>>().into_iter().filter(|&word| asked.contains(word)).count();
            // Passages overlap.
            if shared > 0 && found.iter().all(|other| other.text != sentence) {
                found.push(Sentence { shared, passage: number.to_owned(), text: sentence.to_owned() });
            }
        }
    }
    if found.is_empty() {
        return "The documents that I was given do not answer this question. You could ask it in other words, or add a \
                text that answers it to the knowledge base, and then ask me again."
            .to_owned();
    }
    // The sort is stable: among equals the first, which belongs to the closest passage, comes first.
    found.sort_by_key(|sentence| Reverse(sentence.shared));
    let quotes: Vec<String> =
        found.iter().take(QUOTES).map(|sentence| format!("{} [{}]", sentence.text, sentence.passage)).collect();
    format!(
        "According to your documents, this is what answers your question:\n\n{}\n\nI have looked at nothing but the passages \
         that I was given with your question. The numbers in brackets say which of them each sentence comes from, so that \
         you can read it there in full.",
        quotes.join("\n\n")
    )
}

/// The sentences of a text, and its lines where they are shorter, without the marks of
/// headings and lists.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let mut rest = line.trim_start_matches(['#', '-', '*', '>', ' ']).trim_end();
        std::iter::from_fn(move || {
            let end = rest
                .match_indices(['.', '!', '?'])
                .map(|(place, _)| place + 1)
                // A full stop in a number or a name ends nothing.
                .find(|&end| rest[end..].starts_with(char::is_whitespace))
                .unwrap_or(rest.len());
            let (sentence, after) = rest.split_at(end);
            rest = after.trim_start();
            (!sentence.is_empty()).then_some(sentence)
        })
    })
}

fn from_nothing(question: &str, system: Option<&str>, messages: usize) -> String {
    let plural = if messages == 1 { "" } else { "s" };
    let instructions =
        system.map(|system| format!(" My instructions begin with: “{}”.", beginning(system, 12))).unwrap_or_default();
    format!(
        "You asked: “{}”. I am a stand-in for a model of Amazon Bedrock, so I know nothing about it that I was not told \
         here, but I give the same answer every time, which is what tests need. The conversation that I was given has \
         {messages} message{plural}.{instructions}",
        beginning(question, 30)
    )
}

/// So many words.
fn beginning(text: &str, count: usize) -> String {
    text.split_whitespace().take(count).collect::<Vec<_>>().join(" ")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}
