//! What of a chat goes to the model: always valid for Converse, whatever was stopped,
//! failed or deleted before.
//!
//! Converse wants roles that alternate, a user's message first, no message without content,
//! no blank text, and each `toolUse` answered by a `toolResult` in the message after it.
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html>

use std::collections::{HashMap, HashSet};

use aws_sdk_bedrockruntime::types::{ConversationRole, Message};

use super::{attachments::Files, block::Block, store::Role};

/// A message of a chat, as far as the model is concerned.
#[derive(Clone, Debug)]
pub struct Turn {
    pub role: Role,
    pub blocks: Vec<Block>,
}

impl Turn {
    fn tool_ids(&self, of_results: bool) -> HashSet<String> {
        self.blocks
            .iter()
            .filter_map(|block| match block {
                Block::ToolUse { id, .. } if !of_results => Some(id.clone()),
                Block::ToolResult { id, .. } if of_results => Some(id.clone()),
                _ => None,
            })
            .collect()
    }
}

/// The newest turns of `history` (oldest first) that fit into `budget` tokens with the
/// `question`, then the question. `question` must have a block that is not blank.
pub fn for_model(history: Vec<Turn>, question: Vec<Block>, files: &Files, budget: usize) -> Vec<Message> {
    let mut turns = newest_within(history, budget.saturating_sub(tokens(&question)));
    turns.push(Turn { role: Role::User, blocks: question });
    // An attachment goes with the last question that it was attached to: one more costs as much again.
    let mut attached = HashSet::new();
    for turn in turns.iter_mut().rev() {
        // Each kind of block has its role, and only there does Converse accept it.
        turn.blocks.retain(|block| match block {
            Block::Text { text } => !text.trim().is_empty(),
            // Models think anew each time, and some refuse what they thought before.
            Block::Reasoning { .. } => false,
            Block::Attachment(attachment) => {
                turn.role == Role::User && files.contains_key(&attachment.id) && attached.insert(attachment.id)
            }
            Block::ToolUse { .. } => turn.role == Role::Assistant,
            Block::ToolResult { .. } => turn.role == Role::User,
        });
    }
    // Dropping a tool's call or answer, or what comes before the first question, may empty a
    // turn and so join its neighbours, which may break up another pair: repeat until nothing changes.
    loop {
        turns = merge(turns);
        if turns.first().is_some_and(|first| first.role == Role::Assistant) {
            turns.remove(0);
        } else if !drop_unpaired_tools(&mut turns) {
            return into_messages(turns, files);
        }
    }
}

fn tokens(blocks: &[Block]) -> usize {
    blocks.iter().map(Block::tokens).sum()
}

/// The longest run of newest turns within the budget.
fn newest_within(mut turns: Vec<Turn>, budget: usize) -> Vec<Turn> {
    let mut spent = 0;
    let start = turns.iter().rposition(|turn| {
        spent += tokens(&turn.blocks);
        spent > budget
    });
    turns.split_off(start.map_or(0, |last_too_many| last_too_many + 1))
}

/// Joins neighbours of the same role and drops turns without content.
fn merge(turns: Vec<Turn>) -> Vec<Turn> {
    let mut merged: Vec<Turn> = Vec::with_capacity(turns.len());
    for turn in turns.into_iter().filter(|turn| !turn.blocks.is_empty()) {
        match merged.last_mut() {
            Some(last) if last.role == turn.role => last.blocks.extend(turn.blocks),
            _ => merged.push(turn),
        }
    }
    merged
}

/// Drops each tool call that the next turn does not answer and each answer without a call
/// in the turn before, and says whether there were any. Also the second of a call or answer
/// with the same id.
fn drop_unpaired_tools(turns: &mut [Turn]) -> bool {
    let pairs: Vec<HashSet<String>> = turns
        .windows(2)
        .map(|pair| pair[0].tool_ids(false).intersection(&pair[1].tool_ids(true)).cloned().collect())
        .collect();
    let mut used_before: HashMap<String, usize> = HashMap::new();
    let mut changed = false;
    for (index, turn) in turns.iter_mut().enumerate() {
        let before = turn.blocks.len();
        let calls = pairs.get(index);
        let answers = index.checked_sub(1).and_then(|previous| pairs.get(previous));
        let mut seen = HashSet::new();
        turn.blocks.retain(|block| match block {
            Block::Text { .. } | Block::Reasoning { .. } | Block::Attachment(_) => true,
            Block::ToolUse { id, .. } => {
                let is_paired = calls.is_some_and(|ids| ids.contains(id)) && seen.insert(id.clone());
                // An id may name one call only in the whole conversation.
                is_paired && *used_before.entry(id.clone()).or_insert(index) == index
            }
            Block::ToolResult { id, .. } => {
                answers.is_some_and(|ids| ids.contains(id))
                    && seen.insert(id.clone())
                    && used_before.get(id) == Some(&(index - 1))
            }
        });
        changed |= turn.blocks.len() != before;
    }
    changed
}

