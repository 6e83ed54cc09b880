//! Builds the functions and lays out what is deployed: `.local/build` mirrors the checkout (`infra/`, and `functions/` with
//! a `bootstrap` in each folder), so that the very same template deploys from there, its relative paths untouched.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::Stdio,
    time::UNIX_EPOCH,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::{functions, invoke, tools, workspace::Workspace};

/// What lies in `.local/build`.
pub(crate) struct Build {
    pub template: PathBuf,
    pub stand_in: PathBuf,
    /// Changes when a template does.
    pub templates: u64,
    /// Changes when a bootstrap does.
    pub code: u64,
    pub stand_in_changed: bool,
}

/// Builds every program of the workspace in one go, with the profile that the tests use, and lays them out.
pub(crate) fn build(workspace: &Workspace) -> Result<Build> {
    tools::require_compiler()?;
    let programs = compile(workspace)?;
    let folder = workspace.local_folder("build")?;
    let (mut templates, mut code) = (DefaultHasher::new(), DefaultHasher::new());
    for file in [
        "infra/template.yaml",
        "infra/stacks/data.yaml",
        "infra/stacks/messaging.yaml",
        "infra/stacks/observability.yaml",
        "infra/stacks/queries.yaml",
    ] {
        let text = fs::read_to_string(workspace.root.join(file)).with_context(|| format!("cannot read {file}"))?;
        text.hash(&mut templates);
        let copy = folder.join(file);
        fs::create_dir_all(copy.parent().context("a file has a folder")?)?;
        fs::write(copy, text)?;
    }
    let mut packages = BTreeSet::new();
    for function in functions::all(workspace)? {
        let program =
            programs.get(&function.package).with_context(|| format!("cargo built no {}", function.package))?;
        let place = folder.join("functions").join(&function.package);
        fs::create_dir_all(&place)?;
        link(program, &place.join("bootstrap"))?;
        stamp(program)?.hash(&mut code);
        packages.insert(function.package);
    }
    let template = folder.join("infra/template.yaml");
    require_same(&code_folders(&fs::read_to_string(&template)?)?, &packages)?;
    let program = programs.get("stand-in").context("cargo built no stand-in (tests/src/bin/stand-in.rs)")?;
    let stand_in = folder.join("stand-in");
    let stand_in_changed = stamp(program)? != stamp(&stand_in).unwrap_or_default();
    if stand_in_changed {
        link(program, &stand_in)?;
    }
    Ok(Build { template, stand_in, templates: templates.finish(), code: code.finish(), stand_in_changed })
}

/// Runs cargo with its own progress shown, and returns the programs by name.
///
/// `--workspace`, so that features are unified as for the tests and what they share is compiled once; without xtask,
/// which runs right now.
fn compile(workspace: &Workspace) -> Result<BTreeMap<String, PathBuf>> {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
        executable: Option<PathBuf>,
        target: Option<Target>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    let mut cargo = invoke::cargo(workspace);
    cargo.args(["build", "--workspace", "--exclude", "xtask", "--bins"]);
    // An example brings the features that the tests' dependencies ask for. Without it cargo leaves them out of this build,
    // and the AWS SDK is compiled once for the tests and once more for the functions.
    cargo.args(["--example", "hello"]);
    cargo.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped());
    let mut child = cargo.spawn().context("cannot run cargo")?;
    let mut programs = BTreeMap::new();
    for line in BufReader::new(child.stdout.take().context("cargo has an output")?).lines() {
        let Ok(message) = serde_json::from_str::<Message>(&line?) else { continue };
        if let (Some(executable), Some(target)) = (message.executable, message.target)
            && message.reason == "compiler-artifact"
        {
            programs.insert(target.name, executable);
        }
    }
    if !child.wait()?.success() {
        bail!("the functions do not build");
    }
    Ok(programs)
}

/// A second name for the file where the file system can, a copy elsewhere. Cargo replaces programs and never rewrites
/// them, so the name keeps what it was given.
fn link(program: &Path, place: &Path) -> Result<()> {
    if place.exists() {
        fs::remove_file(place)?;
    }
    fs::hard_link(program, place)
        .or_else(|_| fs::copy(program, place).map(drop))
        .with_context(|| format!("cannot write {}", place.display()))
}

/// Length and time of a file: as much as cargo itself asks to see a change.
fn stamp(file: &Path) -> Result<(u64, u128)> {
    let metadata = fs::metadata(file)?;
    let time = metadata.modified()?.duration_since(UNIX_EPOCH)?;
    Ok((metadata.len(), time.as_nanos()))
}

/// The functions' folders that the template names.
fn code_folders(template: &str) -> Result<BTreeSet<String>> {
    let lines = template.lines().filter_map(|line| line.trim().strip_prefix("CodeUri:"));
    lines
        .map(|uri| {
            let uri = uri.trim();
            let folder =
                uri.strip_prefix("../functions/").with_context(|| format!("CodeUri {uri} is not in ../functions/"))?;
            Ok(folder.to_owned())
        })
        .collect()
}

fn require_same(named: &BTreeSet<String>, built: &BTreeSet<String>) -> Result<()> {
    let unnamed: Vec<_> = built.difference(named).collect();
    let unbuilt: Vec<_> = named.difference(built).collect();
    ensure!(
        unnamed.is_empty() && unbuilt.is_empty(),
        "infra/template.yaml and functions/ disagree: not in the template {unnamed:?}, no such function {unbuilt:?}"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_and_the_folder_name_the_same_functions() {
        let workspace = Workspace::open().unwrap();
        let template = fs::read_to_string(workspace.root.join("infra/template.yaml")).unwrap();
        let built = functions::all(&workspace).unwrap();
        require_same(&code_folders(&template).unwrap(), &built.into_iter().map(|one| one.package).collect()).unwrap();
    }

    #[test]
    fn code_from_elsewhere_is_refused() {
        assert!(code_folders("      CodeUri: ./functions/notifier\n").is_err());
    }
}
