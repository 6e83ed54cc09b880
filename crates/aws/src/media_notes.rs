use app::{
    media_screening::MediaNote,
    ports::{MediaNotes, PortError},
};
use async_trait::async_trait;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use domain::id::PublicationId;

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{doc, key, text, with_doc},
};

const WHAT: &str = "media notes";

/// The notes on media in the publications table, beside the publication.
#[derive(Debug, Clone)]
pub struct MediaNoteRows {
    client: DynamoDb,
    table: String,
}

impl MediaNoteRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

fn of_edition(edition: u64) -> String {
    format!("MEDIA#{edition:020}#")
}

#[async_trait]
impl MediaNotes for MediaNoteRows {
    async fn note(&self, note: &MediaNote) -> Result<(), PortError> {
        let sk = format!("{}{:05}", of_edition(note.edition), note.part);
        let item = with_doc(WHAT, key(note.publication_id.to_string(), sk), note)?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let Err(error) = request.condition_expression("attribute_not_exists(pk)").send().await else { return Ok(()) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(failed(WHAT, &error)),
        }
    }

    async fn notes(&self, publication_id: PublicationId, edition: u64) -> Result<Vec<MediaNote>, PortError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :edition)")
            .expression_attribute_values(":pk", text(publication_id.to_string()))
            .expression_attribute_values(":edition", text(of_edition(edition)))
            .into_paginator()
            .items()
            .send();
        let mut notes = Vec::new();
        while let Some(item) = pages.next().await {
            notes.push(doc(WHAT, item.map_err(|error| failed(WHAT, &error))?)?);
        }
        Ok(notes)
    }
}
