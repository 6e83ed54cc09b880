//! Long steps tell that they are running: a spinner on a terminal, plain lines elsewhere.

use std::{
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

pub(crate) struct Step {
    what: String,
    started: Instant,
    spinner: Option<ProgressBar>,
    ended: bool,
}

/// Begins a step; dropped without [`Step::done`] it counts as failed.
pub(crate) fn step(what: impl Into<String>) -> Step {
    let what = what.into();
    let spinner = std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
        let spinner = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        spinner.set_message(what.clone());
        spinner.enable_steady_tick(Duration::from_millis(120));
        spinner
    });
    if spinner.is_none() {
        eprintln!("… {what}");
    }
    Step { what, started: Instant::now(), spinner, ended: false }
}

impl Step {
    /// What of the step is going on now; shown on a terminal only.
    pub(crate) fn at(&self, detail: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(format!("{}: {detail}", self.what));
        }
    }

    pub(crate) fn done(mut self) {
        self.end("✓");
    }

    fn end(&mut self, mark: &str) {
        if !std::mem::replace(&mut self.ended, true) {
            if let Some(spinner) = self.spinner.take() {
                spinner.finish_and_clear();
            }
            eprintln!("{mark} {} ({})", self.what, seconds(self.started.elapsed()));
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.end("✗");
    }
}

/// A duration for people.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Asks `ready` ten times a second until it says yes; `false` when `limit` passed first.
#[expect(clippy::disallowed_methods, reason = "waits for processes of a developer's machine")]
pub(crate) fn wait_until(limit: Duration, mut ready: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        if ready() {
            return true;
        }
        if started.elapsed() > limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
