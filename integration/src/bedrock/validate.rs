//! What Bedrock refuses, in its words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Exception;

/// Bytes of a conversation at the most: about 200,000 tokens.
const MAX_INPUT: usize = 800_000;

/// Characters of a text to embed at the most, as Titan Text Embeddings v2 has it.
const MAX_EMBEDDED: usize = 50_000;

/// Tokens of a text to embed at the most.
const MAX_EMBEDDED_TOKENS: usize = 8_192;

/// Checks a request of Converse.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>
pub fn converse(body: &Value) -> Result<(), Exception> {
    let messages = array(&body["messages"]);
    if messages.is_empty() {
        return refuse("The conversation must have at least one message.");
    }
    for (index, block) in array(&body["system"]).iter().enumerate() {
        if is_blank(block) {
            return refuse(&format!(
                "The text field in the SystemContentBlock object at system.{index} is blank. Add text to the text field, and try again."
            ));
        }
    }
    let mut unanswered = BTreeSet::new();
    for (index, message) in messages.iter().enumerate() {
        role(index, message)?;
        content(index, message)?;
        let answers = ids(message, "toolResult");
        if !unanswered.is_subset(&answers) {
            let missing: Vec<_> = unanswered.difference(&answers).copied().collect();
            return refuse(&format!(
                "Expected toolResult blocks at messages.{index}.content for the following Ids: {}",
                missing.join(", ")
            ));
        }
        if answers.len() > unanswered.len() {
            return refuse(&format!(
                "The number of toolResult blocks at messages.{index}.content exceeds the number of toolUse blocks of previous turn."
            ));
        }
        unanswered = ids(message, "toolUse");
        if body["toolConfig"].is_null() && !(answers.is_empty() && unanswered.is_empty()) {
            return refuse("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
        }
    }
    if messages.len().is_multiple_of(2) {
        return refuse(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        );
    }
    if length(body) > MAX_INPUT {
        return refuse("Input is too long for requested model.");
    }
    inference(&body["inferenceConfig"])
}

fn role(index: usize, message: &Value) -> Result<(), Exception> {
    let expected = if index.is_multiple_of(2) { "user" } else { "assistant" };
    match message["role"].as_str().unwrap_or_default() {
        role if role == expected => Ok(()),
        "assistant" if index == 0 => refuse(
            "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
        ),
        "user" | "assistant" => refuse(
            "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
        ),
        other => refuse(&format!(
            "Value '{other}' at 'messages.{}.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]",
            index + 1
        )),
    }
}

fn content(index: usize, message: &Value) -> Result<(), Exception> {
    let blocks = array(&message["content"]);
    if blocks.is_empty() {
        return refuse(&format!(
            "The content field in the Message object at messages.{index} is empty. Add a ContentBlock object to the content field and try again."
        ));
    }
    for (place, block) in blocks.iter().enumerate() {
        if is_blank(block) {
            return refuse(&format!(
                "The text field in the ContentBlock object at messages.{index}.content.{place} is blank. Add text to the text field, and try again."
            ));
        }
    }
    Ok(())
}

fn inference(config: &Value) -> Result<(), Exception> {
    let outside = |name: &str, value: &Value, constraint: &str| {
        refuse(&format!(
            "Value '{value}' at 'inferenceConfig.{name}' failed to satisfy constraint: Member must have value {constraint}"
        ))
    };
    for name in ["temperature", "topP"] {
        match config[name].as_f64() {
            Some(value) if value > 1.0 => return outside(name, &config[name], "less than or equal to 1"),
            Some(value) if value < 0.0 => return outside(name, &config[name], "greater than or equal to 0"),
            _ => {}
        }
    }
    let tokens = &config["maxTokens"];
    if !tokens.is_null() && tokens.as_u64().is_none_or(|tokens| tokens == 0) {
        return outside("maxTokens", tokens, "greater than or equal to 1");
    }
    Ok(())
}

/// Checks a request of Titan Text Embeddings v2, and gives its text, the vector's dimensions
/// and whether it is to have length 1.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html>
pub fn embedding(body: &Value) -> Result<(&str, usize, bool), Exception> {
    const AGAIN: &str = "please reformat your input and try again.";
    let Some(text) = body["inputText"].as_str() else {
        return refuse(&format!("Malformed input request: #: required key [inputText] not found, {AGAIN}"));
    };
    if text.is_empty() {
        return refuse(&format!("Malformed input request: #/inputText: expected minLength: 1, actual: 0, {AGAIN}"));
    }
    let length = text.chars().count();
    if length > MAX_EMBEDDED {
        return refuse(&format!(
            "Malformed input request: #/inputText: expected maxLength: {MAX_EMBEDDED}, actual: {length}, {AGAIN}"
        ));
    }
    // On average one token is 4.7 characters, says its documentation.
    let tokens = length * 10 / 47;
    if tokens > MAX_EMBEDDED_TOKENS {
        return refuse(&format!(
            "400 Bad Request: Too many input tokens. Max input tokens: {MAX_EMBEDDED_TOKENS}, request input token count: {tokens} "
        ));
    }
    let dimensions = match (&body["dimensions"], body["dimensions"].as_u64()) {
        (Value::Null, _) | (_, Some(1024)) => 1024,
        (_, Some(512)) => 512,
        (_, Some(256)) => 256,
        (other, _) => {
            return refuse(&format!(
                "Malformed input request: #/dimensions: {other} is not a valid enum value, {AGAIN}"
            ));
        }
    };
    Ok((text, dimensions, body["normalize"].as_bool().unwrap_or(true)))
}

/// Checks a request of a rerank model, and gives the query, the documents and how many come back.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-rerank.html>
pub fn rerank(body: &Value) -> Result<(&str, Vec<&str>, usize), Exception> {
    let Some(query) = body["query"].as_str().filter(|query| !query.is_empty()) else {
        return refuse("Malformed input request: #: required key [query] not found, please reformat your input.");
    };
    let documents: Vec<&str> = array(&body["documents"]).iter().filter_map(Value::as_str).collect();
    if documents.is_empty() || documents.len() > 1_000 {
        return refuse("Malformed input request: #/documents: expected 1 to 1000 items, please reformat your input.");
    }
    let top_n = body["top_n"].as_u64().and_then(|top_n| usize::try_from(top_n).ok()).unwrap_or(documents.len());
    Ok((query, documents, top_n))
}

/// The texts of blocks.
pub fn texts(blocks: &Value) -> impl DoubleEndedIterator<Item = &str> {
    array(blocks).iter().filter_map(|block| block["text"].as_str())
}

/// Bytes of all that a request of Converse gives the model to read.
pub fn length(body: &Value) -> usize {
    let bytes = |blocks: &Value| texts(blocks).map(str::len).sum::<usize>();
    bytes(&body["system"]) + array(&body["messages"]).iter().map(|message| bytes(&message["content"])).sum::<usize>()
}

pub fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The tools that a message calls (`toolUse`) or answers (`toolResult`).
fn ids<'a>(message: &'a Value, kind: &str) -> BTreeSet<&'a str> {
    array(&message["content"]).iter().filter_map(|block| block[kind]["toolUseId"].as_str()).collect()
}

fn is_blank(block: &Value) -> bool {
    block["text"].as_str().is_some_and(|text| text.trim().is_empty())
}

fn refuse<T>(message: &str) -> Result<T, Exception> {
    Err(Exception::validation(message))
}
