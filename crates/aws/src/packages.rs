use std::time::Duration;

use app::ports::{PackageArchive, PackagePage, PackageShelf, PortError, SaveError};
use async_trait::async_trait;
use aws_sdk_s3::{presigning::PresigningConfig, primitives::ByteStream};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use domain::{change::Change, evidence_package::EvidencePackage, id::PackageId};
use evidence::digest::Digest;
use jiff::Timestamp;

use crate::{
    failure::{failed, status},
    later::{DynamoDb, S3},
    layout::{Item, doc, key, put_event_at, put_first, put_next, row, text},
    post_policy::system_time,
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "evidence packages";
const RECORDS: &str = "EVIDENCE_PACKAGES";
const PACKAGE: &str = "PACKAGE#";

/// Long enough to fetch a package and short enough that a link which was copied opens nothing tomorrow.
const LINK: Duration = Duration::from_secs(300);

/// Orders for packages in the operations table.
#[derive(Debug, Clone)]
pub struct PackageRows {
    client: DynamoDb,
    table: String,
}

fn record_key(package_id: PackageId) -> Item {
    key(RECORDS, format!("{PACKAGE}{package_id}"))
}

impl PackageRows {
    pub(crate) fn new(client: DynamoDb, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }
}

#[async_trait]
impl PackageShelf for PackageRows {
    async fn package(&self, package_id: PackageId) -> Result<Option<EvidencePackage>, PortError> {
        let key = record_key(package_id);
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map(|item| doc(WHAT, item)).transpose()
    }

    async fn save(&self, change: &Change<EvidencePackage>) -> Result<(), SaveError> {
        let package = &change.state;
        let item = row(WHAT, record_key(package.package_id), package.version, package)?;
        let state = if package.version == 1 {
            put_first(&self.table, item)
        } else {
            put_next(&self.table, item, package.version)
        };
        let event = key(RECORDS, format!("EVENT#{}#{:020}", package.package_id, change.event.version));
        let writes = vec![put(state), put(put_event_at(WHAT, &self.table, event, &change.event)?)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }

    async fn list(&self, limit: usize, cursor: Option<&str>) -> Result<PackagePage, PortError> {
        let refused = || PortError::refused(WHAT, "the cursor is not one that a page gave");
        let after = cursor.map(|cursor| {
            let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| refused())?;
            let package_id = String::from_utf8(bytes).ok().and_then(|text| text.parse::<PackageId>().ok());
            package_id.map(record_key).ok_or_else(refused)
        });
        let mut start = after.transpose()?;
        let mut packages: Vec<EvidencePackage> = Vec::new();
        // One more than asked for tells whether there is a next page; an answer may end early at 1 MB.
        while packages.len() <= limit {
            let request = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("pk = :records AND begins_with(sk, :package)")
                .expression_attribute_values(":records", text(RECORDS))
                .expression_attribute_values(":package", text(PACKAGE))
                .scan_index_forward(false)
                .set_exclusive_start_key(start)
                .limit(i32::try_from(limit + 1 - packages.len()).unwrap_or(i32::MAX));
            let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for item in found.items.into_iter().flatten() {
                packages.push(doc(WHAT, item)?);
            }
            start = found.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        let more = packages.len() > limit;
        packages.truncate(limit);
        let last = packages.last().filter(|_| more);
        let next = last.map(|package| BASE64URL_NOPAD.encode(package.package_id.to_string().as_bytes()));
        Ok(PackagePage { packages, next })
    }
}

/// Packages in the artefacts bucket: `evidence-packages/<package_id>.zip`, each written once.
#[derive(Debug, Clone)]
pub struct PackageObjects {
    client: S3,
    bucket: String,
}

impl PackageObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }
}

#[async_trait]
impl PackageArchive for PackageObjects {
    fn key(&self, package_id: PackageId) -> String {
        format!("evidence-packages/{package_id}.zip")
    }

    async fn put(&self, package_id: PackageId, archive: &[u8]) -> Result<Vec<u8>, PortError> {
        let key = self.key(package_id);
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(&key)
            .body(ByteStream::from(archive.to_vec()))
            .content_type("application/zip")
            .checksum_sha256(BASE64.encode(&Digest::of(archive).0))
            .if_none_match("*");
        match request.send().await {
            Ok(_) => return Ok(archive.to_vec()),
            Err(error) if status(&error) == Some(412) => {}
            Err(error) => return Err(failed(WHAT, &error)),
        }
        let request = self.client.get_object().bucket(&self.bucket).key(&key);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(WHAT, error))?;
        Ok(bytes.into_bytes().to_vec())
    }

    async fn link(&self, package_id: PackageId, now: Timestamp) -> Result<String, PortError> {
        let config = PresigningConfig::builder().start_time(system_time(now)).expires_in(LINK).build();
        let config = config.map_err(|error| PortError::refused(WHAT, error))?;
        let request = self.client.get_object().bucket(&self.bucket).key(self.key(package_id)).presigned(config).await;
        Ok(request.map_err(|error| failed(WHAT, &error))?.uri().to_owned())
    }
}
