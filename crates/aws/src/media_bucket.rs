use std::time::Duration;

use app::ports::{Fetched, MediaBucket, PortError};
use async_trait::async_trait;
use aws_lc_rs::digest::{Context, SHA256};
use aws_sdk_s3::{
    error::ProvideErrorMetadata,
    operation::get_object::{GetObjectOutput, builders::GetObjectFluentBuilder},
    presigning::PresigningConfig,
};

use crate::failure::failed;
use crate::later::S3;

const WHAT: &str = "media bucket";

/// The bucket that the platform puts pictures, sound and film into.
#[derive(Debug, Clone)]
pub struct MediaObjects {
    client: S3,
    bucket: String,
}

impl MediaObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }

    fn get(&self, key: &str) -> GetObjectFluentBuilder {
        self.client.get_object().bucket(&self.bucket).key(key)
    }

    /// One version of the object, from its first byte on, when it has `most` bytes at most. The length comes before the
    /// content, which is left where it is.
    async fn opened(&self, key: &str, most: u64) -> Result<Fetched<GetObjectOutput>, PortError> {
        let found = match self.get(key).send().await {
            Ok(found) => found,
            Err(error) if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("NoSuchKey") => {
                return Ok(Fetched::Missing);
            }
            Err(error) => return Err(failed(WHAT, &error)),
        };
        let length = found.content_length().unwrap_or_default();
        Ok(if u64::try_from(length).is_ok_and(|length| length <= most) {
            Fetched::Found(found)
        } else {
            Fetched::TooLarge
        })
    }
}

#[async_trait]
impl MediaBucket for MediaObjects {
    async fn read(&self, key: &str, most: usize) -> Result<Fetched<Vec<u8>>, PortError> {
        let found = match self.opened(key, most as u64).await? {
            Fetched::Found(found) => found,
            Fetched::Missing => return Ok(Fetched::Missing),
            Fetched::TooLarge => return Ok(Fetched::TooLarge),
        };
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(WHAT, error))?;
        Ok(Fetched::Found(bytes.into_bytes().to_vec()))
    }

    async fn link(&self, key: &str, lasts: Duration) -> Result<String, PortError> {
        let config = PresigningConfig::expires_in(lasts).map_err(|error| PortError::refused(WHAT, error))?;
        let presigned = self.get(key).presigned(config).await.map_err(|error| failed(WHAT, &error))?;
        Ok(presigned.uri().to_owned())
    }

    async fn hash(&self, key: &str, most: u64) -> Result<Fetched<[u8; 32]>, PortError> {
        let mut found = match self.opened(key, most).await? {
            Fetched::Found(found) => found,
            Fetched::Missing => return Ok(Fetched::Missing),
            Fetched::TooLarge => return Ok(Fetched::TooLarge),
        };
        let mut hash = Context::new(&SHA256);
        while let Some(bytes) = found.body.try_next().await.map_err(|error| PortError::unavailable(WHAT, error))? {
            hash.update(&bytes);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(hash.finish().as_ref());
        Ok(Fetched::Found(digest))
    }
}
