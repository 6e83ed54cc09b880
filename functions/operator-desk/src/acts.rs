//! Doing what was asked, once, by the same use cases as the APIs; or saying what it would come to.

use app::{
    blacklisting::{AgreeToListing, DisagreeToListing},
    casework::{Agree, Decide, Disagree},
    error::AppError,
    holding::PlaceHold,
    incidents::DeclareIncident,
};
use domain::{
    blacklist::BlacklistRefusal,
    case::{AllowedAction, Case},
    decision::Decision,
    id::DecisionId,
};
use lambda::{
    idempotency::{Once, Write, once},
    problem::{Code, Problem},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Deps, ask::Act, door::Operator};

/// Does `act` once for each `name`, whoever presses the button again.
///
/// # Errors
/// What the role may not, what breaks a limit, and what the use case refuses.
pub async fn perform(deps: &Deps, operator: &Operator, name: &str, act: &Act) -> Result<Once, Problem> {
    operator.must(act.right())?;
    act.check()?;
    let payload = serde_json::to_string(act).map_err(|error| Problem::new(Code::Internal).because(&error))?;
    let write = Write { scope: operator.scope(), name, payload: &payload };
    let run = |operation_id| async move { Ok(run(deps, operator, operation_id, act).await?.to_string()) };
    once(&*deps.idempotency, write, deps.clock.now(), run).await
}

async fn run(deps: &Deps, operator: &Operator, operation_id: Uuid, act: &Act) -> Result<Value, Problem> {
    let actor = &operator.actor;
    Ok(match act.clone() {
        Act::Claim { case_id } => {
            lambda::fact("case.id", case_id.to_string());
            json!({ "case": deps.cases.claim(case_id, actor).await? })
        }
        Act::Release { case_id } => {
            lambda::fact("case.id", case_id.to_string());
            json!({ "case": deps.cases.release(case_id, actor).await? })
        }
        Act::Decide { case_id, version, action, policies, reason, facts } => {
            let command = Decide { operation_id, version, action, policies, reason, facts };
            let case = deps.cases.decide(case_id, actor, command).await?;
            lambda::fact("case.id", case_id.to_string());
            lambda::fact("decision", json!(case.decision.as_ref().map(|decision| decision.action)));
            json!({ "case": case })
        }
        Act::Approve { case_id, decision_id, version } => {
            lambda::fact("case.id", case_id.to_string());
            let second = actor.clone();
            json!({ "case": deps.cases.agree(Agree { decision_id, version, second }).await? })
        }
        Act::RefuseProposal { case_id, decision_id, version, reason } => {
            lambda::fact("case.id", case_id.to_string());
            let second = actor.clone();
            json!({ "case": deps.cases.disagree(Disagree { decision_id, version, reason, second }).await? })
        }
        Act::ApproveListing { principal_key, listing_id } => {
            let command = AgreeToListing { principal_key, listing_id, second: actor.clone() };
            json!({ "entry": deps.blacklist.agree(command).await? })
        }
        Act::RefuseListing { principal_key, listing_id, reason } => {
            let command = DisagreeToListing { principal_key, listing_id, reason, second: actor.clone() };
            json!({ "entry": deps.blacklist.disagree(command).await? })
        }
        Act::PlaceHold { scope, legal_basis, reason } => {
            let command = PlaceHold { operation_id, scope, legal_basis, reason, actor: actor.clone() };
            let hold = deps.holds.place(command).await?;
            lambda::fact("hold.id", hold.hold_id.to_string());
            json!({ "hold": hold })
        }
        Act::ReleaseHold { hold_id, reason } => {
            lambda::fact("hold.id", hold_id.to_string());
            json!({ "hold": deps.holds.release(hold_id, &reason, actor).await? })
        }
        Act::ApprovePackage { package_id } => {
            lambda::fact("package.id", package_id.to_string());
            json!({ "package": deps.packages.approve(package_id, actor).await? })
        }
        Act::RefusePackage { package_id, reason } => {
            lambda::fact("package.id", package_id.to_string());
            json!({ "package": deps.packages.refuse(package_id, &reason, actor).await? })
        }
        Act::DeclareIncident { version, measures, reason, minutes } => {
            unmoved(version, deps.incidents.show().await?.mode.version)?;
            let command = DeclareIncident { measures, reason, minutes, actor: actor.clone() };
            let view = deps.incidents.declare(command).await?;
            lambda::fact("incident.active", view.is_on);
            lambda::fact("incident.version", view.mode.version);
            json!({ "active": view.is_on, "incident_mode": view.mode })
        }
        Act::ActivateRulePack { version, reason } => {
            let register = deps.packs.activate(version, &reason, actor).await?;
            lambda::fact("rule_pack.version", register.version_in_force());
            json!({ "version_in_force": register.version_in_force() })
        }
        Act::MakeFilings { month } => {
            let files = deps.filings.make(Act::month(&month)?).await?;
            lambda::fact("filing.month", month.clone());
            lambda::fact("filing.files", files.len());
            json!({ "month": month, "files": files })
        }
        Act::SendBack { queue, at_most } => {
            let sent = deps.letters.send_back(&queue, at_most).await?;
            lambda::fact("letters.sent_back", sent);
            json!({ "queue": queue, "sent_back": sent })
        }
    })
}

