use std::time::Duration;

use app::ports::{
    ComplaintFileRemoval, EvidenceIntake, EvidenceRemoval, EvidenceView, PortError, UploadForm, UploadPlace, Uploaded,
    WantedUpload,
};
use async_trait::async_trait;
use aws_sdk_s3::{
    config::{ProvideCredentials, SharedCredentialsProvider},
    error::ProvideErrorMetadata,
    presigning::PresigningConfig,
    primitives::ByteStream,
    types::{Delete, ObjectIdentifier},
};
use domain::{
    id::{AccountId, ComplaintId},
    qualification::EvidenceType,
};
use jiff::Timestamp;

use crate::{
    failure::failed,
    later::S3,
    post_policy::{PostPolicy, system_time},
};

const WHAT: &str = "evidence";

/// Long enough to open a document and short enough that a link which was copied opens nothing tomorrow.
const LINK: Duration = Duration::from_secs(300);

/// What others upload; the bucket's lifecycle clears it away.
const UPLOADS: &str = "uploads";

/// What was looked at and is kept.
const KEPT: &str = "evidence";

/// The bucket of the documents: `uploads/<account_id>/<qualification_id>` and `evidence/<account_id>/<qualification_id>`;
/// of complaints `uploads/complaints/<complaint_id>/<file>` and `evidence/complaints/<complaint_id>/<file>`.
#[derive(Debug, Clone)]
pub struct EvidenceBucket {
    client: S3,
    credentials: Option<SharedCredentialsProvider>,
    bucket: String,
}

fn key(folder: &str, place: UploadPlace) -> String {
    match place {
        UploadPlace::Qualification(place) => format!("{folder}/{}/{}", place.account_id, place.qualification_id),
        UploadPlace::Complaint(place) => format!("{folder}/complaints/{}/{}", place.complaint_id, place.file),
    }
}

impl EvidenceBucket {
    pub(crate) fn new(client: S3, credentials: Option<SharedCredentialsProvider>, bucket: &str) -> Self {
        Self { client, credentials, bucket: bucket.to_owned() }
    }

    /// An address of the object for some time, which says where the bucket answers in this partition.
    async fn presigned(&self, key: &str, now: Timestamp) -> Result<String, PortError> {
        let config = PresigningConfig::builder().start_time(system_time(now)).expires_in(LINK).build();
        let config = config.map_err(|error| PortError::refused(WHAT, error))?;
        let request = self.client.get_object().bucket(&self.bucket).key(key).presigned(config).await;
        Ok(request.map_err(|error| failed(WHAT, &error))?.uri().to_owned())
    }

    async fn delete(&self, prefix: String) -> Result<(), PortError> {
        loop {
            let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(&prefix);
            let page = list.send().await.map_err(|error| failed(WHAT, &error))?;
            let named = page.contents().iter().filter_map(|object| object.key());
            let named: Vec<ObjectIdentifier> = named
                .map(|key| ObjectIdentifier::builder().key(key).build())
                .collect::<Result<_, _>>()
                .map_err(|error| PortError::refused(WHAT, error))?;
            if named.is_empty() {
                return Ok(());
            }
            let delete = Delete::builder().set_objects(Some(named)).quiet(true).build();
            let delete = delete.map_err(|error| PortError::refused(WHAT, error))?;
            let request = self.client.delete_objects().bucket(&self.bucket).delete(delete);
            let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
            // Failures of single objects come inside a success.
            if let Some(error) = answer.errors().first() {
                return Err(PortError::unavailable(WHAT, error.code().unwrap_or("no code").to_owned()));
            }
        }
    }
}

#[async_trait]
impl EvidenceIntake for EvidenceBucket {
    async fn form(&self, wanted: &WantedUpload) -> Result<UploadForm, PortError> {
        let key = key(UPLOADS, wanted.place);
        let missing = || PortError::refused(WHAT, "there are no credentials to sign with, or no region");
        let (provider, region) = (self.credentials.as_ref().ok_or_else(missing)?, self.client.config().region());
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| PortError::unavailable(WHAT, error))?;
        let policy = PostPolicy {
            bucket: &self.bucket,
            region: region.ok_or_else(missing)?.as_ref(),
            key: &key,
            content_type: wanted.content_type.as_str(),
            sha256: wanted.sha256.as_deref(),
            largest: wanted.largest,
            now: wanted.now,
            closes_at: wanted.closes_at,
        };
        let fields = policy.signed(&credentials).ok_or_else(|| PortError::refused(WHAT, "the hash is none"))?;
        let object = self.presigned(&key, wanted.now).await?;
        let url = object.split_once(&format!("/{key}")).map(|(bucket, _)| bucket.to_owned());
        let url = url.ok_or_else(|| PortError::corrupt(WHAT, "an address without the key"))?;
        Ok(UploadForm { url, fields, closes_at: wanted.closes_at })
    }

    async fn uploaded(&self, place: UploadPlace, most: usize) -> Result<Uploaded, PortError> {
        let request = self.client.get_object().bucket(&self.bucket).key(key(UPLOADS, place));
        let found = match request.send().await {
            Ok(found) => found,
            Err(error) if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("NoSuchKey") => {
                return Ok(Uploaded::Missing);
            }
            Err(error) => return Err(failed(WHAT, &error)),
        };
        // The length comes before the content, which is left where it is.
        let length = found.content_length().unwrap_or_default();
        if usize::try_from(length).map_or(true, |length| length > most) {
            return Ok(Uploaded::TooLarge);
        }
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(WHAT, error))?;
        Ok(Uploaded::Bytes(bytes.into_bytes().to_vec()))
    }

    async fn keep(&self, place: UploadPlace, content_type: EvidenceType, bytes: Vec<u8>) -> Result<(), PortError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key(KEPT, place))
            .body(ByteStream::from(bytes))
            .content_type(content_type.as_str());
        request.send().await.map(drop).map_err(|error| failed(WHAT, &error))
    }
}

#[async_trait]
impl EvidenceView for EvidenceBucket {
    async fn link(&self, place: UploadPlace, now: Timestamp) -> Result<String, PortError> {
        self.presigned(&key(KEPT, place), now).await
    }
}

#[async_trait]
impl EvidenceRemoval for EvidenceBucket {
    async fn remove_all(&self, account_id: AccountId) -> Result<(), PortError> {
        let of = |folder: &str| self.delete(format!("{folder}/{account_id}/"));
        tokio::try_join!(of(UPLOADS), of(KEPT)).map(drop)
    }
}

#[async_trait]
impl ComplaintFileRemoval for EvidenceBucket {
    async fn remove_files(&self, complaint_id: ComplaintId) -> Result<(), PortError> {
        let of = |folder: &str| self.delete(format!("{folder}/complaints/{complaint_id}/"));
        tokio::try_join!(of(UPLOADS), of(KEPT)).map(drop)
    }
}
