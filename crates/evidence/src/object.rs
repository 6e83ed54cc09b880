//! Objects of the content log: zstd-compressed NDJSON, one hour each, named by hour, end of the lock and content.
//!
//! `content-log/date=2026-11-23/hour=09/1795219200-5f0c….ndjson.zst`: the date and the hour (Asia/Shanghai) are those of
//! receipt, so that a query or a sweep names an hour and lists nothing else; the number is the Unix second until which
//! the object is locked, so that a sweep need not ask each object; the rest is the head of the SHA-256 of the bytes,
//! so that the same records written twice are one object.

use std::collections::BTreeMap;
use std::io::Read;

use domain::{
    id::RecordId,
    retention::{RetentionPeriod, SHANGHAI},
};
use jiff::Timestamp;

use crate::{
    digest::Digest,
    entry::Entry,
    record::{LogRecord, PUBLICATION},
};

/// Everything that is content log begins so.
pub const PREFIX: &str = "content-log/";

/// zstd's default: the level above costs twice the time for some percent of size.
const LEVEL: i32 = 3;

/// A log object, ready to be written once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogObject {
    pub key: String,
    /// zstd-compressed NDJSON.
    pub bytes: Vec<u8>,
    /// Of `bytes`.
    pub sha256: Digest,
    pub records: usize,
    /// The earliest and the latest moment at which a record of it happened or was received.
    pub first: Timestamp,
    pub last: Timestamp,
    /// Until then nobody can delete the object.
    pub keep_until: Timestamp,
    /// The hour of receipt of its records.
    pub hour: LogHour,
    /// Those of its records that tell of publications.
    pub publications: Vec<RecordId>,
}

impl LogObject {
    /// What a seal says of the object.
    #[must_use]
    pub fn entry(&self) -> Entry {
        let (key, size, records) = (self.key.clone(), self.bytes.len() as u64, self.records as u64);
        Entry { key, size, sha256: self.sha256, records, first: self.first, last: self.last }
    }
}

/// Why an object could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    #[error("a record cannot be put into JSON")]
    Encode(#[source] serde_json::Error),
    #[error("line {line} is no record")]
    Decode { line: usize, source: serde_json::Error },
    #[error("the object is not zstd-compressed text")]
    Compression(#[source] std::io::Error),
}

/// An hour of the record, on the clock of Asia/Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogHour(Timestamp);

impl LogHour {
    /// The hour in which `moment` lies. Asia/Shanghai is a whole number of hours from UTC for all that can be logged.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        let second = moment.as_second();
        Self(Timestamp::from_second(second - second.rem_euclid(3600)).unwrap_or(moment))
    }

    #[must_use]
    pub const fn start(self) -> Timestamp {
        self.0
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(jiff::SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX))
    }

    /// `date=…/hour=…/` below [`PREFIX`].
    #[must_use]
    pub fn prefix(self) -> String {
        let local = self.0.to_zoned_datetime(SHANGHAI.clone());
        format!("{PREFIX}date={}/hour={:02}/", local.date(), local.hour())
    }

    /// `2026-11-23T09`, in Asia/Shanghai.
    #[must_use]
    pub fn name(self) -> String {
        let local = self.0.to_zoned_datetime(SHANGHAI.clone());
        format!("{}T{:02}", local.date(), local.hour())
    }
}

/// Packs records into one object for each hour of receipt. The order of the records does not matter: the same set
/// gives the same objects. Copies of a record are written once.
///
/// # Errors
/// When a record cannot be put into JSON.
pub fn pack(records: Vec<LogRecord>, period: &RetentionPeriod) -> Result<Vec<LogObject>, ObjectError> {
    let mut hours: BTreeMap<LogHour, BTreeMap<RecordId, LogRecord>> = BTreeMap::new();
    for record in records {
        hours.entry(LogHour::of(record.received_at)).or_default().entry(record.record_id).or_insert(record);
    }
    hours
        .into_iter()
        .map(|(hour, records)| pack_hour(hour, &records.into_values().collect::<Vec<_>>(), period))
        .collect()
}

fn pack_hour(hour: LogHour, records: &[LogRecord], period: &RetentionPeriod) -> Result<LogObject, ObjectError> {
    let mut lines = Vec::new();
    let (mut first, mut last) = (Timestamp::MAX, Timestamp::MIN);
    for record in records {
        serde_json::to_writer(&mut lines, record).map_err(ObjectError::Encode)?;
        lines.push(b'\n');
        first = first.min(record.occurred_at.min(record.received_at));
        // What is told late is kept from the telling.
        last = last.max(record.occurred_at.max(record.received_at));
    }
    // A later moment is never kept shorter, so that the last one's end is the end of all.
    let keep_until = period.keep_until(last);
    let bytes = zstd::encode_all(lines.as_slice(), LEVEL).map_err(ObjectError::Compression)?;
    let sha256 = Digest::of(&bytes);
    let name = data_encoding::HEXLOWER.encode(&sha256.0[..16]);
    let key = format!("{}{}-{name}.ndjson.zst", hour.prefix(), keep_until.as_second());
    let of_publications = records.iter().filter(|record| record.kind == PUBLICATION);
    let publications = of_publications.map(|record| record.record_id).collect();
    Ok(LogObject { key, bytes, sha256, records: records.len(), first, last, keep_until, hour, publications })
}

