//! Trains a scorer from labelled texts: `cargo xtask train`.
//!
//! `train FOLDER OUTPUT [--only FILE]… [--id ID] [--version N] [--rest LABEL] [--strength X] [--bits N] [--seed N]`
//!
//! Every `.jsonl` of the folder whose rows are `{"text": …, "label": …}` is read; `--only` names those that count. Writes
//! `OUTPUT`, and the model card as JSON beside it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
};

use screening::{
    scorer::{Card, Counted, Scorer},
    source::sha256,
    training::{Labelled, Options, train},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    text: String,
    label: String,
}

/// What the command line asks for.
struct Asked {
    folder: PathBuf,
    output: PathBuf,
    only: Vec<String>,
    options: Options,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match asked(&arguments).and_then(|asked| run(&asked)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn asked(arguments: &[String]) -> Result<Asked, String> {
    let mut asked =
        Asked { folder: PathBuf::new(), output: PathBuf::new(), only: Vec::new(), options: Options::default() };
    let mut places = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let Some(name) = argument.strip_prefix("--") else {
            places.push(PathBuf::from(argument));
            continue;
        };
        let value = rest.next().ok_or(format!("--{name} needs a value"))?;
        match name {
            "only" => asked.only.push(value.clone()),
            "id" => asked.options.id.clone_from(value),
            "version" => asked.options.version = number(name, value)?,
            "rest" => asked.options.rest.clone_from(value),
            "strength" => asked.options.strength = number(name, value)?,
            "bits" => asked.options.bits = number(name, value)?,
            "seed" => asked.options.seed = number(name, value)?,
            _ => return Err(format!("there is no option --{name}")),
        }
    }
    let [folder, output] = places.try_into().map_err(|_| "train FOLDER OUTPUT")?;
    (asked.folder, asked.output) = (folder, output);
    Ok(asked)
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("--{name} {value} is no number of that kind"))
}

fn run(asked: &Asked) -> Result<(), String> {
    let (texts, data) = read(&asked.folder, &asked.only)?;
    let scorer = train(&texts, data, &asked.options).map_err(|error| error.to_string())?;
    let bytes = scorer.to_bytes();
    Scorer::from_bytes(&bytes).map_err(|error| format!("what was trained cannot be read: {error}"))?;
    let write = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
    };
    write(&asked.output, &bytes)?;
    let card = asked.output.with_extension("card.json");
    let json = serde_json::to_string_pretty(scorer.card()).map_err(|error| error.to_string())?;
    write(&card, (json + "\n").as_bytes())?;
    show(scorer.card());
    println!("\n{} ({} bytes) and {}", asked.output.display(), bytes.len(), card.display());
    Ok(())
}

/// The labelled texts of a folder, file by file in the order of the names.
fn read(folder: &Path, only: &[String]) -> Result<(Vec<Labelled>, Vec<Counted>), String> {
    let told = |path: &Path, error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let entries = fs::read_dir(folder).map_err(|error| told(folder, &error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|suffix| suffix == "jsonl"));
    paths.sort();
    let (mut texts, mut data) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !only.is_empty() && !only.contains(&name) {
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| told(&path, &error))?;
        let rows: Vec<Row> =
            String::from_utf8_lossy(&bytes).lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
        if rows.is_empty() {
            eprintln!("skipped: {name} has no rows with a text and a label");
            continue;
        }
        data.push(Counted { file: name, sha256: sha256(&bytes), texts: rows.len() });
        texts.extend(rows.into_iter().map(|Row { text, label }| Labelled { text, label }));
    }
    Ok((texts, data))
}

fn show(card: &Card) {
    println!("{}, version {}", card.id, card.version);
    for Counted { file, texts, .. } in &card.data {
        println!("  {texts:>7} texts of {file}");
    }
    println!(
        "on texts that it had not seen (five folds, near duplicates in one): macro-F1 {:.3}",
        card.accuracy.macro_f1
    );
    for (label, f1) in &card.accuracy.f1 {
        println!("  {label:<24}{:>7} texts   F1 {f1:.3}", card.texts.get(label).copied().unwrap_or_default());
    }
    println!("to flag so many of the ordinary texts, ask for");
    for of in &card.accuracy.thresholds {
        let sign = if of.label == card.rest { '<' } else { '>' };
        let (flagged, recall) = (of.ordinary_flagged * 100.0, of.recall * 100.0);
        println!("  {flagged:>4.1} %  score({:?}) {sign} {:<8.4} finds {recall:>5.1} %", of.label, of.threshold);
    }
}
