//! The record: what a line of the content log says, how lines become objects, and how an object is named so that
//! deletion needs no listing of what it does not touch (R16.2).

pub mod object;
pub mod record;
