//! The local stack, as `cargo xtask up` describes it in `.local/stack.json`.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, Result, anyhow};
use aws::{Aws, Endpoint, observe::Observer};
use serde::Deserialize;

use crate::{
    caller::{Caller, Keys},
    stand_in::StandIn,
    workspace,
};

/// Addresses and names of what is deployed, and who may use it.
#[derive(Debug, Clone, Deserialize)]
pub struct Stack {
    pub endpoint: String,
    pub region: String,
    pub platform_api: String,
    pub public_api: String,
    pub tables: BTreeMap<String, String>,
    pub queues: BTreeMap<String, String>,
    pub buckets: BTreeMap<String, String>,
    pub functions: BTreeMap<String, String>,
    pub identities: Identities,
    /// Whose door to the desk is which alias of its function.
    pub doors: BTreeMap<String, String>,
    pub stand_in: String,
    pub webhook_secret: String,
    pub admin: Keys,
}

/// Real IAM keys of the local stack, each with just the rights of its role.
#[derive(Debug, Clone, Deserialize)]
pub struct Identities {
    pub platform: Keys,
    pub reviewer: Keys,
    pub second_reviewer: Keys,
    pub content_safety_lead: Keys,
    pub operator: Keys,
    pub auditor: Keys,
    pub record_officer: Keys,
}

impl Stack {
    /// Reads the description from `GATEHOUSE_STACK`, or from `.local/stack.json` of the workspace.
    ///
    /// # Errors
    /// When there is none, or it cannot be read; the message says how to start a stack.
    pub fn read() -> Result<Self> {
        let path = path();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            anyhow!("no local stack is described in {} ({error}); start one: cargo xtask up", path.display())
        })?;
        serde_json::from_str(&text).with_context(|| {
            format!("{} is not what this version writes; start the stack again: cargo xtask up", path.display())
        })
    }

    /// Reads the description and asks the stack and the stand-in whether they live.
    ///
    /// # Errors
    /// When one of them does not answer; the message says how to start them.
    pub async fn running() -> Result<Self> {
        let stack = Self::read()?;
        let dead = |what: &str, at: &str| format!("{what} does not answer at {at}; start it: cargo xtask up");
        stack.stand_in().health().await.with_context(|| dead("the stand-in", &stack.stand_in))?;
        let public = stack.public();
        let answer = public.get(&stack.public_api, "/v1/complaints/none").await;
        let answer = answer.with_context(|| dead("the local stack", &stack.public_api))?;
        anyhow::ensure!(answer.status < 500, "{} (it says {answer})", dead("the local stack", &stack.public_api));
        Ok(stack)
    }

    /// The platform's app.
    #[must_use]
    pub fn platform(&self) -> Caller {
        self.signed(&self.identities.platform)
    }

    #[must_use]
    pub fn reviewer(&self) -> Caller {
        self.signed(&self.identities.reviewer)
    }

    #[must_use]
    pub fn second_reviewer(&self) -> Caller {
        self.signed(&self.identities.second_reviewer)
    }

    #[must_use]
    pub fn content_safety_lead(&self) -> Caller {
        self.signed(&self.identities.content_safety_lead)
    }

    #[must_use]
    pub fn operator(&self) -> Caller {
        self.signed(&self.identities.operator)
    }

    #[must_use]
    pub fn auditor(&self) -> Caller {
        self.signed(&self.identities.auditor)
    }

    #[must_use]
    pub fn record_officer(&self) -> Caller {
        self.signed(&self.identities.record_officer)
    }

    /// For observation only: whoever this is may look at everything.
    #[must_use]
    pub fn admin(&self) -> Caller {
        self.signed(&self.admin)
    }

    /// Looks into tables, buckets and queues with the rights of `keys`.
    ///
    /// # Errors
    /// When the trusted roots cannot be used.
    pub fn observer_as(&self, keys: &Keys) -> Result<Observer> {
        Ok(Observer::new(&self.endpoint_for(keys))?)
    }

    /// The adapters, for whoever has the keys.
    ///
    /// # Errors
    /// When the trusted roots cannot be used.
    pub fn aws_as(&self, keys: &Keys) -> Result<Aws> {
        Ok(Aws::at(&self.endpoint_for(keys))?)
    }

    fn endpoint_for(&self, keys: &Keys) -> Endpoint {
        Endpoint {
            url: Some(self.endpoint.clone()),
            region: self.region.clone(),
            access_key_id: keys.access_key_id.clone(),
            secret_access_key: keys.secret_access_key.clone(),
            session_token: None,
        }
    }

    /// Anybody, without a signature.
    #[must_use]
    pub fn public(&self) -> Caller {
        Caller::unsigned()
    }

    #[must_use]
    pub fn signed(&self, keys: &Keys) -> Caller {
        Caller::signed(keys, &self.region)
    }

    #[must_use]
    pub fn stand_in(&self) -> StandIn {
        StandIn::new(&self.stand_in, &self.webhook_secret)
    }

    /// The address of a queue, by the name it has in the design (`verification`, `content-log-dlq`).
    ///
    /// # Errors
    /// When the stack has no such queue.
    pub fn queue(&self, name: &str) -> Result<&str> {
        named(&self.queues, name).with_context(|| format!("the stack has no queue {name:?}"))
    }

    /// # Errors
    /// When the stack has no such table.
    pub fn table(&self, name: &str) -> Result<&str> {
        named(&self.tables, name).with_context(|| format!("the stack has no table {name:?}"))
    }

    /// # Errors
    /// When the stack has no such bucket.
    pub fn bucket(&self, name: &str) -> Result<&str> {
        named(&self.buckets, name).with_context(|| format!("the stack has no bucket {name:?}"))
    }

    /// The physical name of a function, by its logical name or by that of its package.
    ///
    /// # Errors
    /// When the stack has no such function.
    pub fn function(&self, name: &str) -> Result<&str> {
        named(&self.functions, name).with_context(|| format!("the stack has no function {name:?}"))
    }
}

/// Names are written `content-log`, `content_log` or `ContentLogFunction` in different places; they mean the same.
fn named<'a>(names: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    let plain = |name: &str| {
        name.trim_end_matches("Function").chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
    };
    names.iter().find(|(key, _)| plain(key) == plain(name)).map(|(_, value)| value.as_str())
}

fn path() -> PathBuf {
    workspace::variable("GATEHOUSE_STACK").map_or_else(|| workspace::root().join(".local/stack.json"), PathBuf::from)
}
