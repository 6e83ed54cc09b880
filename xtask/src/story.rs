//! What runs programs of the package `acceptance`.

use anyhow::Result;

use crate::{invoke, stack, workspace::Workspace};

/// Brings the stack up and tells the story on it.
pub(crate) fn demo(workspace: &Workspace) -> Result<()> {
    stack::up(workspace)?;
    let story = workspace.target()?.join("debug/story");
    invoke::shown(std::process::Command::new(story).current_dir(&workspace.root))
}

/// Prints what is looked for in the content log. As `up` builds it, so that little is compiled.
pub(crate) fn log_query(workspace: &Workspace, options: &[String]) -> Result<()> {
    let mut cargo = invoke::cargo(workspace);
    cargo.args(["build", "--quiet", "--workspace", "--exclude", "xtask", "--bin", "log-query"]);
    invoke::shown(&mut cargo)?;
    invoke::shown(std::process::Command::new(workspace.target()?.join("debug/log-query")).args(options))
}

/// Writes docs/openapi.yaml and docs/api.md anew.
pub(crate) fn openapi(workspace: &Workspace) -> Result<()> {
    let mut cargo = invoke::cargo(workspace);
    // Of the whole workspace, so that nothing is compiled once more with fewer features.
    cargo
        .args(["nextest", "run", "--workspace", "--test", "contract", "-E", "test(openapi)"])
        .env("UPDATE_OPENAPI", "1");
    invoke::shown(&mut cargo)
}
