//! What a decision would lead to, worked out before it is made: a forecast and no promise, for another decision may come
//! first (B10).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    actor::Actor,
    assessment::InteractiveFunction,
    case::{Case, Matter, Ruling},
    credit::strike_weight,
    decision::Action,
    enforcement::EnforcementKind,
    id::DecisionId,
    ladder::step_due,
    profile::Profile,
    settings::{Rung, Settings},
};

/// One way to decide a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Where it has days, without them: they are the reviewer's to say.
    pub action: Action,
    /// It waits for the content safety lead (B8).
    pub needs_second_person: bool,
    pub needs_policies: bool,
    pub consequences: Vec<Consequence>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Consequence {
    /// The measure counts so many strikes, and those in force come to so many together.
    Strikes {
        added: u32,
        together: u32,
    },
    /// The strikes reach a step of the ladder, which is proposed or applied.
    NextStep {
        #[serde(flatten)]
        rung: Rung,
    },
    /// A measure of that kind is in force already.
    InForceAlready {
        kind: EnforcementKind,
    },
    PublishingStops,
    FunctionTaken {
        function: InteractiveFunction,
    },
    /// The account is closed: it neither publishes nor changes.
    AccountClosed,
    /// The publication or the comment is taken away; copies of a publication are stopped from then on.
    ContentRemoved,
    /// What was held, or waits, is shown or valid.
    Granted,
    /// What was held, or waits, is not.
    Denied,
    /// What that decision did is undone.
    Reversed {
        decision_id: DecisionId,
    },
    /// Whoever complained is told, with the reason.
    ReportersTold {
        complaints: u64,
    },
}

/// Every way to decide the case at `now`, with what would follow for `account`, where one is concerned.
#[must_use]
pub fn choices(
    case: &Case,
    account: Option<&Account>,
    settings: &Settings,
    profile: &Profile,
    now: Timestamp,
) -> Vec<Choice> {
    every_action()
        .into_iter()
        .filter(|action| case.takes(*action))
        .map(|action| {
            let mut consequences = of_action(case, action);
            if let Some(account) = account {
                consequences.extend(on_account(case, action, account, settings, profile, now));
            }
            if case.complaint_count > 0 {
                consequences.push(Consequence::ReportersTold { complaints: case.complaint_count });
            }
            Choice {
                action,
                needs_second_person: action.needs_second_person(),
                needs_policies: case.matter.needs_policies(action),
                consequences,
            }
        })
        .collect()
}

/// In the order of the ladder.
const fn every_action() -> [Action; 10] {
    [
        Action::NoAction,
        Action::Warn,
        Action::RestrictFunction { function: InteractiveFunction::Comments, days: None },
        Action::SuspendUpdates { days: None },
        Action::Close { blacklist: None },
        Action::RemoveContent,
        Action::Approve,
        Action::Refuse,
        Action::Accept,
        Action::Reject,
    ]
}

fn of_action(case: &Case, action: Action) -> Vec<Consequence> {
    match (action, &case.matter) {
        (Action::RestrictFunction { function, .. }, _) => vec![Consequence::FunctionTaken { function }],
        (Action::SuspendUpdates { .. }, _) => vec![Consequence::PublishingStops],
        (Action::Close { .. }, _) => vec![Consequence::AccountClosed],
        (Action::RemoveContent, _) => vec![Consequence::ContentRemoved],
        (Action::Refuse, Matter::Content { .. }) => vec![Consequence::Denied, Consequence::ContentRemoved],
        (Action::Approve, _) => vec![Consequence::Granted],
        (Action::Refuse, _) => vec![Consequence::Denied],
        (Action::Accept, Matter::Appeal { decision_id, .. }) => {
            vec![Consequence::Reversed { decision_id: *decision_id }]
        }
        (Action::NoAction | Action::Warn | Action::Accept | Action::Reject, _) => vec![],
    }
}

/// The account as it would be with the measure tells what that leads to.
fn on_account(
    case: &Case,
    action: Action,
    account: &Account,
    settings: &Settings,
    profile: &Profile,
    now: Timestamp,
) -> Vec<Consequence> {
    let policies = match &case.matter {
        Matter::Complaint { policy } => vec![policy.clone()],
        _ => Vec::new(),
    };
    let ruling =
        Ruling { decision_id: DecisionId::at(now), action, policies, reason: String::new(), facts: String::new() };
    let decision = case.ruled(ruling, Actor::Public, now);
    let Some(measure) = decision.enforcement(profile) else { return vec![] };
    let measure = settings.enforcement.counted(measure, &settings.credit);
    let mut consequences = Vec::new();
    if account.enforcements.iter().any(|it| it.kind == measure.kind && it.is_in_force(now)) {
        consequences.push(Consequence::InForceAlready { kind: measure.kind });
    }
    let added = measure.strike.map_or(0, |strike| strike.weight);
    let mut with = account.clone();
    with.enforcements.push(measure);
    consequences.push(Consequence::Strikes { added, together: strike_weight(&with, &settings.credit, now) });
    let closes = matches!(action, Action::Close { .. });
    if let Some(due) = step_due(&with, settings, now).filter(|_| !closes) {
        consequences.push(Consequence::NextStep { rung: due.rung });
    }
    consequences
}
