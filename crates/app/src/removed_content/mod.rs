//! Stop the spread (R11.2): what a decision removed is banked by its prints ([`RemovedContentDesk`]), and copies of it are
//! stopped when they are published, commented or put into a profile ([`RemovedContentWatch`]).

mod desk;
mod prints;
mod watch;

pub use desk::RemovedContentDesk;
pub use watch::{RemovedContentWatch, WhatIsLookedFor};
pub(crate) use watch::{Surface, stop, stop_file, stop_media};
