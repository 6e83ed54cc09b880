//! Reads the seals of a copy, one after the other.

use std::collections::BTreeMap;

use evidence::{
    entry::Entry,
    envelope::{Envelope, Opened, PublicKey, Signed},
    object::LogHour,
    seal::{Head, KEYS, PREFIX, key},
};

use crate::{
    copy::Copy,
    finding::{Finding, Kind},
    verify::{InputError, Scope},
};

/// What the seals of a copy say.
#[derive(Debug, Default)]
pub struct Sealed {
    /// How many are in order.
    pub seals: u64,
    /// The first and the last hour that has a seal.
    pub first: Option<LogHour>,
    pub last: Option<LogHour>,
    /// Everything that was sealed, by key.
    pub entries: BTreeMap<String, Entry>,
}

/// Reads every seal. A seal that is wrong is told of and says nothing: what it alone spoke of is then unsealed.
pub(crate) fn read(
    copy: &dyn Copy,
    keys: &[PublicKey],
    scope: &Scope,
    findings: &mut Vec<Finding>,
) -> Result<Sealed, InputError> {
    let mut sealed = Sealed::default();
    let mut head: Option<Head> = None;
    for place in copy.keys(PREFIX)?.into_iter().filter(|place| !place.starts_with(KEYS)) {
        let opened = match open(&copy.read(&place)?, &place, keys) {
            Ok(opened) => opened,
            Err(finding) => {
                findings.push(finding);
                continue;
            }
        };
        let hour = LogHour::of(opened.seal.hour);
        match &head {
            Some(head) => follow(head, &opened, &place, findings),
            None => begin(&opened, &place, scope, findings),
        }
        // What follows is compared with this seal, so that one break is told once.
        head = Some(opened.seal.head(opened.link));
        sealed.seals += 1;
        sealed.first = sealed.first.or(Some(hour));
        sealed.last = Some(hour);
        for entry in opened.seal.entries {
            take(&mut sealed.entries, entry, &place, findings);
        }
    }
    if let Some(due) = scope.until {
        let after = sealed.last.map_or(scope.from.unwrap_or(due), LogHour::next);
        missing(after, due.next(), findings);
    }
    Ok(sealed)
}

/// The seal under `place`, if it is one, signed by one of `keys`.
fn open(bytes: &[u8], place: &str, keys: &[PublicKey]) -> Result<Opened, Finding> {
    let opened = Envelope::open(bytes).map_err(|error| Finding::at(Kind::SealAltered, place, with_source(&error)))?;
    match opened.signed_by(keys) {
        Signed::ByTrusted(_) => {}
        Signed::ByOther(keyid) => {
            return Err(Finding::at(Kind::KeyNotTrusted, place, format!("it says to be signed by {keyid}")));
        }
        Signed::Wrongly(keyid) => {
            return Err(Finding::at(Kind::SignatureWrong, place, format!("it says to be signed by {keyid}")));
        }
    }
    opened.seal.check_form().map_err(|error| Finding::at(Kind::SealAltered, place, error.to_string()))?;
    if key(LogHour::of(opened.seal.hour)) != place {
        let detail = format!("it is the seal of {}", LogHour::of(opened.seal.hour).name());
        return Err(Finding::at(Kind::SealAltered, place, detail));
    }
    Ok(opened)
}

/// The first seal of the copy: the first of all, unless the auditor has asked for a later hour.
fn begin(opened: &Opened, place: &str, scope: &Scope, findings: &mut Vec<Finding>) {
    let hour = LogHour::of(opened.seal.hour);
    match scope.from {
        Some(from) => missing(from, hour, findings),
        None if opened.seal.number != 1 => {
            let detail = format!("the copy begins with number {}, and none before it is there", opened.seal.number);
            findings.push(Finding::at(Kind::SealMissing, place, detail));
        }
        None => {}
    }
    if (opened.seal.number == 1) != opened.seal.previous.is_none() {
        findings.push(Finding::at(Kind::ChainBroken, place, "the first seal, and no other, has none before it"));
    }
}

fn follow(head: &Head, opened: &Opened, place: &str, findings: &mut Vec<Finding>) {
    let (due, hour) = (LogHour::of(head.hour).next(), LogHour::of(opened.seal.hour));
    if due < hour {
        missing(due, hour, findings);
    } else if let Err(error) = opened.seal.check_continues(head) {
        findings.push(Finding::at(Kind::ChainBroken, place, error.to_string()));
    }
}

/// Tells of every hour from `from` to before `to`: they have no seal.
fn missing(from: LogHour, to: LogHour, findings: &mut Vec<Finding>) {
    let mut hour = from;
    while hour < to {
        let detail = format!("nothing seals {}", hour.name());
        findings.push(Finding::at(Kind::SealMissing, key(hour), detail));
        hour = hour.next();
    }
}

/// The same object may be in two seals: it was delivered twice. It must be the same in both.
fn take(entries: &mut BTreeMap<String, Entry>, entry: Entry, place: &str, findings: &mut Vec<Finding>) {
    match entries.get(&entry.key) {
        Some(known) if (known.sha256, known.size) != (entry.sha256, entry.size) => {
            findings.push(Finding::at(Kind::ObjectTwice, entry.key, format!("the other content is in {place}")));
        }
        Some(_) => {}
        None => {
            entries.insert(entry.key.clone(), entry);
        }
    }
}

fn with_source(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
