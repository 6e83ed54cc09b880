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

    /// As whoever reads a record is told: the caller's ARN, `public`, or the function's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Caller { arn } => arn,
            Self::Public => "public",
            Self::Function { name } => name,
        }
    }

    /// Whether both are one person, in whatever role and by whatever way: the pseudonym at the end is that of the name alone.
    /// S3 tells a user by an id without a name; such a one is nobody else's equal.
    #[must_use]
    pub fn is_same_person(&self, other: &Self) -> bool {
        let (Self::Caller { arn }, Self::Caller { arn: other }) = (self, other) else { return false };
        arn == other || pseudonym(arn).is_some_and(|person| pseudonym(other) == Some(person))
    }
}

/// Behind the last `/` of an ARN; of a session as S3 tells it (`AWS:AROA…:caller_…`), behind the last `:`.
fn pseudonym(arn: &str) -> Option<&str> {
    let of_session = || arn.rsplit(':').next().filter(|name| name.starts_with("caller_"));
    arn.rsplit_once('/').map(|(_, name)| name).or_else(of_session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_the_same_in_another_role_and_nobody_else_is() {
        let li = Actor::caller("arn:aws:sts::1:assumed-role/reviewer/caller_li");
        assert!(li.is_same_person(&Actor::caller("arn:aws:sts::1:assumed-role/lead/caller_li")));
        assert!(!li.is_same_person(&Actor::caller("arn:aws:sts::1:assumed-role/reviewer/caller_wang")));
        assert!(!li.is_same_person(&Actor::caller("arn:aws:iam::1:root")));
        assert!(li.is_same_person(&Actor::caller("AWS:AROAEXAMPLE:caller_li")), "who puts a file");
        assert!(!Actor::caller("AWS:AIDAEXAMPLE").is_same_person(&Actor::caller("AWS:AIDAOTHER")));
        assert!(!Actor::function("enforcer").is_same_person(&Actor::function("enforcer")), "a function is no person");
        assert!(!Actor::Public.is_same_person(&Actor::Public));
    }
}
