//! How well questions find their passages, by kind of question and by way of searching: a gate.
//!
//! The passages are a made-up firm's; the stand-in's embeddings know from a list which words mean
//! the same, in four languages, and, like a real model's, hardly tell one code or name from
//! another. So text search alone is lost on paraphrases, vectors alone are lost on codes, and
//! both together must be as good as the better of the two, on each kind of question.

use std::{collections::BTreeMap, fmt};

use serde_json::json;
use uuid::Uuid;

use crate::support::{Platform, User};

const PASSAGES: &str = include_str!("quality/passages.txt");
const QUESTIONS: &str = include_str!("quality/questions.txt");
const MEANINGS: &str = include_str!("quality/meanings.txt");

/// As much may be lost before it counts as a drop.
const TOLERANCE: f64 = 0.02;

const WAYS: [&str; 3] = ["text", "vector", "hybrid"];

/// What each way reached when it was last made better: `recall@5` and mean reciprocal rank.
const REACHED: [(&str, [(f64, f64); 3]); 5] = [
    ("codes", [(1.0, 1.0), (0.769, 0.496), (1.0, 1.0)]),
    ("languages", [(0.3, 0.25), (0.9, 0.9), (0.9, 0.9)]),
    ("names", [(1.0, 1.0), (0.727, 0.501), (1.0, 1.0)]),
    ("paraphrases", [(0.056, 0.056), (1.0, 0.917), (1.0, 0.917)]),
    ("words", [(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)]),
];

#[derive(Clone, Copy, Debug, Default)]
struct Quality {
    questions: f64,
    /// Whose passage is among the first five.
    found: f64,
    /// Sum of one over the place of the passage.
    reciprocal_ranks: f64,
}

impl Quality {
    fn recall(self) -> f64 {
        self.found / self.questions
    }

    fn mean_reciprocal_rank(self) -> f64 {
        self.reciprocal_ranks / self.questions
    }

    fn is_as_good_as(self, recall: f64, mean_reciprocal_rank: f64) -> bool {
        self.recall() + 1e-9 >= recall && self.mean_reciprocal_rank() + 1e-9 >= mean_reciprocal_rank
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.3} {:.3}", self.recall(), self.mean_reciprocal_rank())
    }
}

/// By kind of question.
async fn measure(platform: &Platform, user: &User, base: Uuid, mode: &str) -> BTreeMap<&'static str, Quality> {
    let mut measured = BTreeMap::new();
    for line in QUESTIONS.lines() {
        let [kind, id, question] = line.split(" | ").collect::<Vec<_>>().try_into().expect(line);
        let (_, passage) =
            PASSAGES.lines().find_map(|line| line.split_once(": ").filter(|(it, _)| *it == id)).expect(id);
        let query = json!({ "knowledge_base_id": base, "query": question, "mode": mode, "top_k": 10 });
        let found = platform.post(user, "/knowledge/search", &query).await;
        let place = found["results"].as_array().unwrap().iter().position(|result| result["text"] == passage);
        let quality: &mut Quality = measured.entry(kind).or_default();
        quality.questions += 1.0;
        if let Some(place) = place {
            #[allow(clippy::cast_precision_loss)] // at most 10
            let rank = (place + 1) as f64;
            quality.found += f64::from(u8::from(rank <= 5.0));
            quality.reciprocal_ranks += 1.0 / rank;
        }
        if std::env::var_os("MANGOO_QUALITY").is_some() && place != Some(0) {
            println!("{mode} {kind} {id}: {place:?} {question} -> {}", found["results"][0]["text"]);
        }
    }
    measured
}

#[tokio::test]
async fn hybrid_search_is_as_good_as_the_better_of_its_halves_on_every_kind_of_question() {
    let platform = Platform::start().await;
    platform.bedrock.learn(MEANINGS);
    let user = platform.user();
    let base = Uuid::new_v4();
    let passages: Vec<&str> = PASSAGES.lines().map(|line| line.split_once(": ").expect(line).1).collect();
    platform.post(&user, "/knowledge/add", &json!({ "knowledge_base_id": base, "texts": passages })).await;

    let mut measured = Vec::new();
    for way in WAYS {
        measured.push(measure(&platform, &user, base, way).await);
    }

    let mut report = String::from("kind: recall@5 and MRR by text, by vector, hybrid");
    let mut complaints: Vec<String> = Vec::new();
    for (kind, reached) in REACHED {
        let [text, vector, both] = [0, 1, 2].map(|way: usize| measured[way][kind]);
        report += &["\n", kind, ": ", &text.to_string(), ", ", &vector.to_string(), ", ", &both.to_string()].concat();
        for (way, half) in WAYS.iter().zip([text, vector]) {
            if !both.is_as_good_as(half.recall(), half.mean_reciprocal_rank()) {
                complaints.push(format!("{kind}: hybrid is worse than {way} alone"));
            }
        }
        for ((way, quality), (recall, mean_reciprocal_rank)) in WAYS.iter().zip([text, vector, both]).zip(reached) {
            if !quality.is_as_good_as(recall - TOLERANCE, mean_reciprocal_rank - TOLERANCE) {
                complaints.push(format!("{kind}: {way} once reached {recall:.3} and {mean_reciprocal_rank:.3}"));
            }
        }
    }
    println!("{report}");
    assert!(complaints.is_empty(), "{report}\n{}", complaints.join("\n"));
    assert_eq!(measured[0].len(), REACHED.len(), "a kind of question has nothing to reach");
}
