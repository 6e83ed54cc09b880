use app::ports::{Clock, PortError, SealShelf, SystemClock};
use async_trait::async_trait;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use data_encoding::BASE64;
use domain::retention::RetentionPeriod;
use evidence::{digest::Digest, envelope::PublicKey, object::LogHour, seal};
use jiff::{SignedDuration, Timestamp};

use crate::{
    LockMode,
    failure::{failed, status},
    later::S3,
};

const WHAT: &str = "seals";

/// As for log objects: a lock that ends while the request travels is refused.
const TRAVEL: SignedDuration = SignedDuration::from_secs(5);

/// Seals and public keys in the bucket of the content log.
#[derive(Debug, Clone)]
pub struct SealObjects {
    client: S3,
    bucket: String,
    lock: LockMode,
    period: RetentionPeriod,
}

impl SealObjects {
    pub(crate) fn new(client: S3, bucket: &str, lock: LockMode, period: RetentionPeriod) -> Self {
        Self { client, bucket: bucket.to_owned(), lock, period }
    }

    /// Whether it was written; it was not when one is there.
    async fn write(&self, key: &str, bytes: &[u8], kind: &str, lock: Option<Timestamp>) -> Result<bool, PortError> {
        let mut request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .body(ByteStream::from(bytes.to_vec()))
            .content_type(kind)
            .checksum_sha256(BASE64.encode(&Digest::of(bytes).0))
            .if_none_match("*");
        if let Some(until) = lock.filter(|until| *until > SystemClock.now() + TRAVEL) {
            request = request
                .object_lock_mode(self.lock.into())
                .object_lock_retain_until_date(DateTime::from_secs(until.as_second()));
        }
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error) if status(&error) == Some(412) => Ok(false),
            Err(error) => Err(failed(WHAT, &error)),
        }
    }
}

#[async_trait]
impl SealShelf for SealObjects {
    async fn put(&self, hour: LogHour, envelope: &[u8]) -> Result<Vec<u8>, PortError> {
        let (key, lock) = (seal::key(hour), seal::keep_until(hour, &self.period));
        if self.write(&key, envelope, "application/json", Some(lock)).await? {
            return Ok(envelope.to_vec());
        }
        let request = self.client.get_object().bucket(&self.bucket).key(&key);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(WHAT, error))?;
        Ok(bytes.into_bytes().to_vec())
    }

    async fn publish(&self, key: &PublicKey) -> Result<(), PortError> {
        self.write(&key.object_key(), key.to_pem().as_bytes(), "application/x-pem-file", None).await.map(|_| ())
    }
}
