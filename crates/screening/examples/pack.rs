//! The desk's tool for packs: `cargo xtask pack check|test|seal DIR`, `cargo xtask pack explain [--pack DIR] TEXT`.

use std::{collections::BTreeMap, fs, path::Path, process::ExitCode};

use screening::{
    facts::Facts,
    normalise::normalise,
    source::{Checked, Hashes, Manifest, Problem, RULE_PACK, sha256},
    verdict::Finding,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["check", folder] => report(checked(Path::new(folder)), |checked| {
            let (banks, rules) = (checked.pack.banks.len(), checked.pack.rules.len());
            println!("{}@{}: {banks} banks and {rules} rules are right", checked.pack.id, checked.pack.version);
        }),
        ["test", folder] => report(checked(Path::new(folder)), |checked| test(&checked)),
        ["seal", folder] => match seal(Path::new(folder)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        ["explain", text] => explain(Path::new("rules/starter"), text),
        ["explain", "--pack", folder, text] => explain(Path::new(folder), text),
        _ => {
            eprintln!("pack check DIR | pack test DIR | pack seal DIR | pack explain [--pack DIR] TEXT");
            ExitCode::FAILURE
        }
    }
}

/// Reads and judges the pack of a folder.
fn checked(folder: &Path) -> Result<Checked, Vec<Problem>> {
    let of_the_file = |en: String| {
        let zh = "文件无法读取。".to_owned();
        vec![Problem { file: RULE_PACK.to_owned(), line: None, column: None, path: String::new(), zh, en }]
    };
    let yaml = fs::read(folder.join(RULE_PACK)).map_err(|error| of_the_file(format!("It cannot be read: {error}.")))?;
    let manifest = Manifest::read(&yaml)?;
    let named = manifest.files().into_iter().filter(|file| file.has_usable_name());
    let files: BTreeMap<String, Vec<u8>> =
        named.filter_map(|file| Some((file.name.clone(), fs::read(folder.join(&file.name)).ok()?))).collect();
    manifest.check(&files, Hashes::IfGiven)
}

fn report(checked: Result<Checked, Vec<Problem>>, show: impl FnOnce(Checked)) -> ExitCode {
    match checked {
        Ok(checked) => {
            show(checked);
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in &problems {
                eprintln!("{problem}");
            }
            eprintln!("{} problems", problems.len());
            ExitCode::FAILURE
        }
    }
}

/// The examples have been run by now; what is left to say is how many there are, rule by rule.
fn test(checked: &Checked) {
    for rule in &checked.pack.rules {
        let (matches, passes) = (rule.examples.matches.len(), rule.examples.passes.len());
        println!("{:<32}{matches:>4} found  {passes:>4} passed", rule.id);
    }
    println!("{}@{}: all examples are as their rules say", checked.pack.id, checked.pack.version);
}

/// Writes the hash of each bank file into `rule-pack.yaml`, where its name stands; all else stays as it is written.
fn seal(folder: &Path) -> Result<(), String> {
    let path = folder.join(RULE_PACK);
    let told = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
    let mut yaml = fs::read_to_string(&path).map_err(|error| told(RULE_PACK, &error))?;
    let manifest = Manifest::read(yaml.as_bytes())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    for file in manifest.files() {
        let bytes = fs::read(folder.join(&file.name)).map_err(|error| told(&file.name, &error))?;
        let is = sha256(&bytes);
        match &file.sha256 {
            Some(old) if *old == is => {}
            Some(old) => yaml = yaml.replace(old.as_str(), &is),
            None => yaml = yaml.replace(&format!("name: {}", file.name), &format!("name: {}, sha256: {is}", file.name)),
        }
    }
    Manifest::read(yaml.as_bytes()).map_err(|_| {
        "a bank file's hash finds no place: write it as `- { name: banks/x.txt }`, with the braces".to_owned()
    })?;
    fs::write(&path, yaml).map_err(|error| told(RULE_PACK, &error))
}

fn explain(folder: &Path, text: &str) -> ExitCode {
    report(checked(folder), |checked| {
        let verdict = checked.engine.assess(&[text], &Facts::default());
        println!("compared as  {}", normalise(text));
        println!("verdict      {:?} by {}", verdict.effect, verdict.rule_pack);
        for finding in &verdict.findings {
            show(finding, text, "");
        }
        for finding in &verdict.background {
            show(finding, text, " (background)");
        }
        if !verdict.tags.is_empty() {
            println!("tags         {}", verdict.tags.join(", "));
        }
    })
}

fn show(finding: &Finding, text: &str, note: &str) {
    println!(
        "{:?}: {}@{}{note}, policy {}: {} / {}",
        finding.effect, finding.rule, finding.rule_version, finding.policy, finding.title.zh, finding.title.en
    );
    for (span, matched) in finding.spans.iter().zip(&finding.matched) {
        println!(
            "  bytes {}..{}, UTF-16 {}..{}: {:?} is {:?} of bank {}, compared as {:?}",
            span.start,
            span.end,
            span.utf16_start,
            span.utf16_end,
            &text[span.start..span.end],
            matched.entry,
            matched.bank,
            matched.normalised
        );
    }
}
