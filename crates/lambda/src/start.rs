//! The first thing a function does.

use std::sync::OnceLock;

use crate::{
    config::{ConfigError, Environment},
    logs,
};

/// Who this process is, on every log line and as the dimensions of every metric.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) service: &'static str,
    pub(crate) stage: String,
}

static IDENTITY: OnceLock<Identity> = OnceLock::new();

pub(crate) fn identity() -> Option<&'static Identity> {
    IDENTITY.get()
}

/// Begins the function `service` (the name of its package): reads the environment, sends log lines and panics to
/// standard error as JSON, and gives the environment for the function's own configuration. Reads `STAGE` and,
/// `info` when it is not there, `LOG_LEVEL` (`error`, `warn`, `info` or `debug`).
///
/// # Errors
/// When one of them is missing or malformed.
pub fn start(service: &'static str) -> Result<Environment, ConfigError> {
    let environment = Environment::process();
    let (stage, level) = environment.read(|read| {
        let (stage, level) = (read.text("STAGE"), read.parsed_or("LOG_LEVEL", logs::Level::Info));
        Some((stage?, level?))
    })?;
    IDENTITY.get_or_init(|| Identity { service, stage });
    logs::install(service, level);
    Ok(environment)
}
