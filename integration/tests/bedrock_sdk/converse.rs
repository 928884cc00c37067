//! Answers: what they say, and in which events.

use aws_sdk_bedrockruntime::types::{
    ContentBlock, ContentBlockDelta, ContentBlockStart, ConversationRole, ConverseStreamOutput,
    ReasoningContentBlockDelta, StopReason, SystemContentBlock, Tool, ToolConfiguration, ToolInputSchema,
    ToolResultBlock, ToolResultContentBlock, ToolSpecification, ToolUseBlock,
};
use aws_smithy_types::Document;
use integration::bedrock::{Script, ToolUse};
use serde_json::json;

use crate::support::{MODEL, Receiver, Stage, assistant, message, next, texts, user, words};

async fn events(stage: &Stage, script: Script) -> Vec<String> {
    in_short(stage.stream(script).await).await
}

/// The events of a stream, in short.
pub async fn in_short(mut stream: Receiver) -> Vec<String> {
    let mut events = Vec::new();
    while let Some(event) = next(&mut stream).await.unwrap() {
        events.push(match event {
            ConverseStreamOutput::MessageStart(event) => format!("start {}", event.role),
            ConverseStreamOutput::ContentBlockStart(event) => match event.start {
                Some(ContentBlockStart::ToolUse(tool)) => {
                    format!("{} tool {} {}", event.content_block_index, tool.tool_use_id, tool.name)
                }
                other => panic!("{other:?}"),
            },
            ConverseStreamOutput::ContentBlockDelta(event) => {
                let index = event.content_block_index;
                match event.delta.unwrap() {
                    ContentBlockDelta::Text(text) => format!("{index} text {text:?}"),
                    ContentBlockDelta::ToolUse(tool) => format!("{index} input {}", tool.input),
                    ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Text(text)) => {
                        format!("{index} thought {text:?}")
                    }
                    ContentBlockDelta::ReasoningContent(ReasoningContentBlockDelta::Signature(_)) => {
                        format!("{index} signature")
                    }
                    other => panic!("{other:?}"),
                }
            }
            ConverseStreamOutput::ContentBlockStop(event) => format!("{} end", event.content_block_index),
            ConverseStreamOutput::MessageStop(event) => format!("stop {}", event.stop_reason),
            ConverseStreamOutput::Metadata(event) => {
                let usage = event.usage.unwrap();
                assert!(event.metrics.is_some());
                assert_eq!(usage.total_tokens, usage.input_tokens + usage.output_tokens);
                format!("usage {} {}", usage.input_tokens, usage.output_tokens)
            }
            other => panic!("{other:?}"),
        });
    }
    events
}

#[tokio::test]
async fn a_stream_has_bedrocks_events_in_their_order() {
    let stage = Stage::start().await;
    let script = Script { text: Some("Hello, you.".to_owned()), ..Script::default() };
    let expected = ["start assistant", "0 text \"Hello, \"", "0 text \"you.\"", "0 end", "stop end_turn", "usage 2 2"];
    assert_eq!(events(&stage, script).await, expected);
}

#[tokio::test]
async fn a_script_decides_over_thoughts_stop_reason_and_usage() {
    let stage = Stage::start().await;
    let script = Script {
        reasoning: Some("Hm, well".to_owned()),
        deltas: Some(vec!["Hello, you.".to_owned()]),
        stop_reason: Some("max_tokens".to_owned()),
        usage: Some((11, 22)),
        ..Script::default()
    };
    let expected = [
        "start assistant",
        "0 thought \"Hm, \"",
        "0 thought \"well\"",
        "0 signature",
        "0 end",
        "1 text \"Hello, you.\"",
        "1 end",
        "stop max_tokens",
        "usage 11 22",
    ];
    assert_eq!(events(&stage, script).await, expected);
}

#[tokio::test]
async fn a_tool_is_called_in_a_block_of_its_own() {
    let stage = Stage::start().await;
    let tool = ToolUse { id: "t1".to_owned(), name: "weather".to_owned(), input: json!({ "at": "Rome" }) };
    let script = Script { tool_use: Some(tool), ..Script::default() };
    let events = events(&stage, script.clone()).await;
    let expected = [
        "start assistant",
        "0 tool t1 weather",
        "0 input {\"at\":",
        "0 input \"Rome\"}",
        "0 end",
        "stop tool_use",
        "usage 2 0",
    ];
    assert_eq!(events, expected);
    let events = self::events(&stage, Script { text: Some("Wait".to_owned()), ..script }).await;
    assert_eq!(events[1..4], ["0 text \"Wait\"", "0 end", "1 tool t1 weather"]);
}

