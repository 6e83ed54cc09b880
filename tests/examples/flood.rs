//! A flood on the local stack (R15.2): so many complaints of so many sources about one account, then every receipt read.
//! `cargo run -p acceptance --example flood -- 10000 200`, with the stack up. Prints what became of it as JSON.

use std::time::{Duration, Instant};

use acceptance::{principals::Principal, reporter, stack::Stack, waiting::until};
use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

/// How many are on their way at once.
const AT_ONCE: usize = 4;

/// A function that a busy machine does not let come to its end is asked again, as people do.
const TRIES: usize = 10;

/// Between two tries: the first may still be at work.
const PAUSE: Duration = Duration::from_secs(3);

/// For triage to take up what the intake wrote, on a machine with other work.
const PATIENCE: Duration = Duration::from_mins(30);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let numbers: Vec<usize> = std::env::args().skip(1).map(|it| it.parse()).collect::<Result<_, _>>()?;
    let [complaints, sources] = numbers[..] else { anyhow::bail!("usage: flood COMPLAINTS SOURCES") };
    let stack = Stack::read()?;
    let account_id = active_account(&stack).await?;
    let (receipts, took) = filed(&stack, &account_id, complaints, sources).await?;
    let case = listed(&stack, &account_id, complaints).await?;
    let read = statuses(&stack, &receipts).await?;
    let tenth = (complaints / 10).max(1);
    let (first, last) = (median(&took[..tenth]), median(&took[took.len() - tenth..]));
    let report = json!({
        "complaints": complaints, "sources": sources, "cases": 1, "version_of_the_case": case["version"],
        "receipts": receipts.len(), "statuses_under_review": read,
        "last_tenth_to_first_tenth": format!("{:.2}", last.as_secs_f64() / first.as_secs_f64()),
    });
    println!("{report:#}");
    Ok(())
}

async fn active_account(stack: &Stack) -> Result<String> {
    let body = Principal::person("李四").registration("被举报");
    let account = stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await?.expect(201)?;
    let account_id = account["account_id"].as_str().context("an account has an id")?.to_owned();
    until("the account is active", Duration::from_mins(1), async || {
        let found =
            stack.platform().get(&stack.platform_api, &format!("/v1/accounts/{account_id}")).await?.expect(200)?;
        Ok((found["status"] == "active").then_some(()))
    })
    .await?;
    Ok(account_id)
}

/// The receipts, and how long each filing took, without the work for it, in their order.
async fn filed(
    stack: &Stack,
    account_id: &str,
    complaints: usize,
    sources: usize,
) -> Result<(Vec<String>, Vec<Duration>)> {
    let filings = stream::iter(0..complaints).map(async |number| {
        let source = number % sources;
        let address = format!("198.18.{}.{}", source / 250, source % 250 + 1);
        let body = json!({
            "subject": { "subject_type": "account", "subject_id": account_id },
            "reason": "gambling", "description": format!("拉人下注，第 {} 种说法", number % 40),
        });
        let ask = patient(|| reporter::ask_from(stack, &address, &body)).await?.key(&uuid::Uuid::now_v7().to_string());
        let start = Instant::now();
        let filed = patient(async || stack.public().ask(&stack.public_api, ask.clone()).await?.expect(201)).await?;
        if number % 100 == 99 {
            eprintln!("{} filed", number + 1);
        }
        let receipt = filed["receipt"].as_str().context("a complaint has a receipt")?.to_owned();
        Ok::<_, anyhow::Error>((receipt, start.elapsed()))
    });
    filings.buffered(AT_ONCE).try_collect::<Vec<_>>().await.map(|all| all.into_iter().unzip())
}

/// The one case that there is about the account, once every complaint is in it.
async fn listed(stack: &Stack, account_id: &str, complaints: usize) -> Result<Value> {
    until("every complaint is in the case", PATIENCE, async || {
        let cases = open_cases(stack, account_id).await?;
        ensure!(cases.len() <= 1, "a flood is one case, not {}", cases.len());
        let Some(case) = cases.into_iter().next() else { return Ok(None) };
        let (mut count, mut after) = (0, String::new());
        loop {
            let path = format!("/v1/cases/{}/complaints?limit=50{after}", case["case_id"].as_str().unwrap_or_default());
            let page = stack.reviewer().get(&stack.platform_api, &path).await?.expect(200)?;
            count += page["complaints"].as_array().map_or(0, Vec::len);
            match page["next_after"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        Ok((count == complaints).then_some(case))
    })
    .await
}

async fn open_cases(stack: &Stack, subject_id: &str) -> Result<Vec<Value>> {
    let (mut cursor, mut found) = (String::new(), Vec::new());
    loop {
        let path = format!("/v1/cases?queue=default&state=open&limit=100{cursor}");
        let page = stack.reviewer().get(&stack.platform_api, &path).await?.expect(200)?;
        let cases = page["cases"].as_array().into_iter().flatten();
        found.extend(cases.filter(|case| case["subject"]["subject_id"] == subject_id).cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(found),
        }
    }
}

/// How many of the receipts open a complaint that is under review.
async fn statuses(stack: &Stack, receipts: &[String]) -> Result<usize> {
    let reads = stream::iter(receipts).map(async |receipt| {
        let path = format!("/v1/complaints/{receipt}");
        let status = patient(async || stack.public().get(&stack.public_api, &path).await?.expect(200)).await?;
        Ok::<_, anyhow::Error>(usize::from(status["status"] == "under_review"))
    });
    reads.buffered(AT_ONCE).try_fold(0, async |sum, one| Ok(sum + one)).await
}

/// What `ask` gives, at the last try at the latest.
async fn patient<T>(ask: impl AsyncFn() -> Result<T>) -> Result<T> {
    for _ in 1..TRIES {
        if let Ok(answer) = ask().await {
            return Ok(answer);
        }
        tokio::time::sleep(PAUSE).await;
    }
    ask().await
}

fn median(took: &[Duration]) -> Duration {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
