//! All or nothing.

use std::time::Duration;

use app::ports::PortError;
use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};

use crate::{
    chance::{jitter, token},
    failure::failed,
    later::DynamoDb,
};

/// How often a transaction is tried that met another one. Five tries last about half a second with their pauses, which
/// outlasts any burst of writes to one account or case that people can cause.
const TRIES: u32 = 5;

/// The longest pause before the second try; it doubles from try to try.
const PAUSE: Duration = Duration::from_millis(30);

/// Why a transaction changed nothing, or may have.
#[derive(Debug)]
pub(crate) enum TransactionError {
    /// The conditions of the writes at these positions did not hold.
    Conditions(Vec<usize>),
    Port(PortError),
}

pub(crate) fn put(put: Put) -> TransactWriteItem {
    TransactWriteItem::builder().put(put).build()
}

pub(crate) fn update(update: Update) -> TransactWriteItem {
    TransactWriteItem::builder().update(update).build()
}

pub(crate) fn check(check: ConditionCheck) -> TransactWriteItem {
    TransactWriteItem::builder().condition_check(check).build()
}

pub(crate) fn delete(delete: Delete) -> TransactWriteItem {
    TransactWriteItem::builder().delete(delete).build()
}

/// Writes all or nothing.
///
/// One token names all tries of this call, those of the SDK included: a try whose answer was lost and that took effect
/// is answered with success by the next (`DynamoDB` remembers for ten minutes). A second *call* is another transaction:
/// it meets what the first one wrote and fails its conditions, which callers see as "exists" or as a conflict.
pub(crate) async fn transact(
    client: &DynamoDb,
    what: &'static str,
    writes: Vec<TransactWriteItem>,
) -> Result<(), TransactionError> {
    let token = token();
    let mut tried = 0;
    loop {
        tried += 1;
        let request =
            client.transact_write_items().set_transact_items(Some(writes.clone())).client_request_token(&token);
        let Err(error) = request.send().await else { return Ok(()) };
        let reasons = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled.cancellation_reasons(),
            _ => return Err(TransactionError::Port(failed(what, &error))),
        };
        match judged(reasons) {
            Cancelled::Conditions(positions) => return Err(TransactionError::Conditions(positions)),
            Cancelled::Refused(code) => return Err(TransactionError::Port(PortError::refused(what, code))),
            Cancelled::Busy(code) if tried == TRIES => {
                return Err(TransactionError::Port(PortError::unavailable(what, code)));
            }
            Cancelled::Busy(_) => tokio::time::sleep(jitter(PAUSE * 2_u32.pow(tried - 1))).await,
        }
    }
}

#[derive(Debug, PartialEq)]
enum Cancelled {
    Conditions(Vec<usize>),
    Busy(String),
    Refused(String),
}

/// A condition that does not hold is final, whatever else went wrong beside it.
fn judged(reasons: &[CancellationReason]) -> Cancelled {
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code().unwrap_or("None")).collect();
    let failed: Vec<usize> =
        codes.iter().enumerate().filter(|(_, code)| **code == "ConditionalCheckFailed").map(|(at, _)| at).collect();
    if !failed.is_empty() {
        return Cancelled::Conditions(failed);
    }
    let busy = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    let told = format!("the transaction was cancelled: {}", codes.join(", "));
    if codes.iter().any(|code| busy.contains(code)) { Cancelled::Busy(told) } else { Cancelled::Refused(told) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: &[&str]) -> Vec<CancellationReason> {
        codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect()
    }

    #[test]
    fn a_condition_is_told_by_position_even_beside_a_conflict() {
        let judged = judged(&reasons(&["TransactionConflict", "None", "ConditionalCheckFailed"]));
        assert_eq!(judged, Cancelled::Conditions(vec![2]));
    }

    #[test]
    fn a_conflict_or_a_throttle_is_tried_again() {
        for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
            assert!(matches!(judged(&reasons(&["None", code])), Cancelled::Busy(_)));
        }
    }

    #[test]
    fn what_the_table_cannot_take_is_refused() {
        assert!(matches!(judged(&reasons(&["ValidationError", "None"])), Cancelled::Refused(_)));
        assert!(matches!(judged(&[]), Cancelled::Refused(_)));
    }
}
