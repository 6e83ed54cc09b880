//! Looking at what lies in tables, buckets and queues, in plain types. For acceptance tests and the demo; no function
//! has this.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_s3::{primitives::ByteStream, types::ObjectLockMode};
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use jiff::Timestamp;
use serde_json::Value;

use crate::{Aws, ConnectError, Endpoint, failure::failed};

/// What went wrong; `code` is that of AWS (`AccessDenied`), or empty.
#[derive(Debug, thiserror::Error)]
#[error("{told}")]
pub struct ObserveError {
    pub code: String,
    told: String,
}

/// A version of an object, with its lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedObject {
    pub key: String,
    pub version_id: String,
    pub size: u64,
    /// `COMPLIANCE` or `GOVERNANCE`.
    pub lock_mode: Option<String>,
    pub locked_until: Option<Timestamp>,
}

/// About how many messages a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueDepth {
    pub visible: u64,
    /// Received and neither deleted nor visible again.
    pub in_flight: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedMessage {
    pub message_id: String,
    pub body: String,
    pub receive_count: u32,
    pub receipt_handle: String,
}

/// Sees everything that the credentials may see.
#[derive(Debug)]
pub struct Observer {
    aws: Aws,
}

type Observed<T> = Result<T, ObserveError>;

fn told<E>(
    what: &'static str,
    error: &aws_sdk_dynamodb::error::SdkError<E, aws_sdk_dynamodb::config::http::HttpResponse>,
) -> ObserveError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or_default().to_owned();
    let port = failed(what, error);
    let source = std::error::Error::source(&port).map(ToString::to_string).unwrap_or_default();
    ObserveError { code, told: format!("{port}: {source}") }
}

fn odd(error: impl std::fmt::Display) -> ObserveError {
    ObserveError { code: String::new(), told: error.to_string() }
}

impl Observer {
    /// # Errors
    /// When no client can be made.
    pub fn new(endpoint: &Endpoint) -> Result<Self, ConnectError> {
        Ok(Self { aws: Aws::at(endpoint)? })
    }

