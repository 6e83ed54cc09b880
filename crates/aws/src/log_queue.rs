use app::ports::{LogQueue, PortError};
use async_trait::async_trait;
use evidence::record::LogRecord;

use crate::later::Sqs;
use crate::sending::send_all;

const WHAT: &str = "content-log queue";

/// How large messages are packed: SQS counts each 64 KB as a request, so that larger ones save nothing more, and a
/// function's event (6 MB) holds ten of these whatever the batch.
const AIM: usize = 200 * 1024;

const HEAD: &str = r#"{"records":["#;
const TAIL: &str = "]}";

/// The content-log queue.
#[derive(Debug, Clone)]
pub struct ContentLogQueue {
    client: Sqs,
    url: String,
}

impl ContentLogQueue {
    pub(crate) fn new(client: Sqs, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }
}

#[async_trait]
impl LogQueue for ContentLogQueue {
    async fn send(&self, records: &[LogRecord]) -> Result<(), PortError> {
        let records = records.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
        let records = records.map_err(|error| PortError::refused(WHAT, error))?;
        send_all(&self.client, WHAT, &self.url, pack(&records)).await
    }
}

/// Bodies of messages, each as full as [`AIM`] allows; a record that is larger by itself has one of its own.
fn pack(records: &[String]) -> Vec<String> {
    let mut bodies = Vec::new();
    let mut body = String::new();
    for record in records {
        if !body.is_empty() && body.len() + 1 + record.len() + TAIL.len() > AIM {
            bodies.push(std::mem::take(&mut body) + TAIL);
        }
        body.push_str(if body.is_empty() { HEAD } else { "," });
        body.push_str(record);
    }
    if !body.is_empty() {
        bodies.push(body + TAIL);
    }
    bodies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_fit_are_one_message() {
        let records = ["1".to_owned(), "2".to_owned()];
        assert_eq!(pack(&records), [r#"{"records":[1,2]}"#]);
    }

    #[test]
    fn no_message_is_larger_than_aimed_at_but_for_a_record_that_is() {
        let size = |bytes: usize| "1".repeat(bytes);
        let half = AIM / 2;
        let lengths = |records: &[String]| pack(records).iter().map(String::len).collect::<Vec<_>>();
        let frame = HEAD.len() + TAIL.len();
        assert_eq!(lengths(&[size(half), size(half - frame - 1)]), [AIM]);
        assert_eq!(lengths(&[size(half), size(half - frame)]), [half + frame, half]);
        assert_eq!(lengths(&[size(1), size(AIM), size(1)]), [1 + frame, AIM + frame, 1 + frame]);
    }

    #[test]
    fn no_records_are_no_message() {
        assert!(pack(&[]).is_empty());
    }
}
