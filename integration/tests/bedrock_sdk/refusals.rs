//! Histories and settings that Bedrock does not take.

use aws_sdk_bedrockruntime::{
    operation::{converse::ConverseError, converse_stream::ConverseStreamError},
    types::{
        ContentBlock, ConversationRole, InferenceConfiguration, Message, Tool, ToolConfiguration, ToolInputSchema,
        ToolResultBlock, ToolResultContentBlock, ToolSpecification, ToolUseBlock,
    },
};
use aws_smithy_types::Document;

use crate::support::{MODEL, Stage, assistant, message, user};

fn tool_use(id: &str) -> ContentBlock {
    let input = Document::Object([].into());
    ContentBlock::ToolUse(ToolUseBlock::builder().tool_use_id(id).name("weather").input(input).build().unwrap())
}

fn tool_result(id: &str) -> ContentBlock {
    let content = ToolResultContentBlock::Text("sunny".to_owned());
    ContentBlock::ToolResult(ToolResultBlock::builder().tool_use_id(id).content(content).build().unwrap())
}

fn tools() -> ToolConfiguration {
    let schema = ToolInputSchema::Json(Document::Object([].into()));
    let specification = ToolSpecification::builder().name("weather").input_schema(schema).build().unwrap();
    ToolConfiguration::builder().tools(Tool::ToolSpec(specification)).build().unwrap()
}

/// What is said about a history with tools, with and without a stream; `None`: it is taken.
async fn refusal(stage: &Stage, messages: Vec<Message>) -> Option<String> {
    let call = stage.client.converse_stream().model_id(MODEL).tool_config(tools()).set_messages(Some(messages.clone()));
    let streamed = call.send().await.err().map(|error| match error.into_service_error() {
        ConverseStreamError::ValidationException(error) => error.message.unwrap(),
        other => panic!("{other:?}"),
    });
    let call = stage.client.converse().model_id(MODEL).tool_config(tools()).set_messages(Some(messages));
    let whole = call.send().await.err().map(|error| match error.into_service_error() {
        ConverseError::ValidationException(error) => error.message.unwrap(),
        other => panic!("{other:?}"),
    });
    assert_eq!(streamed, whole);
    whole
}

#[tokio::test]
async fn histories_are_checked() {
    let stage = Stage::start().await;
    let (asking, answering) = (ConversationRole::User, ConversationRole::Assistant);
    let says = |role: &ConversationRole, blocks: Vec<ContentBlock>| message(role.clone(), blocks);
    let text = |text: &str| ContentBlock::Text(text.to_owned());
    let cases = [
        (vec![], "at least one message"),
        (vec![assistant("Hello.")], "must start with a user message"),
        (vec![user("A"), user("B")], "must alternate"),
        (vec![user("A"), assistant("B"), assistant("C")], "must alternate"),
        (vec![user("A"), assistant("B")], "must end with a user message"),
        (vec![user("A"), assistant("B"), user(" \n")], "messages.2.content.0 is blank"),
        (vec![says(&asking, vec![text("A"), text("")])], "messages.0.content.1 is blank"),
        (vec![user("A"), says(&answering, vec![]), user("B")], "messages.1 is empty"),
        (vec![user("A"), says(&answering, vec![tool_use("t1")]), user("B")], "following Ids: t1"),
        (
            vec![
                user("A"),
                says(&answering, vec![tool_use("t1"), tool_use("t2")]),
                says(&asking, vec![tool_result("t1")]),
            ],
            "following Ids: t2",
        ),
        (vec![says(&asking, vec![tool_result("t1")])], "exceeds the number of toolUse blocks"),
        (
            vec![user("A"), assistant("B"), says(&asking, vec![tool_result("t1")])],
            "exceeds the number of toolUse blocks",
        ),
        (vec![user(&"word ".repeat(200_000))], "Input is too long for requested model."),
    ];
    for (messages, expected) in cases {
        let refusal = refusal(&stage, messages).await.unwrap_or_else(|| panic!("not refused: {expected}"));
        assert!(refusal.contains(expected), "{refusal}");
    }
}

#[tokio::test]
async fn valid_histories_are_taken() {
    let stage = Stage::start().await;
    let called =
        message(ConversationRole::Assistant, [ContentBlock::Text("Wait.".to_owned()), tool_use("t1"), tool_use("t2")]);
    let answered = message(ConversationRole::User, [tool_result("t2"), tool_result("t1")]);
    for messages in [
        vec![user("A")],
        vec![user("A"), assistant("B"), user("C")],
        vec![user("A"), called, answered, assistant("B"), user("C")],
        vec![user(&"word ".repeat(150_000))],
    ] {
        assert_eq!(refusal(&stage, messages).await, None);
    }
}

#[tokio::test]
async fn tools_in_a_history_need_their_configuration() {
    let stage = Stage::start().await;
    let messages = vec![
        user("A"),
        message(ConversationRole::Assistant, [tool_use("t1")]),
        message(ConversationRole::User, [tool_result("t1")]),
    ];
    let call = stage.client.converse().model_id(MODEL).set_messages(Some(messages));
    let error = call.send().await.unwrap_err().into_service_error();
    assert!(error.meta().message().unwrap().contains("toolConfig"), "{error:?}");
}

#[tokio::test]
async fn settings_have_ranges() {
    let stage = Stage::start().await;
    let default = InferenceConfiguration::builder;
    for (config, is_taken) in [
        (default().temperature(0.0), true),
        (default().temperature(1.0), true),
        (default().temperature(1.5), false),
        (default().temperature(-0.1), false),
        (default().top_p(1.5), false),
        (default().max_tokens(1), true),
        (default().max_tokens(0), false),
        (default().max_tokens(-1), false),
    ] {
        let config = config.build();
        let call = stage.client.converse().model_id(MODEL).messages(user("?")).inference_config(config.clone());
        let answer = call.send().await.map_err(aws_sdk_bedrockruntime::error::SdkError::into_service_error);
        match answer {
            Ok(_) => assert!(is_taken, "{config:?}"),
            Err(error) => assert!(!is_taken && error.is_validation_exception(), "{config:?} {error:?}"),
        }
    }
}
