//! What a line of the log has that was published: read from the line as it lies there, without a tree of its values.

use std::borrow::Cow;

use domain::{
    id::{AccountId, RecordId},
    publication::{Declaration, Part},
    subject::Subject,
};
use evidence::record::{COMMENT, PUBLICATION};
use jiff::Timestamp;
use screening::{
    engine::Engine,
    verdict::{Effect, Verdict},
};
use serde::Deserialize;

use crate::scrutiny::facts_of_content;

/// A publication or a comment, as it was taken in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Content {
    pub record_id: RecordId,
    pub received_at: Timestamp,
    pub account_id: Option<AccountId>,
    pub subject: Subject,
    /// Of a comment 1.
    pub edition: u64,
    pub parts: Vec<Part>,
    pub declared: Vec<Declaration>,
    pub live: LiveVerdict,
}

/// What was said of it then.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct LiveVerdict {
    pub effect: Effect,
    pub findings: Vec<LiveFinding>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct LiveFinding {
    pub rule: String,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Line<D> {
    record_id: RecordId,
    received_at: Timestamp,
    #[serde(default)]
    account_id: Option<AccountId>,
    subject: Subject,
    data: D,
}

#[derive(Deserialize)]
struct PublicationData {
    edition: u64,
    parts: Vec<Part>,
    #[serde(default)]
    declared: Vec<Declaration>,
    verdict: LiveVerdict,
}

#[derive(Deserialize)]
struct CommentData {
    text: String,
    verdict: LiveVerdict,
}

impl Content {
    /// `None` of a line that tells of something else.
    ///
    /// # Errors
    /// When the line is no record of the log.
    pub(super) fn of(line: &str) -> Result<Option<Self>, serde_json::Error> {
        let Head { kind } = serde_json::from_str(line)?;
        match kind.as_ref() {
            PUBLICATION => {
                let line: Line<PublicationData> = serde_json::from_str(line)?;
                let PublicationData { edition, parts, declared, verdict } = line.data;
                Ok(Some(Self {
                    record_id: line.record_id,
                    received_at: line.received_at,
                    account_id: line.account_id,
                    subject: line.subject,
                    edition,
                    parts,
                    declared,
                    live: verdict,
                }))
            }
            COMMENT => {
                let line: Line<CommentData> = serde_json::from_str(line)?;
                let CommentData { text, verdict } = line.data;
                Ok(Some(Self {
                    record_id: line.record_id,
                    received_at: line.received_at,
                    account_id: line.account_id,
                    subject: line.subject,
                    edition: 1,
                    parts: vec![Part::Text { text }],
                    declared: Vec::new(),
                    live: verdict,
                }))
            }
            _ => Ok(None),
        }
    }

    pub(super) const fn is_comment(&self) -> bool {
        matches!(self.subject, Subject::Comment(_))
    }

    /// What the rules on trial say of it.
    pub(super) fn tried_by(&self, engine: &Engine) -> Verdict {
        let words: Vec<&str> = self.parts.iter().map(|part| part.words().unwrap_or_default()).collect();
        let kind = if self.is_comment() { "comment" } else { "publication" };
        engine.assess(&words, &facts_of_content(kind, &self.parts, &self.declared, self.received_at))
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        comment::{Comment, CommentStatus, Commenter},
        event::{Event, EventBody},
        id::{CommentId, PublicationId},
        publication::{Publication, PublicationStatus, Revisions},
    };
    use evidence::record::LogRecord;
    use screening::pack::RulePack;

    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn engine(scope: &str) -> Engine {
        let pack = format!(
            "id: t\nversion: 1\nbanks: {{ cards: [储值卡] }}\nrules:\n  - {{ id: cards, version: 1, title: {{ zh: 卡, en: c }}, \
             policy: fraud, effect: hold, bank: cards, {scope} examples: {{ matches: [储值卡], passes: [] }} }}\n"
        );
        RulePack::from_yaml(&pack).unwrap().compile().unwrap()
    }

    fn line(record: &LogRecord) -> String {
        serde_json::to_string(record).unwrap()
    }

    #[test]
    fn a_publication_is_read_as_it_was_logged() {
        let account_id = AccountId::at(AT);
        let parts = vec![
            Part::Image { url: "https://cdn.example/1.jpg".to_owned(), object: None },
            Part::Text { text: "低价\"储值卡\"\n😀".to_owned() },
        ];
        let publication = Publication {
            publication_id: PublicationId::named(account_id, "post-1"),
            account_id,
            reference: "post-1".to_owned(),
            version: 3,
            edition: 2,
            content_hash: domain::publication::content_hash(&parts),
            parts: parts.clone(),
            declared: vec![Declaration::News],
            status: PublicationStatus::Held,
            settlement: None,
            received_at: AT,
            revisions: Revisions::default(),
            comments_closed: false,
        };
        let verdict = engine("").screen(&["", "储值卡"]);
        let record = LogRecord::of_publication(&publication, PublicationStatus::Held, &verdict).unwrap();
        let content = Content::of(&line(&record)).unwrap().unwrap();
        assert_eq!((content.edition, &content.parts, &content.declared), (2, &parts, &publication.declared));
        assert_eq!(content.subject, Subject::Publication(publication.publication_id));
        assert_eq!((content.live.effect, content.live.findings[0].rule.as_str()), (Effect::Hold, "cards"));
        let tried = content.tried_by(&engine("scope: { kinds: [publication] }, when: content.news && time.hour == 8,"));
        assert_eq!(tried.findings[0].spans[0].part, 1);
    }

    #[test]
    fn a_comment_is_read_as_it_was_logged_and_tried_as_one() {
        let account_id = AccountId::at(AT);
        let publication_id = PublicationId::named(account_id, "post-1");
        let comment = Comment {
            comment_id: CommentId::named(publication_id, "c-1"),
            publication_id,
            account_id,
            reference: "c-1".to_owned(),
            commenter: Commenter("reader-1".to_owned()),
            version: 1,
            text: "要储值卡的私信".to_owned(),
            status: CommentStatus::Published,
            hidden: None,
            settlement: None,
            received_at: AT,
        };
        let record = LogRecord::of_comment(&comment, &engine("").screen(&[""])).unwrap();
        let content = Content::of(&line(&record)).unwrap().unwrap();
        assert!(content.is_comment() && content.live.findings.is_empty());
        assert_eq!(content.tried_by(&engine("scope: { kinds: [comment] },")).findings.len(), 1);
        assert_eq!(content.tried_by(&engine("scope: { kinds: [publication] },")).findings.len(), 0);
    }

    #[test]
    fn an_event_is_no_content_and_what_is_no_record_is_an_error() {
        let event = Event::new(
            1,
            domain::actor::Actor::function("t"),
            EventBody::MobileProven { account_id: AccountId::at(AT) },
            AT,
        );
        assert_eq!(Content::of(&line(&LogRecord::of_event(&event).unwrap())).unwrap(), None);
        for text in ["", "{", "{}", r#"{"kind":"publication"}"#, r#"{"kind":"comment","data":{}}"#] {
            assert!(Content::of(text).is_err(), "{text}");
        }
    }
}
