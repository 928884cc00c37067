//! Embeddings by the words of a text: texts that share words are close.

use std::collections::HashMap;

/// Words that say little about what a text is about.
const STOP_WORDS: [&str; 48] = [
    "a", "about", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "has", "have", "how",
    "i", "if", "in", "is", "it", "its", "me", "my", "not", "of", "on", "or", "our", "that", "the", "their", "there",
    "this", "to", "was", "we", "what", "when", "where", "which", "who", "why", "will", "with", "you", "your",
];

/// The words that matter in a text, in lower case, without endings.
pub fn words(text: &str) -> Vec<String> {
    let all: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let mattering: Vec<String> =
        all.iter().filter(|word| !STOP_WORDS.contains(&word.as_str())).map(|word| stem(word)).collect();
    if mattering.is_empty() { all } else { mattering }
}

/// Cuts the commonest English endings, so that `notes` and `noted` are `note`: all become `not`.
fn stem(word: &str) -> String {
    let cut = |word: &str, ending: &str| word.strip_suffix(ending).filter(|stem| stem.len() >= 3).map(str::to_owned);
    if let Some(stem) = cut(word, "ies") {
        return stem + "y";
    }
    let singular = if word.ends_with("ss") { None } else { cut(word, "s") }.unwrap_or_else(|| word.to_owned());
    ["ing", "ed", "e"].iter().find_map(|ending| cut(&singular, ending)).unwrap_or(singular)
}

/// What words mean, as far as it is known: those that mean the same are embedded alike.
#[derive(Default)]
pub struct Meanings(HashMap<String, String>);

impl Meanings {
    /// From lines of words that mean the same. A word may stand in any form.
    pub fn of(lines: &str) -> Self {
        let mut meanings = HashMap::new();
        for line in lines.lines() {
            let mut line = line.split_whitespace().map(|word| stem(&word.to_lowercase()));
            let Some(first) = line.next() else { continue };
            meanings.extend(line.map(|word| (word, first.clone())));
        }
        Self(meanings)
    }

    fn of_word<'w>(&'w self, word: &'w str) -> &'w str {
        self.0.get(word).map_or(word, String::as_str)
    }
}

/// A vector of length 1, if `normalize`. Each word adds to every dimension or takes from it, so
/// that, as with a real model, no dimension is empty and the signs alone tell much.
pub fn embed(text: &str, dimensions: usize, normalize: bool, meanings: &Meanings) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions];
    for word in words(text) {
        let word = meanings.of_word(&word);
        for (seed, part) in (0..).zip(vector.chunks_mut(64)) {
            let signs = hash(word, seed);
            for (bit, value) in part.iter_mut().enumerate() {
                *value += if signs >> bit & 1 == 0 { 1.0 } else { -1.0 };
            }
        }
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length == 0.0 {
        // Nothing to go by, but a direction is needed.
        vector[0] = 1.0;
    } else if normalize {
        for x in &mut vector {
            *x /= length;
        }
    }
    vector
}

/// FNV-1a, and the end of `MurmurHash3` so that every bit depends on every letter: the same in
/// every process and with every compiler.
fn hash(word: &str, seed: u64) -> u64 {
    let bytes = seed.to_le_bytes().into_iter().chain(word.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}
