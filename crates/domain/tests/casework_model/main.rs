//! Every state that casework can come to, whatever the order (B8, B9, R13.1, fairness rule 2): complaints, two reviewers and the
//! content safety lead, appeals, and queues that deliver as often as they like, with crashes between any two steps.
//! `docs/decisions/0049-casework-is-checked-in-every-state.md` tells what is in the model and what is not.
#![expect(clippy::unwrap_used, reason = "a panic is the report")]

mod acts;
mod key;
mod laws;
mod people;
mod samples;
mod steps;
mod world;

use acts::Casework;
use stateright::{Checker, Model};
use steps::Task;

/// It prints how many states there are: `cargo nextest run --workspace --test casework_model --no-capture`.
fn look_at_every_state(casework: Casework) {
    let checker = casework.checker().threads(2).spawn_bfs().join();
    let (states, steps) = (checker.unique_state_count(), checker.state_count());
    println!("{states} states, come to by {steps} steps, the farthest {} from the first", checker.max_depth());
    assert!(checker.is_done(), "every state was looked at");
    checker.assert_properties();
}

/// B8, fairness rule 2: one complaint, its decision, the appeal against that; anybody may be slow.
#[test]
fn no_order_of_steps_on_one_case_and_its_appeal_breaks_a_law() {
    let is_slow = |_| true;
    look_at_every_state(Casework { complaints: 1, appeals: 1, refusals: 2, is_slow, comes_about: laws::of_one_case });
}

/// A case that opens again while people are at work on it.
#[test]
fn no_order_of_two_complaints_breaks_a_law() {
    let is_slow = |task| !matches!(task, Task::Enforce { .. });
    look_at_every_state(Casework {
        complaints: 2,
        appeals: 0,
        refusals: 1,
        is_slow,
        comes_about: laws::of_two_complaints,
    });
}

/// B9: two decisions on one account, and the reversal of one while the enforcer is slow.
#[test]
fn no_order_of_two_decisions_and_a_reversal_breaks_a_law() {
    let is_slow = |task| matches!(task, Task::Enforce { .. });
    look_at_every_state(Casework {
        complaints: 2,
        appeals: 1,
        refusals: 0,
        is_slow,
        comes_about: laws::of_two_decisions,
    });
}

/// B9: the reversal of both.
#[test]
fn no_order_of_two_decisions_and_two_reversals_breaks_a_law() {
    let is_slow = |_| false;
    look_at_every_state(Casework {
        complaints: 2,
        appeals: 2,
        refusals: 0,
        is_slow,
        comes_about: laws::of_two_reversals,
    });
}
