//! Who did it.

use serde::{Deserialize, Serialize};

/// Whoever caused an event: a caller known by its IAM identity, the public, or one of our own functions.
/// Never a name or a number of a natural person: the name in a caller's ARN is a pseudonym (R9.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A platform app or a member of staff, by IAM principal and pseudonym (`arn:…:user/caller_…`,
    /// `arn:…:assumed-role/<role>/caller_…`). Equal when role and person are.
    Caller { arn: String },
    /// A member of the public, who needs no account.
    Public,
    /// One of our own functions, by the name of its package.
    Function { name: String },
}

impl Actor {
    #[must_use]
    pub fn function(name: &str) -> Self {
        Self::Function { name: name.to_owned() }
    }

    #[must_use]
    pub fn caller(arn: &str) -> Self {
        Self::Caller { arn: arn.to_owned() }
    }
}
