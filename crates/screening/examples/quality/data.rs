//! The files of the data folder, as its README describes them.

use std::{fs, path::Path};

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Disguise {
    pub(crate) term: String,
    pub(crate) text: String,
    pub(crate) cls: String,
    pub(crate) disguised: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct NearMiss {
    pub(crate) term: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
pub(crate) struct Post {
    pub(crate) text: String,
    pub(crate) label: String,
}

/// The label of what nothing is wrong with.
pub(crate) const ORDINARY: &str = "ordinary";

/// The rows of a file; none where there is no file, which is said.
pub(crate) fn lines<T: for<'de> Deserialize<'de>>(data: &Path, name: &str) -> Vec<T> {
    match fs::read_to_string(data.join(name)) {
        Ok(text) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        Err(error) => {
            eprintln!("skipped: {name}: {error}");
            Vec::new()
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few thousand rows")]
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
