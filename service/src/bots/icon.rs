//! What stands for a bot instead of its initials.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de};
use unicode_segmentation::UnicodeSegmentation;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema},
};

/// Longest icon, in characters: the longest emoji, a family with skin tones, has eleven.
const MAX: usize = 16;

/// One emoji, or another sign that is drawn as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon(String);

impl Icon {
    pub fn into_inner(self) -> String {
        self.0
    }
}

impl TryFrom<String> for Icon {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let is_one = text.graphemes(true).count() == 1 && text.chars().count() <= MAX;
        // What is not seen, or turns the direction of what follows, is no sign.
        let is_seen = text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !is_format(c))
            && !text.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        if is_one && is_seen { Ok(Self(text)) } else { Err("must be one emoji, or one other sign") }
    }
}

/// Characters that only change how others are drawn.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

impl<'de> Deserialize<'de> for Icon {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

impl PartialSchema for Icon {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(schema::Type::String)
            .description(Some("One emoji, or another sign that is drawn as one."))
            .format(Some(schema::SchemaFormat::Custom("icon".to_owned())))
            .min_length(Some(1))
            .max_length(Some(MAX))
            .into()
    }
}

impl ToSchema for Icon {
    fn name() -> Cow<'static, str> {
        "Icon".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sign_is_an_icon() {
        for text in ["🥭", "👩🏽‍🚀", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇯🇵", "❤️", "A", "é", "字", "1️⃣"]
        {
            assert!(Icon::try_from(text.to_owned()).is_ok(), "{text}");
        }
    }

    #[test]
    fn anything_else_is_not() {
        let long = format!("e{}", "\u{301}".repeat(20));
        for text in ["", " ", "\n", "AB", "🥭🥭", "\0", "\u{200d}", "\u{feff}", "\u{202e}", "a\u{202e}", &long] {
            assert!(Icon::try_from(text.to_owned()).is_err(), "{text:?}");
        }
    }
}
