//! The record: what a line of the content log says, how lines become objects, how an object is named so that deletion
//! needs no listing of what it does not touch, and how what was written is sealed hour by hour, so that whoever alters,
//! removes or adds something is found (R16.2). The formats are told in `docs/log-format.md`.
//!
//! In the order of the data: [`record`] → [`object`] → [`sweep`] (and [`rows`]), each an [`entry`] of the [`seal`] of its hour, signed in
//! an [`envelope`]. [`digest`] is the hash of all of them; [`reach`] tells which records a hold or a package means,
//! [`search`] which somebody looks for; a [`package`] is an [`archive`] of some of all this, with a [`page`] for people.

pub mod archive;
pub mod digest;
pub mod entry;
pub mod envelope;
pub mod object;
pub mod package;
pub mod page;
pub mod reach;
pub mod record;
pub mod rows;
pub mod seal;
pub mod search;
pub mod sweep;
