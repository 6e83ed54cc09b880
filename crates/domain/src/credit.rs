//! The credit level (R6.2): computed from recorded facts and nothing else, each with its points and its reason.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, AccountStatus},
    enforcement::{Enforcement, EnforcementKind},
    profile::Bilingual,
    settings::CreditRules,
};

/// The best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CreditLevel {
    A,
    B,
    C,
    D,
    E,
}

impl CreditLevel {
    /// The name that rules know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }
}

/// Whether what an account publishes is shown before a person has looked at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moderation {
    /// Shown, and looked at afterwards where a rule or a sample asks for it.
    Post,
    /// Held until a person has looked.
    Pre,
}

/// The facts that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditFactKind {
    /// What every account begins with.
    Base,
    Verification,
    /// Whole months since the registration.
    Age,
    /// The weight of the strikes in force.
    Strikes,
    /// Measures after complaints.
    UpheldComplaints,
    /// Complaints that the holder filed in bad faith.
    MaliciousComplaints,
}

/// One fact, and what it weighs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditFact {
    pub kind: CreditFactKind,
    pub value: u64,
    pub points: i32,
    /// Why, for people.
    pub explanation: Bilingual,
}

/// A level with everything that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    pub level: CreditLevel,
    /// The sum of the facts' points.
    pub points: i32,
    pub facts: Vec<CreditFact>,
}

/// The weight of the strikes that are in force on the account at `now`.
#[must_use]
pub fn strike_weight(account: &Account, rules: &CreditRules, now: Timestamp) -> u32 {
    account.enforcements.iter().map(|it| strike_of(it, rules, now)).fold(0, u32::saturating_add)
}

/// What the measure counts for at `now`: nothing when it was reversed, or follows from strikes itself.
#[must_use]
pub fn strike_of(enforcement: &Enforcement, rules: &CreditRules, now: Timestamp) -> u32 {
    if enforcement.rung.is_some() || enforcement.is_reversed() || now < enforcement.starts_at {
        return 0;
    }
    match enforcement.strike {
        Some(strike) if now < strike.expires_at => strike.weight,
        None if is_younger_than(enforcement, rules.strike_days, now) => kind_weight(enforcement.kind, rules),
        Some(_) | None => 0,
    }
}

/// What a measure of that kind weighs, whatever the policy.
#[must_use]
pub const fn kind_weight(kind: EnforcementKind, rules: &CreditRules) -> u32 {
    match kind {
        EnforcementKind::Warn | EnforcementKind::RestrictFunction => rules.warn_weight,
        EnforcementKind::SuspendUpdates | EnforcementKind::Close => rules.suspension_weight,
    }
}

/// What was reversed has no age: it does not count (fairness rule 2).
fn is_younger_than(enforcement: &Enforcement, days: u32, now: Timestamp) -> bool {
    let span = SignedDuration::from_hours(24 * i64::from(days));
    !enforcement.is_reversed()
        && enforcement.starts_at <= now
        && enforcement.starts_at.saturating_add(span).is_ok_and(|end| now < end)
}

impl Credit {
    /// The level of the account at `now`.
    #[must_use]
    pub fn of(account: &Account, rules: &CreditRules, now: Timestamp) -> Self {
        let verified = u64::from(account.status == AccountStatus::Active);
        let days = u64::try_from((now.duration_since(account.registered_at)).as_hours() / 24).unwrap_or(0);
        let months = (days / 30).min(u64::from(rules.months_counted));
        let strikes = u64::from(strike_weight(account, rules, now));
        let recent = |it: &&Enforcement| is_younger_than(it, rules.complaint_days, now);
        let upheld = account.enforcements.iter().filter(recent).count() as u64;
        let malicious = u64::from(account.malicious_complaints);
        let (strike_days, complaint_days) = (rules.strike_days, rules.complaint_days);
        let facts = vec![
            fact(
                CreditFactKind::Base,
                1,
                rules.base,
                "每个账号的起始分。".into(),
                "What every account begins with.".into(),
            ),
            if verified == 1 {
                fact(
                    CreditFactKind::Verification,
                    1,
                    rules.verified,
                    "主体身份已核验。".into(),
                    "The identity of the principal is verified.".into(),
                )
            } else {
                fact(
                    CreditFactKind::Verification,
                    0,
                    rules.verified,
                    "主体身份未核验。".into(),
                    "The identity of the principal is not verified.".into(),
                )
            },
            fact(
                CreditFactKind::Age,
                months,
                rules.month,
                format!("注册已满 {months} 个月（每月 30 天，最多计 {} 个月）。", rules.months_counted),
                format!(
                    "Registered for {months} whole months (of 30 days; {} at most are counted).",
                    rules.months_counted
                ),
            ),
            fact(
                CreditFactKind::Strikes,
                strikes,
                rules.strike,
                format!("最近 {strike_days} 天内处置措施的违规记分合计 {strikes}。"),
                format!("The strikes of the last {strike_days} days weigh {strikes} together."),
            ),
            fact(
                CreditFactKind::UpheldComplaints,
                upheld,
                rules.upheld_complaint,
                format!("最近 {complaint_days} 天内有 {upheld} 次投诉成立并被处置。"),
                format!("In the last {complaint_days} days {upheld} measures followed from complaints."),
            ),
            fact(
                CreditFactKind::MaliciousComplaints,
                malicious,
                rules.malicious_complaint,
                format!("恶意投诉 {malicious} 次。"),
                format!("The holder filed {malicious} complaints in bad faith."),
            ),
        ];
        let points = facts.iter().map(|fact| fact.points).fold(0, i32::saturating_add);
        Self { level: rules.level(points), points, facts }
    }
}

