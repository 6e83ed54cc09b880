//! The adapters against an endpoint in this process that answers what a test says.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod code_delivery;
mod endpoint;
mod identity_check;
mod media_classifier;
mod webhook;