fn into_messages(turns: Vec<Turn>, files: &Files) -> Vec<Message> {
    let mut number = 0;
    turns
        .into_iter()
        .filter_map(|turn| {
            let role = match turn.role {
                Role::User => ConversationRole::User,
                Role::Assistant => ConversationRole::Assistant,
            };
            // Tool results come before text in the message that answers a call.
            let (results, rest): (Vec<_>, Vec<_>) =
                turn.blocks.into_iter().partition(|block| matches!(block, Block::ToolResult { .. }));
            let content = results
                .into_iter()
                .chain(rest)
                .filter_map(|block| {
                    number += 1;
                    block.into_content(files, number)
                })
                .collect();
            Message::builder().role(role).set_content(Some(content)).build().ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_bedrockruntime::types::ContentBlock;
    use proptest::{collection::vec, prelude::*};

    /// Few ids, so that calls and answers often meet, and often wrongly.
    fn block() -> impl Strategy<Value = Block> {
        let id = prop::sample::select(vec!["a", "b", "c"]).prop_map(str::to_owned);
        prop_oneof![
            4 => prop::sample::select(vec!["", " ", "\n\t", "yes", "a longer text of several words, or so"])
                .prop_map(|text| Block::Text { text: text.to_owned() }),
            2 => id.clone().prop_map(|id| Block::ToolUse { id, name: "search".to_owned(), input: serde_json::json!({"q": 1}) }),
            1 => Just(Block::Reasoning { reasoning: "Let me think.".to_owned() }),
            2 => (id, prop::sample::select(vec!["", "found"]))
                .prop_map(|(id, text)| Block::ToolResult { id, text: text.to_owned() }),
        ]
    }

    fn turn() -> impl Strategy<Value = Turn> {
        (prop::bool::ANY, vec(block(), 0..4))
            .prop_map(|(is_user, blocks)| Turn { role: if is_user { Role::User } else { Role::Assistant }, blocks })
    }

    /// Converse's rules, checked on what is sent and written apart from what builds it.
    fn violation(messages: &[Message]) -> Option<String> {
        if messages.is_empty() {
            return Some("no messages".to_owned());
        }
        let mut open: Vec<String> = Vec::new();
        let mut all_ids = HashSet::new();
        for (index, message) in messages.iter().enumerate() {
            let expected = if index % 2 == 0 { ConversationRole::User } else { ConversationRole::Assistant };
            if message.role != expected {
                return Some(format!("message {index} is by {}", message.role));
            }
            if message.content.is_empty() {
                return Some(format!("message {index} is empty"));
            }
            let mut calls = Vec::new();
            let mut answers = Vec::new();
            for block in &message.content {
                match block {
                    ContentBlock::Text(text) if text.trim().is_empty() => {
                        return Some(format!("blank text in {index}"));
                    }
                    ContentBlock::Text(_) => {}
                    ContentBlock::ToolUse(call) => {
                        if !all_ids.insert(call.tool_use_id.clone()) {
                            return Some(format!("call {} twice", call.tool_use_id));
                        }
                        calls.push(call.tool_use_id.clone());
                    }
                    ContentBlock::ToolResult(answer) => answers.push(answer.tool_use_id.clone()),
                    other => return Some(format!("unexpected {other:?}")),
                }
            }
            open.sort();
            answers.sort();
            if open != answers {
                return Some(format!("calls {open:?} are answered by {answers:?} in {index}"));
            }
            open = calls;
        }
        if !open.is_empty() {
            return Some(format!("calls {open:?} are never answered"));
        }
        messages.len().is_multiple_of(2).then(|| "the last message is not the user's".to_owned())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_history_is_valid_for_converse(history in vec(turn(), 0..12), budget in 0_usize..60) {
            let messages = for_model(history, Block::text("What now?"), &Files::new(), budget);
            prop_assert_eq!(violation(&messages), None);
            let asked = messages.last().and_then(|last| last.content.last());
            prop_assert_eq!(asked, Some(&ContentBlock::Text("What now?".to_owned())));
        }
    }

    fn said(role: Role, text: &str) -> Turn {
        Turn { role, blocks: Block::text(text) }
    }

    fn texts(messages: &[Message]) -> Vec<String> {
        messages.iter().flat_map(|message| &message.content).filter_map(|block| block.as_text().ok().cloned()).collect()
    }

    #[test]
    fn the_newest_turns_within_the_budget_are_kept() {
        let history = vec![
            said(Role::User, &"old ".repeat(100)),
            said(Role::Assistant, "old answer"),
            said(Role::User, "new question"),
            said(Role::Assistant, "new answer"),
        ];
        let all = for_model(history.clone(), Block::text("And?"), &Files::new(), 10_000);
        assert_eq!(all.len(), 5);
        let some = for_model(history.clone(), Block::text("And?"), &Files::new(), 30);
        assert_eq!(texts(&some), ["new question", "new answer", "And?"]);
        let none = for_model(history, Block::text("And?"), &Files::new(), 0);
        assert_eq!(texts(&none), ["And?"]);
    }

    #[test]
    fn questions_that_were_never_answered_are_within_the_budget_too() {
        let history = vec![said(Role::User, &"long ".repeat(1000)), said(Role::User, "short")];
        let messages = for_model(history, Block::text("And?"), &Files::new(), 10);
        assert_eq!(texts(&messages), ["short", "And?"]);
    }

    #[test]
    fn an_unanswered_question_is_joined_with_the_next() {
        let messages = for_model(vec![said(Role::User, "First?")], Block::text("Second?"), &Files::new(), 1000);
        assert_eq!(messages.len(), 1);
        assert_eq!(texts(&messages), ["First?", "Second?"]);
    }

    #[test]
    fn a_tool_call_and_its_answer_stay_together() {
        let call = Block::ToolUse { id: "a".to_owned(), name: "search".to_owned(), input: serde_json::json!({}) };
        let answer = Block::ToolResult { id: "a".to_owned(), text: "found".to_owned() };
        let history = vec![
            said(Role::User, "Look it up"),
            Turn { role: Role::Assistant, blocks: vec![call] },
            Turn { role: Role::User, blocks: vec![answer] },
            said(Role::Assistant, "Here it is"),
        ];
        let messages = for_model(history, Block::text("Thanks"), &Files::new(), 1000);
        assert!(messages[1].content[0].is_tool_use());
        assert!(messages[2].content[0].is_tool_result());
        assert_eq!(messages.len(), 5);
    }
}
