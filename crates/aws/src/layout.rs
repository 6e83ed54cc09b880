//! How rows look, in all tables. Keys are `pk` and `sk` unless said otherwise.
//!
//! | table | pk | sk | attributes |
//! |---|---|---|---|
//! | accounts | `ACCOUNT#<account_id>` | `STATE` | `doc` (the account), `version` |
//! | | `ACCOUNT#<account_id>` | `EVENT#<version, 20 digits>` | `kind` = `event`, `event` (JSON) |
//! | | `ACCOUNT#<account_id>` | `PUBLISHED` | `hour` (since 1970), `published` (in it; only where a limit is set) |
//! | | `PRINCIPAL#<principal_key>` | `QUOTA` | `accounts` (how many it holds), `group_count` |
//! | | `PRINCIPAL#<principal_key>` | `GROUP#<group_id>` | – (one for each group it answers for) |
//! | | `GROUP#<group_id>` | `STATE`, `EVENT#<version>` | as of an account |
//! | | `PRINCIPAL#<principal_key>` | `ACCOUNT#<account_id>` | – (one for each account it registered) |
//! | | `PRINCIPAL#<principal_key>` | `ALIAS` | `canonical` (the key that it leads to), `doc` (how that is known) |
//! | | `PRINCIPAL#<principal_key>` | `KNOWN_BY#<principal_key>` | – (one for each alias of it) |
//! | | `PRINCIPAL#<principal_key>` | `BLACKLIST` | `doc` (the entry), `version`, `listed` |
//! | | `PRINCIPAL#<principal_key>` | `EVENT#BLACKLIST#<version>`, `EVENT#LINK#<alias>` | `kind`, `event` |
//! | | `DEADLINE#DEREGISTRATION` | `<due_at, 9 decimals>#<account_id>` | – (when an account on its way out is looked at) |
//! | | `DEADLINE#QUALIFICATION` | `<due_at, 9 decimals>#<account_id>#<qualification_id>` | – (when a valid one is looked at) |
//! | | `AUTOMATIC#<kind of measure>` | `DAY#<date>` | `taken` (measures without a person), `expires_at` (s, TTL) |
//! | | `AUTOMATIC#<kind of measure>` | `DAY#<date>#<decision_id>` | `expires_at` (s, TTL; one of those) |
//! | | `BLACKLIST` | `<review_at, 9 decimals>#<principal_key>` | `doc` (the entry, while it is listed) |
//! | | `NAME#<skeleton>` | `ACCOUNT` | `account_id` (whose name is compared as that) |
//! | | `CODE#<challenge_id>` | `STATE` | `doc` (a phone challenge), `version`, `expires_at` (s, TTL) |
//! | | `CODES#NUMBER#<mobile_key>` | `STATE` | `doc` (what was sent to the number), `version`, `expires_at` (s, TTL) |
//! | | `CODES#ACCOUNT#<account_id>` | `STATE` | `doc` (what was sent for the account), `version`, `expires_at` (s, TTL) |
//! | publications | `<publication_id>` | `STATE` | `doc` (record with verdict), `version`; `rest_pk`, `rest_sk` of what rests |
//! | | `<publication_id>` | `STATE` | of one that has ended: `gone_at`, `run_id`, `expires_at` (s, TTL) |
//! | | `<publication_id>` | `EDITION#<edition, 10 digits>` | `doc` (the record before a later edition), `version`; written once |
//! | | `<publication_id>` | `EVENT#<version>` | as above |
//! | | `<publication_id>` | `MEDIA#<edition, 20 digits>#<part, 5 digits>` | `doc` (what was seen of the media in the part); written once |
//! | publications, index `accepted-index` | `accepted_pk` = `<hour of receipt>#<shard>` | `accepted_sk` = `<record_id>` | keys (of `STATE` and `EDITION#…`) |
//! | publications, index `rest-index` | `rest_pk` = `<hour since which it rests>#<shard>` | `rest_sk` = `<publication_id>` | keys |
//! | comments | `<comment_id>` | `STATE` | `doc` (record with verdict), `version`, `list_pk`, `list_sk` |
//! | | `<comment_id>` | `EVENT#<version>` | as above |
//! | | `OWNER#<account_id>` | `STATE`, `EVENT#<version>` | as of an account: what it says about comments |
//! | | `DUTY#<account_id>` | `DAY#<date>` | `violating`, `left_up`, `minutes`, `expires_at` (s, TTL) |
//! | comments, index `comments-index` | `list_pk` = `<publication_id>#<shard>` | `list_sk` = `<received_at, 9 decimals>#<comment_id>` | all |
//! | cases | `CASE#<case_id>` | `STATE` | `doc`, `version`, `queue_pk`, `queue_sk`, `priority_sk` |
//! | | `CASE#<case_id>` | `EVENT#<version>` | as above |
//! | | `COMPLAINT#<complaint_id>` | `STATE` | `doc`, `version`, `rest_pk`, `rest_sk` |
//! | | `COMPLAINT#<complaint_id>` | `EVENT#<version>` | as above |
//! | | `COMPLAINT#<complaint_id>` | `SNAPSHOT` | `doc` (what it is about, as it was) |
//! | | `CASE#<case_id>` | `COMPLAINT#<complaint_id>` | – (one for each complaint that it has taken) |
//! | | `COMPLAINT#<complaint_id>` | `EVENT#COUNTED` | as above, of a complaint of a flood |
//! | | `CASE#<case_id>` | `NOTE#<note_id>` | `doc` (what a reviewer wrote for others) |
//! | | `DEADLINE#CASE#<0 to 7>` | `<due_at, 9 decimals>#<case_id>` | – (when a case is looked at) |
//! | | `CASE#<case_id>` | `WORDS#<SHA-256>` | – (one for each text in its complaints) |
//! | | `REPORTER#<reporter_key>` | `STATE`, `EVENT#<version>` | as of an account: findings of bad faith |
//! | | `REPORTER#<reporter_key>` | `COMPLAINT#<complaint_id>` | – (one for each complaint of the reporter) |
//! | | `RATE#<counter>` | `COUNT` | `counted` (in an hour), `expires_at` (s, TTL) |
//! | | `PROOF#<challenge>` | `SPENT` | `owner` (the write that it let in), `expires_at` (s, TTL) |
//! | | `RECEIPT#<digest>` | `COMPLAINT` | `complaint_id`; of one that has ended `gone_at`, `run_id`, `expires_at` (s, TTL) |
//! | | `ABOUT#<subject_type>#<subject_id>#<matter>` | `CASE` | `case_id` |
//! | | `DECISION#<decision_id>` | `STATE` | `doc` (a decision as it was made) |
//! | | `DECISION#<decision_id>` | `PROPOSED` | `case_id` (where it was proposed to a second person) |
//! | | `SUBJECT#<subject_type>#<subject_id>` | `CASE#<case_id>` | – (one for each case about it) |
//! | cases, index `queue-index` | `queue_pk` = `<queue>#<state>` | `queue_sk` = `<due_at, 9 decimals>#<case_id>` | all |
//! | cases, index `rest-index` | `rest_pk` = `<hour under which it is looked at>#<shard>` | `rest_sk` = `<complaint_id>` | keys |
//! | cases, index `priority-index` | as above | `priority_sk` = `<ranks as of, 9 decimals>#<case_id>` | all |
//! | idempotency | `<SHA-256>`, no sk | | `payload_hash`, `operation_id`, `lease_until` (ms), `answer`, `expires_at` (s, TTL) |
//! | callers | `caller_<pseudonym>`, no sk | | `name` (encrypted by KMS, base64) |
//! | operations | `RETENTION`, `RETENTION_PUBLICATIONS`, `RETENTION_COMPLAINTS` | `WATERMARK` | `mark` (Unix second) |
//! | | `SETTINGS` | `CURRENT` | `doc` (the settings in force), `version` |
//! | | `SETTINGS` | `VERSION#<version, 10 digits>` | `doc`, `version`; written once |
//! | | `SETTINGS` | `EVENT#<version>` | as above |
//! | | `AUTHORITY_REPORTS#<year>` | `LAST` | `serial` (of the last report of the year) |
//! | | `AUTHORITY_REPORTS#<year>` | `REPORT#<serial, 6 digits>` | `doc`, `version` |
//! | | `AUTHORITY_REPORTS#<year>` | `EVENT#<serial>#<version>` | as above |
//! | | `AUTHORITY_REPORTS` | `decision#<id>`, `listing#<id>`, `removal#<id>` | `number` (of the report of it) |
//! | | `ASSESSMENTS` | `CURRENT` | `doc` (the register), `version` |
//! | | `ASSESSMENTS` | `EVENT#<version>` | as above |
//! | | `POLICY_DOCUMENTS` | `CURRENT` | `doc` (the register), `version` |
//! | | `POLICY_DOCUMENTS` | `EVENT#<version>` | as above |
//! | | `POLICY_DOCUMENT#<document_id>` | `VERSION#<version, 10 digits>` | `doc`, `version`; written once |
//! | | `RULE_PACKS` | `CURRENT` | `doc` (the register: which pack is in force), `version` |
//! | | `RULE_PACKS` | `VERSION#<version, 10 digits>` | `doc` (a pack that was published), `version`; written once |
//! | | `RULE_PACKS` | `EVENT#<version>`, `EVENT#REFUSED#<upload>` | `kind`, `event` |
//! | | `SEALS` | `HOURS` | `began`, `open_from` (Unix seconds: the first hour, and the first that is not closed) |
//! | | `SEALS` | `HEAD` | `doc` (the last seal), `version` (its number) |
//! | | `SEALED#<hour>` | `<object key>` | `doc` (an entry of the hour's seal), `expires_at` (s, TTL) |
//! | | `REMOVED_CONTENT` | `CURRENT` | `doc` (the prints that are looked for, the recent ones), `version` |
//! | | `REMOVED_CONTENT` | `REMOVAL#<decision_id>` | `doc` (what a removal banked), `version` |
//! | | `REMOVED_CONTENT` | `EVENT#<version>` | as above |
//! | | `INCIDENT_MODE` | `CURRENT` | `doc` (what was declared last), `version` |
//! | | `INCIDENT_MODE` | `EVENT#<version>` | as above |
//! | | `LEGAL_HOLDS` | `HOLD#<hold_id>` | `doc` (a hold, released ones too), `version` |
//! | | `LEGAL_HOLDS` | `EVENT#<hold_id>#<version>` | `kind`, `event` |
//! | | `LEGAL_HOLDS_IN_FORCE` | `<hold_id>` | `doc` (a hold, while it is in force) |
//! | | `HOLD_MARK` | `CURRENT` | `holds` (placed and released), `deletions` (begun) |
//! | | `DELETIONS` | `<run_id>#<hour>#<part, 5 digits>` | `doc` (what is being deleted) |
//! | | `HELD_HOURS` | `<hour>` | `doc` (the holds that keep something in the hour) |
//! | | `RECONCILED` | `WATERMARK` | `mark` (Unix second) |
//! | | `LOGGED#<hour of receipt>` | `<object>#<part>` | `ids` (of records, base64), `expires_at` (s, TTL) |
//! | | `RECONCILIATION` | `EVENT#<version>` | `kind`, `event` |
//! | | `EVIDENCE_PACKAGES` | `PACKAGE#<package_id>`, `EVENT#<package_id>#<version>` | as of a hold |
//! | | `BACKTESTS` | `BACKTEST#<backtest_id>`, `EVENT#<backtest_id>#<version>` | as of a hold |
//! | | `BACKTEST#<backtest_id>` | `HOUR#<hour>` | `doc` (what came of it), `expires_at` (s, TTL); written once |
//! | | `PROTECTED_NAMES` | `<skeleton>` | `doc` (the protected name) |
//!
//! Only event rows carry `kind`: the filter of the stream is `NewImage.kind.S = "event"`. An event lies beside the state
//! that it led to, so that one partition tells the whole story of one thing, and is never overwritten.

