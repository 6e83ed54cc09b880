//! Finding the terms of banks in a text, through their disguises.

pub(crate) mod lexicon;
pub(crate) mod phonetic;
pub(crate) mod places;
pub(crate) mod search;
pub(crate) mod starts;
pub(crate) mod verify;
