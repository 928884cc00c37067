//! What CloudFormation says of a failure, without what only AWS's support needs.

/// Beginnings of parentheses that say nothing to who reads: who was asked, and the request's id.
const NOISE: [&str; 5] =
    ["(Service: ", "(SDK Attempt Count: ", "(RequestToken: ", "(Request ID: ", "(HandlerErrorCode: "];
const WRAPPER: &str = "Resource handler returned message: ";
/// No word for people is as long, in characters: it is an encoded message or a token.
const LONG_WORD: usize = 200;
/// What a reason is cut to, in characters.
const LONG: usize = 500;

/// A reason on one line.
pub(super) fn readable(reason: &str) -> String {
    let mut text = reason.to_owned();
    for begin in NOISE {
        while let Some(at) = text.find(begin) {
            let end = text[at..].find(')').map_or(text.len(), |length| at + length + 1);
            text.replace_range(at..end, "");
        }
    }
    if let Some((before, message)) = text.split_once(WRAPPER) {
        let message = message.trim().trim_matches('"').trim();
        text = match (message, handler_code(reason)) {
            ("null" | "", Some(code)) => format!("{before}{code}"),
            _ => format!("{before}{message}"),
        };
    }
    let words = text.split_whitespace().map(|word| cut(word, LONG_WORD));
    cut(&words.collect::<Vec<_>>().join(" "), LONG)
}

/// The kind of error, where there are no words.
fn handler_code(reason: &str) -> Option<&str> {
    reason.split_once("HandlerErrorCode: ")?.1.split([')', ',']).next()
}

fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_left() {
        let long = format!("it failed: {}", "a ".repeat(600));
        for (reason, expected) in [
            (
                "Resource handler returned message: \"The maximum number of VPCs has been reached. (Service: Ec2, \
                 Status Code: 400, Request ID: 6a3c) (SDK Attempt Count: 1)\" (RequestToken: 1d, \
                 HandlerErrorCode: ServiceLimitExceeded)",
                "The maximum number of VPCs has been reached.",
            ),
            (
                "Resource handler returned message: \"null\" (RequestToken: 1d, HandlerErrorCode: InternalFailure)",
                "InternalFailure",
            ),
            ("mangoo-x already exists", "mangoo-x already exists"),
            ("two\nlines (of a kind)", "two lines (of a kind)"),
            ("Resource creation cancelled", "Resource creation cancelled"),
            (&long, &format!("it failed: {}…", "a ".repeat(244) + "a")),
        ] {
            assert_eq!(readable(reason), expected);
        }
        let encoded = format!("You are not authorized. Encoded message: {} Bye", "x".repeat(2000));
        assert_eq!(
            readable(&encoded),
            format!("You are not authorized. Encoded message: {}… Bye", "x".repeat(LONG_WORD))
        );
    }
}
