//! The story that `cargo xtask demo` tells: accounts register, publish, are complained about, one is suspended, the
//! record is written, locked and deleted. Everything goes through the APIs that are deployed, as callers with the rights
//! of their roles; a surprise ends it with an error.

mod accounts;
mod complaint;
mod publishing;
mod record;
mod telling;

use std::time::Instant;

use anyhow::Result;
use app::ports::{Clock, SystemClock};
use aws::observe::Observer;
use jiff::Timestamp;

use crate::stack::Stack;
pub use record::log_since;
use telling::Teller;

/// How many real texts are published, when they are at hand.
const TEXTS: usize = 560;

/// What every chapter needs.
struct Stage {
    stack: Stack,
    observer: Observer,
    teller: Teller,
    began: Timestamp,
}

/// Tells the story.
///
/// # Errors
/// At the first thing that is not as it should be.
pub async fn tell() -> Result<()> {
    let clock = Instant::now();
    let stack = Stack::running().await?;
    let observer = observer(&stack)?;
    let stage = Stage { stack, observer, teller: Teller::new(), began: SystemClock.now() };

    let cast = accounts::register(&stage).await?;
    let published = publishing::publish(&stage, &cast).await?;
    let suspension = complaint::complain_and_decide(&stage, &cast).await?;
    complaint::refused(&stage, &cast, &suspension).await?;
    complaint::webhooks(&stage, &cast).await?;
    let log = record::written_and_locked(&stage, &cast, &published).await?;
    let sweep = record::swept(&stage, &log).await?;

    let teller = &stage.teller;
    teller.chapter("Summary · 小结");
    teller.table(
        &["what · 内容", "number · 数量"],
        &[
            vec!["accounts registered · 注册账号".into(), "3 (2 verified, 1 rejected)".into()],
            vec!["texts published in batches · 批量发布".into(), published.total().to_string()],
            vec!["  passed · 通过".into(), published.count("pass").to_string()],
            vec!["  for review · 待复核".into(), published.count("review").to_string()],
            vec!["  held · 暂缓".into(), published.count("hold").to_string()],
            vec!["  rejected · 拒绝".into(), published.count("reject").to_string()],
            vec!["publications per second · 每秒发布".into(), format!("{:.0}", published.per_second())],
            vec!["complaints → cases → decisions · 举报→工单→处置".into(), "2 → 1 → 1".into()],
            vec!["log records of this run · 本次日志记录".into(), log.records.to_string()],
            vec!["log objects that held them · 日志对象".into(), log.keys.len().to_string()],
            vec!["log objects deleted by the sweep · 清理对象".into(), sweep.deleted.to_string()],
            vec!["receipts of deletion · 删除回执".into(), sweep.receipts.to_string()],
            vec!["seconds · 用时（秒）".into(), clock.elapsed().as_secs().to_string()],
        ],
    );
    farewell(&stage, &cast);
    Ok(())
}

/// Who looks behind the APIs.
///
/// # Errors
/// When no client can be made.
pub fn observer(stack: &Stack) -> Result<Observer> {
    stack.observer_as(&stack.admin)
}

/// What the reader can do next.
fn farewell(stage: &Stage, cast: &accounts::Cast) {
    let (stack, teller) = (&stage.stack, &stage.teller);
    teller.chapter("The stack is yours · 接下来");
    teller.line(&format!("platform API  {}", stack.platform_api));
    teller.line(&format!("public API    {}", stack.public_api));
    teller.line(&format!("AWS endpoint  {}  (region {})", stack.endpoint, stack.region));
    teller.line("keys          .local/stack.json, identities");
    teller.line("");
    let keys = &stack.identities.platform;
    teller.plain(&format!(
        "curl -s '{}/v1/accounts/{}' --aws-sigv4 'aws:amz:{}:execute-api' --user '{}:{}'",
        stack.platform_api, cast.company, stack.region, keys.access_key_id, keys.secret_access_key
    ));
    teller.plain(&format!(
        "AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={} awscurl --service execute-api --region {} '{}/v1/cases?state=decided'",
        stack.identities.reviewer.access_key_id,
        stack.identities.reviewer.secret_access_key,
        stack.region,
        stack.platform_api
    ));
    teller.plain(&format!(
        "curl -s '{}/v1/complaints/challenge' # what lets a complaint of the public in, when it is solved (README)",
        stack.public_api
    ));
    teller.line("");
    teller.line("cargo xtask logs shows what the functions say; cargo xtask down stops it all.");
}