    /// The newest version of every object under `prefix`, with its lock, in key order.
    ///
    /// # Errors
    /// When S3 says no.
    pub async fn objects(&self, bucket: &str, prefix: &str) -> Observed<Vec<ObservedObject>> {
        let mut objects = Vec::new();
        let mut token = None;
        loop {
            let list = self.aws.s3().list_objects_v2().bucket(bucket).prefix(prefix).set_continuation_token(token);
            let page = list.send().await.map_err(|error| told("list", &error))?;
            for key in page.contents().iter().filter_map(|object| object.key()) {
                objects.push(self.object_with_lock(bucket, key).await?);
            }
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(objects);
            }
        }
    }

    async fn object_with_lock(&self, bucket: &str, key: &str) -> Observed<ObservedObject> {
        let head = self.aws.s3().head_object().bucket(bucket).key(key).send().await;
        let head = head.map_err(|error| told("head", &error))?;
        let until = head.object_lock_retain_until_date().map(|until| Timestamp::from_second(until.secs()));
        Ok(ObservedObject {
            key: key.to_owned(),
            version_id: head.version_id().unwrap_or("null").to_owned(),
            size: head.content_length().and_then(|length| u64::try_from(length).ok()).unwrap_or(0),
            lock_mode: head.object_lock_mode().map(ObjectLockMode::as_str).map(ToOwned::to_owned),
            locked_until: until.transpose().map_err(odd)?,
        })
    }

    /// The bytes of the newest version.
    ///
    /// # Errors
    /// When S3 says no; `NoSuchKey` when there is none.
    pub async fn object(&self, bucket: &str, key: &str) -> Observed<Vec<u8>> {
        let found = self.aws.s3().get_object().bucket(bucket).key(key).send().await;
        let body = found.map_err(|error| told("get", &error))?.body;
        Ok(body.collect().await.map_err(odd)?.into_bytes().to_vec())
    }

    /// Writes an object without a lock.
    ///
    /// # Errors
    /// When S3 says no.
    pub async fn put_object(&self, bucket: &str, key: &str, bytes: &[u8]) -> Observed<()> {
        let put = self.aws.s3().put_object().bucket(bucket).key(key).body(ByteStream::from(bytes.to_vec()));
        put.send().await.map(|_| ()).map_err(|error| told("put", &error))
    }

    /// Tries to delete one version, as anybody could who has the right to.
    ///
    /// # Errors
    /// When S3 says no: `AccessDenied` for a version that is locked.
    pub async fn delete_version(&self, bucket: &str, key: &str, version_id: &str) -> Observed<()> {
        let delete = self.aws.s3().delete_object().bucket(bucket).key(key).version_id(version_id);
        delete.send().await.map(|_| ()).map_err(|error| told("delete", &error))
    }

    /// # Errors
    /// When SQS says no.
    pub async fn depth(&self, queue_url: &str) -> Observed<QueueDepth> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let request = self.aws.sqs().get_queue_attributes().queue_url(queue_url);
        let answer = request.set_attribute_names(Some(names.to_vec())).send().await;
        let answer = answer.map_err(|error| told("queue attributes", &error))?;
        let count = |name: &QueueAttributeName| {
            answer.attributes().and_then(|all| all.get(name)).and_then(|count| count.parse().ok()).unwrap_or(0)
        };
        Ok(QueueDepth { visible: count(&names[0]), in_flight: count(&names[1]) })
    }

    /// Up to ten messages, which stay where they are and stay visible. The receive counts: five of them send a message
    /// to the dead-letter queue, where the queue has one.
    ///
    /// # Errors
    /// When SQS says no.
    pub async fn peek(&self, queue_url: &str) -> Observed<Vec<ObservedMessage>> {
        self.receive(queue_url, 0).await
    }

    /// All messages, which are gone then.
    ///
    /// # Errors
    /// When SQS says no.
    pub async fn take_all(&self, queue_url: &str) -> Observed<Vec<ObservedMessage>> {
        let mut all = Vec::new();
        loop {
            let messages = self.receive(queue_url, 30).await?;
            if messages.is_empty() {
                return Ok(all);
            }
            for message in messages {
                let delete = self.aws.sqs().delete_message().queue_url(queue_url);
                let deleted = delete.receipt_handle(&message.receipt_handle).send().await;
                deleted.map_err(|error| told("delete message", &error))?;
                all.push(message);
            }
        }
    }

    async fn receive(&self, queue_url: &str, visibility: i32) -> Observed<Vec<ObservedMessage>> {
        let request = self
            .aws
            .sqs()
            .receive_message()
            .queue_url(queue_url)
            .max_number_of_messages(10)
            .visibility_timeout(visibility)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            // Long polling asks all of a queue's servers.
            .wait_time_seconds(1);
        let answer = request.send().await.map_err(|error| told("receive", &error))?;
        let seen = answer.messages.into_iter().flatten().map(|message| {
            let count = MessageSystemAttributeName::ApproximateReceiveCount;
            let count = message.attributes().and_then(|all| all.get(&count)).and_then(|count| count.parse().ok());
            ObservedMessage {
                receive_count: count.unwrap_or(0),
                message_id: message.message_id.unwrap_or_default(),
                body: message.body.unwrap_or_default(),
                receipt_handle: message.receipt_handle.unwrap_or_default(),
            }
        });
        Ok(seen.collect())
    }

    /// Puts any text into a queue.
    ///
    /// # Errors
    /// When SQS says no.
    pub async fn send(&self, queue_url: &str, body: &str) -> Observed<()> {
        let send = self.aws.sqs().send_message().queue_url(queue_url).message_body(body);
        send.send().await.map(|_| ()).map_err(|error| told("send", &error))
    }

    /// Every row of a table, as JSON. A scan: here alone.
    ///
    /// # Errors
    /// When `DynamoDB` says no.
    pub async fn rows(&self, table: &str) -> Observed<Vec<Value>> {
        let mut rows = Vec::new();
        let mut start = None;
        loop {
            let scan = self.aws.dynamodb().scan().table_name(table).consistent_read(true);
            let page = scan.set_exclusive_start_key(start).send().await.map_err(|error| told("scan", &error))?;
            for item in page.items.into_iter().flatten() {
                rows.push(serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(odd)?);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(rows);
            }
        }
    }

    /// Puts a row into a table, whatever is there.
    ///
    /// # Errors
    /// When `DynamoDB` says no.
    pub async fn put_row(&self, table: &str, row: &Value) -> Observed<()> {
        let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(row).map_err(odd)?;
        let put = self.aws.dynamodb().put_item().table_name(table).set_item(Some(item));
        put.send().await.map(|_| ()).map_err(|error| told("put row", &error))
    }
}