fn proposed(case: &Case, decision_id: DecisionId) -> Result<&Decision, Problem> {
    let proposal = case.proposal.as_deref().filter(|it| it.decision_id == decision_id);
    proposal.ok_or_else(|| AppError::DecisionNotFound.into())
}

/// A form that was opened before somebody else declared tells nothing of what they declared.
fn unmoved(seen: Option<u64>, stored: u64) -> Result<(), Problem> {
    if seen.is_none_or(|seen| seen == stored) { Ok(()) } else { Err(Problem::new(Code::FormStale)) }
}

/// What the act would come to now; nothing is changed.
///
/// # Errors
/// As [`perform`], as far as it can be known before.
pub async fn rehearse(deps: &Deps, operator: &Operator, act: &Act) -> Result<Value, Problem> {
    operator.must(act.right())?;
    act.check()?;
    let actor = &operator.actor;
    Ok(match act {
        Act::Claim { case_id } | Act::Release { case_id } => {
            let view = deps.cases.read(*case_id, actor).await?;
            json!({ "case": view.case, "allowed_actions": view.allowed_actions })
        }
        Act::Decide { case_id, version, action, policies, .. } => {
            let view = deps.cases.read(*case_id, actor).await?;
            if let Some(policy) = policies.iter().find(|id| deps.cases.profile.policy(id).is_none()) {
                return Err(AppError::PolicyUnknown { policy: policy.clone() }.into());
            }
            if !view.case.matter.takes(*action) {
                return Err(Problem::new(Code::ActionForMatter));
            }
            if policies.is_empty() && view.case.matter.needs_policies(*action) {
                return Err(Problem::new(Code::NoPolicy));
            }
            json!({
                "case": view.case,
                "version_is_current": view.case.version == *version,
                "may_decide_now": view.allowed_actions.contains(&AllowedAction::Decide),
            })
        }
        Act::Approve { case_id, decision_id, version } | Act::RefuseProposal { case_id, decision_id, version, .. } => {
            let view = deps.cases.read(*case_id, actor).await?;
            let proposal = proposed(&view.case, *decision_id)?;
            json!({
                "proposal": proposal,
                "version_is_current": view.case.version == *version,
                "may_approve_now": view.allowed_actions.contains(&AllowedAction::Approve),
            })
        }
        Act::ApproveListing { principal_key, listing_id } | Act::RefuseListing { principal_key, listing_id, .. } => {
            let entry = deps.blacklist.entry(principal_key).await?;
            let is_the_one = entry.proposed.as_ref().is_some_and(|it| it.listing_id == *listing_id);
            if !is_the_one {
                return Err(AppError::Blacklist(BlacklistRefusal::NothingProposed).into());
            }
            json!({ "entry": entry })
        }
        Act::PlaceHold { scope, .. } => {
            scope.check().map_err(AppError::from)?;
            let (about, account_id) = deps.holds.scopes.about(scope).await?;
            json!({ "scope": scope, "about": about, "account_id": account_id })
        }
        Act::ReleaseHold { hold_id, .. } => json!({ "hold": deps.holds.show(*hold_id).await? }),
        Act::ApprovePackage { package_id } | Act::RefusePackage { package_id, .. } => {
            json!({ "package": deps.packages.show(*package_id).await? })
        }
        Act::DeclareIncident { .. } => {
            let view = deps.incidents.show().await?;
            json!({ "active": view.is_on, "in_place_of": view.mode })
        }
        Act::ActivateRulePack { version, .. } => {
            let page = deps.packs.list(version.checked_add(1), 1).await?;
            let found = *version == domain::rule_pack::BUILT_IN
                || page.packs.iter().any(|published| published.pack.pack_version == *version);
            if !found {
                return Err(Problem::new(Code::RulePackNotFound));
            }
            json!({ "in_force_now": page.register.version_in_force(), "in_force_then": version })
        }
        Act::MakeFilings { month } => {
            json!({ "month": month, "files": deps.filings.rehearse(Act::month(month)?).await? })
        }
        Act::SendBack { queue, at_most } => {
            let view = deps.letters.view(None).await?;
            let found = view.boxes.into_iter().find(|one| one.name == *queue);
            let found = found.ok_or_else(|| Problem::new(Code::DeadLetterQueueNotFound))?;
            if !found.can_go_back {
                return Err(Problem::new(Code::CameFromNoQueue));
            }
            json!({ "queue": queue, "letters": found.letters, "at_most": at_most })
        }
    })
}
