//! Copies of a log, sound and otherwise.
#![expect(clippy::unwrap_used, reason = "everything here runs in tests, where a panic is the report")]

mod chance;
mod mutations;
mod sample;
mod verdicts;
