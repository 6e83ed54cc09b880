//! Records of publications through the content logger, as the queue hands them over at load: how many objects, writes and
//! bytes they come to. `cargo run --release -p testkit --example million [records] [texts.jsonl]`; each line of the file
//! has a `text`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails says where")]

use std::{fs, sync::Arc};

use app::content_logging::{ContentLogger, Logged};
use domain::{
    id::AccountId,
    publication::PublicationStatus,
    retention::{RetentionPeriod, Stage},
};
use evidence::record::LogRecord;
use jiff::SignedDuration;
use testkit::{Twins, samples};

/// What SQS hands a function at once, in bytes (6 MB, less what is around the bodies).
const EVENT: usize = 5_500_000;

/// How many publications come in a second: the expected peak.
const A_SECOND: i64 = 600;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let wanted: usize = arguments.next().map_or(1_000_000, |count| count.parse().unwrap());
    let path = arguments.next().unwrap_or_else(|| "tests/sample/posts.jsonl".to_owned());
    let texts: Vec<String> = fs::read_to_string(&path)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().map(str::to_owned))
        .collect();
    let accounts: Vec<AccountId> = (0..10_000).map(|_| AccountId::at(samples::NOON)).collect();
    let (mut total, mut plain, mut made) = (Logged::default(), 0, 0);
    while made < wanted {
        // A log that forgets, so that memory holds one event at a time.
        let twins = Twins::at(samples::NOON);
        let logger = ContentLogger {
            log: twins.content_log.clone(),
            seals: twins.seal_ledger.clone(),
            logged: twins.reconciliation.clone(),
            clock: Arc::new(twins.clock.clone()),
            period: RetentionPeriod::parse("P6M", Stage::Prod).unwrap(),
        };
        let (mut records, mut bytes) = (Vec::new(), 0);
        while bytes < EVENT && made < wanted {
            let text = &texts[made % texts.len()];
            let mut record = samples::publication(accounts[made * 7 % accounts.len()], &format!("post-{made}"), text);
            let at = samples::NOON + SignedDuration::from_millis(i64::try_from(made).unwrap() * 1_000 / A_SECOND);
            record.publication.received_at = at;
            let logged = LogRecord::of_publication(&record.publication, PublicationStatus::Published, &record.verdict);
            let logged = logged.unwrap();
            bytes += serde_json::to_string(&logged).unwrap().len() + 1;
            records.push(logged);
            made += 1;
        }
        plain += bytes;
        let logged = logger.write(records).await.unwrap();
        total.records += logged.records;
        total.objects += logged.objects;
        total.bytes += logged.bytes;
    }
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let per = |a: usize, b: usize| a as f64 / b as f64;
    println!("records           {}", total.records);
    println!("objects           {}", total.objects);
    println!("PUTs per 1 000    {:.3}", 1_000.0 * per(total.objects, total.records));
    println!(
        "bytes per record  {:.1} compressed, {:.1} plain",
        per(total.bytes, total.records),
        per(plain, total.records)
    );
    println!("compression       {:.2} : 1", per(plain, total.bytes));
    println!("bytes per object  {:.0}", per(total.bytes, total.objects));
}
