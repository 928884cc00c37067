//! Text in the making, with what a chunk's place is told by.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Failure, Piece};
use crate::knowledge::Span;

/// More than this many spaces, or empty lines, say nothing.
const SPACES: usize = 8;

/// Characters of a heading that its chunks carry along.
const MAX_TITLE: usize = 200;

/// What was read of a document.
#[derive(Default)]
pub struct Text {
    pub content: String,
    /// Where each page begins, in bytes.
    pub pages: Vec<usize>,
    headings: Vec<Heading>,
    pub warning: Option<Failure>,
}

struct Heading {
    /// In bytes.
    start: usize,
    /// From 1, the highest.
    level: usize,
    title: String,
}

impl Text {
    /// Text without structure.
    pub fn of(text: &str) -> Self {
        Self { content: clean(text), ..Self::default() }
    }

    pub fn of_markdown(text: &str) -> Self {
        let mut this = Self::default();
        this.markdown(text);
        this
    }

    /// Begins a page.
    pub fn page(&mut self) {
        self.gap();
        self.pages.push(self.content.len());
    }

    pub fn heading(&mut self, level: usize, title: &str) {
        let title = clean(title).split_whitespace().collect::<Vec<_>>().join(" ");
        if title.is_empty() {
            return;
        }
        self.gap();
        let start = self.content.len();
        // Markdown has six levels.
        let level = level.clamp(1, 6);
        self.content.extend(std::iter::repeat_n('#', level).chain([' ']).chain(title.chars()));
        self.headings.push(Heading { start, level, title });
    }

    /// A paragraph, or several.
    pub fn block(&mut self, text: &str) {
        let text = clean(text);
        if !text.is_empty() {
            self.gap();
            self.content.push_str(&text);
        }
    }

    /// A line right below what is above.
    pub fn line(&mut self, text: &str) {
        let text = clean(text);
        if !text.is_empty() {
            if !self.content.is_empty() && !self.content.ends_with('\n') {
                self.content.push('\n');
            }
            self.content.push_str(&text);
        }
    }

    /// Markdown, with the headings in it.
    pub fn markdown(&mut self, text: &str) {
        let text = clean(text);
        if text.is_empty() {
            return;
        }
        self.gap();
        let start = self.content.len();
        let mut open: Option<Heading> = None;
        for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    let title = String::new();
                    open = Some(Heading { start: start + range.start, level: level as usize, title });
                }
                Event::End(TagEnd::Heading(_)) => {
                    self.headings.extend(open.take().filter(|heading| !heading.title.trim().is_empty()));
                }
                Event::Text(words) | Event::Code(words) => {
                    if let Some(heading) = &mut open {
                        heading.title.push_str(&words);
                    }
                }
                Event::SoftBreak | Event::HardBreak => {
                    if let Some(heading) = &mut open {
                        heading.title.push(' ');
                    }
                }
                _ => {}
            }
        }
        self.content.push_str(&text);
    }

    /// An empty line below what is above.
    fn gap(&mut self) {
        if !self.content.is_empty() {
            self.content.truncate(self.content.trim_end().len());
            self.content.push_str("\n\n");
        }
    }

    /// A chunk of this text with its place.
    pub fn place(&self, chunk: &Span<'_>) -> Piece {
        let page = self.pages.partition_point(|start| *start <= chunk.byte);
        let mut headings: Vec<&Heading> = Vec::new();
        // One that the chunk begins with is above it too.
        for heading in self.headings.iter().take_while(|heading| heading.start <= chunk.byte) {
            headings.retain(|above| above.level < heading.level);
            headings.push(heading);
        }
        Piece {
            text: chunk.text.to_owned(),
            page: (page > 0).then(|| place(page)),
            headings: headings.into_iter().map(|heading| heading.title.chars().take(MAX_TITLE).collect()).collect(),
            start: place(chunk.character),
            end: place(chunk.character + chunk.text.chars().count()),
        }
    }
}

/// A number of something in a text, which is far from the end of the numbers.
pub fn place(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Without what says nothing, and without NUL, which Postgres can't store.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut empty_lines = 0;
    for line in text.split('\n') {
        let line = line.trim_end();
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        if !clean.is_empty() {
            clean.push_str(if empty_lines > 0 { "\n\n" } else { "\n" });
        }
        empty_lines = 0;
        let mut spaces = 0;
        for character in line.chars() {
            spaces = if character == ' ' { spaces + 1 } else { 0 };
            if spaces <= SPACES && character != '\0' && character != '\u{feff}' {
                clean.push(if character == '\r' { '\n' } else { character });
            }
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{ChunkSize, split};

    fn pieces(text: &Text, tokens: i32) -> Vec<Piece> {
        split(&text.content, true, ChunkSize { tokens, overlap: 0 }).iter().map(|chunk| text.place(chunk)).collect()
    }

    #[test]
    fn a_chunk_knows_its_page_its_headings_and_its_characters() {
        let mut text = Text::default();
        text.page();
        text.heading(1, "Grüße");
        text.block("Erste Seite: ein Absatz, der lang genug ist, um für sich zu stehen.");
        text.heading(2, "Unter dem ersten");
        text.block("Noch ein Absatz, der lang genug ist, um für sich zu stehen.");
        text.page();
        text.heading(1, "Zweites");
        text.block("Der letzte Absatz, der lang genug ist, um für sich zu stehen.");
        let pieces = pieces(&text, 40);
        let places: Vec<_> = pieces.iter().map(|piece| (piece.page, piece.headings.join(" / "))).collect();
        assert_eq!(
            places,
            [
                (Some(1), "Grüße".to_owned()),
                (Some(1), "Grüße / Unter dem ersten".to_owned()),
                (Some(2), "Zweites".to_owned()),
            ]
        );
        for piece in &pieces {
            let range = usize::try_from(piece.start).unwrap()..usize::try_from(piece.end).unwrap();
            let same: String = text.content.chars().skip(range.start).take(range.len()).collect();
            assert_eq!(same, piece.text);
        }
    }

    #[test]
    fn markdown_says_its_headings_and_code_has_none() {
        let text = Text::of_markdown("Top\n===\n\nText.\n\n## `mangoo` *serve*\n\n```sh\n# no heading\n```\n");
        let headings: Vec<_> = text.headings.iter().map(|heading| (heading.level, heading.title.as_str())).collect();
        assert_eq!(headings, [(1, "Top"), (2, "mangoo serve")]);
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        assert_eq!(clean("\u{feff}a  \r\n\r\n\r\n\r\n  b\0c\r\n"), "a\n\n  bc");
        assert_eq!(clean(&format!("a{}b", " ".repeat(100_000))), format!("a{}b", " ".repeat(SPACES)));
        assert_eq!(clean(&"\n".repeat(100_000)), "");
    }
}
