//! Content that was removed, and how what is the same or nearly so is found again (R11.2).
//!
//! A text is known by its [`TextPrint`]: the hash of its compared characters, and, when it is long enough to be like another
//! one not by chance, a *sketch* of its pairs of characters; a picture by what it looks like, and any file by its hash.
//! [`Removals`] finds what a new one is like, without looking at all of the texts; [`encode`] and [`decode`] are its form at
//! rest.

mod codec;
mod print;
mod removals;

pub use codec::{DecodeError, decode, encode};
pub use print::{Print, Sketch, TextPrint};
pub use removals::{Likeness, Removal, Removals};
