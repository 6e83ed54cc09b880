//! How well disguises are seen through, class by class, next to plain Aho–Corasick; what that costs in ordinary text,
//! switch by switch; and how well a scorer tells labels apart. One JSON object, which `cargo xtask bench quality` shows.
//!
//! `cargo run --release -p screening --example quality -- [--data DIR] [--train DIR] [--misses]`
//!
//! Without `--data` the folder is `GATEHOUSE_DATA`, or `../shared/data`. What is absent is skipped and said so.

mod data;
mod disguises;
mod learned;
mod ordinary;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value =
        |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    #[expect(clippy::disallowed_methods, reason = "where the data is, as the README of the data says")]
    let data = value("--data").cloned().or_else(|| std::env::var("GATEHOUSE_DATA").ok());
    let data = PathBuf::from(data.unwrap_or_else(|| "../shared/data".to_owned()));
    let misses = arguments.iter().any(|argument| argument == "--misses");

    let mut report = Map::new();
    report.insert("data".to_owned(), data.is_dir().then(|| data.display().to_string()).into());
    report.extend(disguises::report(&data, misses));
    report.extend(ordinary::report(&data, misses));
    report.extend(learned::report(&data, value("--train").map(Path::new)));
    println!("{:#}", Value::Object(report));
}
