use app::{casework::CaseView, operating::AccountFile};
use domain::{case::CaseState, decision::Decision};
use maud::{Markup, html};

use super::{account, cases::matter, content, decide, fact, reversal};
use crate::{
    door::Operator,
    page::{Frame, who},
    text::line,
    words,
};

/// One case: what it is about, whose it is, what may be done.
pub(super) fn shown(
    frame: &Frame,
    operator: &Operator,
    view: &CaseView,
    file: Option<&AccountFile>,
    whole: bool,
) -> Markup {
    let say = |words| frame.say(words);
    let case = &view.case;
    let is_overdue = case.state == CaseState::Open && case.due_at <= frame.now;
    html! {
        h3 { (say(words::CASE)) " " (case.case_id) }
        table {
            (fact(say(words::STATE), &html! { (say(words::state(case.state))) " · " (case.queue) }))
            (fact(say(words::MATTER), &matter(frame, case)))
            (fact(say(words::SUBJECT), &line(&case.subject.subject_id())))
            (fact(say(words::COMPLAINTS), &html! { (case.complaint_count) }))
            (fact(say(words::OPENED), &html! { (frame.time(case.opened_at)) }))
            (fact(say(words::DUE), &html! {
                (frame.time(case.due_at))
                @if is_overdue { " " span class="late" { (say(words::OVERDUE)) } }
            }))
            @if let Some(assignment) = &case.assignment {
                (fact(say(words::WITH), &html! {
                    (who(&assignment.reviewer)) " " (say(words::UNTIL)) " " (frame.time(assignment.until))
                }))
            }
        }
        @if let Some(decision) = &case.decision {
            h3 { (say(words::DECISION)) }
            (decided(frame, decision))
        }
        @if let Some(proposal) = &case.proposal {
            h3 { (say(words::PROPOSAL)) }
            (decided(frame, proposal))
        }
        @for refused in &case.refused_proposals {
            p class="quiet" { (say(words::NOT_AGREED)) " · " (who(&refused.refused_by)) " · " (line(&refused.reason)) }
        }
        @if let Some(appeal) = &case.appeal {
            h3 { (say(words::APPEAL)) }
            p { (say(words::GROUNDS)) ": " (line(&appeal.grounds)) }
            (decided(frame, &appeal.decision))
        }
        @if let Some(reversal) = &view.reversal { (reversal::shown(frame, reversal)) }
        (content::shown(frame, view, whole))
        @if let Some(file) = file { (account::file(frame, file)) }
        (decide::shown(frame, operator, view))
    }
}

fn decided(frame: &Frame, decision: &Decision) -> Markup {
    let say = |words| frame.say(words);
    let (name, _) = words::action(decision.action);
    html! {
        table {
            (fact(say(words::DECISION), &html! { (say(name)) " · " (decision.decision_id) }))
            (fact(say(words::POLICY), &html! { (decision.policies.join(", ")) }))
            (fact(say(words::REASON_PLAIN), &line(&decision.reason)))
            (fact(say(words::FACTS), &line(&decision.facts)))
            (fact(say(words::BY), &html! { (who(&decision.decided_by)) " · " (frame.time(decision.decided_at)) }))
        }
    }
}
