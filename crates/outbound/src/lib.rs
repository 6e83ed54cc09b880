//! The ports that speak HTTP to others: identity provider and platform webhook.
//!
//! What goes out and what comes back is personal or secret: nothing here logs, and errors hold neither bodies nor
//! addresses.

mod client;
mod identity_check;
mod webhook;

pub use client::{LONGEST_CALL, OutboundError};
pub use identity_check::HttpIdentityCheck;
pub use webhook::HttpWebhook;
