//! `gatehouse-verify <folder> --trust <key id>`: docs/verify.md.

use std::{fs, path::PathBuf, process::ExitCode};

use clap::Parser;
use domain::retention::{RetentionPeriod, Stage};
use evidence::{
    envelope::{KeyId, PublicKey},
    object::LogHour,
};
use gatehouse_verify::{
    copy::Folder,
    finding::Language,
    keyring::Trust,
    package::verify_package,
    verify::{Scope, verify},
};
use jiff::Timestamp;

/// Says whether a copy of the content log is whole and unaltered. Needs no network.
///
/// Ends with 0 when the copy is sound, with 1 when something is wrong with it, with 2 when it cannot be looked at.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The copy: a folder with `content-log/`, `receipts/` and `seals/` as they lie in the bucket; or an evidence package.
    folder: PathBuf,
    /// A key to trust: the SHA-256 of its DER form, as its file in `seals/keys/` is named. May be given again.
    #[arg(long, value_name = "KEY_ID")]
    trust: Vec<KeyId>,
    /// A public key to trust, in PEM. May be given again.
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// A time (RFC 3339) in the hour with which the copy begins; without it, it must begin with the first seal of all.
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// A time in the last hour that must be sealed; without it, nobody can tell whether seals were cut off at the end.
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// How long every record must be kept at least, such as P6M.
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// One JSON document instead of text.
    #[arg(long)]
    json: bool,
    #[arg(long, value_enum, default_value_t)]
    language: Language,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok((told, sound)) => {
            print!("{told}");
            ExitCode::from(u8::from(!sound))
        }
        Err(why) => {
            eprintln!("gatehouse-verify: {why}");
            ExitCode::from(2)
        }
    }
}

/// What is told, and whether all is sound.
fn run(arguments: &Arguments) -> Result<(String, bool), String> {
    let mut trust = Trust { named: arguments.trust.clone(), brought: Vec::new() };
    for path in &arguments.key {
        let told = |why: String| format!("{}: {why}", path.display());
        let pem = fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
        trust.brought.push(PublicKey::from_pem(&pem).map_err(|error| told(error.to_string()))?);
    }
    // The stage that allows every length: what the auditor asks for is theirs to choose.
    let period = arguments.period.as_deref().map(|text| RetentionPeriod::parse(text, Stage::Local));
    let period = period.transpose().map_err(|error| error.to_string())?;
    let scope = Scope { from: arguments.from.map(LogHour::of), until: arguments.until.map(LogHour::of), period };
    if arguments.folder.is_file() {
        let told = |error: std::io::Error| format!("{} cannot be read: {error}", arguments.folder.display());
        let archive = fs::read(&arguments.folder).map_err(told)?;
        let report = verify_package(&archive, &trust).map_err(|error| error.to_string())?;
        let told = if arguments.json { json(&report) } else { report.told(arguments.language) };
        return Ok((told, report.sound));
    }
    if !arguments.folder.is_dir() {
        return Err(format!("{} is no folder and no package", arguments.folder.display()));
    }
    let report = verify(&Folder(arguments.folder.clone()), &trust, &scope).map_err(|error| match error {
        gatehouse_verify::verify::InputError::Read(source) => format!("the copy cannot be read: {source}"),
        other => other.to_string(),
    })?;
    let told = if arguments.json { json(&report) } else { report.told(arguments.language) };
    Ok((told, report.sound))
}

fn json(report: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(report).unwrap_or_default() + "\n"
}
