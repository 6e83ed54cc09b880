//! What runs programs of the package `acceptance`.

use anyhow::Result;

use crate::{invoke, stack, workspace::Workspace};

/// Brings the stack up and tells the story on it.
pub(crate) fn demo(workspace: &Workspace) -> Result<()> {
    stack::up(workspace)?;
    let story = workspace.target()?.join("debug/story");
    invoke::shown(std::process::Command::new(story).current_dir(&workspace.root))
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
