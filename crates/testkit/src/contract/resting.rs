use app::ports::{
    CaseBoard, CaseHistory, Clock as _, ComplaintShelf, Gone, PublicationRecord, PublicationShelf, PutOutcome,
    RestingRow, RestingRows, RestingState, SystemClock,
};
use domain::{
    change::Change,
    complaint::ComplaintFile,
    decision::Action,
    id::{AccountId, CaseId, RunId},
    publication::RemovedBy,
    qualification::EvidenceType,
    resting::RowKind,
    subject::Subject,
};
use evidence::object::LogHour;
use jiff::{SignedDuration, Timestamp};

use crate::samples::{self, NOON};

/// After anything that a table forgets by itself.
const LATER: SignedDuration = SignedDuration::from_hours(24 * 200);

fn gone(kind: RowKind) -> Gone {
    // Of now and not of the samples' noon, so that no store forgets it during the checks.
    let at = SystemClock.now();
    Gone { at, run_id: RunId::of_rows(kind, at), remembered_until: at + LATER }
}

/// An hour that no other check has rows in.
fn hour_of_its_own() -> LogHour {
    let [.., high, low] = uuid::Uuid::now_v7().into_bytes();
    LogHour::of(NOON + SignedDuration::from_hours(24 * 400 + i64::from(u16::from_be_bytes([high, low]))))
}

async fn whether_listed(rows: &dyn RestingRows, hour: LogHour, id: &str) -> bool {
    rows.since(hour, 1_000).await.unwrap().iter().any(|listed| listed == id)
}

fn removed(record: PublicationRecord, at: Timestamp) -> Change<PublicationRecord> {
    let PublicationRecord { publication, verdict } = record;
    let change = publication.remove(RemovedBy::Holder, samples::platform(), at).unwrap();
    Change { state: PublicationRecord { publication: change.state, verdict }, event: change.event }
}

/// Runs every check.
pub async fn resting_publications(shelf: &dyn PublicationShelf, rows: &dyn RestingRows) {
    what_the_public_sees_does_not_rest(shelf, rows).await;
    a_publication_ends_with_all_that_is_about_it_and_is_remembered(shelf, rows).await;
    a_publication_that_has_changed_does_not_end(shelf, rows).await;
    a_publication_that_is_put_off_is_listed_under_that_hour(shelf, rows).await;
}

async fn what_the_public_sees_does_not_rest(shelf: &dyn PublicationShelf, rows: &dyn RestingRows) {
    let record = samples::publication(AccountId::at(NOON), "a1", "还在展示");
    let id = record.publication.publication_id.to_string();
    shelf.put_new(&record).await.unwrap();
    assert!(!whether_listed(rows, LogHour::of(NOON), &id).await);
    let refused = samples::settled(record, Action::Refuse);
    shelf.save(&refused).await.unwrap();
    assert!(whether_listed(rows, LogHour::of(refused.event.occurred_at), &id).await);
    let row = rows.read(&id).await.unwrap().unwrap();
    assert_eq!((row.version, row.last), (2, refused.event.occurred_at));
    // A person finds that it was refused by mistake.
    let mut state = refused.state.clone();
    state.publication.version += 1;
    state.publication.status = domain::publication::PublicationStatus::Published;
    let mut event = refused.event.clone();
    event.version += 1;
    shelf.save(&Change { state, event }).await.unwrap();
    assert!(!whether_listed(rows, LogHour::of(refused.event.occurred_at), &id).await, "it is shown again");
    let row = rows.read(&id).await.unwrap().unwrap();
    rows.put_off(&row, hour_of_its_own()).await.unwrap();
    let RestingState::Publication(publication) = row.state else { panic!("{row:?}") };
    assert!(!publication.is_at_rest());
}

async fn a_publication_ends_with_all_that_is_about_it_and_is_remembered(
    shelf: &dyn PublicationShelf,
    rows: &dyn RestingRows,
) {
    let first = samples::publication(AccountId::at(NOON), "a1", "第一稿");
    let publication_id = first.publication.publication_id;
    let id = publication_id.to_string();
    shelf.put_new(&first).await.unwrap();
    let second = samples::edited(first.clone(), "第二稿");
    shelf.save_edition(&second, &first).await.unwrap();
    let at = second.event.occurred_at + SignedDuration::from_hours(5);
    let last = removed(second.state, at);
    shelf.save(&last).await.unwrap();

    let row = rows.read(&id).await.unwrap().unwrap();
    assert_eq!((row.version, row.rows, row.first, row.last), (3, 4, NOON, at), "state, edition and two events");
    assert!(row.text.contains("第一稿") && row.text.contains(&first.publication.account_id.to_string()));
    assert_eq!(shelf.expired_at(publication_id).await.unwrap(), None);
    let gone = gone(RowKind::Publications);
    assert!(rows.end(&row, gone).await.unwrap());
    for _ in 0..2 {
        rows.clear(&id).await.unwrap();
        assert_eq!(rows.read(&id).await.unwrap(), None);
        assert_eq!(shelf.load(publication_id).await.unwrap(), None);
        assert_eq!(shelf.editions(publication_id, 10).await.unwrap(), []);
        assert_eq!(shelf.expired_at(publication_id).await.unwrap(), Some(gone.at));
        assert!(!whether_listed(rows, LogHour::of(at), &id).await);
    }
    assert_eq!(shelf.put_new(&first).await.unwrap(), PutOutcome::Expired, "a late retry publishes nothing anew");
    assert!(!rows.end(&row, gone).await.unwrap());
}

