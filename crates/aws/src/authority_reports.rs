use app::ports::{PortError, ReportFiles, ReportLedger, SaveError};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::Update;
use aws_sdk_s3::primitives::ByteStream;
use data_encoding::BASE64;
use domain::{
    authority_report::{AuthorityReport, ReportCause, ReportNumber},
    change::Change,
};

use evidence::digest::Digest;

use crate::{
    failure::failed,
    later::{DynamoDb, S3},
    layout::{Item, attribute, doc, key, number, put_event_at, put_first, put_next, row, text},
    transaction::{TransactionError, put, transact, update},
};

const WHAT: &str = "authority reports";

/// Reports in the operations table, one partition a year; and the way to each from what it tells of.
#[derive(Debug, Clone)]
pub struct AuthorityReportTable {
    client: DynamoDb,
    table: String,
}

fn pk(year: i16) -> String {
    format!("AUTHORITY_REPORTS#{year:04}")
}

fn report_key(number: ReportNumber) -> Item {
    key(pk(number.year), format!("REPORT#{:06}", number.serial))
}

fn event_key(number: ReportNumber, version: u64) -> Item {
    key(pk(number.year), format!("EVENT#{:06}#{version}", number.serial))
}

fn cause_key(cause: ReportCause) -> Item {
    key("AUTHORITY_REPORTS", cause.to_string())
}

impl AuthorityReportTable {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    async fn read(&self, key: Item) -> Result<Option<Item>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        request.send().await.map(|found| found.item).map_err(|error| failed(WHAT, &error))
    }
}

fn conflict(error: TransactionError) -> SaveError {
    match error {
        TransactionError::Conditions(_) => SaveError::VersionConflict,
        TransactionError::Port(error) => error.into(),
    }
}

#[async_trait]
impl ReportLedger for AuthorityReportTable {
    async fn last(&self, year: i16) -> Result<u32, PortError> {
        let Some(item) = self.read(key(pk(year), "LAST")).await? else { return Ok(0) };
        let serial = item.get("serial").and_then(|serial| serial.as_n().ok()).and_then(|text| text.parse().ok());
        serial.ok_or_else(|| PortError::corrupt(WHAT, "the last report has no serial"))
    }

    async fn report(&self, number: ReportNumber) -> Result<Option<AuthorityReport>, PortError> {
        self.read(report_key(number)).await?.map(|item| doc(WHAT, item)).transpose()
    }

    async fn about(&self, cause: ReportCause) -> Result<Option<AuthorityReport>, PortError> {
        let Some(way) = self.read(cause_key(cause)).await? else { return Ok(None) };
        let number = attribute(WHAT, &way, "number")?.parse().map_err(|error| PortError::corrupt(WHAT, error))?;
        self.report(number).await
    }

    async fn enter(&self, change: &Change<AuthorityReport>) -> Result<(), SaveError> {
        let report = &change.state;
        let ReportNumber { year, serial } = report.number;
        let counted = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(pk(year), "LAST")))
            .update_expression("SET serial = :this")
            .condition_expression("serial = :before OR (attribute_not_exists(serial) AND :before = :none)")
            .expression_attribute_values(":this", number(serial))
            .expression_attribute_values(":before", number(serial.saturating_sub(1)))
            .expression_attribute_values(":none", number(0))
            .build()
            .expect("table, key and expression are set");
        let mut way = cause_key(report.cause);
        way.insert("number".to_owned(), text(report.number.to_string()));
        let state = row(WHAT, report_key(report.number), report.version, report)?;
        let event = put_event_at(WHAT, &self.table, event_key(report.number, report.version), &change.event)?;
        let writes =
            vec![update(counted), put(put_first(&self.table, way)), put(put_first(&self.table, state)), put(event)];
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn save(&self, change: &Change<AuthorityReport>) -> Result<(), SaveError> {
        let report = &change.state;
        let state = row(WHAT, report_key(report.number), report.version, report)?;
        let event = put_event_at(WHAT, &self.table, event_key(report.number, report.version), &change.event)?;
        let writes = vec![put(put_next(&self.table, state, report.version)), put(event)];
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn page(&self, year: i16, before: Option<u32>, limit: usize) -> Result<Vec<AuthorityReport>, PortError> {
        // `~` sorts after every number.
        let below =
            before.map_or_else(|| "REPORT#~".to_owned(), |before| format!("REPORT#{:06}", before.saturating_sub(1)));
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :year AND sk BETWEEN :first AND :below")
            .expression_attribute_values(":year", text(pk(year)))
            .expression_attribute_values(":first", text("REPORT#000001"))
            .expression_attribute_values(":below", text(below))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        if before.is_some_and(|before| before <= 1) {
            return Ok(Vec::new());
        }
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.items.unwrap_or_default().into_iter().map(|item| doc(WHAT, item)).collect()
    }
}

/// The files, below `authority-reports/` of the artefacts bucket.
#[derive(Debug, Clone)]
pub struct AuthorityReportObjects {
    client: S3,
    bucket: String,
}

impl AuthorityReportObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }
}

#[async_trait]
impl ReportFiles for AuthorityReportObjects {
    async fn put(&self, report: &AuthorityReport) -> Result<(), PortError> {
        // What the office acknowledges is no part of what it was sent.
        let sent = AuthorityReport { acknowledgement: None, version: 1, ..report.clone() };
        let bytes = serde_json::to_vec_pretty(&sent).map_err(|error| PortError::refused(WHAT, error))?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(format!("authority-reports/{}/{}.json", report.number.year, report.number))
            .content_type("application/json")
            .checksum_sha256(BASE64.encode(&Digest::of(&bytes).0))
            .body(ByteStream::from(bytes));
        request.send().await.map(drop).map_err(|error| failed(WHAT, &error))
    }
}
