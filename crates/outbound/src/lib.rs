//! The ports that speak HTTP to others: identity provider, code delivery, media classifier and platform webhook.
//!
//! What goes out and what comes back is personal or secret: nothing here logs, and errors hold neither bodies nor
//! addresses. Everything that goes out is signed.

mod client;
mod code_delivery;
mod identity_check;
mod media_classifier;
mod retrying;
mod signing;
mod webhook;

pub use client::{LONGEST_CALL, OutboundError};
pub use code_delivery::{HttpCodeDelivery, LONGEST_DELIVERY};
pub use identity_check::{HttpIdentityCheck, LONGEST_CHECK};
pub use media_classifier::{HttpMediaClassifier, LONGEST_CLASSIFICATION};
pub use webhook::HttpWebhook;
