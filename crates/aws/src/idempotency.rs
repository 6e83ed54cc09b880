use app::ports::{Begin, IdempotencyKey, IdempotencyLedger, Lease, PortError, StoredAnswer};
use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure::AllOld},
};
use serde_dynamo::aws_sdk_dynamodb_1::{from_attribute_value, to_attribute_value};
use uuid::Uuid;

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, number, text},
};

const WHAT: &str = "idempotency ledger";

/// The idempotency table. Expired rows are told by their time and not by their absence: the table's own clean-up may
/// take days.
///
/// A write that begins for the first time costs one conditional write. Times are kept in milliseconds (leases) and in
/// whole seconds, rounded up (expiry, which the clean-up reads too).
#[derive(Debug, Clone)]
pub struct Idempotency {
    client: DynamoDb,
    table: String,
}

/// A row as it was found.
struct Known {
    payload_hash: String,
    operation_id: Uuid,
    /// In milliseconds; 0 when it was given back.
    lease_until: i64,
    answer: Option<StoredAnswer>,
}

impl Known {
    fn of(mut item: Item) -> Result<Self, PortError> {
        let answer = item.remove("answer").map(from_attribute_value).transpose();
        let corrupt = |name: &'static str| PortError::corrupt(WHAT, name);
        Ok(Self {
            answer: answer.map_err(|error| PortError::corrupt(WHAT, error))?,
            payload_hash: attribute(WHAT, &item, "payload_hash")?.to_owned(),
            operation_id: attribute(WHAT, &item, "operation_id")?.parse().map_err(|_| corrupt("operation_id"))?,
            lease_until: attribute(WHAT, &item, "lease_until")?.parse().map_err(|_| corrupt("lease_until"))?,
        })
    }
}

impl Idempotency {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    /// Takes the lease over that ran out or was given back. Of two who try at once, one succeeds. A try whose answer
    /// was lost counts as failed: the lease runs out by itself.
    async fn take_over(&self, key: &IdempotencyKey, known: Known, lease_until: i64) -> Result<Begin, PortError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(&key.0))
            .update_expression("SET lease_until = :lease")
            .condition_expression("lease_until = :known AND operation_id = :operation AND attribute_not_exists(answer)")
            .expression_attribute_values(":lease", number(lease_until))
            .expression_attribute_values(":known", number(known.lease_until))
            .expression_attribute_values(":operation", text(known.operation_id.to_string()));
        match request.send().await {
            Ok(_) => Ok(Begin::Fresh { operation_id: known.operation_id }),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(Begin::InProgress),
                _ => Err(failed(WHAT, &error)),
            },
        }
    }
}

#[async_trait]
impl IdempotencyLedger for Idempotency {
    async fn begin(
        &self,
        key: &IdempotencyKey,
        payload_hash: &str,
        operation_id: Uuid,
        lease: Lease,
    ) -> Result<Begin, PortError> {
        let (now, lease_until) = (lease.now, lease.until.as_millisecond());
        let expires_at = lease.expires_at.as_second() + i64::from(lease.expires_at.subsec_nanosecond() > 0);
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .item("pk", text(&key.0))
            .item("payload_hash", text(payload_hash))
            .item("operation_id", text(operation_id.to_string()))
            .item("lease_until", number(lease_until))
            .item("expires_at", number(expires_at))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", number(now.as_second()))
            .return_values_on_condition_check_failure(AllOld);
        let Err(error) = request.send().await else { return Ok(Begin::Fresh { operation_id }) };
        let known = match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(known)) => known.item().cloned(),
            _ => return Err(failed(WHAT, &error)),
        };
        let known = Known::of(known.ok_or_else(|| PortError::corrupt(WHAT, "no row beside a failed condition"))?)?;
        if known.payload_hash != payload_hash {
            return Ok(Begin::OtherPayload);
        }
        if let Some(answer) = known.answer {
            return Ok(Begin::Done(answer));
        }
        // Nobody else uses this identifier: the row is our own, written by a try whose answer was lost.
        if known.operation_id == operation_id && known.lease_until == lease_until {
            return Ok(Begin::Fresh { operation_id });
        }
        if now.as_millisecond() < known.lease_until {
            return Ok(Begin::InProgress);
        }
        self.take_over(key, known, lease_until).await
    }

    /// The first answer stands.
    async fn complete(&self, key: &IdempotencyKey, answer: &StoredAnswer) -> Result<(), PortError> {
        let answer: AttributeValue = to_attribute_value(answer).map_err(|error| PortError::refused(WHAT, error))?;
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(&key.0))
            .update_expression("SET answer = :answer")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(answer)")
            .expression_attribute_values(":answer", answer)
            .return_values_on_condition_check_failure(AllOld);
        let Err(error) = request.send().await else { return Ok(()) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(known)) if known.item().is_some() => Ok(()),
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => {
                Err(PortError::refused(WHAT, "the write has not begun"))
            }
            _ => Err(failed(WHAT, &error)),
        }
    }

    async fn release(&self, key: &IdempotencyKey) -> Result<(), PortError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(&key.0))
            .update_expression("SET lease_until = :none")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(answer)")
            .expression_attribute_values(":none", number(0));
        let Err(error) = request.send().await else { return Ok(()) };
        match error.as_service_error() {
            // Done, or never begun: there is no lease.
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(failed(WHAT, &error)),
        }
    }
}
