//! `schemathesis` on the local stack: does it do what `docs/openapi.yaml` says, with whatever is sent?

use anyhow::{Context as _, Result};

use crate::{invoke, stack, tools::environments::API_CHECKS, workspace::Workspace};

/// For both APIs together: what has not been asked by then is left for another time.
const SECONDS: u32 = 90;

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    stack::running(workspace).context("the local stack is not up: `cargo xtask up`")?;
    API_CHECKS.ensure(workspace)?;
    let mut python = std::process::Command::new(API_CHECKS.program(workspace, "python"));
    python.current_dir(&workspace.root).arg("xtask/src/python/api_checks.py").arg(SECONDS.to_string());
    invoke::shown(&mut python)
}
