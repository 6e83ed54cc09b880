//! How well a scorer does on texts that it has not seen: trained here, on the texts of the data folder in five folds, or
//! on those of another folder.

use std::{collections::BTreeMap, path::Path, time::Instant};

use screening::{
    scorer::Scorer,
    training::{
        Labelled, Options, cross_validated,
        measure::{Outcome, above, f1, macro_f1, threshold},
        train,
    },
};
use serde_json::{Map, Value, json};

use crate::data::{ORDINARY, Post, lines};

/// The share of comments that may be flagged.
const FLAGGED: f64 = 0.005;

pub(crate) fn report(data: &Path, train_on: Option<&Path>) -> Map<String, Value> {
    measured(data, train_on).unwrap_or_else(|reason| {
        eprintln!("skipped: the scorer: {reason}");
        Map::from_iter([
            ("scorer_recall_at_half_percent".to_owned(), Value::Null),
            ("scorer_macro_f1".to_owned(), Value::Null),
        ])
    })
}

/// Posts, and behind them comments, which are all ordinary.
struct Texts {
    all: Vec<Labelled>,
    posts: usize,
}

impl Texts {
    fn of(folder: &Path) -> Self {
        let read = |name| lines::<Post>(folder, name).into_iter().map(|Post { text, label }| Labelled { text, label });
        let mut all: Vec<Labelled> = read("posts.jsonl").collect();
        let posts = all.len();
        all.extend(read("ordinary-comments.jsonl"));
        Self { all, posts }
    }
}

fn measured(data: &Path, train_on: Option<&Path>) -> Result<Map<String, Value>, String> {
    let options = Options { id: "bench".to_owned(), ..Options::default() };
    let texts = Texts::of(data);
    let start = Instant::now();
    let (scorer, labels, scores, how) = match train_on {
        Some(folder) => {
            let seen = Texts::of(folder);
            let scorer = train(&seen.all, Vec::new(), &options).map_err(|error| error.to_string())?;
            let scores: Vec<Vec<f64>> = texts.all.iter().map(|text| scorer.score(&text.text)).collect();
            (scorer.clone(), scorer.labels().to_vec(), scores, format!("trained on {}", folder.display()))
        }
        None => {
            let scores = cross_validated(&texts.all, &options).map_err(|error| error.to_string())?;
            let scorer = train(&texts.all, Vec::new(), &options).map_err(|error| error.to_string())?;
            (scorer.clone(), scorer.labels().to_vec(), scores, "five folds, near duplicates in one".to_owned())
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    let outcomes: Vec<Outcome<'_>> =
        texts.all.iter().zip(&scores).map(|(text, scores)| Outcome { label: &text.label, scores }).collect();
    let rest = labels.iter().position(|label| label == ORDINARY).ok_or("no text is ordinary")?;
    let harm = |outcome: &Outcome<'_>| 1.0 - outcome.scores[rest];
    let (posts, comments) = outcomes.split_at(texts.posts);
    let threshold = threshold(&comments.iter().map(harm).collect::<Vec<_>>(), FLAGGED);
    let found = |which: &dyn Fn(&&Outcome<'_>) -> bool| {
        above(&posts.iter().filter(which).map(harm).collect::<Vec<_>>(), threshold)
    };
    let by_label: BTreeMap<&str, f64> =
        labels.iter().map(|label| (label.as_str(), found(&|outcome| outcome.label == label))).collect();
    let report = json!({
        "scorer_recall_at_half_percent": found(&|outcome| outcome.label != ORDINARY),
        "scorer_macro_f1": macro_f1(&outcomes, &labels),
        "scorer": {
            "how": how,
            "texts": texts.all.len(),
            "seconds": seconds,
            "threshold": threshold,
            "flagged_by_label": by_label,
            "f1_by_label": f1(&outcomes, &labels),
            "macro_f1_of_posts_alone": macro_f1(posts, &labels),
            "cost": cost(&scorer, &texts.all),
        },
    });
    report.as_object().cloned().ok_or_else(|| "no report".to_owned())
}

/// What the scorer costs to load and to ask, at its best of several times.
fn cost(scorer: &Scorer, texts: &[Labelled]) -> Value {
    let bytes = scorer.to_bytes();
    let load = best(20, || {
        std::hint::black_box(Scorer::from_bytes(&bytes).is_ok());
    });
    let chars: Vec<char> = texts.iter().flat_map(|text| text.text.chars().chain(['。'])).collect();
    let long: Vec<String> = chars.chunks_exact(2_000).take(100).map(|chars| chars.iter().collect()).collect();
    let score = best(20, || {
        for text in &long {
            std::hint::black_box(scorer.score(text));
        }
    });
    let count = f64::from(u32::try_from(long.len().max(1)).unwrap_or(u32::MAX));
    json!({ "bytes": bytes.len(), "load_ms": load * 1e3, "us_for_2000_characters": score * 1e6 / count })
}

fn best(rounds: usize, run: impl Fn()) -> f64 {
    let time = || {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..rounds).map(|_| time()).fold(f64::MAX, f64::min)
}
