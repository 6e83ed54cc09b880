//! Says whether a copy of the content log is whole and unaltered (R16.2), from the copy, the seals in it and the public
//! key that the auditor trusts, without a network.
//!
//! [`copy`] is what is looked at, [`keyring`] whom the auditor trusts, [`chain`] reads the seals, [`sweeps`] the papers of
//! deletions, [`verify`] compares the copy with both, [`package`] looks
//! at an evidence package, [`finding`] and [`report`] tell what came of it.

pub mod chain;
pub mod copy;
pub mod finding;
pub mod keyring;
pub mod package;
pub mod report;
pub mod sweeps;
pub mod verify;
