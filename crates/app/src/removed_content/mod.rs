//! Stop the spread (R11.2): what a decision removed is banked by its prints ([`RemovedContentDesk`]), and copies of it are
//! stopped when they are published ([`RemovedContentWatch`]).

mod desk;
mod prints;
mod watch;

pub use desk::RemovedContentDesk;
pub(crate) use watch::stop;
pub use watch::{RemovedContentWatch, WhatIsLookedFor};
