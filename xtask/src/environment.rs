//! The variables that steer xtask: the one place that reads them.

use std::{ffi::OsString, path::PathBuf};

use anyhow::{Context as _, Result};

#[expect(
    clippy::disallowed_methods,
    reason = "a tool on a developer's machine, not a function: read here and nowhere else"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The port of the emulator, when the user chooses one.
pub(crate) fn chosen_port() -> Result<Option<u16>> {
    let Some(value) = variable("GATEHOUSE_PORT") else { return Ok(None) };
    let port: Option<u16> = value.to_str().and_then(|text| text.parse().ok());
    let port = port.filter(|port| (1024..u16::MAX).contains(port));
    Some(port.context("GATEHOUSE_PORT must be a port from 1024 to 65534")).transpose()
}

/// A script that makes the base image for `sam local` on machines that reach no image registry.
pub(crate) fn sam_base_script() -> Option<PathBuf> {
    variable("GATEHOUSE_SAM_BASE_SCRIPT").map(PathBuf::from)
}

/// Where programs are looked for.
pub(crate) fn search_path() -> OsString {
    variable("PATH").unwrap_or_default()
}

/// Of the named variables those that are set, to be given on to a process that starts with an empty environment.
pub(crate) fn inherited(names: &[&'static str]) -> Vec<(&'static str, OsString)> {
    names.iter().filter_map(|name| Some((*name, variable(name)?))).collect()
}
