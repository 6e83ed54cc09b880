use app::ports::{ExpiringObjects, PortError, StoredObject};
use async_trait::async_trait;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::failure::{failed, status};
use crate::later::S3;

const WHAT: &str = "log objects";

/// The most that S3 deletes in one call.
const CHUNK: usize = 1_000;

/// The versions in the bucket of the content log.
#[derive(Debug, Clone)]
pub struct LogVersions {
    client: S3,
    bucket: String,
}

impl LogVersions {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }

    async fn delete_chunk(&self, chunk: &[StoredObject]) -> Result<Vec<(StoredObject, String)>, PortError> {
        let named = chunk
            .iter()
            .map(|object| ObjectIdentifier::builder().key(&object.key).version_id(&object.version_id).build())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| PortError::refused(WHAT, error))?;
        let delete = Delete::builder().set_objects(Some(named)).quiet(true).build();
        let delete = delete.map_err(|error| PortError::refused(WHAT, error))?;
        let request = self.client.delete_objects().bucket(&self.bucket).delete(delete);
        let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
        // Failures of single versions come inside a success.
        let failed = answer.errors().iter().filter(|error| error.code() != Some("NoSuchVersion"));
        Ok(failed
            .map(|error| {
                let is_meant = |object: &&StoredObject| {
                    error.key() == Some(object.key.as_str())
                        && error.version_id().is_none_or(|version| version == object.version_id)
                };
                let object = chunk.iter().find(is_meant).cloned().unwrap_or_else(|| StoredObject {
                    key: error.key().unwrap_or_default().to_owned(),
                    version_id: error.version_id().unwrap_or_default().to_owned(),
                    size: 0,
                });
                let (code, message) = (error.code().unwrap_or("no code"), error.message().unwrap_or("no message"));
                (object, format!("{code}: {message}"))
            })
            .collect())
    }
}

#[async_trait]
impl ExpiringObjects for LogVersions {
    async fn list(&self, prefix: &str) -> Result<Vec<StoredObject>, PortError> {
        let mut objects = Vec::new();
        let (mut key_marker, mut version_marker) = (None, None);
        loop {
            let request = self
                .client
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_key_marker(key_marker)
                .set_version_id_marker(version_marker);
            let page = request.send().await.map_err(|error| failed(WHAT, &error))?;
            for version in page.versions.into_iter().flatten() {
                let size = version.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
                objects.push(named(version.key, version.version_id, size)?);
            }
            for marker in page.delete_markers.into_iter().flatten() {
                objects.push(named(marker.key, marker.version_id, 0)?);
            }
            if page.is_truncated != Some(true) {
                break;
            }
            (key_marker, version_marker) = (page.next_key_marker, page.next_version_id_marker);
            if key_marker.is_none() {
                return Err(PortError::corrupt(WHAT, "a page says that another follows, and not where"));
            }
        }
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(objects)
    }

    async fn read(&self, object: &StoredObject) -> Result<Option<Vec<u8>>, PortError> {
        let request = self.client.get_object().bucket(&self.bucket).key(&object.key).version_id(&object.version_id);
        let found = match request.send().await {
            Ok(found) => found,
            // 405: a delete marker. 400: an identifier that no version ever had.
            Err(error) if matches!(status(&error), Some(400 | 404 | 405)) => return Ok(None),
            Err(error) => return Err(failed(WHAT, &error)),
        };
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(WHAT, error))?;
        Ok(Some(bytes.into_bytes().to_vec()))
    }

    async fn delete(&self, objects: &[StoredObject]) -> Result<Vec<(StoredObject, String)>, PortError> {
        let mut failed = Vec::new();
        for chunk in objects.chunks(CHUNK) {
            failed.extend(self.delete_chunk(chunk).await?);
        }
        Ok(failed)
    }
}

fn named(key: Option<String>, version_id: Option<String>, size: u64) -> Result<StoredObject, PortError> {
    match (key, version_id) {
        (Some(key), Some(version_id)) => Ok(StoredObject { key, version_id, size }),
        _ => Err(PortError::corrupt(WHAT, "a version without a key or an identifier")),
    }
}
