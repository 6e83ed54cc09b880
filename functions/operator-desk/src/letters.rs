//! Dead letters, as far as an operator needs them: what a letter is about and why it failed, and never what it says. A
//! letter of the content log holds what people wrote.

use app::{operating::DeadLetterView, ports::DeadLetter};
use serde_json::{Value, json};

/// The members of a letter that tell what it is about: names of ours, none of them written by the public.
const TELLING: [&str; 16] = [
    "event_id",
    "event_type",
    "type",
    "reason",
    "kind",
    "record_id",
    "account_id",
    "publication_id",
    "comment_id",
    "case_id",
    "complaint_id",
    "decision_id",
    "part",
    "hour",
    "key",
    "scheduled_at",
];

/// How many of them are shown: those of one event and some of its subject.
const MOST: usize = 12;

/// Who reads the queue, and so in whose log the cause is.
#[must_use]
pub(crate) fn consumer(queue: &str) -> &'static str {
    match queue {
        "verification" => "registration-verifier",
        "content-log" => "content-logger",
        "triage" => "complaint-triager",
        "media" => "media-screener",
        "enforcement" => "enforcer",
        "notification" => "notifier",
        "sweep" => "retention-sweeper",
        "control-files" => "control-files",
        "rule-pack-uploads" => "rulepack-compiler",
        "relay" => "event-relay",
        _ => "retention-planner, deadline-clock, log-sealer",
    }
}

/// Member and value, in the order in which they lie in the letter.
#[must_use]
pub(crate) fn about(letter: &DeadLetter) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(body) = serde_json::from_str(&letter.body) {
        gather(&body, 0, &mut found);
    }
    found
}

fn gather(value: &Value, depth: usize, found: &mut Vec<(String, String)>) {
    if depth > 4 {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if TELLING.contains(&name.as_str()) && found.len() < MOST => {
                        found.push((name.clone(), text.chars().take(200).collect()));
                    }
                    other => gather(other, depth + 1, found),
                }
            }
        }
        Value::Array(items) => items.iter().take(3).for_each(|item| gather(item, depth + 1, found)),
        _ => {}
    }
}

/// For the answer of a command.
#[must_use]
pub(crate) fn json(view: &DeadLetterView) -> Value {
    let boxes = view.boxes.iter().map(|one| {
        json!({ "queue": one.name, "letters": one.letters, "can_go_back": one.can_go_back, "consumer": consumer(&one.name) })
    });
    let open = view.open.as_ref().map(|(name, letters)| {
        let letters = letters.iter().map(|letter| {
            let about: serde_json::Map<_, _> =
                about(letter).into_iter().map(|(name, value)| (name, Value::String(value))).collect();
            json!({ "message_id": letter.message_id, "sent_at": letter.sent_at, "about": about })
        });
        json!({ "queue": name, "letters": letters.collect::<Vec<_>>() })
    });
    json!({ "dead_letter_queues": boxes.collect::<Vec<_>>(), "open": open })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_tells_what_it_is_about_and_not_what_it_says() {
        let body = json!({
            "records": [{ "kind": "publication", "record_id": "rec_1", "publication": { "parts": [{ "text": "私密的话" }] } }]
        });
        let letter = DeadLetter { message_id: "m".to_owned(), sent_at: None, body: body.to_string() };
        let told = about(&letter);
        assert!(told.contains(&("record_id".to_owned(), "rec_1".to_owned())));
        assert!(!format!("{told:?}").contains("私密"));
        let odd = DeadLetter { body: "no json".to_owned(), ..letter };
        assert!(about(&odd).is_empty());
    }
}
