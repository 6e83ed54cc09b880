//! Getting messages into a queue, all of them.

use std::{borrow::Cow, collections::VecDeque, time::Duration};

use app::ports::PortError;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;

use crate::{chance::jitter, failure::failed, later::Sqs};

/// What SQS takes in one message and in one batch, in bytes.
pub(crate) const LIMIT: usize = 1_048_576;

/// What SQS takes in one batch, in messages.
const ENTRIES: usize = 10;

/// How often entries are sent of which SQS says that the fault is its own.
const TRIES: u32 = 4;

const PAUSE: Duration = Duration::from_millis(50);

/// Sends one message.
pub(crate) async fn send(client: &Sqs, what: &'static str, url: &str, body: &str) -> Result<(), PortError> {
    send_later(client, what, url, body, 0).await
}

/// Sends one message that nobody is given before `pause` seconds have passed.
pub(crate) async fn send_later(
    client: &Sqs,
    what: &'static str,
    url: &str,
    body: &str,
    pause: i32,
) -> Result<(), PortError> {
    let request = client.send_message().queue_url(url).message_body(sendable(body));
    let request = if pause > 0 { request.delay_seconds(pause) } else { request };
    request.send().await.map(|_| ()).map_err(|error| failed(what, &error))
}

/// Sends them all, in as few calls as there can be.
pub(crate) async fn send_all(
    client: &Sqs,
    what: &'static str,
    url: &str,
    bodies: Vec<String>,
) -> Result<(), PortError> {
    for batch in batches(bodies) {
        send_batch(client, what, url, batch).await?;
    }
    Ok(())
}

async fn send_batch(client: &Sqs, what: &'static str, url: &str, mut bodies: Vec<String>) -> Result<(), PortError> {
    for tried in 1..=TRIES {
        let entries = bodies
            .iter()
            .enumerate()
            .map(|(at, body)| {
                SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(sendable(body)).build()
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| PortError::refused(what, error))?;
        let request = client.send_message_batch().queue_url(url).set_entries(Some(entries));
        let answer = request.send().await.map_err(|error| failed(what, &error))?;
        if let Some(entry) = answer.failed().iter().find(|entry| entry.sender_fault()) {
            return Err(PortError::refused(what, format!("{}: {}", entry.code(), entry.message().unwrap_or_default())));
        }
        // Only what SQS says it has is not sent again.
        let sent: Vec<usize> = answer.successful().iter().filter_map(|entry| entry.id().parse().ok()).collect();
        let mut at = 0..;
        bodies.retain(|_| at.next().is_some_and(|at| !sent.contains(&at)));
        if bodies.is_empty() {
            return Ok(());
        }
        if tried < TRIES {
            tokio::time::sleep(jitter(PAUSE * 2_u32.pow(tried - 1))).await;
        }
    }
    Err(PortError::unavailable(what, format!("{} messages were not taken in {TRIES} tries", bodies.len())))
}

/// As SQS takes it: of what Unicode has it refuses two characters that JSON may hold as they are (the others it refuses are
/// controls, which JSON escapes). Every body is JSON, which can escape these as well, and means the same then.
fn sendable(body: &str) -> Cow<'_, str> {
    if body.contains(['\u{FFFE}', '\u{FFFF}']) {
        body.replace('\u{FFFE}', "\\ufffe").replace('\u{FFFF}', "\\uffff").into()
    } else {
        body.into()
    }
}

/// In order, each as full as the limits allow.
fn batches(bodies: Vec<String>) -> Vec<Vec<String>> {
    let mut waiting = VecDeque::from(bodies);
    let mut batches = Vec::new();
    while let Some(first) = waiting.pop_front() {
        let (mut size, mut batch) = (first.len(), vec![first]);
        while batch.len() < ENTRIES
            && let Some(next) = waiting.pop_front_if(|next| size + next.len() <= LIMIT)
        {
            size += next.len();
            batch.push(next);
        }
        batches.push(batch);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(of: &[usize]) -> Vec<Vec<usize>> {
        let bodies = of.iter().map(|size| "x".repeat(*size)).collect();
        batches(bodies).iter().map(|batch| batch.iter().map(String::len).collect()).collect()
    }

    #[test]
    fn a_batch_holds_ten_messages_and_no_more() {
        let counts: Vec<_> = sizes(&[1; 23]).iter().map(Vec::len).collect();
        assert_eq!(counts, [10, 10, 3]);
    }

    #[test]
    fn a_batch_holds_one_mebibyte_and_no_more() {
        let half = LIMIT / 2;
        assert_eq!(sizes(&[half, half, 1]), [vec![half, half], vec![1]]);
        assert_eq!(sizes(&[LIMIT, 1]), [vec![LIMIT], vec![1]]);
    }

    #[test]
    fn what_sqs_refuses_is_escaped_and_means_the_same() {
        let text = "a\u{FFFF}b\u{FFFE}\u{1F600}\u{0}\"\\";
        let body = serde_json::to_string(text).unwrap();
        let sent = sendable(&body);
        let taken = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
        assert!(sent.chars().all(taken), "{sent}");
        assert_eq!(serde_json::from_str::<String>(&sent).unwrap(), text);
    }

    #[test]
    fn nothing_is_no_batch() {
        assert!(sizes(&[]).is_empty());
    }
}