async fn a_publication_that_has_changed_does_not_end(shelf: &dyn PublicationShelf, rows: &dyn RestingRows) {
    let record = samples::publication(AccountId::at(NOON), "a1", "又有变化");
    let id = record.publication.publication_id.to_string();
    shelf.put_new(&record).await.unwrap();
    let row = rows.read(&id).await.unwrap().unwrap();
    let change = removed(record, NOON);
    shelf.save(&change).await.unwrap();
    assert!(!rows.end(&row, gone(RowKind::Publications)).await.unwrap());
    assert_eq!(shelf.load(change.state.publication.publication_id).await.unwrap(), Some(change.state));
}

async fn a_publication_that_is_put_off_is_listed_under_that_hour(shelf: &dyn PublicationShelf, rows: &dyn RestingRows) {
    let record = samples::publication(AccountId::at(NOON), "a1", "再等一周");
    let id = record.publication.publication_id.to_string();
    shelf.put_new(&record).await.unwrap();
    shelf.save(&removed(record, NOON)).await.unwrap();
    let (row, hour) = (rows.read(&id).await.unwrap().unwrap(), hour_of_its_own());
    // One that has changed meanwhile has an hour of its own.
    let stale = RestingRow { version: 1, ..row.clone() };
    rows.put_off(&stale, hour).await.unwrap();
    assert!(whether_listed(rows, LogHour::of(NOON), &id).await);
    rows.put_off(&row, hour).await.unwrap();
    assert!(!whether_listed(rows, LogHour::of(NOON), &id).await);
    assert!(whether_listed(rows, hour, &id).await);
    assert!(rows.since(hour, 0).await.unwrap().is_empty(), "as many as were asked for");
}

/// Runs every check.
pub async fn resting_complaints(
    board: &dyn CaseBoard,
    shelf: &dyn ComplaintShelf,
    rows: &dyn RestingRows,
    history: &dyn CaseHistory,
) {
    a_complaint_ends_with_all_by_which_it_is_found(board, shelf, rows).await;
    a_complaint_that_has_changed_does_not_end(board, shelf, rows).await;
    all_cases_about_a_subject_are_told(board, history).await;
}

async fn a_complaint_ends_with_all_by_which_it_is_found(
    board: &dyn CaseBoard,
    shelf: &dyn ComplaintShelf,
    rows: &dyn RestingRows,
) {
    let complaint = samples::complaint(Subject::Account(AccountId::at(NOON)));
    let id = complaint.complaint_id.to_string();
    board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let opened = samples::opening(&complaint, "default");
    board.open(&opened, Some(&complaint)).await.unwrap();
    assert!(whether_listed(rows, LogHour::of(NOON), &id).await);

    let row = rows.read(&id).await.unwrap().unwrap();
    assert_eq!((row.version, row.rows, row.first, row.last), (1, 3, NOON, NOON), "state, snapshot and the event");
    let RestingState::Complaint(stored) = &row.state else { panic!("{row:?}") };
    assert_eq!(stored.case_id, Some(opened.state.case_id));
    let (gone, hour) = (gone(RowKind::Complaints), hour_of_its_own());
    rows.put_off(&row, hour).await.unwrap();
    assert!(whether_listed(rows, hour, &id).await && !whether_listed(rows, LogHour::of(NOON), &id).await);
    assert_eq!(board.receipt_expired_at(&complaint.receipt).await.unwrap(), None);

    assert!(rows.end(&row, gone).await.unwrap());
    for _ in 0..2 {
        rows.clear(&id).await.unwrap();
        assert_eq!(rows.read(&id).await.unwrap(), None);
        assert_eq!(board.complaint(complaint.complaint_id).await.unwrap(), None);
        assert_eq!(board.complaint_by_receipt(&complaint.receipt).await.unwrap(), None);
        assert_eq!(board.receipt_expired_at(&complaint.receipt).await.unwrap(), Some(gone.at));
        assert_eq!(shelf.snapshot(complaint.complaint_id).await.unwrap(), None);
        assert_eq!(shelf.how_many(opened.state.case_id).await.unwrap(), 0);
        assert!(!whether_listed(rows, hour, &id).await);
    }
    assert!(!rows.end(&row, gone).await.unwrap());
    assert_eq!(board.case(opened.state.case_id).await.unwrap(), Some(opened.state), "the case stays");
}

async fn a_complaint_that_has_changed_does_not_end(
    board: &dyn CaseBoard,
    shelf: &dyn ComplaintShelf,
    rows: &dyn RestingRows,
) {
    let complaint = samples::complaint(Subject::Account(AccountId::at(NOON)));
    let id = complaint.complaint_id.to_string();
    board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let row = rows.read(&id).await.unwrap().unwrap();
    let file = ComplaintFile { content_type: EvidenceType::Png, sha256: None, kept_at: None };
    shelf.save(&complaint.clone().announce(vec![file], NOON).unwrap()).await.unwrap();
    assert!(!rows.end(&row, gone(RowKind::Complaints)).await.unwrap());
    assert!(board.complaint_by_receipt(&complaint.receipt).await.unwrap().is_some());
}

async fn all_cases_about_a_subject_are_told(board: &dyn CaseBoard, history: &dyn CaseHistory) {
    let subject = Subject::Account(AccountId::at(NOON));
    assert_eq!(history.about(&subject).await.unwrap(), []);
    let mut expected: Vec<CaseId> = Vec::new();
    for policy in ["fraud", "minors"] {
        let complaint = domain::complaint::Complaint { policy: policy.to_owned(), ..samples::complaint(subject) };
        board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
        let opened = samples::opening(&complaint, "default");
        board.open(&opened, Some(&complaint)).await.unwrap();
        expected.push(opened.state.case_id);
    }
    let told = history.about(&subject).await.unwrap();
    expected.sort_unstable();
    assert_eq!(told.iter().map(|case| case.case_id).collect::<Vec<_>>(), expected);
}
