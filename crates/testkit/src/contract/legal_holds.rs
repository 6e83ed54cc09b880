use std::collections::BTreeSet;

use app::ports::{Deletion, DeletionGate, HeldHours, HoldMark, HoldShelf, PortError, SaveError};
use domain::{
    change::Change,
    id::{HoldId, RunId},
    legal_hold::{HoldScope, LegalHold, NewHold},
};
use evidence::object::LogHour;
use jiff::SignedDuration;

use super::Outbox;
use crate::samples::{NOON, reviewer};

/// Runs every check, on a register without holds.
pub async fn legal_holds(shelf: &dyn HoldShelf, gate: &dyn DeletionGate, held: &dyn HeldHours, outbox: &dyn Outbox) {
    assert_eq!(shelf.in_force().await.unwrap().holds, []);
    assert_eq!(shelf.under_way().await.unwrap(), (HoldMark::default(), vec![]));
    a_hold_is_placed_once_and_stays_on_record(shelf, outbox).await;
    of_hold_and_deletion_one_comes_first(shelf, gate).await;
    the_first_record_of_a_part_stands(shelf, gate).await;
    holds_are_listed_the_latest_first(shelf).await;
    hours_are_held_until_nothing_is_kept(held).await;
}

fn placing(minutes: i64) -> Change<LegalHold> {
    let at = NOON + SignedDuration::from_mins(minutes);
    let new = NewHold {
        hold_id: HoldId::at(at),
        scope: HoldScope::Period { from: NOON, until: at + SignedDuration::from_hours(1) },
        about: None,
        account_id: None,
        legal_basis: "（2026）调证字第 1 号".to_owned(),
        reason: "诉讼保全".to_owned(),
        late_for: vec![],
    };
    LegalHold::place(new, reviewer("li"), at).unwrap()
}

async fn place(shelf: &dyn HoldShelf, change: &Change<LegalHold>) -> Result<(), SaveError> {
    let (mark, _) = shelf.under_way().await.unwrap();
    shelf.place(mark, change).await
}

fn deletion(run: i64, part: usize, names: &[&str]) -> Deletion {
    Deletion {
        run_id: RunId::planned_at(NOON + SignedDuration::from_secs(run)),
        hour: LogHour::of(NOON).start(),
        part,
        objects: names.iter().map(|name| (*name).to_owned()).collect(),
        holds: BTreeSet::new(),
        begun_at: NOON,
    }
}

fn is_conflict<T>(result: &Result<T, SaveError>) -> bool {
    matches!(result, Err(SaveError::VersionConflict))
}

async fn a_hold_is_placed_once_and_stays_on_record(shelf: &dyn HoldShelf, outbox: &dyn Outbox) {
    let placed = placing(0);
    let id = placed.state.hold_id;
    assert_eq!(shelf.hold(id).await.unwrap(), None);
    place(shelf, &placed).await.unwrap();
    assert!(is_conflict(&place(shelf, &placed).await));
    assert_eq!(shelf.hold(id).await.unwrap().as_ref(), Some(&placed.state));
    let in_force = shelf.in_force().await.unwrap();
    assert_eq!((in_force.mark.holds, in_force.holds), (1, vec![placed.state.clone()]));

    let released = placed.state.clone().release("诉讼终结".to_owned(), reviewer("wang"), NOON).unwrap();
    shelf.release(&released).await.unwrap();
    assert!(is_conflict(&shelf.release(&released).await), "a release is one");
    assert_eq!(shelf.in_force().await.unwrap().holds, []);
    assert_eq!(shelf.hold(id).await.unwrap(), Some(released.state), "the record of it stays");
    assert_eq!(outbox.events_of("LEGAL_HOLDS").await, [placed.event, released.event]);
}

async fn of_hold_and_deletion_one_comes_first(shelf: &dyn HoldShelf, gate: &dyn DeletionGate) {
    let before = gate.in_force().await.unwrap().mark;
    let (stale, _) = shelf.under_way().await.unwrap();
    place(shelf, &placing(1)).await.unwrap();
    let late = gate.begin(before, &deletion(1, 0, &["a"])).await;
    assert!(is_conflict(&late), "a hold was placed since the holds were read: {late:?}");
    let mark = gate.in_force().await.unwrap().mark;
    for part in [0, 1] {
        let begun = deletion(1, part, &["a", "b"]);
        assert_eq!(gate.begin(mark, &begun).await.unwrap(), begun, "other deletions do not matter");
    }
    assert!(is_conflict(&shelf.place(stale, &placing(2)).await), "a deletion began since");
    let (now, under_way) = shelf.under_way().await.unwrap();
    assert_eq!(under_way, [deletion(1, 0, &["a", "b"]), deletion(1, 1, &["a", "b"])]);
    shelf.place(now, &placing(2)).await.unwrap();
    for _ in 0..2 {
        gate.end(deletion(1, 0, &[]).run_id, deletion(1, 0, &[]).hour, 2).await.unwrap();
        assert_eq!(shelf.under_way().await.unwrap().1, []);
    }
}

async fn the_first_record_of_a_part_stands(shelf: &dyn HoldShelf, gate: &dyn DeletionGate) {
    let mark = gate.in_force().await.unwrap().mark;
    let first = deletion(2, 0, &["a"]);
    gate.begin(mark, &first).await.unwrap();
    assert_eq!(gate.begin(mark, &deletion(2, 0, &["a", "b"])).await.unwrap(), first);
    place(shelf, &placing(3)).await.unwrap();
    // What it names may be gone, whatever was placed since.
    assert_eq!(gate.begin(mark, &deletion(2, 0, &["b"])).await.unwrap(), first);
    gate.end(first.run_id, first.hour, 1).await.unwrap();
}

async fn holds_are_listed_the_latest_first(shelf: &dyn HoldShelf) {
    let whole = shelf.list(100, None).await.unwrap();
    assert_eq!((whole.holds.len(), whole.next), (4, None));
    assert!(whole.holds.is_sorted_by(|a, b| a.hold_id > b.hold_id));
    let mut listed = Vec::new();
    let mut cursor = None;
    loop {
        let page = shelf.list(2, cursor.as_deref()).await.unwrap();
        assert!(page.holds.len() <= 2);
        listed.extend(page.holds);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, whole.holds);
    assert!(matches!(shelf.list(2, Some("x")).await, Err(PortError::Refused { .. })));
}

async fn hours_are_held_until_nothing_is_kept(held: &dyn HeldHours) {
    assert_eq!(held.all().await.unwrap(), []);
    let (one, other) = (LogHour::of(NOON), LogHour::of(NOON).next());
    let holds = |minutes: &[i64]| minutes.iter().map(|it| placing(*it).state.hold_id).collect::<BTreeSet<_>>();
    let (first, second) = (holds(&[7]), holds(&[8, 9]));
    held.note(other, &second).await.unwrap();
    held.note(one, &second).await.unwrap();
    held.note(one, &first).await.unwrap();
    assert_eq!(held.all().await.unwrap(), [(one, first), (other, second.clone())]);
    for _ in 0..2 {
        held.note(one, &BTreeSet::new()).await.unwrap();
        assert_eq!(held.all().await.unwrap(), [(other, second.clone())]);
    }
}
