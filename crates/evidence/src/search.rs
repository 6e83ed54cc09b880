//! Which records somebody looks for: about whom, from when, by which rule, by which reviewer.

use std::collections::BTreeMap;

use domain::id::{AccountId, PublicationId, RecordId};
use jiff::Timestamp;
use serde_json::Value;

use crate::{object::LogHour, record::LogRecord};

/// What is looked for. A record has to answer to everything that is named; what is not named is no matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Received from then on …
    pub from: Timestamp,
    /// … and before then.
    pub until: Timestamp,
    /// Of the account, or naming it in what happened.
    pub account: Option<AccountId>,
    /// Of the publication, or naming it in what happened.
    pub publication: Option<PublicationId>,
    /// `publication`, `comment`, `activity`, or the name of an event.
    pub kind: Option<String>,
    /// The identifier of a rule that was met.
    pub rule: Option<String>,
    /// The pseudonym of whoever did it, `caller_…`, in whatever role.
    pub reviewer: Option<String>,
}

impl Search {
    /// Everything of a period.
    #[must_use]
    pub const fn of_period(from: Timestamp, until: Timestamp) -> Self {
        Self { from, until, account: None, publication: None, kind: None, rule: None, reviewer: None }
    }

    /// The hours whose objects are to be read, and no others.
    pub fn hours(&self) -> impl Iterator<Item = LogHour> + use<> {
        let until = self.until;
        std::iter::successors(Some(LogHour::of(self.from)), |hour| Some(hour.next()))
            .take_while(move |hour| hour.start() < until)
    }

    /// Whether the record is looked for.
    #[must_use]
    pub fn finds(&self, record: &LogRecord) -> bool {
        let LogRecord { kind, received_at, account_id, data, .. } = record;
        let is_named = |id: String| {
            let subject = record.subject.is_some_and(|subject| subject.subject_id() == id);
            subject || any(data, &mut |_, text| text == id)
        };
        (self.from..self.until).contains(received_at)
            && self.kind.as_ref().is_none_or(|wanted| wanted == kind)
            && self.account.is_none_or(|wanted| *account_id == Some(wanted) || is_named(wanted.to_string()))
            && self.publication.is_none_or(|wanted| is_named(wanted.to_string()))
            && self.rule.as_ref().is_none_or(|wanted| any(data, &mut |name, text| name == "rule" && text == wanted))
            && self.reviewer.as_ref().is_none_or(|wanted| {
                any(data, &mut |name, text| name == "arn" && text.rsplit('/').next() == Some(wanted.as_str()))
            })
    }
}

/// Whether a text anywhere in `value` answers, told with the name of the member that it is in.
fn any(value: &Value, answers: &mut impl FnMut(&str, &str) -> bool) -> bool {
    fn within(name: &str, value: &Value, answers: &mut impl FnMut(&str, &str) -> bool) -> bool {
        match value {
            Value::String(text) => answers(name, text),
            Value::Array(values) => values.iter().any(|value| within(name, value, answers)),
            Value::Object(members) => members.iter().any(|(name, value)| within(name, value, answers)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    within("", value, answers)
}

/// Of the copies of each record the one that counts, by the time of receipt.
#[must_use]
pub fn standing(records: Vec<LogRecord>) -> Vec<LogRecord> {
    let mut copies: BTreeMap<RecordId, Vec<LogRecord>> = BTreeMap::new();
    for record in records {
        copies.entry(record.record_id).or_default().push(record);
    }
    let mut standing: Vec<LogRecord> =
        copies.into_values().filter_map(|copies| LogRecord::standing(&copies).cloned()).collect();
    standing.sort_by_key(|record| (record.received_at, record.record_id));
    standing
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::record::SCHEMA;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn record(name: &str, data: Value) -> LogRecord {
        LogRecord {
            schema: SCHEMA.to_owned(),
            record_id: RecordId::named(name, 1),
            kind: "publication".to_owned(),
            occurred_at: at("2026-11-23T01:30:00Z"),
            received_at: at("2026-11-23T01:30:00Z"),
            account_id: None,
            subject: None,
            data,
        }
    }

    fn search() -> Search {
        Search::of_period(at("2026-11-23T01:00:00Z"), at("2026-11-23T02:00:00Z"))
    }

    #[test]
    fn a_period_takes_in_its_beginning_and_not_its_end() {
        let mut one = record("a", json!({}));
        assert!(search().finds(&one));
        one.received_at = search().until;
        assert!(!search().finds(&one));
        one.received_at = search().from;
        assert!(search().finds(&one));
    }

    #[test]
    fn the_hours_of_a_period_are_those_that_it_touches() {
        let hours = |from: &str, until: &str| Search::of_period(at(from), at(until)).hours().count();
        assert_eq!(hours("2026-11-23T01:00:00Z", "2026-11-23T02:00:00Z"), 1);
        assert_eq!(hours("2026-11-23T01:59:59Z", "2026-11-23T02:00:01Z"), 2);
        assert_eq!(hours("2026-11-23T02:00:00Z", "2026-11-23T02:00:00Z"), 0);
        assert_eq!(hours("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"), 24);
    }

    #[test]
    fn an_account_is_found_where_it_is_named_in_any_field() {
        let account = AccountId::at(at("2026-11-01T00:00:00Z"));
        let search = Search { account: Some(account), ..search() };
        let mut of = record("a", json!({}));
        assert!(!search.finds(&of));
        of.account_id = Some(account);
        assert!(search.finds(&of));
        assert!(search.finds(&record("b", json!({ "group": { "members": [account] } }))));
        assert!(!search.finds(&record("c", json!({ "reason": format!("about {account}") }))), "a text is no name");
    }

    #[test]
    fn a_rule_is_found_by_its_whole_name_alone() {
        let search = Search { rule: Some("spam-1".to_owned()), ..search() };
        let met = |rule: &str| record("a", json!({ "verdict": { "findings": [{ "rule": rule }] } }));
        assert!(search.finds(&met("spam-1")));
        assert!(!search.finds(&met("spam-10")) && !search.finds(&record("b", json!({ "reason": "spam-1" }))));
    }

    #[test]
    fn a_reviewer_is_found_in_every_role() {
        let search = Search { reviewer: Some("caller_li".to_owned()), ..search() };
        let by = |arn: &str| record("a", json!({ "actor": { "type": "caller", "arn": arn } }));
        assert!(search.finds(&by("arn:aws:iam::1:user/caller_li")));
        assert!(search.finds(&by("arn:aws:sts::1:assumed-role/lead/caller_li")));
        assert!(!search.finds(&by("arn:aws:iam::1:user/caller_lin")));
    }

    #[test]
    fn everything_that_is_named_has_to_be_so() {
        let search = Search { kind: Some("comment".to_owned()), rule: Some("spam-1".to_owned()), ..search() };
        let mut one = record("a", json!({ "rule": "spam-1" }));
        assert!(!search.finds(&one));
        one.kind = "comment".to_owned();
        assert!(search.finds(&one));
    }

    #[test]
    fn of_the_copies_of_a_record_the_one_that_counts_is_given_in_the_order_of_receipt() {
        let (early, mut late) = (record("a", json!({ "try": 1 })), record("b", json!({})));
        late.received_at = at("2026-11-23T01:10:00Z");
        let confirmed = record("a", json!({ "try": 2, "confirmed_at": "2026-11-23T01:31:00Z" }));
        let given = standing(vec![early, late.clone(), confirmed.clone()]);
        assert_eq!(given, [late, confirmed]);
    }
}
