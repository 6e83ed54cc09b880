use app::ports::{LogReader, PortError};
use async_trait::async_trait;
use aws_sdk_s3::operation::get_object::GetObjectError;
use domain::retention::SHANGHAI;
use evidence::{object::LogHour, sweep};
use jiff::Timestamp;

use crate::{failure::failed, later::S3};

const WHAT: &str = "content log";

/// The bucket of the content log, for those who read it.
#[derive(Debug, Clone)]
pub struct LogObjects {
    client: S3,
    bucket: String,
}

impl LogObjects {
    pub(crate) fn new(client: S3, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>, PortError> {
        let (mut keys, mut next) = (Vec::new(), None);
        loop {
            let request =
                self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).set_continuation_token(next);
            let page = request.send().await.map_err(|error| failed(WHAT, &error))?;
            keys.extend(page.contents.into_iter().flatten().filter_map(|object| object.key));
            next = page.next_continuation_token;
            if next.is_none() {
                keys.sort();
                return Ok(keys);
            }
        }
    }
}

#[async_trait]
impl LogReader for LogObjects {
    async fn objects(&self, hour: LogHour) -> Result<Vec<String>, PortError> {
        self.keys(&hour.prefix()).await
    }

    async fn papers(&self, day: Timestamp) -> Result<Vec<String>, PortError> {
        let date = day.to_zoned_datetime(SHANGHAI.clone()).date();
        self.keys(&format!("{}date={date}/", sweep::PREFIX)).await
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, PortError> {
        let request = self.client.get_object().bucket(&self.bucket).key(key);
        let found = match request.send().await {
            Ok(found) => found,
            Err(error) if matches!(error.as_service_error(), Some(GetObjectError::NoSuchKey(_))) => return Ok(None),
            Err(error) => return Err(failed(WHAT, &error)),
        };
        let bytes = found.body.collect().await.map_err(|error| PortError::unavailable(WHAT, error))?;
        Ok(Some(bytes.into_bytes().to_vec()))
    }
}
