//! The tools that the local stack and the tests stand on: found, or installed at pinned versions below `.local`.

pub(crate) mod browser;
pub(crate) mod docker;
pub(crate) mod environments;

use std::{env, process::Command};

use anyhow::{Result, bail};

use crate::{environment, invoke};

/// Whether a program is on the search path.
pub(crate) fn on_path(program: &str) -> bool {
    env::split_paths(&environment::search_path()).any(|folder| folder.join(program).is_file())
}

/// The Python to make virtual environments with: 3.10 or newer, with `venv`.
fn python() -> Result<String> {
    let probe = "import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 3)";
    for candidate in ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"] {
        let mut command = Command::new(candidate);
        if on_path(candidate) && invoke::output(command.args(["-c", probe])).is_ok() {
            return Ok(candidate.to_owned());
        }
    }
    bail!(
        "Python 3.10 or newer with `venv` is needed for the local stack's tools. Install it with one of\n  \
         apt-get install python3 python3-venv     (Debian, Ubuntu)\n  \
         dnf install python3                      (Fedora, Amazon Linux)\n  \
         brew install python@3.12                 (macOS)"
    )
}

/// What building needs beside Rust, which runs already.
pub(crate) fn require_compiler() -> Result<()> {
    if ["cc", "gcc", "clang"].iter().any(|program| on_path(program)) {
        return Ok(());
    }
    bail!(
        "a C compiler is needed (aws-lc and zstd are C). Install it with one of\n  \
         apt-get install build-essential          (Debian, Ubuntu)\n  \
         dnf install gcc                          (Fedora, Amazon Linux)\n  \
         xcode-select --install                   (macOS)"
    )
}
