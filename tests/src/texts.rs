//! Texts to publish: real posts where the data folder is at hand, the sample of the repository otherwise.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::workspace;

/// A text and what people say it is.
#[derive(Debug, Clone, Deserialize)]
pub struct Labelled {
    pub text: String,
    pub label: String,
}

/// Texts with the place they come from.
#[derive(Debug)]
pub struct Texts {
    /// The data folder, there or not.
    pub folder: PathBuf,
    /// How many come from it; the others are the repository's own sample.
    pub real: usize,
    pub texts: Vec<Labelled>,
}

impl Texts {
    /// The repository's own sample, and `number` real texts of every label from `GATEHOUSE_DATA` or `../shared/data` where
    /// that folder is at hand. The same call gives the same texts.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn gather(number: usize) -> Result<Self> {
        let root = workspace::root();
        let folder = workspace::variable("GATEHOUSE_DATA").map_or_else(|| root.join("../shared/data"), PathBuf::from);
        let folder = folder.canonicalize().unwrap_or(folder);
        let sample = read(&root.join("tests/sample/posts.jsonl"))?;
        if !folder.join("posts.jsonl").exists() {
            return Ok(Self { folder, real: 0, texts: sample });
        }
        // Three posts to one comment: comments are ordinary talk that is hard to tell from insult.
        let mut texts = spread(read(&folder.join("posts.jsonl"))?, number * 3 / 4);
        let comments = folder.join("ordinary-comments.jsonl");
        if comments.exists() {
            texts.extend(spread(read(&comments)?, number - texts.len()));
        }
        let real = texts.len();
        texts.extend(sample);
        Ok(Self { folder, real, texts })
    }
}

fn read(path: &Path) -> Result<Vec<Labelled>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).with_context(|| format!("{}: {line:?} is no text", path.display())))
        .collect()
}

/// At most `number` of `texts`, evenly spread over the whole.
fn spread(texts: Vec<Labelled>, number: usize) -> Vec<Labelled> {
    let all = texts.len();
    if all <= number {
        return texts;
    }
    texts
        .into_iter()
        .enumerate()
        .filter(|(at, _)| at * number / all != (at + 1) * number / all)
        .map(|(_, t)| t)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_of_the_repository_is_labelled_and_large_enough() {
        let texts = read(&workspace::root().join("tests/sample/posts.jsonl")).unwrap();
        assert!(texts.len() >= 120, "{}", texts.len());
        for label in ["ordinary", "adult", "gambling", "fraud", "abuse", "underground_ads"] {
            assert!(texts.iter().any(|text| text.label == label), "{label}");
        }
        assert!(texts.iter().all(|text| (1..=20_000).contains(&text.text.chars().count())));
    }

    #[test]
    fn a_spread_takes_as_many_as_asked_from_the_whole_length() {
        let text = |n: usize| Labelled { text: n.to_string(), label: String::new() };
        let some: Vec<usize> =
            spread((0..100).map(text).collect(), 10).iter().map(|t| t.text.parse().unwrap()).collect();
        assert_eq!(some, [9, 19, 29, 39, 49, 59, 69, 79, 89, 99]);
    }
}
