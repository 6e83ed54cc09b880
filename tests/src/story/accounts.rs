//! Registration and verification.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::{Stage, telling::word};
use crate::{
    principals::{Principal, unique},
    waiting::until,
};

/// Whose accounts they are.
pub(super) struct Cast {
    pub company: String,
    pub person: String,
    pub mismatch: String,
}

impl Cast {
    pub(super) fn all(&self) -> [&str; 3] {
        [&self.company, &self.person, &self.mismatch]
    }
}

pub(super) async fn register(stage: &Stage) -> Result<Cast> {
    let teller = &stage.teller;
    teller.chapter("Three principals register · 三个主体注册");
    let company = one(stage, &Principal::company("示例科技有限公司"), "示例科技").await?;
    let early = publish(stage, &company, "story-early").await?;
    let person = one(stage, &Principal::person("张三"), "张三的小厨房").await?;
    let mismatch = one(stage, &Principal::person("不符先生"), "身份存疑").await?;
    if early.0 == 403 {
        teller.line(&format!("the company publishes at once and is refused: {} · {}", early.1, early.2));
    }

    teller.progress("the identity provider is asked");
    let company_status = settled(stage, &company).await?;
    let person_status = settled(stage, &person).await?;
    let mismatch_status = settled(stage, &mismatch).await?;
    ensure!(company_status == "active" && person_status == "active", "{company_status}, {person_status}");
    ensure!(mismatch_status == "rejected", "the account whose name does not fit its number is {mismatch_status}");
    teller.line("the identity provider has answered: company active, 张三 active, 不符先生 rejected");

    let (status, code, title) = publish(stage, &mismatch, "story-rejected").await?;
    ensure!(status == 403 && code == "account_not_verified", "a rejected account published: {status} {code}");
    teller.line(&format!("the rejected account publishes and is refused: {code} · {title}"));
    Ok(Cast { company, person, mismatch })
}

async fn one(stage: &Stage, principal: &Principal, display_name: &str) -> Result<String> {
    let body = principal.registration(display_name);
    let answer = stage.stack.platform().write(&stage.stack.platform_api, "/v1/accounts", &body).await?;
    let account = answer.expect(201)?;
    let account_id = account["account_id"].as_str().unwrap_or_default().to_owned();
    stage.teller.line(&format!("{} · {display_name} · {account_id} · {}", principal.kind, word(&account["status"])));
    Ok(account_id)
}

/// Tries to publish; gives status, code and title of the answer.
async fn publish(stage: &Stage, account_id: &str, reference: &str) -> Result<(u16, String, String)> {
    let body = super::publishing::text(account_id, &unique(reference), "今天天气很好。");
    let answer = stage.stack.platform().post(&stage.stack.platform_api, "/v1/publications", &body).await?;
    ensure!(matches!(answer.status, 201 | 403), "publishing was answered with {answer}");
    Ok((answer.status, answer.code(), answer.json()["title"].as_str().unwrap_or_default().to_owned()))
}

/// The account as the platform sees it.
pub(super) async fn account(stage: &Stage, account_id: &str) -> Result<Value> {
    let path = format!("/v1/accounts/{account_id}");
    stage.stack.platform().get(&stage.stack.platform_api, &path).await?.expect(200)
}

async fn settled(stage: &Stage, account_id: &str) -> Result<String> {
    until("the account is verified or rejected", Duration::from_secs(60), async || {
        let status = account(stage, account_id).await?["status"].as_str().unwrap_or_default().to_owned();
        Ok((status != "pending" && status != "verifying").then_some(status))
    })
    .await
}