/// The records of an object.
///
/// # Errors
/// When the bytes are no zstd or a line is no record.
pub fn unpack(bytes: &[u8]) -> Result<Vec<LogRecord>, ObjectError> {
    lines(bytes)?
        .lines()
        .enumerate()
        .map(|(at, line)| serde_json::from_str(line).map_err(|source| ObjectError::Decode { line: at + 1, source }))
        .collect()
}

/// The lines of an object, each a record.
///
/// # Errors
/// When the bytes are no zstd or no text.
pub fn lines(bytes: &[u8]) -> Result<String, ObjectError> {
    let mut text = String::new();
    zstd::Decoder::new(bytes)
        .and_then(|mut decoder| decoder.read_to_string(&mut text))
        .map_err(ObjectError::Compression)?;
    Ok(text)
}

/// The hour of receipt that this key names; `None` when the key is not one of ours.
#[must_use]
pub fn hour(key: &str) -> Option<LogHour> {
    let (date, rest) = key.strip_prefix(PREFIX)?.strip_prefix("date=")?.split_once("/hour=")?;
    let (hour, _) = rest.split_once('/')?;
    let time = jiff::civil::Time::new(hour.parse().ok()?, 0, 0, 0).ok()?;
    let local = date.parse::<jiff::civil::Date>().ok()?.to_datetime(time);
    local.to_zoned_datetime(SHANGHAI.clone()).ok().map(|zoned| LogHour::of(zoned.timestamp()))
}

/// Until when the object with this key is locked; `None` when the key is not one of ours.
#[must_use]
pub fn locked_until(key: &str) -> Option<Timestamp> {
    let name = key.strip_prefix(PREFIX)?.rsplit('/').next()?;
    let (seconds, _) = name.strip_suffix(".ndjson.zst")?.split_once('-')?;
    Timestamp::from_second(seconds.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use domain::retention::Stage;

    use super::*;

    fn record(name: &str, at: &str) -> LogRecord {
        let at = at.parse().unwrap();
        LogRecord {
            schema: crate::record::SCHEMA.to_owned(),
            record_id: RecordId::named(name, 1),
            kind: "publication".to_owned(),
            occurred_at: at,
            received_at: at,
            account_id: None,
            subject: None,
            data: serde_json::json!({ "text": name }),
        }
    }

    fn six_months() -> RetentionPeriod {
        RetentionPeriod::parse("P6M", Stage::Prod).unwrap()
    }

    #[test]
    fn an_object_holds_one_hour_and_is_named_by_it() {
        let records = vec![
            record("a", "2026-11-23T09:59:59+08:00"),
            record("b", "2026-11-23T10:00:00+08:00"),
            record("c", "2026-11-23T10:59:59+08:00"),
        ];
        let objects = pack(records, &six_months()).unwrap();
        let counts: Vec<_> = objects.iter().map(|o| (o.key.split('/').nth(2).unwrap(), o.records)).collect();
        assert_eq!(counts, [("hour=09", 1), ("hour=10", 2)]);
        assert!(objects[0].key.starts_with("content-log/date=2026-11-23/hour=09/"));
    }

    #[test]
    fn the_same_records_in_any_order_and_number_are_the_same_object() {
        let (a, b) = (record("a", "2026-11-23T10:00:00Z"), record("b", "2026-11-23T10:00:01Z"));
        let once = pack(vec![a.clone(), b.clone()], &six_months()).unwrap();
        let again = pack(vec![b.clone(), a, b], &six_months()).unwrap();
        assert_eq!(once, again);
    }

    #[test]
    fn an_object_is_locked_until_six_months_after_its_last_record() {
        let records = vec![record("a", "2026-11-23T10:00:00Z"), record("b", "2026-11-23T10:30:00Z")];
        let records_at = records[0].received_at;
        let object = &pack(records, &six_months()).unwrap()[0];
        assert_eq!(object.keep_until, "2027-05-23T10:30:00Z".parse().unwrap());
        assert_eq!(locked_until(&object.key), Some(object.keep_until));
        assert_eq!(hour(&object.key), Some(LogHour::of(records_at)));
    }

    #[test]
    fn what_is_packed_comes_back() {
        let records = vec![record("a", "2026-11-23T10:00:00Z")];
        let object = &pack(records.clone(), &six_months()).unwrap()[0];
        assert_eq!(unpack(&object.bytes).unwrap(), records);
    }

    #[test]
    fn an_altered_object_does_not_come_back() {
        assert!(matches!(unpack(b"not zstd"), Err(ObjectError::Compression(_))));
        let no_record = zstd::encode_all(&b"{}\n"[..], LEVEL).unwrap();
        assert!(matches!(unpack(&no_record), Err(ObjectError::Decode { line: 1, .. })));
    }

    #[test]
    fn a_key_that_is_not_ours_has_no_lock() {
        for key in ["", "receipts/x", "content-log/date=2026-11-23/hour=10/readme.txt", "content-log/x-y.ndjson.zst"] {
            assert_eq!(locked_until(key), None, "{key}");
        }
        for key in ["", "receipts/x", "content-log/date=2026-11-23/hour=25/x", "content-log/date=x/hour=10/x"] {
            assert_eq!(hour(key), None, "{key}");
        }
    }
}
