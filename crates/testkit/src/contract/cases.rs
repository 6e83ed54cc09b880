use app::ports::{CaseBoard, ListError, SaveError};
use domain::{
    actor::Actor,
    appeal::Appeal,
    case::{Case, CaseOrder, CaseState, Matter, Opening, Ruling},
    change::Change,
    complaint::Complaint,
    decision::{Action, Decision},
    id::{AccountId, CaseId, ComplaintId, DecisionId},
    subject::Subject,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check.
pub async fn case_board(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    a_complaint_is_found_by_identifier_and_by_receipt(board, outbox).await;
    what_is_not_known_is_none(board).await;
    a_second_try_of_a_filing_changes_nothing(board, outbox).await;
    a_case_is_opened_with_its_event_its_place_and_its_complaint(board, outbox).await;
    a_case_is_opened_without_a_complaint_once(board, outbox).await;
    a_subject_and_policy_have_one_case(board, outbox).await;
    a_complaint_that_a_case_has_taken_opens_no_other(board).await;
    a_complaint_joins_a_case_with_an_event(board, outbox).await;
    a_complaint_that_a_case_has_taken_joins_no_other(board, outbox).await;
    joining_an_older_version_is_a_conflict(board).await;
    a_change_of_a_case_is_stored_with_its_event(board, outbox).await;
    a_change_of_an_older_version_is_a_conflict_and_stores_nothing(board, outbox).await;
    cases_are_listed_by_due_date_page_by_page(board).await;
    cases_are_listed_by_priority_page_by_page(board).await;
    a_case_is_listed_where_it_stands_now(board).await;
    a_cursor_that_no_page_of_the_list_gave_is_refused(board).await;
    the_open_cases_about_a_subject_are_found(board).await;
    a_decision_outlives_the_case_that_is_opened_again(board).await;
    a_decision_has_one_appeal(board).await;
    the_case_of_a_proposal_is_found_and_is_not_decided(board).await;
}

async fn a_decision_outlives_the_case_that_is_opened_again(board: &dyn CaseBoard) {
    assert_eq!(board.decision(DecisionId::at(NOON)).await.unwrap(), None);
    let (case, decision) = suspended(board).await;
    assert_eq!(board.decision(decision.decision_id).await.unwrap(), Some(decision.clone()));
    let again = filed(board, case.subject).await;
    board.join(&case.join(&again, triager(), NOON), &again).await.unwrap();
    assert_eq!(board.decision(decision.decision_id).await.unwrap(), Some(decision));
}

async fn a_decision_has_one_appeal(board: &dyn CaseBoard) {
    let (_, decision) = suspended(board).await;
    let Subject::Account(account_id) = decision.subject else { panic!("it is about an account") };
    let appeal = Appeal { account_id, decision: decision.clone(), grounds: "没有诱导".to_owned(), filed_at: NOON };
    let [first, second] = [(); 2].map(|()| Case::open_for(appeal.clone(), CaseId::at(NOON), NOON, samples::platform()));
    board.open(&first, None).await.unwrap();
    assert!(matches!(board.open(&second, None).await, Err(SaveError::VersionConflict)));
    let found = board.case_about(&decision.subject, &Matter::against(&decision)).await.unwrap();
    assert_eq!(found, Some(first.state));
}

async fn the_case_of_a_proposal_is_found_and_is_not_decided(board: &dyn CaseBoard) {
    let (queue, li) = (queue(), samples::reviewer("li"));
    let claim = opened(board, &queue, NOON).await.state.claim(li.clone(), NOON).unwrap();
    board.save(&claim).await.unwrap();
    let change = ruled(claim.state, Action::Close { blacklist: None }, li);
    board.save(&change).await.unwrap();
    let case = change.state;
    let decision_id = case.proposal.as_ref().unwrap().decision_id;
    assert_eq!(board.proposed_in(decision_id).await.unwrap(), Some(case.case_id));
    assert_eq!(board.proposed_in(DecisionId::at(NOON)).await.unwrap(), None);
    assert_eq!(board.decision(decision_id).await.unwrap(), None);
    assert_eq!(board.open_about(&case.subject).await.unwrap(), [case.case_id]);
    let waiting = board.list(&queue, CaseState::AwaitingApproval, CaseOrder::Due, 10, None).await.unwrap().cases;
    assert_eq!(waiting, std::slice::from_ref(&case));
    let agreed = case.approve(decision_id, samples::reviewer("zhao"), NOON).unwrap();
    board.save(&agreed).await.unwrap();
    assert_eq!(board.decision(decision_id).await.unwrap(), agreed.state.decision);
    assert_eq!(board.open_about(&agreed.state.subject).await.unwrap(), []);
    assert_eq!(board.list(&queue, CaseState::Decided, CaseOrder::Due, 10, None).await.unwrap().cases, [agreed.state]);
}

/// A case that was decided, and its decision.
async fn suspended(board: &dyn CaseBoard) -> (Case, Decision) {
    let reviewer = samples::reviewer("li");
    let claim = opened(board, &queue(), NOON).await.state.claim(reviewer.clone(), NOON).unwrap();
    board.save(&claim).await.unwrap();
    let change = decided(claim.state, reviewer);
    board.save(&change).await.unwrap();
    let decision = change.state.decision.clone().unwrap();
    (change.state, decision)
}

async fn the_open_cases_about_a_subject_are_found(board: &dyn CaseBoard) {
    assert_eq!(board.open_about(&somebody()).await.unwrap(), []);
    let case = opened(board, &queue(), NOON).await.state;
    assert_eq!(board.open_about(&case.subject).await.unwrap(), [case.case_id]);
    let reviewer = samples::reviewer("li");
    let claim = case.claim(reviewer.clone(), NOON).unwrap();
    board.save(&claim).await.unwrap();
    let subject = claim.state.subject;
    board.save(&decided(claim.state, reviewer)).await.unwrap();
    assert_eq!(board.open_about(&subject).await.unwrap(), [], "it is decided");
}

fn somebody() -> Subject {
    Subject::Account(AccountId::at(NOON))
}

/// A queue that no other run knows.
fn queue() -> String {
    format!("queue-{}", Uuid::now_v7())
}

fn triager() -> Actor {
    Actor::function("complaint-triager")
}

async fn filed(board: &dyn CaseBoard, subject: Subject) -> Complaint {
    let complaint = samples::complaint(subject);
    board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    complaint
}

async fn opened(board: &dyn CaseBoard, queue: &str, due_at: Timestamp) -> Change<Case> {
    let mut complaint = samples::complaint(somebody());
    complaint.due_at = due_at;
    board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let change = samples::opening(&complaint, queue);
    board.open(&change, Some(&complaint)).await.unwrap();
    change
}

/// What the reviewer who has claimed the case decides.
fn decided(case: Case, reviewer: Actor) -> Change<Case> {
    ruled(case, Action::SuspendUpdates { days: Some(7) }, reviewer)
}

fn ruled(case: Case, action: Action, reviewer: Actor) -> Change<Case> {
    let ruling = Ruling {
        decision_id: DecisionId::at(NOON),
        action,
        policies: vec!["fraud".to_owned()],
        reason: "诱导转账".to_owned(),
        facts: "收款账号".to_owned(),
    };
    case.decide(ruling, reviewer, NOON).unwrap()
}

async fn a_complaint_is_found_by_identifier_and_by_receipt(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let change = samples::complaint(somebody()).file();
    board.file(&change, &samples::snapshot()).await.unwrap();
    let complaint = change.state;
    assert_eq!(board.complaint(complaint.complaint_id).await.unwrap(), Some(complaint.clone()));
    assert_eq!(board.complaint_by_receipt(&complaint.receipt).await.unwrap(), Some(complaint.clone()));
    assert_eq!(outbox.events_of(&complaint.complaint_id.to_string()).await, [change.event]);
}

async fn what_is_not_known_is_none(board: &dyn CaseBoard) {
    let complaint = samples::complaint(somebody());
    assert_eq!(board.complaint(ComplaintId::at(NOON)).await.unwrap(), None);
    assert_eq!(board.complaint_by_receipt(&complaint.receipt).await.unwrap(), None);
    assert_eq!(board.case(CaseId::at(NOON)).await.unwrap(), None);
    assert_eq!(board.case_about(&complaint.subject, &complaint.matter()).await.unwrap(), None);
}

async fn a_second_try_of_a_filing_changes_nothing(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let first = filed(board, somebody()).await;
    let second = Complaint { description: "另一段描述".to_owned(), ..first.clone() };
    board.file(&second.file(), &samples::snapshot()).await.unwrap();
    assert_eq!(board.complaint(first.complaint_id).await.unwrap(), Some(first.clone()));
    assert_eq!(outbox.events_of(&first.complaint_id.to_string()).await.len(), 1);
}

async fn a_case_is_opened_with_its_event_its_place_and_its_complaint(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let complaint = filed(board, somebody()).await;
    let change = samples::opening(&complaint, &queue());
    board.open(&change, Some(&complaint)).await.unwrap();
    let case = change.state;
    assert_eq!(board.case(case.case_id).await.unwrap(), Some(case.clone()));
    assert_eq!(board.case_about(&case.subject, &case.matter).await.unwrap(), Some(case.clone()));
    assert_eq!(board.case_about(&case.subject, &Matter::Registration).await.unwrap(), None);
    let stored = board.complaint(complaint.complaint_id).await.unwrap().unwrap();
    assert_eq!(stored, Complaint { case_id: Some(case.case_id), ..complaint });
    assert_eq!(outbox.events_of(&case.case_id.to_string()).await, [change.event]);
}

async fn a_case_is_opened_without_a_complaint_once(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let opening = Opening { subject: somebody(), matter: Matter::Registration, due_at: NOON, complaint: None };
    let change = Case::open(opening.clone(), triager(), NOON);
    board.open(&change, None).await.unwrap();
    assert_eq!(board.case_about(&opening.subject, &Matter::Registration).await.unwrap(), Some(change.state.clone()));
    assert_eq!(outbox.events_of(&change.state.case_id.to_string()).await, [change.event]);
    let second = Case::open(opening, triager(), NOON);
    assert!(matches!(board.open(&second, None).await, Err(SaveError::VersionConflict)));
}

async fn a_subject_and_policy_have_one_case(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let subject = somebody();
    let (a, b) = (filed(board, subject).await, filed(board, subject).await);
    board.open(&samples::opening(&a, &queue()), Some(&a)).await.unwrap();
    let second = samples::opening(&b, &queue());
    assert!(matches!(board.open(&second, Some(&b)).await, Err(SaveError::VersionConflict)));
    assert_eq!(board.case(second.state.case_id).await.unwrap(), None);
    assert_eq!(board.complaint(b.complaint_id).await.unwrap(), Some(b));
    assert_eq!(outbox.events_of(&second.state.case_id.to_string()).await, []);
}

async fn a_complaint_that_a_case_has_taken_opens_no_other(board: &dyn CaseBoard) {
    let complaint = filed(board, somebody()).await;
    board.open(&samples::opening(&complaint, &queue()), Some(&complaint)).await.unwrap();
    // The same complaint, as though it were about another subject.
    let elsewhere = Complaint { subject: somebody(), ..complaint };
    let second = samples::opening(&elsewhere, &queue());
    assert!(matches!(board.open(&second, Some(&elsewhere)).await, Err(SaveError::VersionConflict)));
    assert_eq!(board.case_about(&elsewhere.subject, &elsewhere.matter()).await.unwrap(), None);
}

async fn a_complaint_joins_a_case_with_an_event(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let subject = somebody();
    let (a, b) = (filed(board, subject).await, filed(board, subject).await);
    let case = samples::opening(&a, &queue());
    board.open(&case, Some(&a)).await.unwrap();
    let change = case.state.join(&b, triager(), NOON);
    board.join(&change, &b).await.unwrap();
    let case_id = change.state.case_id;
    assert_eq!(board.case_about(&subject, &b.matter()).await.unwrap(), Some(change.state));
    assert_eq!(board.complaint(b.complaint_id).await.unwrap().unwrap().case_id, Some(case_id));
    let events = outbox.events_of(&case_id.to_string()).await;
    assert_eq!((events.len(), &events[1]), (2, &change.event));
}

async fn a_complaint_that_a_case_has_taken_joins_no_other(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let complaint = filed(board, somebody()).await;
    board.open(&samples::opening(&complaint, &queue()), Some(&complaint)).await.unwrap();
    let other = opened(board, &queue(), NOON).await.state;
    let change = other.clone().join(&complaint, triager(), NOON);
    assert!(matches!(board.join(&change, &complaint).await, Err(SaveError::VersionConflict)));
    assert_eq!(board.case(other.case_id).await.unwrap(), Some(other.clone()));
    assert_eq!(outbox.events_of(&other.case_id.to_string()).await.len(), 1);
}

async fn joining_an_older_version_is_a_conflict(board: &dyn CaseBoard) {
    let subject = somebody();
    let (a, b, c) = (filed(board, subject).await, filed(board, subject).await, filed(board, subject).await);
    let case = samples::opening(&a, &queue());
    board.open(&case, Some(&a)).await.unwrap();
    board.join(&case.state.clone().join(&b, triager(), NOON), &b).await.unwrap();
    let late = case.state.join(&c, triager(), NOON);
    assert!(matches!(board.join(&late, &c).await, Err(SaveError::VersionConflict)));
    assert_eq!(board.complaint(c.complaint_id).await.unwrap().unwrap().case_id, None);
}

async fn a_change_of_a_case_is_stored_with_its_event(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let case = opened(board, &queue(), NOON).await.state;
    let change = case.claim(samples::reviewer("a"), NOON).unwrap();
    board.save(&change).await.unwrap();
    assert_eq!(board.case(change.state.case_id).await.unwrap(), Some(change.state.clone()));
    let events = outbox.events_of(&change.state.case_id.to_string()).await;
    assert_eq!((events.len(), &events[1]), (2, &change.event));
}

async fn a_change_of_an_older_version_is_a_conflict_and_stores_nothing(board: &dyn CaseBoard, outbox: &dyn Outbox) {
    let case = opened(board, &queue(), NOON).await.state;
    let first = case.clone().claim(samples::reviewer("a"), NOON).unwrap();
    let second = case.claim(samples::reviewer("b"), NOON).unwrap();
    board.save(&first).await.unwrap();
    assert!(matches!(board.save(&second).await, Err(SaveError::VersionConflict)));
    assert_eq!(board.case(first.state.case_id).await.unwrap(), Some(first.state.clone()));
    assert_eq!(outbox.events_of(&first.state.case_id.to_string()).await.len(), 2);
}

async fn cases_are_listed_by_due_date_page_by_page(board: &dyn CaseBoard) {
    let queue = queue();
    // Fractions of a second too: a list that sorted them as text could set the whole second last.
    let due = [NOON + SignedDuration::from_millis(500), NOON, NOON + SignedDuration::from_hours(1)];
    let mut expected = Vec::new();
    for due_at in due {
        expected.push(opened(board, &queue, due_at).await.state);
    }
    opened(board, &self::queue(), NOON).await;
    expected.sort_by_key(|case| case.due_at);

    let first = board.list(&queue, CaseState::Open, CaseOrder::Due, 2, None).await.unwrap();
    assert_eq!(first.cases, expected[..2]);
    let second = board.list(&queue, CaseState::Open, CaseOrder::Due, 2, first.next.as_deref()).await.unwrap();
    assert_eq!((second.cases, second.next), (expected[2..].to_vec(), None));
    let whole = board.list(&queue, CaseState::Open, CaseOrder::Due, 3, None).await.unwrap();
    assert_eq!((whole.cases.len(), whole.next), (3, None));
}

async fn cases_are_listed_by_priority_page_by_page(board: &dyn CaseBoard) {
    let queue = queue();
    let mut expected = Vec::new();
    // The one that is due last has the greatest head start.
    for (hours, head_start_hours) in [(0, 0), (1, 24), (2, 168)] {
        let mut complaint = samples::complaint(somebody());
        complaint.due_at = NOON + SignedDuration::from_hours(hours);
        board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
        let mut change = samples::opening(&complaint, &queue);
        change.state.head_start_hours = head_start_hours;
        board.open(&change, Some(&complaint)).await.unwrap();
        expected.insert(0, change.state);
    }
    let list = async |limit, cursor: Option<String>| {
        board.list(&queue, CaseState::Open, CaseOrder::Priority, limit, cursor.as_deref()).await.unwrap()
    };
    let first = list(2, None).await;
    assert_eq!(first.cases, expected[..2]);
    let by_due = board.list(&queue, CaseState::Open, CaseOrder::Due, 2, first.next.as_deref()).await;
    assert!(matches!(by_due, Err(ListError::CursorUnknown)), "a cursor is of one order");
    let second = list(2, first.next).await;
    assert_eq!((second.cases, second.next), (expected[2..].to_vec(), None));
}

async fn a_case_is_listed_where_it_stands_now(board: &dyn CaseBoard) {
    let queue = queue();
    let case = opened(board, &queue, NOON).await.state;
    let reviewer = samples::reviewer("reviewer");
    let claimed = case.claim(reviewer.clone(), NOON).unwrap();
    board.save(&claimed).await.unwrap();
    let change = decided(claimed.state, reviewer);
    board.save(&change).await.unwrap();
    assert_eq!(board.list(&queue, CaseState::Open, CaseOrder::Due, 10, None).await.unwrap().cases, []);
    assert_eq!(board.list(&queue, CaseState::Decided, CaseOrder::Due, 10, None).await.unwrap().cases, [change.state]);
}

async fn a_cursor_that_no_page_of_the_list_gave_is_refused(board: &dyn CaseBoard) {
    let queue = queue();
    for due_at in [NOON, NOON + SignedDuration::from_hours(1)] {
        opened(board, &queue, due_at).await;
    }
    let cursor = board.list(&queue, CaseState::Open, CaseOrder::Due, 1, None).await.unwrap().next.unwrap();
    let elsewhere = self::queue();
    for (queue, state, cursor) in [
        (&elsewhere, CaseState::Open, cursor.as_str()),
        (&queue, CaseState::Decided, cursor.as_str()),
        (&queue, CaseState::Open, "nonsense"),
        (&queue, CaseState::Open, ""),
        (&queue, CaseState::Open, &cursor[1..]),
    ] {
        let result = board.list(queue, state, CaseOrder::Due, 1, Some(cursor)).await;
        assert!(matches!(result, Err(ListError::CursorUnknown)), "{cursor:?} gave {result:?}");
    }
}