use std::collections::HashMap;

use app::ports::PortError;
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use domain::event::Event;
use serde::{Serialize, de::DeserializeOwned};
use serde_dynamo::aws_sdk_dynamodb_1::{from_attribute_value, to_attribute_value};

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) const STATE: &str = "STATE";
pub(crate) const DOC: &str = "doc";
const VERSION: &str = "version";

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

pub(crate) fn key(pk: impl Into<String>, sk: impl Into<String>) -> Item {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

/// A row that holds `doc` as the state of `pk`.
pub(crate) fn state<T: Serialize>(what: &'static str, pk: &str, version: u64, doc: &T) -> Result<Item, PortError> {
    row(what, key(pk, STATE), version, doc)
}

/// A row that holds `doc` under `key`.
pub(crate) fn row<T: Serialize>(what: &'static str, key: Item, version: u64, doc: &T) -> Result<Item, PortError> {
    let mut item = key;
    item.insert(DOC.to_owned(), to_attribute_value(doc).map_err(|error| PortError::refused(what, error))?);
    item.insert(VERSION.to_owned(), number(version));
    Ok(item)
}

/// A row that holds `doc` and is no state with a version.
pub(crate) fn with_doc<T: Serialize>(what: &'static str, key: Item, doc: &T) -> Result<Item, PortError> {
    let mut item = key;
    item.insert(DOC.to_owned(), to_attribute_value(doc).map_err(|error| PortError::refused(what, error))?);
    Ok(item)
}

/// What a row of [`state`] or [`row`] holds.
pub(crate) fn doc<T: DeserializeOwned>(what: &'static str, mut item: Item) -> Result<T, PortError> {
    let doc = item.remove(DOC).ok_or_else(|| PortError::corrupt(what, "a row without a document"))?;
    from_attribute_value(doc).map_err(|error| PortError::corrupt(what, error))
}

/// Puts the first state of `pk`.
pub(crate) fn put_first(table: &str, item: Item) -> Put {
    built(Put::builder().table_name(table).set_item(Some(item)).condition_expression("attribute_not_exists(pk)"))
}

/// Puts the state that follows `version - 1`.
pub(crate) fn put_next(table: &str, item: Item, version: u64) -> Put {
    put_after(table, item, version.saturating_sub(1))
}

/// Puts the state that follows that of the version `before`.
pub(crate) fn put_after(table: &str, item: Item, before: u64) -> Put {
    built(
        Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression("#version = :before")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":before", number(before)),
    )
}

