//! Running other programs: with their output shown, kept in a log file, or returned.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{environment, workspace::Workspace};

/// Cargo in the workspace, as if called from a shell: without the variables that `cargo run` sets for xtask itself, which
/// would make build scripts run again. It finds the subcommands that xtask installed, after the user's own.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(&workspace.root);
    let path = environment::search_path();
    let folders = std::env::split_paths(&path).chain([workspace.local("venv-checks/bin")]);
    if let Ok(path) = std::env::join_paths(folders) {
        command.env("PATH", path);
    }
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_BIN_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs it with its output shown; fails when it does.
pub(crate) fn shown(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs it with its output in `log`; when it fails, the error shows the end of it.
pub(crate) fn logged(command: &mut Command, log: &Path) -> Result<()> {
    let file = fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let status = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()
        .with_context(|| format!("cannot run {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status}); the end of {}:\n{}", name(command), log.display(), tail(log, 25));
    }
    Ok(())
}

/// Runs it and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {}", name(command)))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({}):\n{}", name(command), output.status, errors.trim());
    }
    Ok(output.stdout)
}

/// The last lines of a log file.
pub(crate) fn tail(log: &Path, lines: usize) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
}

/// The program and its first plain arguments, for messages: later ones can hold secrets, and long ones are programs.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let arguments = command.get_args().take(2).map(|argument| argument.to_string_lossy().into_owned());
    let plain = arguments.take_while(|argument| argument.len() < 40 && !argument.contains('\n'));
    std::iter::once(program).chain(plain).collect::<Vec<_>>().join(" ")
}
