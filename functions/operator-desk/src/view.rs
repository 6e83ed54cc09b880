//! What a screen shows, before it is written as a page or as JSON.

use app::{
    casework::{CaseView, SubjectView},
    error::AppError,
    incidents::IncidentView,
    operating::{AccountFile, DeadLetterView, RecordStatus},
    ports::{BlacklistPage, BlacklistPart, CasePage, HoldPage, PackagePage},
    rule_packs::HistoryPage,
    workload::{BreakerState, Workload},
};
use domain::{
    case::{CaseOrder, CaseState},
    id::AccountId,
    subject::Subject,
};
use lambda::problem::Problem;
use serde_json::{Value, json};

use crate::{Deps, ask::Screen, door::Operator, letters};

/// How many rows a list shows: they fit on a screen without scrolling the dashboard.
const ROWS: usize = 20;

/// What is on a screen.
#[derive(Debug)]
pub enum View {
    Cases { queues: Vec<String>, queue: String, state: CaseState, page: CasePage },
    Case { view: Box<CaseView>, account: Option<Box<AccountFile>>, whole: bool },
    Workload(Workload),
    Account(Option<Box<AccountFile>>),
    Blacklist { waiting: bool, page: BlacklistPage },
    Holds(HoldPage),
    Packages(PackagePage),
    Incident(IncidentView),
    RulePacks(HistoryPage),
    Record(RecordStatus),
    DeadLetters(DeadLetterView),
}

/// Reads what the screen shows: at most eight calls, none of which scans; of the queues one each, side by side.
///
/// # Errors
/// When the role may not see it, when it does not exist, or when a port does not work.
pub async fn look(deps: &Deps, operator: &Operator, screen: &Screen) -> Result<View, Problem> {
    operator.must(screen.right())?;
    Ok(match screen.clone() {
        Screen::Cases { queue, state, cursor } => {
            let page = deps.cases.list(&queue, state, CaseOrder::Due, ROWS, cursor.as_deref()).await?;
            let queues = deps.cases.queues().await?;
            View::Cases { queues, queue, state, page }
        }
        Screen::Case { case_id, whole } => {
            lambda::fact("case.id", case_id.to_string());
            let view = Box::new(deps.cases.read(case_id, &operator.actor).await?);
            let account = match account_of(&view) {
                Some(account_id) => match deps.accounts.open(account_id).await {
                    Ok(file) => Some(Box::new(file)),
                    // The case is there without it.
                    Err(AppError::AccountNotFound) => None,
                    Err(error) => return Err(error.into()),
                },
                None => None,
            };
            View::Case { view, account, whole }
        }
        Screen::Account { account_id: None } => View::Account(None),
        Screen::Account { account_id: Some(account_id) } => {
            lambda::fact("account.id", account_id.to_string());
            View::Account(Some(Box::new(deps.accounts.open(account_id).await?)))
        }
        Screen::Blacklist { waiting, cursor } => {
            let part = if waiting { BlacklistPart::Proposed } else { BlacklistPart::Listed };
            let page = deps.blacklist.page(part, ROWS, cursor.as_deref()).await?;
            View::Blacklist { waiting, page }
        }
        Screen::Holds { cursor } => View::Holds(deps.holds.list(ROWS, cursor.as_deref()).await?),
        Screen::Workload {} => View::Workload(deps.workload.look().await?),
        Screen::Packages { cursor } => View::Packages(deps.packages.list(ROWS, cursor.as_deref()).await?),
        Screen::Incident {} => View::Incident(deps.incidents.show().await?),
        Screen::RulePacks { before } => View::RulePacks(deps.packs.list(before, ROWS).await?),
        Screen::Record {} => View::Record(deps.record.status().await?),
        Screen::DeadLetters { queue } => View::DeadLetters(deps.letters.view(queue.as_deref()).await?),
    })
}

/// Whose content or conduct the case is about.
fn account_of(view: &CaseView) -> Option<AccountId> {
    match (&view.subject, &view.case.subject) {
        (_, Subject::Account(account_id)) => Some(*account_id),
        (Some(SubjectView::Publication { account_id, .. }), _) => Some(*account_id),
        (Some(SubjectView::Comment(comment)), _) => Some(comment.account_id),
        _ => None,
    }
}

impl View {
    /// For the answer of a command.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Self::Cases { page, .. } => json!({ "cases": page.cases, "next_cursor": page.next }),
            Self::Case { view, account, .. } => json!({
                "case": view.case,
                "allowed_actions": view.allowed_actions,
                "subject": view.subject,
                "account": account.as_deref().map(account_json),
            }),
            Self::Account(file) => json!({ "account": file.as_deref().map(account_json) }),
            Self::Blacklist { page, .. } => json!({ "entries": page.entries, "next_cursor": page.next }),
            Self::Holds(page) => json!({ "holds": page.holds, "next_cursor": page.next }),
            Self::Packages(page) => json!({ "packages": page.packages, "next_cursor": page.next }),
            Self::Workload(workload) => workload_json(workload),
            Self::Incident(view) => json!({ "active": view.is_on, "incident_mode": view.mode }),
            Self::RulePacks(page) => json!({
                "version_in_force": page.register.version_in_force(),
                "rule_packs": page.packs,
                "next_before": page.next_before,
            }),
            Self::Record(status) => json!({
                "planned_until": status.planned_until,
                "plan_is_late": status.plan_is_late,
                "sealed_hour": status.head.as_ref().map(|head| head.hour),
                "seal_number": status.head.as_ref().map(|head| head.number),
                "seal_is_late": status.seal_is_late,
                "as_of": status.as_of,
            }),
            Self::DeadLetters(view) => letters::json(view),
        }
    }
}

fn workload_json(workload: &Workload) -> Value {
    let queues = workload.queues.iter().map(|one| {
        json!({
            "queue": one.queue, "open": one.open(), "late": one.late, "due_within_a_day": one.soon,
            "more": one.is_more, "first_due": one.first_due,
        })
    });
    let breakers = workload.breakers.iter().map(|one| {
        let days = one.days.iter().map(|(day, count)| json!({ "day": day.to_string(), "automatic": count }));
        let state = match one.state() {
            BreakerState::Off => "off",
            BreakerState::Room => "room",
            BreakerState::Tripped => "tripped",
        };
        json!({
            "kind": one.kind, "state": state, "today": one.today(), "per_day": one.most,
            "days": days.collect::<Vec<_>>(),
        })
    });
    json!({
        "queues": queues.collect::<Vec<_>>(),
        "circuit_breakers": breakers.collect::<Vec<_>>(),
        "as_of": workload.as_of,
    })
}

/// An account without its seals: what is sealed leaves by an unsealing with a purpose and in no other way (R9.1).
fn account_json(file: &AccountFile) -> Value {
    let AccountFile { account, open_cases, credit, standing } = file;
    json!({
        "account_id": account.account_id,
        "version": account.version,
        "status": account.status,
        "principal_kind": account.principal_kind,
        "display_name": account.display_name,
        "bio": account.bio,
        "grade": account.grade,
        "credit": { "level": credit.level, "points": credit.points },
        "moderation": standing.moderation,
        "group_id": account.group_id,
        "principal_listed": account.principal_listing.is_some(),
        "enforcements": account.enforcements,
        "open_cases": open_cases,
        "registered_at": account.registered_at,
        "updated_at": account.updated_at,
    })
}
