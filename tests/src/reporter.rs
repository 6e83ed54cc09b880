//! Somebody of the public who complains: asks for a challenge, solves it, sends the complaint. Each comes from an address of
//! their own, so that nobody works harder for what others asked before.

use anyhow::{Context as _, Result};
use domain::proof_of_work::Challenge;
use serde_json::Value;

use crate::{
    caller::{Answer, Ask},
    principals::chance,
    stack::Stack,
};

/// An address out of the sixteen million of a private network.
#[must_use]
pub fn address() -> String {
    let [.., a, b, c] = chance().to_be_bytes();
    format!("10.{a}.{b}.{c}")
}

/// Makes `ask` come from `address`. The emulator takes the word of a proxy; the gateway of a cloud sees the peer and takes
/// nobody's.
#[must_use]
pub fn from(address: &str, ask: Ask) -> Ask {
    ask.header("x-forwarded-for", address)
}

/// The solution of a new challenge.
///
/// # Errors
/// When nobody answers, or with what is no challenge.
pub async fn proof(stack: &Stack) -> Result<String> {
    proof_for(stack, &address()).await
}

async fn proof_for(stack: &Stack, address: &str) -> Result<String> {
    let ask = from(address, Ask::get("/v1/complaints/challenge"));
    let given = stack.public().ask(&stack.public_api, ask).await?.expect(200)?;
    let challenge: Challenge = serde_json::from_value(given)?;
    challenge.solved().context("the challenge has a solution")
}

/// Files `complaint`, with a proof.
///
/// # Errors
/// When nobody answers.
pub async fn file(stack: &Stack, complaint: &Value) -> Result<Answer> {
    file_from(stack, &address(), complaint).await
}

/// As [`file()`], from `address`.
///
/// # Errors
/// When nobody answers.
pub async fn file_from(stack: &Stack, address: &str, complaint: &Value) -> Result<Answer> {
    stack.public().ask(&stack.public_api, ask_from(stack, address, complaint).await?).await
}

/// The request that files `complaint`, with a proof.
///
/// # Errors
/// When nobody gives a challenge.
pub async fn ask(stack: &Stack, complaint: &Value) -> Result<Ask> {
    ask_from(stack, &address(), complaint).await
}

/// As [`ask`], from `address`.
///
/// # Errors
/// When nobody gives a challenge.
pub async fn ask_from(stack: &Stack, address: &str, complaint: &Value) -> Result<Ask> {
    let mut complaint = complaint.clone();
    complaint["altcha"] = proof_for(stack, address).await?.into();
    Ok(from(address, Ask::post("/v1/complaints", &complaint)))
}
