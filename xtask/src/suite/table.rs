//! The end of a run: a line a step, and the totals.

use super::{Outcome, Row};
use crate::progress::seconds;

/// Prints the table and the line `N passed, N failed, N skipped`; `false` when something failed.
pub(super) fn print(rows: &[Row]) -> bool {
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    println!();
    for row in rows {
        let told = match &row.outcome {
            Outcome::Counted { passed: p, failed: f, skipped: s } => {
                passed += p;
                failed += f;
                skipped += s;
                match (p, f) {
                    (1, 0) => "passed".to_owned(),
                    (_, 0) => format!("{p} passed"),
                    _ => format!("{p} passed, {f} FAILED"),
                }
            }
            Outcome::Failed(reason) => {
                failed += 1;
                format!("FAILED: {}", reason.lines().next().unwrap_or_default())
            }
            Outcome::Skipped(reason) => {
                skipped += 1;
                format!("skipped: {reason}")
            }
        };
        println!("{:<36} {:>9}  {told}", row.title, seconds(row.time));
    }
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    failed == 0
}
