use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use app::ports::{CallerRegister, PortError};
use async_trait::async_trait;
use aws_lc_rs::hmac;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_kms::primitives::Blob;
use data_encoding::{BASE32_NOPAD, BASE64};
use domain::personal::{Personal, Purpose};

use crate::{
    derived_key::DerivedKey,
    failure::failed,
    later::{DynamoDb, Kms},
    layout::text,
};

const WHAT: &str = "caller register";

/// What the KMS index key is asked to authenticate: another label than that of the principals' index.
const LABEL: &[u8] = b"gatehouse callers v1";

/// What the encryption context calls the pseudonym, as in every seal.
const OWNER: &str = "owner";

/// More pseudonyms than callers of a process; beyond, they are looked up again.
const REMEMBERED: usize = 1_000;

/// The callers table: a row for each pseudonym with the name, encrypted by KMS itself and bound to the pseudonym, so
/// that an auditor opens it with one call that KMS' own trail shows (docs/runbook.md). Deleting the row makes the pseudonym
/// one of nobody.
#[derive(Debug)]
pub struct Callers {
    dynamodb: DynamoDb,
    kms: Kms,
    table: String,
    sealing_key_id: String,
    key: DerivedKey,
    /// Pseudonyms that are on record, so that a process asks once for each.
    known: Mutex<HashSet<String>>,
}

impl Callers {
    pub(crate) fn new(dynamodb: DynamoDb, kms: Kms, table: &str, sealing_key_id: &str, index_key_id: &str) -> Self {
        let key = DerivedKey::new(WHAT, kms.clone(), index_key_id, LABEL);
        let (table, sealing_key_id) = (table.to_owned(), sealing_key_id.to_owned());
        Self { dynamodb, kms, table, sealing_key_id, key, known: Mutex::default() }
    }

    fn is_known(&self, pseudonym: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(pseudonym)
    }

    fn remember(&self, pseudonym: &str) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(pseudonym.to_owned());
    }

    async fn is_on_record(&self, pseudonym: &str) -> Result<bool, PortError> {
        let request = self.dynamodb.get_item().table_name(&self.table).key("pk", text(pseudonym));
        let found = request.projection_expression("pk").send().await.map_err(|error| failed(WHAT, &error))?;
        Ok(found.item.is_some())
    }

    async fn record(&self, pseudonym: &str, name: &Personal<String>) -> Result<(), PortError> {
        let request = self
            .kms
            .encrypt()
            .key_id(&self.sealing_key_id)
            .encryption_context(OWNER, pseudonym)
            .plaintext(Blob::new(name.reveal(Purpose::Sealing).as_bytes()));
        let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let sealed = answer.ciphertext_blob.ok_or_else(|| PortError::corrupt(WHAT, "nothing was encrypted"))?;
        let request = self
            .dynamodb
            .put_item()
            .table_name(&self.table)
            .item("pk", text(pseudonym))
            .item("name", text(BASE64.encode(sealed.as_ref())))
            .condition_expression("attribute_not_exists(pk)");
        let Err(error) = request.send().await else { return Ok(()) };
        match error.as_service_error() {
            // Another process was first.
            Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(failed(WHAT, &error)),
        }
    }
}

#[async_trait]
impl CallerRegister for Callers {
    async fn pseudonym(&self, name: &Personal<String>) -> Result<String, PortError> {
        let mac = hmac::sign(self.key.get().await?, name.reveal(Purpose::Pseudonym).as_bytes());
        // 128 bits: no two of any number of callers meet.
        let pseudonym = format!("caller_{}", BASE32_NOPAD.encode(&mac.as_ref()[..16]).to_lowercase());
        if !self.is_known(&pseudonym) {
            if !self.is_on_record(&pseudonym).await? {
                self.record(&pseudonym, name).await?;
            }
            self.remember(&pseudonym);
        }
        Ok(pseudonym)
    }
}