fn fact(kind: CreditFactKind, value: u64, each: i32, zh: String, en: String) -> CreditFact {
    let points = i32::try_from(value).unwrap_or(i32::MAX).saturating_mul(each);
    CreditFact { kind, value, points, explanation: Bilingual { zh, en } }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        account::NewAccount,
        actor::Actor,
        case::Matter,
        decision::{Action, Decision},
        id::{AccountId, CaseId, DecisionId},
        personal::Sealed,
        principal::{PrincipalKey, PrincipalKind},
        profile::Profile,
        subject::Subject,
    };

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn account() -> Account {
        let sealed = Sealed { scheme: 1, wrapped_key: String::new(), nonce: String::new(), ciphertext: String::new() };
        let new = NewAccount {
            account_id: AccountId::at(NOW),
            principal_kind: PrincipalKind::Individual,
            principal_key: PrincipalKey::new(1, &[1; 32]),
            display_name: crate::display_name::NameRules::new(str::to_owned, &[]).read("江边的钓鱼人").unwrap(),
            identity: sealed,
        };
        let mut account = Account::register(new, Actor::function("test"), NOW).state;
        account.status = AccountStatus::Active;
        account
    }

    fn struck(account: Account, action: Action, at: Timestamp) -> Account {
        let decision = Decision {
            decision_id: DecisionId::at(at),
            case_id: CaseId::at(at),
            subject: Subject::Account(account.account_id),
            matter: Matter::Complaint { policy: "fraud".to_owned() },
            action,
            policies: vec!["fraud".to_owned()],
            reason: "诱导转账".to_owned(),
            facts: "三篇文章".to_owned(),
            decided_by: Actor::function("test"),
            approved_by: None,
            decided_at: at,
            reverses_decision_id: None,
        };
        let enforcement = decision.enforcement(&Profile::cn_2017()).unwrap();
        account.enforce(enforcement, Actor::function("enforcer"), at).unwrap().state
    }

    fn level(account: &Account, days: i64) -> CreditLevel {
        let later = NOW + SignedDuration::from_hours(24 * days);
        Credit::of(account, &CreditRules::default(), later).level
    }

    #[test]
    fn a_level_follows_from_recorded_facts_and_says_which() {
        let credit = Credit::of(&account(), &CreditRules::default(), NOW);
        assert_eq!((credit.level, credit.points), (CreditLevel::B, 70));
        assert_eq!(credit.points, credit.facts.iter().map(|fact| fact.points).sum::<i32>());
        assert_eq!(credit.facts.len(), 6);
        assert!(credit.facts.iter().all(|fact| !fact.explanation.zh.is_empty() && !fact.explanation.en.is_empty()));
        assert_eq!(level(&account(), 365), CreditLevel::A, "a year without a measure");
    }

    #[test]
    fn strikes_move_the_level_down_and_their_end_moves_it_up_again() {
        let warned = struck(account(), Action::Warn, NOW);
        assert_eq!(level(&warned, 0), CreditLevel::C);
        assert_eq!(level(&struck(warned.clone(), Action::Warn, NOW), 0), CreditLevel::D);
        let suspended = struck(warned.clone(), Action::SuspendUpdates { days: Some(7) }, NOW);
        assert_eq!(level(&suspended, 8), CreditLevel::E, "a strike outlasts its measure");
        assert_eq!(level(&warned, 180), CreditLevel::B, "the strike has run out, the complaint counts on");
        assert_eq!(level(&warned, 365), CreditLevel::A);
    }

    #[test]
    fn without_a_verified_identity_there_is_no_credit_for_it() {
        let mut pending = account();
        pending.status = AccountStatus::Pending;
        assert_eq!(level(&pending, 0), CreditLevel::C);
    }

    proptest! {
        /// Another strike or another complaint in bad faith never makes a level better.
        #[test]
        fn what_speaks_against_an_account_never_lifts_it(warnings in 0_usize..6, malicious in 0_u32..9, days in 0_i64..800) {
            let mut one = (0..warnings).fold(account(), |account, _| struck(account, Action::Warn, NOW));
            one.malicious_complaints = malicious;
            let mut more = struck(one.clone(), Action::Warn, NOW);
            prop_assert!(level(&more, days) >= level(&one, days));
            more.malicious_complaints += 1;
            prop_assert!(level(&more, days) >= level(&one, days));
        }
    }
}
