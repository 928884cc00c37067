//! Embeddings by the words of a text: texts that share words are close.

use std::hash::{BuildHasher, Hasher};

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

/// Cuts the commonest English endings.
fn stem(word: &str) -> String {
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 3) {
            return stem.to_owned();
        }
    }
    word.to_owned()
}

/// A vector of length 1, if `normalize`: each word adds to two of its dimensions.
#[allow(clippy::cast_possible_truncation)]
pub fn embed(text: &str, dimensions: usize, normalize: bool) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions];
    for word in words(text) {
        for seed in 0..2_u64 {
            let hash = hash(&word, seed);
            let sign = if hash >> 63 == 0 { 1.0 } else { -1.0 };
            vector[(hash % dimensions as u64) as usize] += sign;
        }
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length == 0.0 {
        // Nothing to go by, but a direction is needed.
        vector[0] = 1.0;
    } else if normalize {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}

/// The same in every process: a default hasher has fixed keys.
fn hash(word: &str, seed: u64) -> u64 {
    let mut hasher = std::hash::BuildHasherDefault::<std::collections::hash_map::DefaultHasher>::default().build_hasher();
    hasher.write_u64(seed);
    hasher.write(word.as_bytes());
    hasher.finish()
}
