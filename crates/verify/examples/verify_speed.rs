//! How fast a copy is looked at, beside the SHA-256 alone of the same bytes: `cargo run --example verify_speed -p gatehouse-verify`.
//!
//! The verifier hashes what is stored and unpacks nothing, so that its cost is that of the compressed bytes.
#![expect(clippy::unwrap_used, reason = "an example ends where it cannot go on")]

use std::{collections::BTreeMap, hint::black_box, time::Instant};

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use domain::{
    id::RecordId,
    retention::{RetentionPeriod, Stage},
};
use evidence::{
    digest::Digest,
    envelope::{Envelope, PublicKey},
    object::{LogHour, pack},
    record::{LogRecord, SCHEMA},
    seal::{self, Seal},
};
use gatehouse_verify::{
    keyring::Trust,
    verify::{Scope, verify},
};

const OBJECTS: u64 = 48;
const RECORDS: u64 = 4_000;

fn main() {
    let hour = LogHour::of("2026-11-23T09:00:00+08:00".parse().unwrap());
    let period = RetentionPeriod::parse("P6M", Stage::Prod).unwrap();
    let (mut files, mut entries, mut plain) = (BTreeMap::new(), Vec::new(), 0);
    for object in 0..OBJECTS {
        let records: Vec<LogRecord> = (0..RECORDS).map(|number| record(object * RECORDS + number, hour)).collect();
        plain += records.iter().map(|record| serde_json::to_vec(record).unwrap().len() + 1).sum::<usize>();
        let object = pack(records, &period).unwrap().remove(0);
        entries.push(object.entry());
        files.insert(object.key, object.bytes);
    }
    let stored: Vec<Vec<u8>> = files.values().cloned().collect();
    let bytes: usize = stored.iter().map(Vec::len).sum();

    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let key = PublicKey::from_spki(pair.public_key().as_der().unwrap().as_ref().to_vec());
    let payload = Seal::next(None, hour, entries, hour.next().start()).payload().unwrap();
    let signature = pair.sign(&SystemRandom::new(), &Envelope::message(&payload)).unwrap();
    let envelope = Envelope::signed(&payload, key.key_id(), signature.as_ref()).to_bytes().unwrap();
    files.insert(seal::key(hour), envelope);

    let trust = Trust { named: vec![], brought: vec![key] };
    let looked = best(|| assert!(verify(&files, &trust, &Scope::default()).unwrap().sound));
    let hashed = best(|| {
        for bytes in &stored {
            black_box(Digest::of(bytes));
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "a rate to three digits")]
    let rate = |bytes: usize| bytes as f64 / looked / 1e6;
    println!("{OBJECTS} objects, {bytes} B stored, {plain} B of records");
    println!(
        "{:.0} MB/s stored, {:.0} MB/s of records, {:.2} x the SHA-256 alone",
        rate(bytes),
        rate(plain),
        looked / hashed
    );
}

/// The shortest of some runs, in seconds.
fn best(mut run: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..7).map(time).fold(f64::MAX, f64::min)
}

/// A record whose text does not compress better than real ones: five times or so.
fn record(number: u64, hour: LogHour) -> LogRecord {
    let hash = Digest::of(&number.to_be_bytes()).to_string();
    let words: Vec<String> =
        hash.as_bytes().chunks(2).map(|pair| format!("词{}{}", pair[0] % 13, pair[1] % 7)).collect();
    let text = words.join("，");
    LogRecord {
        schema: SCHEMA.to_owned(),
        record_id: RecordId::named("speed", number),
        kind: "publication".to_owned(),
        occurred_at: hour.start(),
        received_at: hour.start(),
        account_id: None,
        subject: None,
        data: serde_json::json!({ "parts": [{ "type": "text", "text": text }], "content_hash": hash }),
    }
}
