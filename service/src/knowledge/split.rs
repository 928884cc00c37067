//! Texts in pieces that are small enough to be found for one thing.

use text_splitter::{ChunkConfig, TextSplitter};

/// Characters of a chunk at the most: some 500 tokens, a few paragraphs.
const CHUNK: usize = 2_000;
/// Characters that a chunk may share with the one before, so that no sentence loses its neighbour.
const OVERLAP: usize = 200;

/// A text of up to [`CHUNK`] characters as it is, a longer one at paragraphs, sentences or words.
pub fn split(text: &str) -> Vec<String> {
    if text.chars().count() <= CHUNK {
        return vec![text.to_owned()];
    }
    let config = ChunkConfig::new(CHUNK).with_overlap(OVERLAP).expect("the overlap is smaller than a chunk");
    TextSplitter::new(config).chunks(text).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_stays_whole() {
        let text = format!("  {}", "ü".repeat(CHUNK - 2));
        assert_eq!(split(&text), [text]);
    }

    #[test]
    fn every_word_of_a_long_text_is_in_a_chunk_and_chunks_overlap() {
        let words: Vec<String> = (0..2_000).map(|number| format!("word{number}")).collect();
        let chunks = split(&words.join(" "));
        assert!(chunks.len() > 1);
        assert!(chunks.iter().all(|chunk| chunk.chars().count() <= CHUNK));
        for word in &words {
            assert!(chunks.iter().any(|chunk| chunk.split(' ').any(|other| other == word)), "{word} is lost");
        }
        for pair in chunks.windows(2) {
            let first = pair[1].split(' ').next().expect("chunks are not empty");
            assert!(pair[0].split(' ').any(|word| word == first), "{first} is not shared");
        }
    }

    #[test]
    fn a_text_without_spaces_is_split_too() {
        let chunks = split(&"ü".repeat(100_000));
        assert!(chunks.len() >= 50);
        assert!(chunks.iter().all(|chunk| chunk.chars().count() <= CHUNK));
    }
}
