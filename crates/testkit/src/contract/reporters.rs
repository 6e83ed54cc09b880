use app::ports::{CaseBoard, ReporterBook, SaveError};
use domain::{
    complaint::{Complaint, ComplaintStatus},
    id::{AccountId, CaseId, ComplaintId},
    reporter::{BadFaith, Reporter, ReporterKey},
    settings::ComplaintRules,
    subject::Subject,
};

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check.
pub async fn reporter_book(board: &dyn CaseBoard, book: &dyn ReporterBook, outbox: &dyn Outbox) {
    let reporter_key = ReporterKey::of_account(AccountId::at(NOON));
    assert_eq!(book.reporter(&reporter_key).await.unwrap(), None);
    assert_eq!(book.complaints_of(&reporter_key, 2).await.unwrap(), []);
    let mut ids: Vec<ComplaintId> = Vec::new();
    for _ in 0..3 {
        let complaint = Complaint {
            reporter: Some(reporter_key.clone()),
            ..samples::complaint(Subject::Account(AccountId::at(NOON)))
        };
        board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
        ids.push(complaint.complaint_id);
    }
    ids.sort_by_key(ToString::to_string);
    ids.reverse();
    assert_eq!(book.complaints_of(&reporter_key, 2).await.unwrap(), ids[..2], "the latest first");

    let finding = |complaint_id| BadFaith {
        complaint_id,
        case_id: CaseId::at(NOON),
        reason: "捏造".to_owned(),
        found_by: samples::reviewer("li"),
        found_at: NOON,
        withdrawn_at: None,
    };
    let rules = ComplaintRules::default();
    let found = |reporter: Reporter, at: usize| {
        reporter.find_bad_faith(finding(ids[at]), ComplaintStatus::NotUpheld, &rules).unwrap().unwrap()
    };
    let first = found(Reporter::new(reporter_key.clone()), 0);
    book.save(&first).await.unwrap();
    assert!(matches!(book.save(&first).await, Err(SaveError::VersionConflict)));
    let second = found(first.state, 1);
    book.save(&second).await.unwrap();
    assert_eq!(book.reporter(&reporter_key).await.unwrap(), Some(second.state));
    assert_eq!(outbox.events_of(reporter_key.as_str()).await.len(), 2);
}