#[tokio::test]
async fn a_tool_is_called_and_its_answer_used() {
    let stage = Stage::start().await;
    let tool = ToolUse { id: "t1".to_owned(), name: "weather".to_owned(), input: json!({ "at": "Rome" }) };
    stage.bedrock.script(Script { tool_use: Some(tool), ..Script::default() });
    let specification = ToolSpecification::builder()
        .name("weather")
        .input_schema(ToolInputSchema::Json(Document::Object([].into())))
        .build()
        .unwrap();
    let tools = ToolConfiguration::builder().tools(Tool::ToolSpec(specification)).build().unwrap();
    let question = user("What is the weather in Rome?");
    let call = stage.client.converse().model_id(MODEL).tool_config(tools);

    let output = call.clone().messages(question.clone()).send().await.unwrap();
    assert_eq!(output.stop_reason, StopReason::ToolUse);
    let answer = output.output.unwrap().as_message().unwrap().clone();
    let [ContentBlock::ToolUse(ToolUseBlock { tool_use_id, input, .. })] = answer.content() else {
        panic!("{answer:?}")
    };
    assert_eq!(input, &Document::Object([("at".to_owned(), Document::from("Rome"))].into()));

    let result = ToolResultBlock::builder()
        .tool_use_id(tool_use_id)
        .content(ToolResultContentBlock::Text("sunny".to_owned()))
        .build()
        .unwrap();
    let result = message(ConversationRole::User, [ContentBlock::ToolResult(result)]);
    let messages = vec![question, answer.clone(), result];
    let output = call.set_messages(Some(messages)).send().await.unwrap();
    assert_eq!(output.stop_reason, StopReason::EndTurn);
    let answer = output.output.unwrap().as_message().unwrap().content()[0].as_text().unwrap().clone();
    assert!(answer.contains("sunny") && answer.contains("weather in Rome"), "{answer}");
}

async fn ask(stage: &Stage, question: &str) -> String {
    let call = stage.client.converse().model_id(MODEL).messages(user(question));
    call.send().await.unwrap().output.unwrap().as_message().unwrap().content()[0].as_text().unwrap().clone()
}

#[tokio::test]
async fn an_answer_tells_what_it_was_given_and_is_the_same_in_a_stream() {
    let stage = Stage::start().await;
    let messages = vec![user("My name is Ada."), assistant("Hello, Ada."), user("What is my name?")];
    let system = SystemContentBlock::Text("You are a patient librarian.".to_owned());
    let call = stage.client.converse().model_id(MODEL).set_messages(Some(messages.clone())).system(system.clone());
    let output = call.send().await.unwrap();
    let answer = output.output.unwrap().as_message().unwrap().content()[0].as_text().unwrap().clone();
    for part in ["What is my name?", "3 messages", "patient librarian"] {
        assert!(answer.contains(part), "{answer}");
    }
    assert!(output.usage.unwrap().output_tokens >= 40);

    let call = stage.client.converse_stream().model_id(MODEL).set_messages(Some(messages)).system(system);
    let (pieces, end) = texts(&mut call.send().await.unwrap().stream).await;
    end.unwrap();
    assert_eq!(pieces.concat(), answer);

    let requests = stage.bedrock.requests();
    assert_eq!(requests.iter().map(|request| request.operation).collect::<Vec<_>>(), ["converse", "converse-stream"]);
    assert_eq!(requests[0].model_id, MODEL);
    assert_eq!(requests[0].body["messages"][1]["content"][0]["text"], "Hello, Ada.");
    assert!(requests[0].at <= requests[1].at);
}

#[tokio::test]
async fn an_answer_quotes_the_passages_that_answer() {
    let stage = Stage::start().await;
    let passages = "<passages>\n\
        <passage number=\"1\" source=\"food.md\">\nThe canteen opens at noon. Soup costs 2.50 &amp; is hot.\n</passage>\n\
        <passage number=\"2\" source=\"holidays.md\">\n# Holidays\nEmployees have 30 days of holiday. Ask your manager.\n</passage>\n\
        </passages>";
    let ask = async |question: &str| {
        let blocks = [passages, question].map(|text| ContentBlock::Text(text.to_owned()));
        let call = stage.client.converse().model_id(MODEL).messages(message(ConversationRole::User, blocks));
        call.send().await.unwrap().output.unwrap().as_message().unwrap().content()[0].as_text().unwrap().clone()
    };
    let answer = ask("How many days of holidays has an employee?").await;
    assert!(answer.contains("Employees have 30 days of holiday. [2]"), "{answer}");
    assert!(!answer.contains("Soup"), "{answer}");
    let answer = ask("What does the soup cost?").await;
    assert!(answer.contains("Soup costs 2.50 & is hot. [1]") && !answer.contains("[2]"), "{answer}");
    let answer = ask("Who painted Guernica?").await;
    assert!(answer.contains("do not answer") && !answer.contains("[1]"), "{answer}");
}

#[tokio::test]
async fn answers_have_code_and_tables_if_asked() {
    let stage = Stage::start().await;
    assert!(ask(&stage, "Show me some code").await.contains("\n```rust\n"));
    assert!(ask(&stage, "Draw a Table, please").await.contains("\n|---|---|\n"));
    let plain = ask(&stage, "Good morning!").await;
    assert!(!plain.contains("```") && !plain.contains('|'), "{plain}");
}

#[tokio::test]
async fn scripts_are_used_once_each_in_their_order() {
    let stage = Stage::start().await;
    for text in ["first", "second"] {
        stage.bedrock.script(Script { text: Some(text.to_owned()), ..Script::default() });
    }
    assert_eq!(ask(&stage, "?").await, "first");
    let (pieces, _) = texts(&mut stage.stream(Script { deltas: Some(words()), ..Script::default() }).await).await;
    assert_eq!(pieces, ["second"]);
    assert_eq!(ask(&stage, "?").await, "one two three four five");
    assert!(ask(&stage, "Now?").await.contains("Now?"));
}
