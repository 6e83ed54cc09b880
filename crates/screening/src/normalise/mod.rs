//! Normalisation: what a text is compared as. One table says for each character what it is compared as, one walk
//! applies it and remembers where each compared character stood, so that what is found can be shown in the original.

pub(crate) mod fold;
pub(crate) mod leet;
pub(crate) mod readings;
pub(crate) mod spelling;
pub(crate) mod switches;
mod table;
pub(crate) mod walk;
pub(crate) mod words;

pub use switches::Switches;
pub use walk::{Gap, normalise};

/// Whether nothing of a text is left to compare.
pub(crate) fn is_nothing(text: &str) -> bool {
    let mut any = false;
    walk::walk(text, |_| any = true);
    !any
}
