//! Deleting what has been kept long enough, with receipts (R16.2), unless a hold keeps it (B1).
//!
//! The planner names hours, the sweeper empties them. An hour's deletion is written down before it begins (the intent)
//! and after it is done (the receipt), so that a crash between any two calls loses neither the deletion nor its record.
//! Rows of the tables that have a period of their own end in the same way, by the hour since which they rest.

mod held;
mod planner;
mod row_looks;
mod row_planner;
mod row_sweeper;
mod sweeper;

pub use evidence::rows::{RowIntent, RowOrder, RowReceipt};
pub use evidence::sweep::{SweepIntent, SweepOrder, SweepReceipt};
pub use held::{HoldCheck, Sorted};
pub use planner::{Plan, RetentionPlanner};
pub use row_looks::RowLooks;
pub use row_planner::{RowPlan, RowPlanner};
pub use row_sweeper::{RowSweep, RowSweeper};
pub use sweeper::{RetentionSweeper, Sweep};
