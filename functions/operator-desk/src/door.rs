//! Who is at the desk. A widget of a dashboard calls the function with the rights of whoever looks at it, but what it sends
//! names nobody, and whatever it did name could be made up. What the caller cannot make up is the alias by which the
//! function was called: Lambda says it, and IAM lets each person call by their own and no other
//! (docs/decisions/0035-operators-come-in-by-doors-of-their-own.md).

use app::ports::CallerRegister;
use domain::{actor::Actor, personal::Personal};
use lambda::problem::{Code, Problem};

/// What an operator is there for; the first word of the door's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Reviewer,
    /// The content safety lead.
    Lead,
    Operator,
    Auditor,
}

/// What a role may see and do at the desk: what its managed policy lets it do by the API and in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    ReviewCases,
    /// How much waits and what went without a person: numbers, and nothing of a case.
    SeeWorkload,
    /// To agree to a severe step that somebody else proposes (B8).
    SecondWord,
    SeeAccounts,
    Blacklist,
    SeeHolds,
    Hold,
    SeeIncident,
    DeclareIncident,
    RulePacks,
    SeeRecord,
    DeadLetters,
    Filings,
    /// Evidence packages: what was ordered, and the second word on it (R16.1, B8).
    EvidencePackages,
}

impl Role {
    const ALL: [Self; 4] = [Self::Reviewer, Self::Lead, Self::Operator, Self::Auditor];

    /// As doors begin.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Lead => "lead",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }

    const fn rights(self) -> &'static [Right] {
        match self {
            Self::Reviewer => &[Right::ReviewCases, Right::SeeWorkload, Right::SeeAccounts, Right::SeeIncident],
            Self::Lead => &[
                Right::ReviewCases,
                Right::SeeWorkload,
                Right::EvidencePackages,
                Right::SecondWord,
                Right::SeeAccounts,
                Right::Blacklist,
                Right::SeeHolds,
                Right::Hold,
                Right::SeeIncident,
                Right::DeclareIncident,
                Right::RulePacks,
                Right::SeeRecord,
                Right::Filings,
            ],
            Self::Operator => &[
                Right::SeeWorkload,
                Right::SeeIncident,
                Right::RulePacks,
                Right::SeeRecord,
                Right::DeadLetters,
                Right::Filings,
            ],
            Self::Auditor => &[Right::SeeHolds, Right::SeeRecord],
        }
    }

    #[must_use]
    pub fn may(self, right: Right) -> bool {
        self.rights().contains(&right)
    }
}

/// Somebody who came in by a door of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub role: Role,
    /// By role and pseudonym, as everywhere; the pseudonym is that of the same person at the API.
    pub actor: Actor,
}

impl Operator {
    /// # Errors
    /// When the role may not.
    pub fn must(&self, right: Right) -> Result<(), Problem> {
        if self.role.may(right) { Ok(()) } else { Err(Problem::new(Code::NotForRole)) }
    }

    /// Whose names of writes the forms have.
    #[must_use]
    pub fn scope(&self) -> &str {
        match &self.actor {
            Actor::Caller { arn } => arn,
            Actor::Public | Actor::Function { .. } => "",
        }
    }
}

/// The operator whose door `function_arn` is: `…:function:<name>:<role>-<person>`. `domain` follows the person's name
/// where sessions are called by e-mail addresses.
///
/// # Errors
/// When it is no door, or the callers' register does not work.
pub async fn come_in(function_arn: &str, domain: &str, callers: &dyn CallerRegister) -> Result<Operator, Problem> {
    let (function, role, person) = parts(function_arn).ok_or_else(|| Problem::new(Code::DoorUnknown))?;
    let pseudonym = callers.pseudonym(&Personal::new(format!("{person}{domain}"))).await?;
    Ok(Operator { role, actor: Actor::caller(&format!("{function}:{}/{pseudonym}", role.as_str())) })
}

fn parts(function_arn: &str) -> Option<(&str, Role, &str)> {
    let (function, alias) = function_arn.rsplit_once(':')?;
    // arn:<partition>:lambda:<region>:<account>:function:<name>, and the alias after it.
    (function.split(':').count() == 7).then_some(())?;
    let (role, person) = alias.split_once('-')?;
    let role = Role::ALL.into_iter().find(|known| known.as_str() == role)?;
    (!person.is_empty()).then_some((function, role, person))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "arn:aws-cn:lambda:cn-north-1:123456789012:function:gatehouse-prod-operator-desk";

    #[test]
    fn a_door_has_a_role_and_a_person() {
        let told =
            |alias: &str| parts(&format!("{FUNCTION}:{alias}")).map(|(_, role, person)| (role, person.to_owned()));
        assert_eq!(told("reviewer-li"), Some((Role::Reviewer, "li".to_owned())));
        assert_eq!(told("lead-wang-wu"), Some((Role::Lead, "wang-wu".to_owned())));
        for none in ["reviewer", "reviewer-", "admin-li", "$LATEST", "3", "live"] {
            assert_eq!(told(none), None, "{none}");
        }
        assert_eq!(parts(FUNCTION), None, "the function itself is nobody's door");
    }

    #[test]
    fn what_severs_a_right_from_a_role_is_its_policy() {
        assert!(Role::Lead.may(Right::DeclareIncident) && !Role::Operator.may(Right::DeclareIncident));
        assert!(!Role::Operator.may(Right::ReviewCases), "operators see no content");
        assert!(!Role::Auditor.may(Right::RulePacks));
        assert!(Role::Operator.may(Right::SeeWorkload) && !Role::Auditor.may(Right::SeeWorkload));
        let may_take_packages = Role::ALL.into_iter().filter(|role| role.may(Right::EvidencePackages));
        assert_eq!(may_take_packages.collect::<Vec<_>>(), [Role::Lead]);
        assert!(Role::Lead.may(Right::SecondWord) && !Role::Reviewer.may(Right::SecondWord));
        assert!(Role::Auditor.may(Right::SeeHolds) && !Role::Auditor.may(Right::Hold));
        assert!(Role::Operator.may(Right::DeadLetters) && !Role::Reviewer.may(Right::DeadLetters));
    }
}
