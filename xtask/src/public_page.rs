//! The public's page of the stack that is up, in a headless browser.

use anyhow::{Context as _, Result};

use crate::{invoke, stack, tools::browser, workspace::Workspace};

const WALK: &str = include_str!("javascript/public_page.mjs");

/// Complains as people do: at the size of a telephone and of a desk, by keyboard, and without a script. With `pictures` the
/// pictures in `docs/img` are made anew.
///
/// # Errors
/// When something is not as it should be.
pub(crate) fn walk(workspace: &Workspace, pictures: bool) -> Result<()> {
    stack::running(workspace).context("the local stack is not up")?;
    let mut node = browser::script(workspace, "public_page.mjs", WALK)?;
    node.env("STACK", workspace.local("stack.json")).env("FOLDER", workspace.local_folder("browser")?);
    if pictures {
        node.env("PICTURES", workspace.root.join("docs/img"));
    }
    invoke::shown(&mut node)
}
