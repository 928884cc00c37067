//! Made-up texts: words as unequal as those of a language, in topics.

use fastrand::Rng;
use integration::bedrock::{Meanings, embed};
use pgvector::HalfVector;

pub const DIMENSIONS: usize = 1024;
/// Of all chunks, those of each knowledge base; in thousandths.
pub const SHARES: [usize; 10] = [500, 200, 100, 70, 50, 30, 20, 15, 10, 5];

const WORDS: usize = 30_000;
const WORDS_OF_TOPIC: usize = 60;
/// Of each knowledge base.
const TOPICS: usize = 300;
const WORDS_OF_TEXT: usize = 100;
/// As much of a text as questions have of it, and as much beside it.
const SHARED: usize = 8;
const ASKED_BESIDE: usize = 3;
/// The commonest words of English texts, which are a good third of them.
const FILLING: [&str; 12] = ["the", "of", "and", "to", "in", "is", "that", "for", "it", "with", "on", "are"];

pub struct Corpus {
    words: Vec<String>,
}

impl Corpus {
    pub fn new() -> Self {
        let mut rng = Rng::with_seed(1);
        let syllables = ["ka", "lo", "mi", "ren", "tu", "sal", "vo", "ber", "nik", "pra", "gul", "fen", "dor", "shi"];
        let word = |number: usize, rng: &mut Rng| {
            let count = rng.usize(2..=4);
            let body: String = (0..count).map(|_| syllables[rng.usize(..syllables.len())]).collect();
            // Its number makes it one of a kind; no ending is cut from it.
            format!("{body}{number}")
        };
        Self { words: (0..WORDS).map(|number| word(number, &mut rng)).collect() }
    }

    /// The text of a chunk, always the same.
    pub fn text(&self, base: usize, chunk: usize) -> String {
        let mut rng = Rng::with_seed((base as u64) << 40 | chunk as u64);
        let topic = rng.usize(..TOPICS);
        let words: Vec<&str> = (0..WORDS_OF_TEXT).map(|_| self.word(base, topic, &mut rng)).collect();
        words.join(" ")
    }

    fn word(&self, base: usize, topic: usize, rng: &mut Rng) -> &str {
        match rng.u8(..100) {
            0..40 => FILLING[rng.usize(..FILLING.len())],
            40..70 => {
                let mut topic =
                    Rng::with_seed((base * TOPICS + topic) as u64 * 1000 + skewed(WORDS_OF_TOPIC, rng) as u64);
                // The commonest belong to no topic.
                &self.words[topic.usize(200..WORDS)]
            }
            _ => &self.words[skewed(WORDS, rng)],
        }
    }

    /// A question that a chunk answers: some of its words, and others.
    pub fn question(&self, base: usize, chunk: usize) -> String {
        let mut rng = Rng::with_seed(!((base as u64) << 40 | chunk as u64));
        let text = self.text(base, chunk);
        let mut words: Vec<&str> = text.split(' ').filter(|word| !FILLING.contains(word)).collect();
        rng.shuffle(&mut words);
        words.truncate(SHARED);
        words.extend((0..ASKED_BESIDE).map(|_| self.words[skewed(WORDS, &mut rng)].as_str()));
        format!("what is {}", words.join(" "))
    }
}

/// A place by Zipf's law: the first of a thousand is as frequent as the last half of them together.
fn skewed(count: usize, rng: &mut Rng) -> usize {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // below 2^52
    let place = (count as f64).powf(rng.f64()) as usize - 1;
    place.min(count - 1)
}

/// As the stand-in for Bedrock embeds it.
pub fn vector(text: &str) -> HalfVector {
    HalfVector::from_f32_slice(&embed(text, DIMENSIONS, true, &Meanings::default()))
}
