//! The stand-in for the world outside: the identity provider, and the platform's end of the webhooks.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::caller::{Ask, Caller};

/// How the identity provider behaves.
#[derive(Debug, Clone, Copy)]
pub enum ProviderMode {
    Up,
    Down,
    Slow,
}

#[derive(Debug, Clone)]
pub struct StandIn {
    url: String,
    secret: String,
    http: Caller,
}

/// A webhook as it arrived.
#[derive(Debug, Clone, Deserialize)]
pub struct Received {
    pub headers: std::collections::BTreeMap<String, String>,
    pub body: String,
}

impl StandIn {
    #[must_use]
    pub fn new(url: &str, secret: &str) -> Self {
        Self { url: url.to_owned(), secret: secret.to_owned(), http: Caller::unsigned() }
    }

    /// # Errors
    /// When it does not answer.
    pub async fn health(&self) -> Result<()> {
        self.http.get(&self.url, "/health").await?.expect(200).map(drop)
    }

    /// # Errors
    /// When it does not answer.
    pub async fn provider(&self, mode: ProviderMode) -> Result<()> {
        let mode = match mode {
            ProviderMode::Up => "up",
            ProviderMode::Down => "down",
            ProviderMode::Slow => "slow",
        };
        let ask = Ask::new(Method::PUT, "/identity/mode").text(&json!({ "mode": mode }).to_string());
        let answer = self.http.ask(&self.url, ask).await?;
        ensure!(answer.status < 300, "the stand-in does not change its mode: {answer}");
        Ok(())
    }

    /// The last code that was sent for `account_id`.
    ///
    /// # Errors
    /// When none was, or the stand-in does not answer.
    pub async fn last_code(&self, account_id: &str) -> Result<String> {
        let answer = self.http.get(&self.url, &format!("/codes?account_id={account_id}")).await?.expect(200)?;
        let last = answer.as_array().and_then(|codes| codes.last()).context("no code was sent")?;
        Ok(last["code"].as_str().context("a code without digits")?.to_owned())
    }

    /// The webhooks that tell of `account_id`, oldest first. Each of them must carry a good signature.
    ///
    /// # Errors
    /// When one does not, or the stand-in does not answer.
    pub async fn webhooks_about(&self, account_id: &str) -> Result<Vec<Value>> {
        let answer = self.http.get(&self.url, "/webhooks").await?.expect(200)?;
        let all: Vec<Received> = serde_json::from_value(answer).context("the stand-in's list of webhooks")?;
        all.iter().filter(|webhook| webhook.body.contains(account_id)).map(|webhook| self.verified(webhook)).collect()
    }

    /// The body of `webhook`, if its signature is right.
    ///
    /// # Errors
    /// When it is not.
    pub fn verified(&self, webhook: &Received) -> Result<Value> {
        let mut headers = reqwest::header::HeaderMap::new();
        for (name, value) in &webhook.headers {
            headers.insert(name.parse::<reqwest::header::HeaderName>()?, value.parse()?);
        }
        standardwebhooks::Webhook::new(&self.secret)?
            .verify(webhook.body.as_bytes(), &headers)
            .context("a webhook with a wrong signature")?;
        Ok(serde_json::from_str(&webhook.body)?)
    }
}
