//! How fast a worker of backtests reads the log, with the starter pack and real texts, beside unpacking it alone: `cargo run
//! --release -p testkit --example backtest_speed [records] [texts.jsonl]`; each line of the file has a `text`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails says where")]

use std::{collections::HashSet, fs, hint::black_box, time::Instant};

use app::{backtesting::Tally, ports::EngineSource, written_pack::WrittenPack};
use domain::{
    id::AccountId,
    publication::PublicationStatus,
    retention::{RetentionPeriod, Stage},
};
use evidence::{
    object::{self, pack},
    record::LogRecord,
};
use testkit::samples;

/// As the content logger writes at load: about a megabyte each.
const RECORDS_OF_AN_OBJECT: usize = 5_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let wanted: usize = arguments.next().map_or(60_000, |count| count.parse().unwrap());
    let path = arguments.next().unwrap_or_else(|| "tests/sample/posts.jsonl".to_owned());
    let texts: Vec<String> = fs::read_to_string(&path)
        .unwrap()
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().map(str::to_owned))
        .collect();
    let engine = WrittenPack::starter().current().await.unwrap();
    let period = RetentionPeriod::parse("P6M", Stage::Prod).unwrap();
    let accounts: Vec<AccountId> = (0..10_000).map(|_| AccountId::at(samples::NOON)).collect();
    let (mut objects, mut plain) = (Vec::new(), 0);
    let mut records = Vec::new();
    for number in 0..wanted {
        let text = &texts[number % texts.len()];
        let record = samples::publication(accounts[number * 7 % accounts.len()], &format!("post-{number}"), text);
        // With the verdict that it would have in the log.
        let verdict = engine.screen(&[text]);
        let logged = LogRecord::of_publication(&record.publication, PublicationStatus::Published, &verdict).unwrap();
        plain += serde_json::to_string(&logged).unwrap().len() + 1;
        records.push(logged);
        if records.len() == RECORDS_OF_AN_OBJECT || number + 1 == wanted {
            objects.extend(pack(std::mem::take(&mut records), &period).unwrap().into_iter().map(|object| object.bytes));
        }
    }
    let stored: usize = objects.iter().map(Vec::len).sum();
    let mut last = Tally::default();
    let tried = best(|| {
        let (mut tally, mut seen) = (Tally::default(), HashSet::new());
        for object in &objects {
            tally.count_object(object, &engine, &mut seen).unwrap();
        }
        last = tally;
    });
    let unpacked = best(|| {
        for bytes in &objects {
            black_box(object::lines(bytes).unwrap().lines().count());
        }
    });
    assert_eq!((last.contents(), last.unreadable), (wanted as u64, 0));
    #[expect(clippy::cast_precision_loss, reason = "a rate to three digits")]
    let rate = |bytes: usize, seconds: f64| bytes as f64 / seconds / 1e6;
    println!("records    {wanted}, {plain} B, in {} objects of {stored} B", objects.len());
    println!("hits       {}", last.hits);
    println!("tried      {:.0} MB/s of records, {:.1} MB/s stored", rate(plain, tried), rate(stored, tried));
    println!("unpacked   {:.0} MB/s of records, {:.1} x as fast", rate(plain, unpacked), tried / unpacked);
}

/// The shortest of some runs, in seconds.
fn best(mut run: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..5).map(time).fold(f64::MAX, f64::min)
}
