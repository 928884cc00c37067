//! The parts of a message: text, attachments, thoughts and tools.

use aws_sdk_bedrockruntime::types::{ContentBlock, ToolResultBlock, ToolResultContentBlock, ToolUseBlock};
use aws_smithy_types::Document;
use serde::{Deserialize, Serialize};

use super::attachments::{Attachment, Files};
use crate::model::estimate_tokens;

/// A part of a message, as the column `messages.content` holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    Text {
        text: String,
    },
    /// An image or a document.
    Attachment(Attachment),
    /// What the model thought. The key is not `text`, so that no search finds it.
    Reasoning {
        reasoning: String,
    },
    /// The model asks for a tool to be run.
    ToolUse {
        id: String,
        name: String,
        input: serde_json::Value,
    },
    /// What the tool said.
    ToolResult {
        id: String,
        text: String,
    },
}

impl Block {
    /// The blocks of a message that is only text; none if there is no text.
    pub fn text(text: impl Into<String>) -> Vec<Self> {
        let text = text.into();
        if text.is_empty() { Vec::new() } else { vec![Self::Text { text }] }
    }

    /// The blocks of an answer.
    pub fn answer(reasoning: &str, text: &str) -> Vec<Self> {
        let mut blocks = Self::text(text);
        if !reasoning.is_empty() {
            blocks.insert(0, Self::Reasoning { reasoning: reasoning.to_owned() });
        }
        blocks
    }

    /// The attachments among blocks.
    pub fn attachments(blocks: &[Self]) -> Vec<Attachment> {
        let attachments = blocks.iter().filter_map(|block| match block {
            Self::Attachment(attachment) => Some(attachment.clone()),
            _ => None,
        });
        attachments.collect()
    }

    /// What the model thought, if it told us.
    pub fn reasoning(blocks: &[Self]) -> Option<String> {
        let thoughts: String = blocks
            .iter()
            .filter_map(|block| match block {
                Self::Reasoning { reasoning } => Some(reasoning.as_str()),
                _ => None,
            })
            .collect();
        (!thoughts.is_empty()).then_some(thoughts)
    }

    /// The text of a message's blocks, as a reader sees it.
    pub fn join(blocks: &[Self]) -> String {
        blocks
            .iter()
            .filter_map(|block| match block {
                Self::Text { text } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    pub(super) fn tokens(&self) -> usize {
        match self {
            Self::Text { text } | Self::ToolResult { text, .. } => estimate_tokens(text),
            Self::Reasoning { .. } => 0,
            Self::Attachment(attachment) => attachment.tokens(),
            Self::ToolUse { name, input, .. } => estimate_tokens(name) + estimate_tokens(&input.to_string()),
        }
    }

    /// As Converse takes it; none for what it is not told, or whose bytes are gone. `number` counts a conversation's blocks.
    pub(super) fn into_content(self, files: &Files, number: usize) -> Option<ContentBlock> {
        Some(match self {
            Self::Text { text } => ContentBlock::Text(text),
            Self::Reasoning { .. } => return None,
            Self::Attachment(attachment) => {
                let bytes = files.get(&attachment.id)?;
                return attachment.into_content(bytes, number);
            }
            Self::ToolUse { id, name, input } => ContentBlock::ToolUse(
                ToolUseBlock::builder().tool_use_id(id).name(name).input(into_document(input)).build().ok()?,
            ),
            Self::ToolResult { id, text } => ContentBlock::ToolResult(
                ToolResultBlock::builder().tool_use_id(id).content(ToolResultContentBlock::Text(text)).build().ok()?,
            ),
        })
    }
}

fn into_document(value: serde_json::Value) -> Document {
    use aws_smithy_types::Number;
    use serde_json::Value;
    match value {
        Value::Null => Document::Null,
        Value::Bool(value) => Document::Bool(value),
        Value::Number(number) => Document::Number(if let Some(number) = number.as_u64() {
            Number::PosInt(number)
        } else if let Some(number) = number.as_i64() {
            Number::NegInt(number)
        } else {
            Number::Float(number.as_f64().unwrap_or_default())
        }),
        Value::String(text) => Document::String(text),
        Value::Array(items) => Document::Array(items.into_iter().map(into_document).collect()),
        Value::Object(fields) => {
            Document::Object(fields.into_iter().map(|(name, value)| (name, into_document(value))).collect())
        }
    }
}
