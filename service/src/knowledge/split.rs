//! Texts in chunks that are small enough to be found for one thing.

use std::sync::LazyLock;

use text_splitter::{ChunkCharIndex, ChunkConfig, ChunkSizer, MarkdownSplitter, TextSplitter};
use tiktoken_rs::CoreBPE;

/// How large chunks are, in tokens, as a knowledge base wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkSize {
    /// Of one, at the most.
    pub tokens: i32,
    /// That it shares with the one before, at the most, so that no sentence loses its neighbour.
    pub overlap: i32,
}

impl Default for ChunkSize {
    /// As the database has it for a new knowledge base.
    fn default() -> Self {
        Self { tokens: 400, overlap: 60 }
    }
}

/// A chunk of a text.
pub struct Span<'t> {
    pub text: &'t str,
    /// Its place in the text, in bytes.
    pub byte: usize,
    /// The same, in characters.
    pub character: usize,
}

/// A text that fits into a chunk as it is; a longer one by its structure: headings, code and
/// lists where it is Markdown, paragraphs, sentences, words.
pub fn split(text: &str, is_markdown: bool, size: ChunkSize) -> Vec<Span<'_>> {
    let [most, overlap] = [size.tokens, size.overlap].map(|tokens| usize::try_from(tokens).unwrap_or_default());
    let sizer = Tokens { most };
    if sizer.size(text) <= most {
        return vec![Span { text, byte: 0, character: 0 }];
    }
    let config = ChunkConfig::new(most)
        .with_sizer(sizer)
        .with_overlap(overlap.min(most / 2))
        .expect("half a chunk is smaller than one");
    if is_markdown {
        MarkdownSplitter::new(config).chunk_char_indices(text).map(Span::from).collect()
    } else {
        TextSplitter::new(config).chunk_char_indices(text).map(Span::from).collect()
    }
}

impl<'t> From<ChunkCharIndex<'t>> for Span<'t> {
    fn from(chunk: ChunkCharIndex<'t>) -> Self {
        Self { text: chunk.chunk, byte: chunk.byte_offset, character: chunk.char_offset }
    }
}

/// Titan's own tokens are not published: these are about as long.
static TOKENS: LazyLock<CoreBPE> =
    LazyLock::new(|| tiktoken_rs::cl100k_base().expect("the vocabulary is part of this program"));

/// Counts tokens, up to where a text is certainly too long. Counting those of a word takes a
/// time that grows faster than it.
struct Tokens {
    most: usize,
}

/// Bytes of a token, at the most but for spaces.
const MAX_BYTES: usize = 16;

impl ChunkSizer for Tokens {
    fn size(&self, text: &str) -> usize {
        // No token is shorter than a byte.
        if text.len() <= self.most || text.len() > self.most * MAX_BYTES {
            return text.len();
        }
        TOKENS.encode_ordinary(text).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: ChunkSize = ChunkSize { tokens: 100, overlap: 15 };

    fn texts(text: &str, is_markdown: bool) -> Vec<&str> {
        split(text, is_markdown, SIZE).iter().map(|chunk| chunk.text).collect()
    }

    fn tokens(text: &str) -> usize {
        TOKENS.encode_ordinary(text).len()
    }

    #[test]
    fn a_short_text_stays_whole() {
        let text = format!("  {}\n", "mango ".repeat(90));
        assert_eq!(texts(&text, false), [text.as_str()]);
    }

    #[test]
    fn every_word_of_a_long_text_is_in_a_chunk_and_chunks_overlap() {
        let words: Vec<String> = (0..2_000).map(|number| format!("word{number}")).collect();
        let text = words.join(" ");
        let chunks = texts(&text, false);
        assert!(chunks.len() > 1);
        assert!(chunks.iter().all(|chunk| tokens(chunk) <= 100));
        for word in &words {
            assert!(chunks.iter().any(|chunk| chunk.split(' ').any(|other| other == word)), "{word} is lost");
        }
        for pair in chunks.windows(2) {
            let first = pair[1].split(' ').next().expect("chunks are not empty");
            assert!(pair[0].split(' ').any(|word| word == first), "{first} is not shared");
        }
    }

    #[test]
    fn markdown_is_cut_at_headings_and_around_code() {
        let paragraph = "Mangoes are fruit. ".repeat(12);
        let code = "    let mango = 1;\n".repeat(8);
        let text = format!("# One\n\n{paragraph}\n\n```rust\n{code}```\n\n# Two\n\n{paragraph}");
        let chunks = texts(&text, true);
        assert!(chunks.iter().any(|chunk| chunk.starts_with("# Two")), "{chunks:#?}");
        assert!(chunks.iter().any(|chunk| chunk.contains("```rust") && chunk.ends_with("```")), "{chunks:#?}");
    }

    #[test]
    fn a_text_without_spaces_is_split_too() {
        let text = "ü".repeat(20_000);
        let chunks = texts(&text, false);
        assert!(chunks.len() >= 20);
        assert!(chunks.iter().all(|chunk| tokens(chunk) <= 100));
    }
}
