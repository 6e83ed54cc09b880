//! Texts that people are to read as they are written, for `#[garde(custom(…))]`.

use domain::legible::{is_legible_line, is_legible_text};

/// One line: no control, nothing that is not seen or turns the writing.
///
/// # Errors
/// When it is blank or holds such a character.
pub fn legible_line(text: &str, (): &()) -> garde::Result {
    if is_legible_line(text) { Ok(()) } else { Err(unreadable()) }
}

/// As [`legible_line`], in several lines.
///
/// # Errors
/// As there.
pub fn legible_text(text: &str, (): &()) -> garde::Result {
    if is_legible_text(text) { Ok(()) } else { Err(unreadable()) }
}

fn unreadable() -> garde::Error {
    garde::Error::new("is blank, or holds what cannot be seen")
}
