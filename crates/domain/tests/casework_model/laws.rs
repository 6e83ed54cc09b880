//! What holds in every state; and what has to come about in some, or a model would show nothing.

use std::collections::BTreeSet;

use domain::{
    appeal::AppealOutcome,
    blacklist::Listing,
    case::{Case, CaseState},
    decision::{Action, Decision},
    enforcement::{Enforcement, EnforcementKind},
    id::{CaseId, DecisionId, ListingId},
};
use stateright::Property;

use crate::{
    acts::Casework,
    world::{Stage, World, Write},
};

/// Registered, verified, warned.
const VERSION_AT_FIRST: u64 = 3;

pub(crate) fn always() -> Vec<Property<Casework>> {
    vec![
        Property::always("every complaint is in one case, and counted once", |_, world: &World| {
            complaints_are_counted_once(world)
        }),
        Property::always("a case is decided once for each time it was opened", |_, world: &World| {
            cases_are_decided_once(world)
        }),
        Property::always("whoever decides has claimed the case", |_, world: &World| !world.was_out_of_hand),
        Property::always("an account is closed by two people", |_, world: &World| severe_steps_take_two(world)),
        Property::always("whoever decided does not judge the appeal", |_, world: &World| {
            appeals_are_judged_by_others(world)
        }),
        Property::always("a copy does nothing that the first one did", |_, world: &World| copies_do_nothing(world)),
        Property::always("nothing is in force that was not decided", |_, world: &World| measures_are_decided(world)),
        Property::always("a reversal ends what its decision caused, and nothing else", |_, world: &World| {
            reversals_are_exact(world)
        }),
        Property::always("when all is delivered, what was decided and not reversed is in force", |_, world: &World| {
            all_arrives(world)
        }),
        Property::always(
            "when all is delivered, the principal is listed for what stands, and for nothing else",
            |_, world: &World| listings_follow(world),
        ),
    ]
}

pub(crate) fn of_one_case() -> Vec<Property<Casework>> {
    vec![
        Property::sometimes("an account is closed", |_, world: &World| world.account.closed_by(world.now).is_some()),
        Property::sometimes("a principal is listed and taken off again", |_, world: &World| {
            !world.entry.past.is_empty()
        }),
        Property::sometimes("a reversal comes before what it reverses", |_, world: &World| {
            world.account.appeals.iter().any(|it| is_accepted(it.outcome)) && measures(world).is_empty()
        }),
        Property::sometimes("a step is refused, and another one decided", |_, world: &World| {
            let refused = |case: &Case| !case.refused_proposals.is_empty() && case.decision.is_some();
            world.cases.iter().any(|case| refused(case))
        }),
    ]
}

pub(crate) fn of_two_complaints() -> Vec<Property<Casework>> {
    vec![Property::sometimes("a case is opened again and decided again", |_, world: &World| world.messages.len() == 2)]
}

pub(crate) fn of_two_decisions() -> Vec<Property<Casework>> {
    vec![Property::sometimes("a listing outlives the reversal of what it was made for", |_, world: &World| {
        let outlives = |listing: &Listing| !listing.grounds().contains(&listing.listing_id);
        world.entry.listing.as_ref().is_some_and(outlives)
    })]
}

pub(crate) fn of_two_reversals() -> Vec<Property<Casework>> {
    vec![Property::sometimes("both decisions are reversed", |_, world: &World| {
        measures(world).iter().filter(|it| it.is_reversed()).count() == 2
    })]
}

fn complaints_are_counted_once(world: &World) -> bool {
    let taken: Vec<CaseId> = world.complaints.iter().filter_map(|it| it.case_id).collect();
    world.cases.iter().all(|case| {
        let its_own = taken.iter().filter(|case_id| **case_id == case.case_id).count();
        case.complaint_count == its_own as u64
    }) && taken.iter().all(|case_id| *case_id == taken[0])
}

/// A decided case opens again when a complaint joins it: between two decisions there is one.
fn cases_are_decided_once(world: &World) -> bool {
    let times: BTreeSet<_> = world.messages.iter().map(|it| (it.decision.case_id, it.complaints)).collect();
    let says_so = world.cases.iter().all(|case| {
        let last = world.messages.iter().rfind(|it| it.decision.case_id == case.case_id);
        match (&case.decision, case.state) {
            (Some(decision), CaseState::Decided) => last.is_some_and(|it| *it.decision == *decision),
            (None, CaseState::Open | CaseState::AwaitingApproval) => true,
            _ => false,
        }
    });
    times.len() == world.messages.len() && says_so
}

