//! From a complaint to a suspension, and what the account is told.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    Stage,
    accounts::{Cast, account},
    publishing,
    telling::word,
};
use crate::{principals::unique, waiting::until};

const PATIENCE: Duration = Duration::from_secs(60);

/// What was decided.
pub(super) struct Suspension {
    pub decision_id: String,
}

pub(super) async fn complain_and_decide(stage: &Stage, cast: &Cast) -> Result<Suspension> {
    let (stack, teller) = (&stage.stack, &stage.teller);
    teller.chapter("The public complains, a reviewer decides · 公众举报，人工处置");
    let first = file(stage, &cast.person, "该账号发布刷单返利广告，诱导转账。", Some("reporter@example.com")).await?;
    let second = file(stage, &cast.person, "冒充客服骗取验证码。", None).await?;
    let status = status_of(stage, &first).await?;
    teller.line(&format!(
        "two people complain about 张三的小厨房; each keeps a receipt: {first} says {}",
        word(&status["status"])
    ));

    let case = until("a case takes the complaints up", PATIENCE, async || {
        let case = case_about(stage, &cast.person).await?;
        Ok(case.filter(|case| case["complaint_count"] == 2))
    })
    .await?;
    let case_id = case["case_id"].as_str().context("a case has an id")?.to_owned();
    teller.line(&format!("one case for both: {case_id}, due {}", word(&case["due_at"])));
    ensure!(status_of(stage, &second).await?["status"] == "under_review", "the second reporter sees no review");

    let reviewer = stack.reviewer();
    let base = &stack.platform_api;
    let claimed = reviewer.write(base, &format!("/v1/cases/{case_id}/claim"), &json!({})).await?.expect(200)?;
    let view = reviewer.get(base, &format!("/v1/cases/{case_id}")).await?.expect(200)?;
    teller.line(&format!(
        "the reviewer claims it until {}; may now {}",
        word(&claimed["assignment"]["until"]),
        may(&view["allowed_actions"])
    ));
    let decision = json!({
        "version": view["case"]["version"],
        "action": { "type": "suspend_updates", "days": 7 },
        "policies": ["fraud"],
        "reason": "以高额返利为名诱导转账。",
        "facts": "多条发布内容附有同一收款方式。",
    });
    let decided = reviewer.write(base, &format!("/v1/cases/{case_id}/decisions"), &decision).await?.expect(201)?;
    let decision_id = decided["decision"]["decision_id"].as_str().context("a decision has an id")?.to_owned();
    teller.line(&format!("and decides: suspend updates for 7 days ({decision_id})"));

    teller.progress("the enforcer works");
    until("the suspension is in force", PATIENCE, async || {
        let account = account(stage, &cast.person).await?;
        let enforcements = account["enforcements"].as_array().cloned().unwrap_or_default();
        Ok(enforcements.iter().any(|e| e["kind"] == "suspend_updates" && e["in_force"] == true).then_some(()))
    })
    .await?;
    let outcome = status_of(stage, &first).await?;
    ensure!(outcome["status"] == "upheld", "the first reporter sees {outcome}");
    teller.line(&format!("the receipt now says: upheld · {}", word(&outcome["outcome_reason"])));
    Ok(Suspension { decision_id })
}

/// A list of words.
fn may(actions: &Value) -> String {
    actions.as_array().into_iter().flatten().map(word).collect::<Vec<_>>().join(", ")
}

/// The next publication of the suspended account.
pub(super) async fn refused(stage: &Stage, cast: &Cast, suspension: &Suspension) -> Result<()> {
    let (stack, teller) = (&stage.stack, &stage.teller);
    teller.chapter("The suspended account publishes again · 被暂停的账号再次发布");
    let body = publishing::text(&cast.person, &unique("story-suspended"), "大家好，我又来了。");
    let answer = stack.platform().post(&stack.platform_api, "/v1/publications", &body).await?;
    let problem = answer.expect(403)?;
    ensure!(problem["code"] == "account_suspended", "the refusal is {problem}");
    ensure!(problem["enforcement"]["decision_id"] == suspension.decision_id.as_str(), "the refusal names {problem}");
    let reasons = &problem["enforcement"]["statement_of_reasons"];
    let said = |member: &str| reasons[member].as_str().unwrap_or_default().to_owned();
    teller.line(&format!("refused: {} · {}", word(&problem["code"]), word(&problem["title"])));
    teller.line(&format!(
        "ground       {} · {}",
        said("decision_ground"),
        word(&reasons["incompatible_content_ground"]["zh"])
    ));
    teller.line(&format!("explanation  {}", said("incompatible_content_explanation")));
    teller.line(&format!("facts        {}", said("decision_facts")));
    teller.line(&format!("until        {}", said("end_date_account_restriction")));
    teller.line(&format!("redress      {}", word(&reasons["redress"]["zh"])));
    let other = publishing::text(&cast.company, &unique("story-other"), "我们照常更新。");
    stack.platform().post(&stack.platform_api, "/v1/publications", &other).await?.expect(201)?;
    teller.line("the company's account publishes as before");
    Ok(())
}

/// What the platform was told.
pub(super) async fn webhooks(stage: &Stage, cast: &Cast) -> Result<()> {
    let teller = &stage.teller;
    teller.chapter("The platform is told · 平台收到通知");
    let stand_in = stage.stack.stand_in();
    for (who, account_id, wanted) in [
        ("示例科技", &cast.company, vec!["account.verified"]),
        ("张三", &cast.person, vec!["account.verified", "enforcement.applied"]),
        ("不符先生", &cast.mismatch, vec!["account.rejected"]),
    ] {
        let types = until("the webhooks arrive", PATIENCE, async || {
            let received = stand_in.webhooks_about(account_id).await?;
            let types: Vec<String> =
                received.iter().filter_map(|w| w["type"].as_str().map(ToOwned::to_owned)).collect();
            Ok(wanted.iter().all(|wanted| types.iter().any(|known| known == wanted)).then_some(types))
        })
        .await?;
        teller.line(&format!("{who}: {} (signature good)", types.join(", ")));
    }
    Ok(())
}

async fn file(stage: &Stage, account_id: &str, description: &str, contact: Option<&str>) -> Result<String> {
    let mut body = json!({
        "subject": { "subject_type": "account", "subject_id": account_id },
        "reason": "fraud",
        "description": description,
    });
    if let Some(contact) = contact {
        body["contact"] = json!(contact);
    }
    let filed = crate::reporter::file(&stage.stack, &body).await?.expect(201)?;
    Ok(filed["receipt"].as_str().context("a complaint has a receipt")?.to_owned())
}

async fn status_of(stage: &Stage, receipt: &str) -> Result<Value> {
    stage.stack.public().get(&stage.stack.public_api, &format!("/v1/complaints/{receipt}")).await?.expect(200)
}

/// The open case about an account, wherever in the queue it is.
async fn case_about(stage: &Stage, account_id: &str) -> Result<Option<Value>> {
    let reviewer = stage.stack.reviewer();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/cases?queue=default&state=open&limit=100{cursor}");
        let page = reviewer.get(&stage.stack.platform_api, &path).await?.expect(200)?;
        let cases = page["cases"].as_array().context("a page has cases")?;
        if let Some(case) = cases.iter().find(|case| case["subject"]["subject_id"] == account_id) {
            return Ok(Some(case.clone()));
        }
        let Some(next) = page["next_cursor"].as_str() else { return Ok(None) };
        cursor = format!("&cursor={next}");
    }
}
