use app::ports::CasePage;
use domain::case::{Case, CaseState};
use maud::{Markup, html};
use serde_json::json;

use super::code;
use crate::{
    ask::Screen,
    page::{Frame, who},
    text::line,
    words,
};

/// The cases of a queue.
pub(super) fn shown(frame: &Frame, queues: &[String], queue: &str, state: CaseState, page: &CasePage) -> Markup {
    let say = |words| frame.say(words);
    let here = |cursor| Screen::Cases { queue: queue.to_owned(), state, cursor };
    html! {
        form {
            (say(words::QUEUE)) " "
            select name="queue" {
                @for known in queues { option value=(known) selected[known == queue] { (known) } }
            }
            " " (say(words::STATE)) " "
            select name="state" {
                @for known in [CaseState::Open, CaseState::AwaitingApproval, CaseState::Decided] {
                    option value=(code(&known)) selected[known == state] { (say(words::state(known))) }
                }
            }
        }
        (frame.button(say(words::SHOW), &json!({ "screen": "cases", "from_form": true }), false))
        @if page.cases.is_empty() { p { (say(words::NO_CASES)) } }
        @else {
            table {
                tr {
                    th { (say(words::CASE)) } th { (say(words::MATTER)) } th { (say(words::SUBJECT)) }
                    th { (say(words::COMPLAINTS)) } th { (say(words::DUE)) } th { (say(words::WITH)) }
                }
                @for case in &page.cases { (row(frame, case)) }
            }
        }
        @if let Some(next) = &page.next {
            (frame.button(say(words::NEXT_PAGE), &json!(here(Some(next.clone()))), false))
        }
    }
}

fn row(frame: &Frame, case: &Case) -> Markup {
    let to = Screen::Case { case_id: case.case_id, whole: false };
    let is_overdue = case.state == CaseState::Open && case.due_at <= frame.now;
    let with = case.assignment.as_ref().filter(|assignment| assignment.until > frame.now);
    html! {
        tr {
            td { (frame.link(&case.case_id.to_string(), &to)) }
            td { (matter(frame, case)) }
            td { (code(&case.subject.subject_type())) }
            td { (case.complaint_count) }
            td {
                (frame.time(case.due_at))
                @if is_overdue { " " span class="late" { (frame.say(words::OVERDUE)) } }
            }
            td { @match with {
                Some(assignment) => (who(&assignment.reviewer)),
                None => (frame.say(words::NOBODY)),
            } }
        }
    }
}

/// The matter in words, with the policy of a complaint.
pub(super) fn matter(frame: &Frame, case: &Case) -> Markup {
    html! {
        (frame.say(words::matter(&case.matter)))
        @if let domain::case::Matter::Complaint { policy } = &case.matter { " · " (line(policy)) }
    }
}
