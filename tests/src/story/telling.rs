//! How the story is told: chapters, lines, progress, tables. Progress stays on one line of a terminal, and is a few
//! plain lines elsewhere.

use std::{
    cell::Cell,
    io::{IsTerminal, Write, stdout},
    time::{Duration, Instant},
};

/// Elsewhere than on a terminal, progress is told this often.
const SELDOM: Duration = Duration::from_secs(10);

pub(super) struct Teller {
    terminal: bool,
    chapters: Cell<u32>,
    told: Cell<Option<Instant>>,
    /// Whether the last line is progress, to be overwritten.
    open: Cell<bool>,
}

impl Teller {
    pub(super) fn new() -> Self {
        Self { terminal: stdout().is_terminal(), chapters: Cell::new(0), told: Cell::new(None), open: Cell::new(false) }
    }

    pub(super) fn chapter(&self, title: &str) {
        self.chapters.set(self.chapters.get() + 1);
        self.plain("");
        self.plain(&format!("{}. {title}", self.chapters.get()));
    }

    pub(super) fn line(&self, text: &str) {
        self.plain(&format!("   {text}"));
    }

    /// A line as it is, to be copied.
    pub(super) fn plain(&self, text: &str) {
        if self.open.replace(false) {
            say("\r\u{1b}[K");
        }
        say(&format!("{text}\n"));
    }

    /// Where a long step stands.
    pub(super) fn progress(&self, text: &str) {
        if self.terminal {
            say(&format!("\r\u{1b}[K   … {text}"));
            self.open.set(true);
        } else if self.told.get().is_none_or(|told| told.elapsed() > SELDOM) {
            self.told.set(Some(Instant::now()));
            say(&format!("   … {text}\n"));
        }
    }

    pub(super) fn table(&self, head: &[&str], rows: &[Vec<String>]) {
        let width = |column: usize| {
            let cells = rows.iter().map(|row| wide(&row[column]));
            cells.chain([wide(head[column])]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        let row = |cells: Vec<&str>| {
            let padded =
                cells.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - wide(cell))));
            self.line(padded.collect::<Vec<_>>().join("  ").trim_end());
        };
        row(head.to_vec());
        self.line(&"─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1)));
        for cells in rows {
            row(cells.iter().map(String::as_str).collect());
        }
    }
}

/// A member of an answer as people write it.
pub(super) fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A reader who has gone away (`| head`) is no reason to fail.
fn say(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The columns that a text takes: Chinese characters and full-width forms take two.
fn wide(text: &str) -> usize {
    text.chars()
        .map(|c| if ('\u{1100}'..='\u{FFE6}').contains(&c) && !('\u{2000}'..='\u{2BFF}').contains(&c) { 2 } else { 1 })
        .sum()
}
