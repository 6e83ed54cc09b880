//! Texts that were removed, and how what is nearly the same is found again (R11.2).
//!
//! A text is known by its [`Print`]: the hash of its compared characters, and, when it is long enough to be like another
//! one not by chance, a *sketch* of its pairs of characters. [`RemovedTexts`] finds the print that a new one is like,
//! without looking at all of them; [`encode`] and [`decode`] are its form at rest.

mod codec;
mod print;
mod texts;

pub use codec::{DecodeError, decode, encode};
pub use print::{Print, Sketch};
pub use texts::{Likeness, RemovedText, RemovedTexts};
