//! The screening engine at the desk: checks packs, and measures the engine next to others. The work is done by the
//! examples of `crates/screening`, so that xtask itself stays small; the peers are installed below `.local`.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};
use clap::Subcommand;
use serde_json::{Map, Value};

use crate::{
    invoke,
    tools::{self, environments},
    workspace::Workspace,
};

#[derive(Subcommand)]
pub(crate) enum Pack {
    /// Judges rule-pack.yaml and its bank files: everything that is wrong, with file, line, column and reason
    Check { folder: PathBuf },
    /// The same, and lists the examples of each rule
    Test { folder: PathBuf },
    /// Writes the SHA-256 of each bank file into rule-pack.yaml, as an upload needs it
    Seal { folder: PathBuf },
    /// Says what a pack makes of a text and why; the starter pack, where none is named
    Explain {
        #[arg(long, value_name = "DIR")]
        pack: Option<PathBuf>,
        text: String,
    },
}

pub(crate) fn pack(workspace: &Workspace, task: &Pack) -> Result<()> {
    let mut cargo = invoke::cargo(workspace);
    cargo.args(["run", "--quiet", "-p", "screening", "--example", "pack", "--"]);
    match task {
        Pack::Check { folder: of } => cargo.arg("check").arg(folder(of)?),
        Pack::Test { folder: of } => cargo.arg("test").arg(folder(of)?),
        Pack::Seal { folder: of } => cargo.arg("seal").arg(folder(of)?),
        Pack::Explain { pack: None, text } => cargo.args(["explain", text]),
        Pack::Explain { pack: Some(of), text } => cargo.args(["explain", "--pack"]).arg(folder(of)?).arg(text),
    };
    invoke::shown(&mut cargo)
}

/// How fast a pack of 100 000 terms screens, next to the raw automaton and the peers, in one run.
pub(crate) fn speed(workspace: &Workspace, data: Option<&Path>, json: bool) -> Result<()> {
    let exported = workspace.local("bench-screening");
    fs::create_dir_all(&exported)?;
    let mut report = example(workspace, "screening", "speed", data, &[OsStr::new("--export"), exported.as_os_str()])?;
    report.insert("peers".to_owned(), peers(workspace, "speed", exported.as_os_str()));
    show(&report, json)
}

/// Random input, as fast as the engine can take it.
pub(crate) fn fuzz(workspace: &Workspace, only: Option<&str>, seconds: u32, seed: u64) -> Result<()> {
    let mut run = built(workspace, "screening", "fuzz")?;
    run.args(only).args(["--seconds", &seconds.to_string(), "--seed", &seed.to_string()]);
    invoke::shown(&mut run)
}

/// The program of an example, optimised, not yet run.
pub(crate) fn built(workspace: &Workspace, package: &str, name: &str) -> Result<Command> {
    let mut cargo = invoke::cargo(workspace);
    cargo.args(["build", "--release", "--quiet", "-p", package, "--example", name]);
    invoke::shown(&mut cargo)?;
    let mut run = Command::new(workspace.target()?.join("release/examples").join(name));
    run.current_dir(&workspace.root);
    Ok(run)
}

/// The folder by a name that is right wherever a program runs.
pub(crate) fn folder(of: &Path) -> Result<PathBuf> {
    fs::canonicalize(of).with_context(|| format!("there is no folder {}", of.display()))
}

/// What an example reports, in JSON.
pub(crate) fn example(
    workspace: &Workspace,
    package: &str,
    name: &str,
    data: Option<&Path>,
    arguments: &[&OsStr],
) -> Result<Map<String, Value>> {
    let mut run = built(workspace, package, name)?;
    run.arg("--json").args(arguments);
    if let Some(data) = data {
        run.arg("--data").arg(folder(data)?);
    }
    // Its errors are notes about what it skips.
    run.stderr(std::process::Stdio::inherit());
    let output = run.output().with_context(|| format!("cannot run {name}"))?;
    anyhow::ensure!(output.status.success(), "{name} failed ({})", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What could be installed; the others are named with the reason.
pub(crate) fn peers(workspace: &Workspace, mode: &str, folder: &OsStr) -> Value {
    let mut all = Map::new();
    for (language, measured) in
        [("python", python(workspace, mode, folder)), ("javascript", javascript(workspace, mode, folder))]
    {
        match measured {
            Ok(of_language) => all.extend(of_language),
            Err(error) => {
                eprintln!("skipped: the peers in {language}: {error:#}");
                all.insert(format!("skipped_{language}"), Value::from(format!("{error:#}")));
            }
        }
    }
    Value::Object(all)
}

fn python(workspace: &Workspace, mode: &str, folder: &OsStr) -> Result<Map<String, Value>> {
    environments::PEERS.ensure(workspace)?;
    let mut command = Command::new(environments::PEERS.program(workspace, "python"));
    command.args(["-c", include_str!("python/peers.py"), mode]).arg(folder);
    Ok(serde_json::from_slice(&invoke::output(&mut command)?)?)
}

fn javascript(workspace: &Workspace, mode: &str, folder: &OsStr) -> Result<Map<String, Value>> {
    anyhow::ensure!(tools::on_path("npm") && tools::on_path("node"), "node and npm are not installed");
    let home = workspace.local("peers");
    fs::create_dir_all(&home)?;
    if !home.join("node_modules/fastscan").is_dir() {
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(&home);
        invoke::output(npm.args(["mint-filter@4.0.3", "fastscan@1.0.6"]))?;
    }
    let script = home.join("peers.cjs");
    fs::write(&script, include_str!("javascript/peers.cjs"))?;
    Ok(serde_json::from_slice(&invoke::output(Command::new("node").arg(script).arg(mode).arg(folder))?)?)
}

fn show(report: &Map<String, Value>, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    for (name, value) in report {
        match value {
            Value::Object(inner) => {
                println!("{name}");
                for (name, value) in inner {
                    println!("  {name:<24}{value}");
                }
            }
            _ => println!("{name:<26}{value}"),
        }
    }
    Ok(())
}
