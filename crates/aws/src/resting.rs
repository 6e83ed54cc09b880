//! What publications and complaints share on their way out: the index of what rests, and the memory of what was there.

use app::ports::{Gone, PortError};
use aws_sdk_dynamodb::types::{AttributeValue, Delete};
use domain::event::Event;
use evidence::object::LogHour;
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use jiff::Timestamp;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;
use uuid::Uuid;

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, STATE, attribute, key, number, text},
};

const WHAT: &str = "resting rows";

/// The index that lists what rests, by the hour since which it does. Rows of what does not rest have no place in it.
const INDEX: &str = "rest-index";

/// How many partitions an hour has: a platform takes down a tenth of what ten million accounts publish in an hour, and no
/// partition may take more than a thousand writes in a second.
const SHARDS: u8 = 16;

/// How many rows of one thing are deleted at a time.
const AT_A_TIME: usize = 8;

fn page(hour: LogHour, shard: u8) -> String {
    format!("{}#{shard:02}", hour.name())
}

fn page_of(hour: LogHour, uuid: Uuid) -> String {
    page(hour, uuid.into_bytes()[15] % SHARDS)
}

/// A row that rests since that hour.
pub(crate) fn resting(item: Item, id: &str, uuid: Uuid, hour: LogHour) -> Item {
    let mut item = item;
    item.insert("rest_pk".to_owned(), text(page_of(hour, uuid)));
    item.insert("rest_sk".to_owned(), text(id));
    item
}

/// What is left under a key of what has ended: when that was, and by which run.
pub(crate) fn memory(key: Item, gone: Gone) -> Item {
    let mut item = key;
    item.insert("gone_at".to_owned(), text(format!("{:.9}", gone.at)));
    item.insert("run_id".to_owned(), text(gone.run_id.to_string()));
    item.insert("expires_at".to_owned(), number(u64::try_from(gone.remembered_until.as_second()).unwrap_or_default()));
    item
}

/// When what was under the key ended; `None` of a row of what is there.
pub(crate) fn gone_at(item: &Item) -> Result<Option<Timestamp>, PortError> {
    if !item.contains_key("gone_at") {
        return Ok(None);
    }
    attribute(WHAT, item, "gone_at")?.parse().map(Some).map_err(|error| PortError::corrupt(WHAT, error))
}

/// A table with the index.
pub(crate) struct RestingTable<'a> {
    pub(crate) client: &'a DynamoDb,
    pub(crate) table: &'a str,
}

impl RestingTable<'_> {
    /// Identifiers of what rests since that hour.
    pub(crate) async fn since(&self, hour: LogHour, limit: usize) -> Result<Vec<String>, PortError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let pages = (0..SHARDS).map(async |shard| {
            let request = self
                .client
                .query()
                .table_name(self.table)
                .index_name(INDEX)
                .key_condition_expression("rest_pk = :page")
                .expression_attribute_values(":page", text(page(hour, shard)))
                .limit(i32::try_from(limit).unwrap_or(i32::MAX));
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            let ids = found.items.into_iter().flatten();
            ids.map(|item| attribute(WHAT, &item, "rest_sk").map(str::to_owned)).collect::<Result<Vec<_>, PortError>>()
        });
        let mut ids: Vec<String> = try_join_all(pages).await?.into_iter().flatten().collect();
        ids.truncate(limit);
        Ok(ids)
    }

    /// Every row of the partition. Strongly consistent.
    pub(crate) async fn partition(&self, pk: &str) -> Result<Vec<Item>, PortError> {
        let mut pages = self
            .client
            .query()
            .table_name(self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(pk))
            .into_paginator()
            .items()
            .send();
        let mut rows = Vec::new();
        while let Some(item) = pages.next().await {
            rows.push(item.map_err(|error| failed(WHAT, &error))?);
        }
        Ok(rows)
    }

    /// Moves the row to that hour of the index, if it is in it and its version is that.
    pub(crate) async fn put_off(&self, pk: &str, version: u64, uuid: Uuid, hour: LogHour) -> Result<(), PortError> {
        let request = self
            .client
            .update_item()
            .table_name(self.table)
            .set_key(Some(key(pk, STATE)))
            .update_expression("SET rest_pk = :page")
            .condition_expression("version = :version AND attribute_exists(rest_pk)")
            .expression_attribute_values(":page", text(page_of(hour, uuid)))
            .expression_attribute_values(":version", number(version));
        let Err(error) = request.send().await else { return Ok(()) };
        match error.as_service_error() {
            Some(error) if error.is_conditional_check_failed_exception() => Ok(()),
            _ => Err(failed(WHAT, &error)),
        }
    }

    /// Deletes every row of the partition but what remembers it.
    pub(crate) async fn clear(&self, pk: &str) -> Result<(), PortError> {
        let rows = self.partition(pk).await?;
        let deletions = rows.into_iter().filter(|item| !item.contains_key("gone_at")).map(async |item| {
            let key = key(pk, attribute(WHAT, &item, "sk")?);
            let request = self.client.delete_item().table_name(self.table).set_key(Some(key));
            request.send().await.map(drop).map_err(|error| failed(WHAT, &error))
        });
        stream::iter(deletions).buffer_unordered(AT_A_TIME).try_collect().await
    }

    pub(crate) fn delete(&self, key: Item) -> Delete {
        Delete::builder().table_name(self.table).set_key(Some(key)).build().expect("table and key are set")
    }
}

/// All rows as they are stored, in JSON, and when something happened last by the events among them.
pub(crate) fn told(rows: &[Item], first: Timestamp) -> Result<(String, Timestamp), PortError> {
    let (mut all, mut last) = (String::new(), first);
    for item in rows {
        if let Some(AttributeValue::S(event)) = item.get("event") {
            let event: Event = serde_json::from_str(event).map_err(|error| PortError::corrupt(WHAT, error))?;
            last = last.max(event.occurred_at);
        }
        let value: serde_json::Value = from_item(item.clone()).map_err(|error| PortError::corrupt(WHAT, error))?;
        all.push_str(&value.to_string());
        all.push('\n');
    }
    Ok((all, last))
}

/// The row of the partition that is its state, if it is there and has not ended.
pub(crate) fn state_of(rows: &[Item]) -> Option<&Item> {
    let is_state = |item: &&Item| matches!(item.get("sk"), Some(AttributeValue::S(sk)) if sk == STATE);
    rows.iter().find(is_state).filter(|item| !item.contains_key("gone_at"))
}
