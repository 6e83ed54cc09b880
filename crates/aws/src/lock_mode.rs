use std::str::FromStr;

use aws_sdk_s3::types::ObjectLockMode;

/// How firmly log objects are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// Nobody can shorten the lock, the account's root included.
    Compliance,
    /// Whoever has the right to can.
    Governance,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no lock mode: COMPLIANCE or GOVERNANCE")]
pub struct LockModeError(String);

impl FromStr for LockMode {
    type Err = LockModeError;
    fn from_str(text: &str) -> Result<Self, LockModeError> {
        match text {
            "COMPLIANCE" => Ok(Self::Compliance),
            "GOVERNANCE" => Ok(Self::Governance),
            other => Err(LockModeError(other.to_owned())),
        }
    }
}

impl From<LockMode> for ObjectLockMode {
    fn from(mode: LockMode) -> Self {
        match mode {
            LockMode::Compliance => Self::Compliance,
            LockMode::Governance => Self::Governance,
        }
    }
}
