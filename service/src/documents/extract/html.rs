//! HTML, as Markdown.

use htmd::{
    HtmlToMarkdown,
    options::{BulletListMarker, Options},
};

use super::{Failure, package::damaged, text::Text};

/// What is no text of a page, or stands on each of a site.
const SKIPPED: [&str; 13] = [
    "script", "style", "noscript", "template", "svg", "iframe", "img", "nav", "head", "form", "button", "video",
    "audio",
];

pub fn read(html: &str) -> Result<Text, Failure> {
    Ok(Text::of_markdown(&to_markdown(html)?))
}

pub fn to_markdown(html: &str) -> Result<String, Failure> {
    HtmlToMarkdown::builder()
        .options(Options {
            bullet_list_marker: BulletListMarker::Dash,
            ul_bullet_spacing: 1,
            ol_number_spacing: 1,
            ..Options::default()
        })
        .skip_tags(SKIPPED.to_vec())
        .build()
        .convert(html)
        .map_err(|_| damaged())
}
