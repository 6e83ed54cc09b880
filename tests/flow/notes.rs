//! What reviewers tell each other about a case.

use app::{case_notes::WriteNote, error::AppError};
use domain::{case::CaseState, decision::Action, id::CaseId, subject::Subject};
use testkit::samples;

use crate::world::{Delivery, World, operation_id, ruling};

fn note(operation: u128, case_id: CaseId, text: &str) -> WriteNote {
    let author = samples::reviewer("wang");
    WriteNote { operation_id: operation_id(operation), case_id, text: text.to_owned(), author }
}

#[tokio::test]
async fn who_decides_has_read_the_notes_and_a_note_is_written_once() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.complain(2, Subject::Account(account_id)).await.unwrap();
    world.pump().await;
    let case_id = world.twins.cases.all_cases()[0].case_id;
    let li = samples::reviewer("li");
    let claimed = world.cases.claim(case_id, &li).await.unwrap();
    let first = world.notes.write(note(3, case_id, "同一收款账号见另一工单")).await.unwrap();
    let again = world.notes.write(note(3, case_id, "同一收款账号见另一工单")).await.unwrap();
    assert_eq!((&again, again.author.clone()), (&first, samples::reviewer("wang")));

    let stale = world.cases.decide(case_id, &li, ruling(4, claimed.version, Action::Warn)).await;
    assert!(matches!(stale, Err(AppError::VersionConflict { .. })), "{stale:?}");
    let read = world.cases.read(case_id, &li).await.unwrap().case;
    assert_eq!(read.version, claimed.version + 1, "two tries, one change");
    let decided = world.cases.decide(case_id, &li, ruling(4, read.version, Action::Warn)).await.unwrap();
    assert_eq!(decided.state, CaseState::Decided);
    world.notes.write(note(5, case_id, "已联系平台")).await.unwrap();
    let texts = world.notes.list(case_id, 10, None).await.unwrap().notes.into_iter().map(|note| note.text);
    assert_eq!(texts.collect::<Vec<_>>(), ["同一收款账号见另一工单", "已联系平台"]);
    world.pump().await;
    let told = serde_json::to_string(&world.twins.content_log.records()).unwrap();
    assert!(told.contains("case_noted") && !told.contains("收款账号见"), "the log tells that, and not what");
    let nowhere = world.notes.list(CaseId::at(samples::NOON), 10, None).await;
    assert!(matches!(nowhere, Err(AppError::CaseNotFound)));
}
