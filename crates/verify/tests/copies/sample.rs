//! A log of some hours with its seals, of which the first hours have been swept.

use std::collections::BTreeMap;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use domain::{
    id::{RecordId, RunId},
    retention::{RetentionPeriod, Stage},
};
use evidence::{
    entry::Entry,
    envelope::{Envelope, PublicKey},
    object::{LogHour, LogObject, pack},
    record::{LogRecord, SCHEMA},
    seal::{self, Head, Seal},
    sweep::{Paper, StoredObject, SweepIntent, SweepOrder, SweepReceipt},
};
use gatehouse_verify::{keyring::Trust, verify::Scope};
use jiff::{SignedDuration, Timestamp};

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Whoever signs seals.
pub(crate) struct Signer {
    pair: EcdsaKeyPair,
    pub(crate) key: PublicKey,
}

impl Signer {
    pub(crate) fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let key = PublicKey::from_spki(pair.public_key().as_der().unwrap().as_ref().to_vec());
        Self { pair, key }
    }

    pub(crate) fn envelope(&self, seal: &Seal) -> Vec<u8> {
        let payload = seal.payload().unwrap();
        let signature = self.pair.sign(&SystemRandom::new(), &Envelope::message(&payload)).unwrap();
        Envelope::signed(&payload, self.key.key_id(), signature.as_ref()).to_bytes().unwrap()
    }
}

/// A log as it lies in the bucket, hour by hour.
pub(crate) struct Sample {
    pub(crate) files: Files,
    pub(crate) signer: Signer,
    pub(crate) hour: LogHour,
    head: Option<Head>,
    open: Vec<Entry>,
    period: RetentionPeriod,
}

pub(crate) fn start() -> LogHour {
    LogHour::of("2026-11-23T20:00:00+08:00".parse().unwrap())
}

impl Sample {
    /// Nothing has been written. A period of hours, so that a sweep comes within the sample.
    pub(crate) fn new() -> Self {
        let signer = Signer::new();
        let files = Files::from([(signer.key.object_key(), signer.key.to_pem().into_bytes())]);
        let period = RetentionPeriod::parse("PT3H", Stage::Local).unwrap();
        Self { files, signer, hour: start(), head: None, open: vec![], period }
    }

    /// Twelve hours, the fourth and the ninth of them empty, the first two swept in the eighth.
    pub(crate) fn of_twelve_hours() -> Self {
        let mut sample = Self::new();
        for hour in 0..12 {
            if !matches!(hour, 3 | 8) {
                sample.log(&format!("{hour}-a"), 3);
                sample.log(&format!("{hour}-b"), 1);
            }
            if hour == 7 {
                sample.sweep(start());
                sample.sweep(start().next());
            }
            sample.seal();
        }
        sample
    }

    pub(crate) fn at(&self, minutes: i64) -> Timestamp {
        self.hour.start() + SignedDuration::from_mins(minutes)
    }

    /// Writes an object of some records that were received in the hour.
    pub(crate) fn log(&mut self, name: &str, records: u64) -> LogObject {
        let record = |number: u64| LogRecord {
            schema: SCHEMA.to_owned(),
            record_id: RecordId::named(name, number),
            kind: "publication".to_owned(),
            occurred_at: self.at(5),
            received_at: self.at(6),
            account_id: None,
            subject: None,
            data: serde_json::json!({ "text": format!("{name} {number}") }),
        };
        let object = pack((0..records).map(record).collect(), &self.period).unwrap().remove(0);
        self.open.push(object.entry());
        self.files.insert(object.key.clone(), object.bytes.clone());
        object
    }

    /// Deletes what was logged in `hour`, as the sweeper does.
    pub(crate) fn sweep(&mut self, hour: LogHour) {
        self.sweep_as_of(hour, self.at(30));
    }

    pub(crate) fn sweep_as_of(&mut self, hour: LogHour, completed_at: Timestamp) {
        let order = SweepOrder { run_id: RunId::planned_at(completed_at), hour: hour.start(), as_of: completed_at };
        let keys: Vec<String> = self.files.keys().filter(|key| key.starts_with(&hour.prefix())).cloned().collect();
        let stored = |key: &String| StoredObject { key: key.clone(), version_id: "1".to_owned(), size: 1 };
        let deleted: Vec<_> = keys.iter().map(stored).collect();
        self.put(&SweepIntent { order: order.clone(), objects: deleted.clone(), written_at: completed_at });
        for key in keys {
            self.files.remove(&key);
        }
        self.put(&SweepReceipt {
            order,
            deleted,
            reason: "retention_period_ended".to_owned(),
            completed_at,
            held: vec![],
        });
    }

    pub(crate) fn put(&mut self, paper: &impl Paper) {
        let bytes = serde_json::to_vec(paper).unwrap();
        self.open.push(paper.entry(&bytes));
        self.files.insert(paper.key(), bytes);
    }

    /// Ends the hour.
    pub(crate) fn seal(&mut self) {
        let seal = Seal::next(self.head.as_ref(), self.hour, std::mem::take(&mut self.open), self.at(70));
        let bytes = self.signer.envelope(&seal);
        self.head = Some(seal.head(Envelope::open(&bytes).unwrap().link));
        self.files.insert(seal::key(self.hour), bytes);
        self.hour = self.hour.next();
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust { named: vec![self.signer.key.key_id()], brought: vec![] }
    }

    /// What an auditor asks who knows which hour was sealed last.
    pub(crate) fn scope(&self) -> Scope {
        let last = LogHour::of(self.head.as_ref().unwrap().hour);
        Scope { until: Some(last), ..Scope::default() }
    }
}