/// The key of a version that is written once.
pub(crate) fn version_key(pk: &str, version: u32) -> Item {
    key(pk, format!("VERSION#{version:010}"))
}

/// Puts an event beside the state of `pk`.
pub(crate) fn put_event(what: &'static str, table: &str, pk: &str, event: &Event) -> Result<Put, PortError> {
    put_event_at(what, table, key(pk, format!("EVENT#{:020}", event.version)), event)
}

/// Puts an event under a key of its own, where one partition holds several histories.
pub(crate) fn put_event_at(what: &'static str, table: &str, key: Item, event: &Event) -> Result<Put, PortError> {
    let json = serde_json::to_string(event).map_err(|error| PortError::refused(what, error))?;
    let mut item = key;
    item.insert("kind".to_owned(), text("event"));
    item.insert("event".to_owned(), text(json));
    Ok(put_first(table, item))
}

pub(crate) fn attribute<'a>(what: &'static str, item: &'a Item, name: &str) -> Result<&'a str, PortError> {
    match item.get(name) {
        Some(AttributeValue::S(value) | AttributeValue::N(value)) => Ok(value),
        _ => Err(PortError::corrupt(what, format!("a row without {name}"))),
    }
}

fn built(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> Put {
    put.build().expect("table and item are set by every caller in this module")
}
