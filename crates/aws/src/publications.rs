use app::ports::{
    Accepted, AcceptedPublications, PortError, PublicationRecord, PublicationShelf, PutOutcome, SaveError,
};
use async_trait::async_trait;
use aws_sdk_dynamodb::{
    operation::put_item::PutItemError,
    types::{ReturnValuesOnConditionCheckFailure::AllOld, TransactWriteItem},
};
use domain::{
    change::Change,
    id::{PublicationId, RecordId},
};
use evidence::{object::LogHour, record::LogRecord};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, STATE, attribute, doc, key, put_event, put_first, put_next, row, state, text},
    resting::{gone_at, resting},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "publication shelf";

const EDITION: &str = "EDITION#";

/// The publications table. A new publication is one conditional write: one write unit for each kilobyte, and no
/// transaction (which would cost twice that); what changes it later is written with its event.
#[derive(Debug, Clone)]
pub struct Publications {
    pub(crate) client: DynamoDb,
    pub(crate) table: String,
}

impl Publications {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    async fn read(&self, key: Item) -> Result<Option<PublicationRecord>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.filter(|item| !item.contains_key("gone_at")).map(|item| doc(WHAT, item)).transpose()
    }

    /// A row with its place in the index of what was accepted.
    fn accepted(item: Item, record: &PublicationRecord) -> Item {
        let record_id = LogRecord::publication_id(&record.publication);
        let hour = LogHour::of(record.publication.edition_received_at());
        let mut item = item;
        item.insert("accepted_pk".to_owned(), text(page(hour, shard(record_id))));
        item.insert("accepted_sk".to_owned(), text(record_id.to_string()));
        item
    }

    /// A state with its place in the index of what rests, where it does since `at`.
    fn rested(item: Item, record: &PublicationRecord, at: Timestamp) -> Item {
        if !record.publication.is_at_rest() {
            return item;
        }
        let publication_id = record.publication.publication_id;
        resting(item, &publication_id.to_string(), publication_id.uuid(), LogHour::of(at))
    }

    /// State and event of a change.
    fn writes(&self, change: &Change<PublicationRecord>) -> Result<Vec<TransactWriteItem>, PortError> {
        let publication = &change.state.publication;
        let pk = publication.publication_id.to_string();
        let item = Self::accepted(state(WHAT, &pk, publication.version, &change.state)?, &change.state);
        let item = Self::rested(item, &change.state, change.event.occurred_at);
        let event = put_event(WHAT, &self.table, &pk, &change.event)?;
        Ok(vec![put(put_next(&self.table, item, publication.version)), put(event)])
    }
}

/// The index that lists what was accepted, by the hour of receipt.
const INDEX: &str = "accepted-index";

/// How many partitions an hour has, so that none takes more than a sixteenth of all publications.
const SHARDS: u8 = 16;

fn shard(record_id: RecordId) -> u8 {
    record_id.uuid().into_bytes()[15] % SHARDS
}

fn page(hour: LogHour, shard: u8) -> String {
    format!("{}#{shard:02}", hour.name())
}

/// What a row of the index tells.
fn accepted(item: &Item) -> Result<Accepted, PortError> {
    let corrupt = || PortError::corrupt(WHAT, "a place in the index that is none");
    let record_id = attribute(WHAT, item, "accepted_sk")?.parse().map_err(|_| corrupt())?;
    let publication_id = attribute(WHAT, item, "pk")?.parse().map_err(|_| corrupt())?;
    let earlier = attribute(WHAT, item, "sk")?.strip_prefix(EDITION);
    let earlier_edition = earlier.map(|edition| edition.parse().map_err(|_| corrupt())).transpose()?;
    Ok(Accepted { record_id, publication_id, earlier_edition })
}

