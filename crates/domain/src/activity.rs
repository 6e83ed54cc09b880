//! What people do on the platform and from where (R16.2): login, address, port, device, time. The address leads to a
//! person, so that it is sealed before it goes anywhere, and found again by a blind key (R9.1).

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{id::AccountId, personal::Personal};

/// How far ahead of ours the platform's clock may be.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// What is told later than a year after it happened is a mistake in the date.
const OLDEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityAction {
    Login,
    LoginFailed,
    Logout,
    Publish,
    Edit,
    Delete,
    Comment,
    AccountChange,
}

/// From where.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub address: IpAddr,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// As the platform tells devices apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// One thing that an account's holder did. Told again under the same reference, it is the same.
#[derive(Debug, Clone)]
pub struct Activity {
    pub account_id: AccountId,
    /// The platform's own name of it.
    pub reference: String,
    pub action: ActivityAction,
    pub occurred_at: Timestamp,
    pub connection: Personal<Connection>,
}

/// The blind key of an address: what was done from one address is found by it, and nobody reads the address in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddressKey(String);

/// Why an activity is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActivityRefusal {
    #[error("it lies in the future, or more than a year back")]
    Time,
}

impl AddressKey {
    /// `mac` is the whole HMAC; the text form is `v<version>.<hex>`.
    #[must_use]
    pub fn new(version: u32, mac: &[u8]) -> Self {
        Self(format!("v{version}.{}", data_encoding::HEXLOWER.encode(mac)))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Activity {
    /// # Errors
    /// When it cannot have happened then.
    pub fn check(&self, now: Timestamp) -> Result<(), ActivityRefusal> {
        let age = now.duration_since(self.occurred_at);
        if age < -AHEAD || age > OLDEST { Err(ActivityRefusal::Time) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_ahead_or_too_far_back_did_not_happen() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let activity = |hours: i64| Activity {
            account_id: AccountId::at(now),
            reference: "1".to_owned(),
            action: ActivityAction::Login,
            occurred_at: now + SignedDuration::from_hours(hours),
            connection: Personal::new(Connection { address: [203, 0, 113, 7].into(), port: None, device: None }),
        };
        assert_eq!([-8_700, -24, 0].map(|hours| activity(hours).check(now)), [Ok(()); 3]);
        assert_eq!([-8_800, 1].map(|hours| activity(hours).check(now)), [Err(ActivityRefusal::Time); 2]);
        assert!(!format!("{:?}", activity(0)).contains("203"), "an address is never printed");
    }
}
