use app::ports::{IntakeLedger, IntakeSecrets, PortError, RateCounter};
use async_trait::async_trait;
use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::ReturnValue};
use domain::{intake_secret::IntakeSecret, proof_of_work::ProofId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    derived_key::derived_bytes,
    failure::failed,
    later::{DynamoDb, Kms},
    layout::{attribute, key, number, text},
};

const WHAT: &str = "intake ledger";

/// Counters and spent proofs, in the cases table: `RATE#<counter>` / `COUNT` and `PROOF#<challenge>` / `SPENT`, which the table
/// itself forgets.
#[derive(Debug, Clone)]
pub struct IntakeRows {
    client: DynamoDb,
    table: String,
}

impl IntakeRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

#[async_trait]
impl IntakeLedger for IntakeRows {
    async fn count(&self, counter: &RateCounter, until: Timestamp) -> Result<u64, PortError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(format!("RATE#{}", counter.name()), "COUNT")))
            .update_expression("ADD counted :one SET expires_at = :until")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":until", number(until.as_second()))
            .return_values(ReturnValue::UpdatedNew);
        let updated = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let counted = attribute(WHAT, &updated.attributes.unwrap_or_default(), "counted")?.parse();
        counted.map_err(|error| PortError::corrupt(WHAT, error))
    }

    async fn spend(&self, proof: &ProofId, owner: Uuid, until: Timestamp) -> Result<Uuid, PortError> {
        let place = key(format!("PROOF#{}", proof.as_str()), "SPENT");
        let mut item = place.clone();
        item.insert("owner".to_owned(), text(owner.to_string()));
        item.insert("expires_at".to_owned(), number(until.as_second()));
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)");
        match request.send().await {
            Ok(_) => return Ok(owner),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => {}
                _ => return Err(failed(WHAT, &error)),
            },
        }
        let request = self.client.get_item().table_name(&self.table).set_key(Some(place)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        // Spent, and forgotten since: what the table clears away is over.
        let Some(spent) = found.item else { return Err(PortError::unavailable(WHAT, "a proof between two states")) };
        attribute(WHAT, &spent, "owner")?.parse().map_err(|error| PortError::corrupt(WHAT, error))
    }
}

/// What the KMS index key makes of a label: one call for each process.
#[derive(Debug)]
pub struct KmsIntakeSecret {
    client: Kms,
    key_id: String,
    derived: tokio::sync::OnceCell<IntakeSecret>,
}

impl KmsIntakeSecret {
    pub(crate) fn new(client: Kms, key_id: &str) -> Self {
        Self { client, key_id: key_id.to_owned(), derived: tokio::sync::OnceCell::new() }
    }
}

#[async_trait]
impl IntakeSecrets for KmsIntakeSecret {
    async fn secret(&self) -> Result<IntakeSecret, PortError> {
        let derive = || async {
            derived_bytes("intake secret", &self.client, &self.key_id, b"intake of complaints")
                .await
                .map(|bytes| IntakeSecret::new(*bytes))
        };
        self.derived.get_or_try_init(derive).await.cloned()
    }
}
