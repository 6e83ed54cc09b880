use app::ports::{Clock, ContentLog, PortError, SystemClock, WriteOutcome};
use async_trait::async_trait;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use data_encoding::BASE64;
use evidence::object::LogObject;
use jiff::SignedDuration;

use crate::{
    LockMode,
    failure::{failed, status},
    later::S3,
};

const WHAT: &str = "content log";

/// S3 refuses a lock that ends in the past, where the request may have arrived by the time it looks. A period of
/// minutes, which the local stage may use, can run out while a record waits in its queue; such an object is written
/// without a lock, which it would not need.
const TRAVEL: SignedDuration = SignedDuration::from_secs(5);

/// The bucket of the content log.
#[derive(Debug, Clone)]
pub struct ContentLogBucket {
    client: S3,
    bucket: String,
    lock: LockMode,
}

impl ContentLogBucket {
    pub(crate) fn new(client: S3, bucket: &str, lock: LockMode) -> Self {
        Self { client, bucket: bucket.to_owned(), lock }
    }
}

#[async_trait]
impl ContentLog for ContentLogBucket {
    async fn write(&self, object: &LogObject) -> Result<WriteOutcome, PortError> {
        let mut request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(&object.key)
            .body(ByteStream::from(object.bytes.clone()))
            .content_type("application/zstd")
            .checksum_sha256(BASE64.encode(&object.sha256.0))
            .if_none_match("*");
        if object.keep_until > SystemClock.now() + TRAVEL {
            request = request
                .object_lock_mode(self.lock.into())
                .object_lock_retain_until_date(DateTime::from_secs(object.keep_until.as_second()));
        }
        match request.send().await {
            Ok(_) => Ok(WriteOutcome::Written),
            Err(error) if status(&error) == Some(412) => Ok(WriteOutcome::Existed),
            // 409: another write of the same key is on its way, and whether it arrives is not known.
            Err(error) => Err(failed(WHAT, &error)),
        }
    }
}
