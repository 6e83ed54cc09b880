//! Deleting what has been kept long enough, with receipts (R16.2), unless a hold keeps it (B1).
//!
//! The planner names hours, the sweeper empties them. An hour's deletion is written down before it begins (the intent)
//! and after it is done (the receipt), so that a crash between any two calls loses neither the deletion nor its record.

mod held;
mod planner;
mod sweeper;

pub use evidence::sweep::{SweepIntent, SweepOrder, SweepReceipt};
pub use held::{HoldCheck, Sorted};
pub use planner::{Plan, RetentionPlanner};
pub use sweeper::{RetentionSweeper, Sweep};
