//! What Bedrock refuses.

use std::collections::HashSet;

use serde_json::Value;

use super::Exception;

/// Characters of a conversation at the most: about 200,000 tokens.
const MAX_INPUT: usize = 800_000;

/// Checks a request of Converse.
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>
pub fn converse(body: &Value) -> Result<(), Exception> {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    if messages.is_empty() {
        return refuse("The conversation must have at least one message.");
    }
    let mut unanswered: HashSet<&str> = HashSet::new();
    let mut length = texts(&body["system"]).map(str::len).sum::<usize>();
    for (index, message) in messages.iter().enumerate() {
        let expected = if index % 2 == 0 { "user" } else { "assistant" };
        if index == 0 && message["role"] != "user" {
            return refuse("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
        }
        if message["role"] != expected {
            return refuse("A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.");
        }
        let blocks = message["content"].as_array().map(Vec::as_slice).unwrap_or_default();
        if blocks.is_empty() {
            return Err(Exception::validation(format!("The content field in the Message object at messages.{index} is empty. Add a ContentBlock object to the content field and try again.")));
        }
        if texts(&message["content"]).any(|text| text.trim().is_empty()) {
            return Err(Exception::validation(format!("The text field in the ContentBlock object at messages.{index}.content is blank. Add text to the text field, and try again.")));
        }
        length += texts(&message["content"]).map(str::len).sum::<usize>();
        let answers: HashSet<&str> =
            blocks.iter().filter_map(|block| block["toolResult"]["toolUseId"].as_str()).collect();
        if answers != unanswered {
            return Err(Exception::validation(format!("Expected toolResult blocks at messages.{index}.content for the following Ids: {unanswered:?}, but found: {answers:?}")));
        }
        unanswered = blocks.iter().filter_map(|block| block["toolUse"]["toolUseId"].as_str()).collect();
    }
    if messages.len() % 2 == 0 {
        return refuse("The conversation must end with a user message.");
    }
    if length > MAX_INPUT {
        return refuse("Input is too long for requested model.");
    }
    let inference = &body["inferenceConfig"];
    if inference["temperature"].as_f64().is_some_and(|t| !(0.0..=1.0).contains(&t)) {
        return refuse("The value of temperature must be between 0 and 1.");
    }
    if !inference["maxTokens"].is_null() && inference["maxTokens"].as_u64().is_none_or(|tokens| tokens == 0) {
        return refuse("The value of maxTokens must be at least 1.");
    }
    Ok(())
}

/// The texts of blocks.
pub fn texts(blocks: &Value) -> impl DoubleEndedIterator<Item = &str> {
    blocks.as_array().into_iter().flatten().filter_map(|block| block["text"].as_str())
}

fn refuse(message: &str) -> Result<(), Exception> {
    Err(Exception::validation(message))
}
