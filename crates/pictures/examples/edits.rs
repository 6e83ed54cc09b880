//! How far apart the edits of a photograph are by their looks, and whether each way to turn it is found.
//!
//! `cargo xtask bench quality`, or `cargo run --release -p pictures --example edits -- [--data DIR] [--json]`
//!
//! Without `--data` the folder is `GATEHOUSE_DATA`, or `../shared/data`; what is absent is skipped and said so. The
//! pictures are those in `images/`: in a folder whose files begin with the original, the rest are edits or turns of
//! it. The pictures that the tests are made with are related to none of them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use pictures::looks_of;
use screening::pdq::{Looks, NEAR};

/// Of each file of a folder, in order.
fn read(folder: &Path) -> BTreeMap<String, Looks> {
    let Ok(entries) = fs::read_dir(folder) else {
        eprintln!("skipped: there is no folder {}", folder.display());
        return BTreeMap::new();
    };
    let mut all = BTreeMap::new();
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match fs::read(&path).map(|bytes| looks_of(&bytes)) {
            Ok(Ok(looks)) => drop(all.insert(name, looks)),
            Ok(Err(error)) => eprintln!("skipped: {name}: {error}"),
            Err(error) => eprintln!("skipped: {name}: {error}"),
        }
    }
    all
}

fn data_folder(arguments: &[String]) -> PathBuf {
    let given = arguments.iter().position(|argument| argument == "--data").and_then(|at| arguments.get(at + 1));
    #[expect(clippy::disallowed_methods, reason = "where the data is, as the README of the data says")]
    let data = given.cloned().or_else(|| std::env::var("GATEHOUSE_DATA").ok());
    PathBuf::from(data.unwrap_or_else(|| "../shared/data".to_owned()))
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let images = data_folder(&arguments).join("images");
    let mut report = serde_json::Map::new();
    let folders = fs::read_dir(&images).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    if folders.is_empty() {
        eprintln!("skipped: there are no pictures in {}", images.display());
    }
    let unrelated = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures"));
    let (mut found, mut of, mut nearest) = (0, 0, u32::MAX);
    for folder in folders {
        let started = Instant::now();
        let all = read(&folder);
        let seconds = started.elapsed().as_secs_f64();
        let Some((original, known)) = all.first_key_value() else { continue };
        let distances: serde_json::Map<String, serde_json::Value> = all
            .iter()
            .filter(|(name, _)| *name != original)
            .map(|(name, looks)| (name.clone(), looks.distance(known.upright()).into()))
            .collect();
        let others = unrelated.values().filter_map(|looks| looks.distance(known.upright()));
        nearest = others.chain([nearest]).min().unwrap_or(nearest);
        let near = |distance: &serde_json::Value| distance.as_u64().is_some_and(|bits| bits <= u64::from(NEAR));
        found += distances.values().filter(|distance| near(distance)).count();
        of += distances.len();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        report.insert(name, serde_json::json!({ "original": original, "bits_apart": distances, "seconds": seconds }));
    }
    report.insert("found".to_owned(), found.into());
    report.insert("of".to_owned(), of.into());
    report.insert("nearest_unrelated".to_owned(), nearest.into());
    let json = serde_json::Value::Object(report);
    println!("{json:#}");
}
