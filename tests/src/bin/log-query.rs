//! `cargo xtask log query`: the records of the content log that are looked for, as lines of JSON (docs/querying.md).

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use acceptance::stack::Stack;
use anyhow::{Context, Result};
use app::ports::{Clock, LogReader, PortError, SystemClock};
use async_trait::async_trait;
use clap::Parser;
use domain::{
    id::{AccountId, PublicationId},
    retention::SHANGHAI,
};
use evidence::{
    object::{LogHour, unpack},
    record::LogRecord,
    search::{Search, standing},
};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp, civil::Date};

/// How many objects are read at a time.
const AT_A_TIME: usize = 16;

/// Prints the records of a period that answer to everything that is named, as lines of JSON, by the time of receipt
///
/// Reads the objects of the hours of the period and lists nothing else. Without `--bucket` and `--copy` the log of the local
/// stack is read, as its auditor.
#[derive(Parser)]
#[command(name = "cargo xtask log query")]
struct Arguments {
    /// Received from then on: a time (RFC 3339), or a day of Asia/Shanghai. Without it, from an hour before the end
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Timestamp>,
    /// Received before then, in the same forms. Without it, until now
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Timestamp>,
    /// Of the account, or naming it
    #[arg(long, value_name = "ACCOUNT_ID")]
    account: Option<AccountId>,
    /// Of the publication, or naming it
    #[arg(long, value_name = "PUBLICATION_ID")]
    publication: Option<PublicationId>,
    /// publication, comment, activity, or the name of an event
    #[arg(long)]
    kind: Option<String>,
    /// By the identifier of a rule that was met
    #[arg(long)]
    rule: Option<String>,
    /// By the pseudonym of whoever did it, caller_…
    #[arg(long, value_name = "CALLER")]
    reviewer: Option<String>,
    /// Every copy of a record, and not the one that counts alone
    #[arg(long)]
    copies: bool,
    /// A bucket on AWS, read with the credentials of the environment
    #[arg(long, value_name = "NAME", conflicts_with = "copy")]
    bucket: Option<String>,
    /// A folder with content-log/ as it lies in the bucket
    #[arg(long, value_name = "FOLDER")]
    copy: Option<PathBuf>,
}

/// A time, or the beginning of a day of Asia/Shanghai.
fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let day: Date =
        text.parse().map_err(|_| "is neither a time such as 2026-11-23T09:00:00+08:00 nor a day".to_owned())?;
    let start = day.to_zoned_datetime(SHANGHAI.clone()).map_err(|error| error.to_string())?;
    Ok(start.timestamp())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    let until = arguments.until.unwrap_or_else(|| SystemClock.now());
    let from = arguments.from.unwrap_or_else(|| until.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(until));
    anyhow::ensure!(from < until, "{from} is not before {until}");
    let search = Search {
        account: arguments.account,
        publication: arguments.publication,
        kind: arguments.kind,
        rule: arguments.rule,
        reviewer: arguments.reviewer,
        ..Search::of_period(from, until)
    };
    let log: Box<dyn LogReader> = match (arguments.copy, arguments.bucket) {
        (Some(folder), _) => Box::new(Copied(folder)),
        (None, Some(bucket)) => Box::new(aws::Aws::connect(None)?.log_objects(&bucket)),
        (None, None) => {
            let stack = Stack::read()?;
            Box::new(stack.aws_as(&stack.identities.auditor)?.log_objects(stack.bucket("content-log")?))
        }
    };
    let (found, objects) = records(log.as_ref(), &search).await?;
    let found = if arguments.copies { found } else { standing(found) };
    match print(&found) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => {
            eprintln!("{} records, of {objects} objects", found.len());
            Ok(printed?)
        }
    }
}

/// The records that are looked for, and the number of objects that were read.
async fn records(log: &dyn LogReader, search: &Search) -> Result<(Vec<LogRecord>, usize)> {
    let (mut found, mut objects) = (Vec::new(), 0);
    for hour in search.hours() {
        let keys = log.objects(hour).await?;
        let mut read = stream::iter(keys)
            .map(|key| async move {
                // Swept since the hour was listed.
                let Some(bytes) = log.read(&key).await? else { return Ok(None) };
                let records = unpack(&bytes).with_context(|| format!("{key} is no log object"))?;
                anyhow::Ok(Some(records))
            })
            .buffered(AT_A_TIME);
        while let Some(records) = read.try_next().await? {
            let Some(records) = records else { continue };
            objects += 1;
            found.extend(records.into_iter().filter(|record| search.finds(record)));
        }
    }
    Ok((found, objects))
}

fn print(records: &[LogRecord]) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for record in records {
        serde_json::to_writer(&mut out, record)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// A folder with the log as it lies in the bucket.
struct Copied(PathBuf);

#[async_trait]
impl LogReader for Copied {
    async fn objects(&self, hour: LogHour) -> Result<Vec<String>, PortError> {
        let folder = self.0.join(hour.prefix());
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let names = std::fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let names = names.map_err(|error| PortError::unavailable("the copy", error))?;
        let mut keys: Vec<String> =
            names.iter().map(|name| format!("{}{}", hour.prefix(), name.file_name().to_string_lossy())).collect();
        keys.sort();
        Ok(keys)
    }

    async fn papers(&self, _: Timestamp) -> Result<Vec<String>, PortError> {
        Ok(Vec::new())
    }

    async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, PortError> {
        read_file(&self.0.join(key)).map_err(|error| PortError::unavailable("the copy", error))
    }
}

fn read_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