#[async_trait]
impl AcceptedPublications for Publications {
    async fn accepted_in(&self, hour: LogHour) -> Result<Vec<Accepted>, PortError> {
        let pages = (0..SHARDS).map(async |shard| {
            let (mut found, mut start) = (Vec::new(), None);
            loop {
                let request = self
                    .client
                    .query()
                    .table_name(&self.table)
                    .index_name(INDEX)
                    .key_condition_expression("accepted_pk = :page")
                    .expression_attribute_values(":page", text(page(hour, shard)))
                    .set_exclusive_start_key(start);
                let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
                for item in answer.items.into_iter().flatten() {
                    found.push(accepted(&item)?);
                }
                start = answer.last_evaluated_key;
                if start.is_none() {
                    return Ok::<_, PortError>(found);
                }
            }
        });
        let mut all: Vec<Accepted> = try_join_all(pages).await?.into_iter().flatten().collect();
        all.sort();
        Ok(all)
    }
}

fn edition_key(publication_id: PublicationId, edition: u64) -> Item {
    key(publication_id.to_string(), format!("{EDITION}{edition:010}"))
}

fn saved(outcome: Result<(), TransactionError>) -> Result<(), SaveError> {
    outcome.map_err(|error| match error {
        TransactionError::Conditions(_) => SaveError::VersionConflict,
        TransactionError::Port(error) => error.into(),
    })
}

#[async_trait]
impl PublicationShelf for Publications {
    /// A try of the SDK whose answer was lost and that took effect is answered by the next one as existing; the caller
    /// sees its own record come back.
    async fn put_new(&self, record: &PublicationRecord) -> Result<PutOutcome, PortError> {
        let publication = &record.publication;
        let item = state(WHAT, &publication.publication_id.to_string(), publication.version, record)?;
        let item = Self::rested(Self::accepted(item, record), record, publication.received_at);
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(AllOld);
        let Err(error) = request.send().await else { return Ok(PutOutcome::Stored) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(exists)) => {
                let item = exists.item().cloned();
                let item = item.ok_or_else(|| PortError::corrupt(WHAT, "no row beside a failed condition"))?;
                if gone_at(&item)?.is_some() {
                    return Ok(PutOutcome::Expired);
                }
                Ok(PutOutcome::Exists(Box::new(doc(WHAT, item)?)))
            }
            _ => Err(failed(WHAT, &error)),
        }
    }

    async fn save(&self, change: &Change<PublicationRecord>) -> Result<(), SaveError> {
        saved(transact(&self.client, WHAT, self.writes(change)?).await)
    }

    async fn save_edition(
        &self,
        change: &Change<PublicationRecord>,
        earlier: &PublicationRecord,
    ) -> Result<(), SaveError> {
        let mut writes = self.writes(change)?;
        let publication = &earlier.publication;
        let key = edition_key(publication.publication_id, publication.edition);
        // On condition that it is new: an edition never becomes another.
        let row = Self::accepted(row(WHAT, key, publication.version, earlier)?, earlier);
        writes.push(put(put_first(&self.table, row)));
        saved(transact(&self.client, WHAT, writes).await)
    }

    async fn edition(
        &self,
        publication_id: PublicationId,
        edition: u64,
    ) -> Result<Option<PublicationRecord>, PortError> {
        self.read(edition_key(publication_id, edition)).await
    }

    async fn editions(&self, publication_id: PublicationId, limit: usize) -> Result<Vec<PublicationRecord>, PortError> {
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :publication AND begins_with(sk, :edition)")
            .expression_attribute_values(":publication", text(publication_id.to_string()))
            .expression_attribute_values(":edition", text(EDITION))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        // One page: what does not fit in a megabyte of it is further back than anybody looks here.
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.items.into_iter().flatten().map(|item| doc(WHAT, item)).collect()
    }

    async fn load(&self, publication_id: PublicationId) -> Result<Option<PublicationRecord>, PortError> {
        self.read(key(publication_id.to_string(), STATE)).await
    }

    async fn expired_at(&self, publication_id: PublicationId) -> Result<Option<Timestamp>, PortError> {
        let key = key(publication_id.to_string(), STATE);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.as_ref().map_or(Ok(None), gone_at)
    }
}