fn severe_steps_take_two(world: &World) -> bool {
    decisions(world).all(|it| {
        let is_severe = matches!(it.action, Action::Close { .. });
        let by_two = it.approved_by.as_ref().is_some_and(|second| !second.is_same_person(&it.decided_by));
        is_severe == it.approved_by.is_some() && (!is_severe || by_two)
    })
}

fn appeals_are_judged_by_others(world: &World) -> bool {
    world.cases.iter().all(|case| {
        let (Some(appeal), Some(judged)) = (&case.appeal, &case.decision) else { return true };
        let deciders = [Some(&appeal.decision.decided_by), appeal.decision.approved_by.as_ref()];
        deciders.into_iter().flatten().all(|decider| !decider.is_same_person(&judged.decided_by))
    })
}

fn copies_do_nothing(world: &World) -> bool {
    let caused: BTreeSet<_> = measures(world).iter().map(|it| it.decision_id).collect();
    let concluded: BTreeSet<_> = world.account.appeals.iter().map(|it| it.appealed_decision_id).collect();
    let effects = caused.len() + concluded.len();
    let past = world.entry.past.iter().map(|it| &it.listing);
    let grounds: Vec<_> = past.chain(&world.entry.listing).flat_map(Listing::grounds).collect();
    let listed: BTreeSet<_> = grounds.iter().collect();
    // Each effect is one change of the account.
    world.account.version == VERSION_AT_FIRST + effects as u64
        && measures(world).len() == caused.len()
        && listed.len() == grounds.len()
}

fn measures_are_decided(world: &World) -> bool {
    let refused: BTreeSet<_> =
        world.cases.iter().flat_map(|case| &case.refused_proposals).map(|it| it.decision_id).collect();
    let is_decided = |id| decisions(world).any(|it| it.decision_id == id) && !refused.contains(&id);
    let is_right = |it: &Enforcement| matches!(it.kind, EnforcementKind::SuspendUpdates | EnforcementKind::Close);
    measures(world).iter().all(|it| is_right(it) && is_decided(it.decision_id))
}

fn reversals_are_exact(world: &World) -> bool {
    let older = &world.account.enforcements[0];
    older.is_in_force(world.now)
        && measures(world).iter().all(|it| it.is_reversed() == is_undone(world, it.decision_id))
}

fn all_arrives(world: &World) -> bool {
    !is_quiet(world)
        || decisions(world).filter(|it| !is_of_appeal(it)).all(|it| {
            let measure = measures(world).iter().find(|known| known.decision_id == it.decision_id);
            measure.is_some_and(|known| known.is_in_force(world.now) != is_undone(world, it.decision_id))
        })
}

fn listings_follow(world: &World) -> bool {
    let bars = decisions(world).filter(|it| matches!(it.action, Action::Close { .. }));
    let standing = bars.filter(|it| !is_undone(world, it.decision_id)).map(|it| ListingId::caused_by(it.decision_id));
    let listed = world.entry.listing.iter().flat_map(Listing::grounds).copied();
    !is_quiet(world) || listed.collect::<BTreeSet<_>>() == standing.collect()
}

/// Every message was worked through, and nobody is in the middle of one.
fn is_quiet(world: &World) -> bool {
    let enforces = matches!(world.kept, Some(Write::Account(..) | Write::Entry(..)));
    !enforces && world.messages.iter().all(|it| it.stage == Stage::Done)
}

/// Whether an appeal against the decision was accepted, as the account has it.
fn is_undone(world: &World, decision_id: DecisionId) -> bool {
    let is_meant = |id: DecisionId, outcome| id == decision_id && is_accepted(outcome);
    world.account.appeals.iter().any(|it| is_meant(it.appealed_decision_id, it.outcome))
}

const fn is_accepted(outcome: AppealOutcome) -> bool {
    matches!(outcome, AppealOutcome::Accepted)
}

const fn is_of_appeal(decision: &Decision) -> bool {
    matches!(decision.action, Action::Accept | Action::Reject)
}

fn decisions(world: &World) -> impl Iterator<Item = &Decision> {
    world.messages.iter().map(|it| &*it.decision)
}

/// Those of the decisions here: the account had one before.
fn measures(world: &World) -> &[Enforcement] {
    &world.account.enforcements[1..]
}
