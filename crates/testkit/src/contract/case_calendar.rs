use app::ports::{CaseBoard, CaseCalendar, CaseDeadline};
use domain::{
    case::{Case, Matter, Opening},
    id::AccountId,
    settings::Settings,
    subject::Subject,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::samples::{self, NOON};

/// Runs every check, on a board without cases.
pub async fn case_calendar(board: &dyn CaseBoard, calendar: &dyn CaseCalendar) {
    let later = NOON + SignedDuration::from_hours(1);
    let (early, late) = (opened(board, NOON).await, opened(board, later).await);
    assert_eq!(due(calendar, NOON - SignedDuration::from_nanos(1)).await, []);
    assert_eq!(due(calendar, NOON).await, [early], "due this very moment is due");
    let mut both = [early, late];
    both.sort_unstable();
    assert_eq!(due(calendar, later).await, both);
    calendar.done(&early).await.unwrap();
    calendar.done(&early).await.unwrap();
    assert_eq!(due(calendar, later).await, [late]);
    calendar.done(&late).await.unwrap();
    a_case_has_two_times_until_somebody_takes_it_up(board, calendar).await;
    a_case_is_on_it_again_when_it_is_opened_again_or_due_earlier(board, calendar).await;
    what_waits_over_its_time_is_counted(board, calendar).await;
}

async fn a_case_has_two_times_until_somebody_takes_it_up(board: &dyn CaseBoard, calendar: &dyn CaseCalendar) {
    let subject = Subject::Account(AccountId::at(NOON));
    let due_at = NOON + SignedDuration::from_hours(24 * 30);
    let opening = Opening { subject, matter: Matter::Registration, due_at, complaint: None };
    let mut change = Case::open(opening, samples::platform(), NOON);
    change.state = change.state.placed(None, &Settings::default(), NOON);
    board.open(&change, None).await.unwrap();
    let case_id = change.state.case_id;
    let both = [change.state.take_up_by.unwrap(), due_at].map(|due_at| CaseDeadline { due_at, case_id });
    assert_eq!(due(calendar, due_at).await, both);
    for deadline in &both {
        calendar.done(deadline).await.unwrap();
    }
}

async fn a_case_is_on_it_again_when_it_is_opened_again_or_due_earlier(
    board: &dyn CaseBoard,
    calendar: &dyn CaseCalendar,
) {
    let at = |hours| NOON + SignedDuration::from_hours(hours);
    let subject = Subject::Account(AccountId::at(NOON));
    let mut complaints = [(); 3].map(|()| samples::complaint(subject));
    for (complaint, hours) in complaints.iter_mut().zip([9, 5, 7]) {
        complaint.due_at = at(hours);
        board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    }
    let case = samples::opening(&complaints[0], &Uuid::now_v7().to_string());
    board.open(&case, Some(&complaints[0])).await.unwrap();
    let mut case = case.state;
    for complaint in &complaints[1..] {
        let joined = case.join(complaint, samples::platform(), NOON);
        board.join(&joined, complaint).await.unwrap();
        case = joined.state;
    }
    let on = |hours| CaseDeadline { due_at: at(hours), case_id: case.case_id };
    assert_eq!(due(calendar, at(9)).await, [on(5), on(9)], "the one that changed nothing is not");
    for deadline in [on(5), on(9)] {
        calendar.done(&deadline).await.unwrap();
    }
}

async fn what_waits_over_its_time_is_counted(board: &dyn CaseBoard, calendar: &dyn CaseCalendar) {
    let queue = Uuid::now_v7().to_string();
    for hours in [0, 1, 2] {
        let mut complaint = samples::complaint(Subject::Account(AccountId::at(NOON)));
        complaint.due_at = NOON + SignedDuration::from_hours(hours);
        board.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
        board.open(&samples::opening(&complaint, &queue), Some(&complaint)).await.unwrap();
    }
    let now = NOON + SignedDuration::from_mins(90);
    assert_eq!(calendar.overdue(&queue, now, 10).await.unwrap(), 2);
    assert_eq!(calendar.overdue(&queue, now, 1).await.unwrap(), 1);
    assert_eq!(calendar.first_of(&queue).await.unwrap().map(|case| case.due_at), Some(NOON));
    let times = [0, 1, 2].map(|hours| NOON + SignedDuration::from_hours(hours));
    assert_eq!(calendar.due_times(&queue, 10).await.unwrap(), times);
    assert_eq!(calendar.due_times(&queue, 2).await.unwrap(), times[..2]);
    let nobody = Uuid::now_v7().to_string();
    assert_eq!(calendar.due_times(&nobody, 10).await.unwrap(), []);
    assert_eq!(calendar.overdue(&nobody, now, 10).await.unwrap(), 0);
    assert_eq!(calendar.first_of(&nobody).await.unwrap(), None);
}

async fn opened(board: &dyn CaseBoard, due_at: Timestamp) -> CaseDeadline {
    let subject = Subject::Account(AccountId::at(NOON));
    let opening = Opening { subject, matter: Matter::Registration, due_at, complaint: None };
    let change = Case::open(opening, samples::platform(), NOON);
    board.open(&change, None).await.unwrap();
    CaseDeadline { due_at, case_id: change.state.case_id }
}

async fn due(calendar: &dyn CaseCalendar, now: Timestamp) -> Vec<CaseDeadline> {
    let mut due = calendar.due(now, 1_000).await.unwrap();
    due.sort_unstable();
    due
}
