use app::ports::{BoxError, DeadLetter, DeadLetterBox, DeadLetterBoxes, PortError};
use async_trait::async_trait;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use jiff::Timestamp;

use crate::{failure::failed, later::Sqs, sending::send};

const WHAT: &str = "dead-letter queues";

/// What SQS gives at once.
const AT_ONCE: i32 = 10;

/// For how long a letter on its way back is shown to nobody else: sending and deleting ten take less than a second.
const ON_ITS_WAY: i32 = 30;

/// Where a dead-letter queue and the queue before it are.
#[derive(Debug, Clone)]
pub struct LetterBoxUrls {
    /// As the design calls the queue (`content-log`).
    pub name: &'static str,
    pub letters: String,
    /// None where the letters came from no queue.
    pub queue: Option<String>,
}

/// The dead-letter queues of SQS. A letter goes back as a new message with the same body: consumers key on ids of ours.
#[derive(Debug, Clone)]
pub struct SqsLetterBoxes {
    client: Sqs,
    boxes: Vec<LetterBoxUrls>,
}

impl SqsLetterBoxes {
    pub(crate) fn new(client: Sqs, boxes: Vec<LetterBoxUrls>) -> Self {
        Self { client, boxes }
    }

    fn known(&self, name: &str) -> Result<&LetterBoxUrls, BoxError> {
        self.boxes.iter().find(|one| one.name == name).ok_or(BoxError::Unknown)
    }

    async fn count(&self, one: &LetterBoxUrls) -> Result<DeadLetterBox, PortError> {
        let wanted = QueueAttributeName::ApproximateNumberOfMessages;
        let request = self.client.get_queue_attributes().queue_url(&one.letters).attribute_names(wanted.clone());
        let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let letters = answer.attributes().and_then(|found| found.get(&wanted)).and_then(|count| count.parse().ok());
        Ok(DeadLetterBox {
            name: one.name.to_owned(),
            letters: letters.ok_or_else(|| PortError::corrupt(WHAT, "no number of messages"))?,
            can_go_back: one.queue.is_some(),
        })
    }

    async fn receive(&self, url: &str, at_most: i32, hidden: i32) -> Result<Vec<Message>, PortError> {
        let request = self
            .client
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(at_most)
            .visibility_timeout(hidden)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp);
        let answer = request.send().await.map_err(|error| failed(WHAT, &error))?;
        Ok(answer.messages.unwrap_or_default())
    }
}

#[async_trait]
impl DeadLetterBoxes for SqsLetterBoxes {
    async fn counts(&self) -> Result<Vec<DeadLetterBox>, PortError> {
        futures::future::try_join_all(self.boxes.iter().map(|one| self.count(one))).await
    }

    async fn look(&self, name: &str) -> Result<Vec<DeadLetter>, BoxError> {
        let messages = self.receive(&self.known(name)?.letters, AT_ONCE, 0).await?;
        Ok(messages.into_iter().map(letter).collect())
    }

    async fn send_back(&self, name: &str, at_most: usize) -> Result<usize, BoxError> {
        let one = self.known(name)?;
        let queue = one.queue.as_ref().ok_or(BoxError::CameFromNoQueue)?;
        let mut gone = 0;
        while gone < at_most {
            let wanted = i32::try_from(at_most - gone).unwrap_or(AT_ONCE).min(AT_ONCE);
            let messages = self.receive(&one.letters, wanted, ON_ITS_WAY).await?;
            if messages.is_empty() {
                break;
            }
            for message in messages {
                send(&self.client, WHAT, queue, message.body().unwrap_or_default()).await?;
                let handle = message.receipt_handle().unwrap_or_default();
                let delete = self.client.delete_message().queue_url(&one.letters).receipt_handle(handle);
                delete.send().await.map_err(|error| failed(WHAT, &error))?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

fn letter(message: Message) -> DeadLetter {
    let sent = message.attributes().and_then(|found| found.get(&MessageSystemAttributeName::SentTimestamp));
    let sent_at = sent.and_then(|ms| ms.parse().ok()).and_then(|ms| Timestamp::from_millisecond(ms).ok());
    DeadLetter { message_id: message.message_id.unwrap_or_default(), sent_at, body: message.body.unwrap_or_default() }
}
