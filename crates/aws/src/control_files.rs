use app::{
    control_files::ControlReport,
    ports::{ControlContent, ControlFiles, NewestVersion, PortError},
};
use async_trait::async_trait;
use aws_sdk_s3::{
    error::{ProvideErrorMetadata, SdkError},
    operation::get_object::GetObjectError,
    primitives::ByteStream,
};

use crate::failure::{failed, status};
use crate::later::S3;

const WHAT: &str = "control files";

/// The bucket of the operators' files (`controls/…`) and of the reports (`reports/…`).
#[derive(Debug, Clone)]
pub struct ControlFileBucket {
    client: S3,
    bucket: String,
}

impl ControlFileBucket {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }
}

/// Whether the object or the version of it is not there. A version that is a delete marker cannot be read, which S3
/// tells as a method that is not allowed.
fn is_gone<R>(error: &SdkError<GetObjectError, R>) -> bool {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    matches!(code, Some("NoSuchKey" | "NoSuchVersion" | "MethodNotAllowed"))
}

#[async_trait]
impl ControlFiles for ControlFileBucket {
    async fn read(&self, key: &str, version_id: Option<&str>, most: usize) -> Result<ControlContent, PortError> {
        let request =
            self.client.get_object().bucket(&self.bucket).key(key).set_version_id(version_id.map(ToOwned::to_owned));
        let found = match request.send().await {
            Ok(found) => found,
            Err(error) if is_gone(&error) => return Ok(ControlContent::Gone),
            Err(error) => return Err(failed(WHAT, &error)),
        };
        // The length comes before the content, which is left where it is.
        let length = found.content_length().unwrap_or_default();
        if usize::try_from(length).map_or(true, |length| length > most) {
            return Ok(ControlContent::TooLarge);
        }
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(WHAT, error))?;
        Ok(ControlContent::Bytes(bytes.into_bytes().to_vec()))
    }

    async fn newest(&self, key: &str) -> Result<Option<NewestVersion>, PortError> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(found) => Ok(Some(NewestVersion {
                version_id: found.version_id,
                etag: found.e_tag.unwrap_or_default().trim_matches('"').to_owned(),
            })),
            // An answer to HEAD has no body, and so no code.
            Err(error) if status(&error) == Some(404) => Ok(None),
            Err(error) => Err(failed(WHAT, &error)),
        }
    }

    async fn answer(&self, report: &ControlReport) -> Result<(), PortError> {
        let json = serde_json::to_vec_pretty(report).map_err(|error| PortError::refused(WHAT, error))?;
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(report.key())
            .body(ByteStream::from(json))
            .content_type("application/json");
        request.send().await.map(drop).map_err(|error| failed(WHAT, &error))
    }
}
