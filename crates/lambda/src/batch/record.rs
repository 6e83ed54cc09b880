//! One message of a batch.

use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};

use super::RecordError;

/// One message. Effects are keyed on ids inside of the body, never on `message_id`: a redrive gives a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqsRecord {
    pub message_id: String,
    pub body: String,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

impl SqsRecord {
    /// The body as a `T`.
    ///
    /// # Errors
    /// Permanent: a body that cannot be read now cannot be read later. The error tells the place and never the text.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, RecordError> {
        let mut deserializer = serde_json::Deserializer::from_str(&self.body);
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| RecordError::Permanent {
            cause: format!("the body is not of the form that is expected, at {}", error.path()),
        })
    }
}

/// The event as the queue's poller sends it, read with as little demand as possible: one odd record must not spoil the
/// others.
#[derive(Deserialize)]
pub(super) struct RawEvent {
    #[serde(rename = "Records")]
    pub(super) records: Vec<RawRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawRecord {
    #[serde(default)]
    pub(super) message_id: Option<String>,
    #[serde(default)]
    receipt_handle: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    attributes: RawAttributes,
}

#[derive(Default, Deserialize)]
struct RawAttributes {
    #[serde(default, rename = "ApproximateReceiveCount")]
    receive_count: Option<String>,
    #[serde(default, rename = "SentTimestamp")]
    sent: Option<String>,
}

/// How the queue and a log line call a message: its body is never among it.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) message_id: String,
    pub(super) receive_count: u32,
    /// What the queue knows this receive of the message by.
    pub(super) receipt_handle: String,
    /// When the message came into its first queue.
    pub(super) sent: Option<Timestamp>,
}

impl RawRecord {
    pub(super) fn into_record(self, message_id: String) -> (Names, SqsRecord) {
        let count = self.attributes.receive_count.and_then(|text| text.parse().ok()).unwrap_or(1);
        let sent = self.attributes.sent.and_then(|text| text.parse().ok());
        let names = Names {
            message_id: message_id.clone(),
            receive_count: count,
            receipt_handle: self.receipt_handle.unwrap_or_default(),
            sent: sent.and_then(|sent| Timestamp::from_millisecond(sent).ok()),
        };
        (names, SqsRecord { message_id, body: self.body.unwrap_or_default(), receive_count: count })
    }
}
