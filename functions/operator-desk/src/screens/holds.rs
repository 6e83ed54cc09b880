use app::ports::HoldPage;
use domain::legal_hold::{HoldScope, LegalHold};
use maud::{Markup, html};
use serde_json::json;

use super::code;
use crate::{
    ask::Screen,
    door::{Operator, Right},
    page::{Frame, who},
    text::line,
    words,
};

/// Legal holds, the latest first, and the form to place one (B1).
pub(super) fn shown(frame: &Frame, operator: &Operator, page: &HoldPage) -> Markup {
    let say = |words| frame.say(words);
    let may_hold = operator.role.may(Right::Hold);
    html! {
        @if page.holds.is_empty() { p { (say(words::NO_HOLDS)) } }
        @else {
            table {
                tr {
                    th { (say(words::HELD)) } th { (say(words::LEGAL_BASIS)) } th { (say(words::REASON_PLAIN)) }
                    th { (say(words::PLACED)) } th { (say(words::STATE)) }
                }
                @for hold in &page.holds { (row(frame, hold, may_hold)) }
            }
        }
        @if let Some(next) = &page.next {
            (frame.button(say(words::NEXT_PAGE), &json!(Screen::Holds { cursor: Some(next.clone()) }), false))
        }
        @if may_hold { (form(frame)) }
    }
}

fn row(frame: &Frame, hold: &LegalHold, may_hold: bool) -> Markup {
    let say = |words| frame.say(words);
    html! {
        tr {
            td {
                (scope(frame, &hold.scope)) div class="quiet" { (hold.hold_id) }
                @if !hold.late_for.is_empty() {
                    div class="late" { (say(words::HOLD_TOO_LATE)) ": " (hold.late_for.iter().map(|it| it.objects.len()).sum::<usize>()) }
                }
            }
            td { (line(&hold.legal_basis)) }
            td { (line(&hold.reason)) }
            td { (who(&hold.placed_by)) " · " (frame.time(hold.placed_at)) }
            td { @match &hold.release {
                Some(release) => {
                    (say(words::RELEASED)) " · " (who(&release.released_by)) " · " (frame.time(release.released_at)) " · " (line(&release.reason))
                },
                None => {
                    (say(words::IN_FORCE))
                    @if may_hold {
                        " " (frame.doing(
                            say(words::LIFT_HOLD),
                            &json!({ "act": "release_hold", "hold_id": hold.hold_id }),
                            &Screen::Holds { cursor: None }, say(words::LIFT_HOLD_ASK),
                        ))
                    }
                },
            } }
        }
    }
}

pub(super) fn scope(frame: &Frame, scope: &HoldScope) -> Markup {
    match scope {
        HoldScope::Subject { subject } => html! { (code(&subject.subject_type())) " " (subject.subject_id()) },
        HoldScope::Case { case_id } => html! { (frame.say(words::CASE)) " " (case_id) },
        HoldScope::Principal { principal_key } => html! { (frame.say(words::PRINCIPAL)) " " (principal_key) },
        HoldScope::Period { from, until } => html! { (frame.time(*from)) " – " (frame.time(*until)) },
    }
}

fn form(frame: &Frame) -> Markup {
    let say = |words| frame.say(words);
    html! {
        h3 { (say(words::PLACE_HOLD)) }
        form {
            label { (say(words::HELD_ID)) input name="held" size="60" maxlength="128" value=(frame.kept("held")); }
            label {
                (say(words::HELD_FROM)) " " input name="from" size="28" maxlength="40" placeholder="2026-11-01T00:00:00+08:00" value=(frame.kept("from"));
                " " (say(words::UNTIL)) " " input name="until" size="28" maxlength="40" value=(frame.kept("until"));
            }
            label { (say(words::LEGAL_BASIS)) input name="legal_basis" size="60" maxlength="500" value=(frame.kept("legal_basis")); }
            label { (say(words::REASON_OF_HOLD)) textarea name="reason" rows="2" maxlength="2000" { (frame.kept("reason")) } }
        }
        (frame.doing(
            say(words::PLACE_HOLD), &json!({ "act": "place_hold" }), &Screen::Holds { cursor: None }, say(words::PLACE_HOLD_ASK),
        ))
    }
}
