use app::casework::CaseView;
use domain::{case::AllowedAction, profile::Profile};
use lambda::problem::Language;
use maud::{Markup, html};
use serde_json::json;

use crate::{
    ask::Screen,
    door::{Operator, Right},
    page::Frame,
    words,
};

/// What may be done with the case now, and what follows from each decision.
pub(super) fn shown(frame: &Frame, operator: &Operator, view: &CaseView) -> Markup {
    let say = |words| frame.say(words);
    let case_id = view.case.case_id;
    let here = Screen::Case { case_id, whole: false };
    html! {
        h3 { (say(words::WHAT_MAY_BE_DONE)) }
        @if view.allowed_actions.is_empty() { p { (say(words::NOTHING_MAY)) } }
        @for allowed in &view.allowed_actions {
            @match allowed {
                AllowedAction::Claim => (frame.doing(
                    say(words::allowed(*allowed)),
                    &json!({ "act": "claim", "case_id": case_id }), &here, say(words::CLAIM_ASK),
                )),
                AllowedAction::Release => (frame.doing(
                    say(words::allowed(*allowed)),
                    &json!({ "act": "release", "case_id": case_id }), &here, say(words::RELEASE_ASK),
                )),
                AllowedAction::Decide => (form(frame, view, &here)),
                // Both words are one form, below.
                AllowedAction::Approve | AllowedAction::RefuseProposal => {},
            }
            " "
        }
        @if view.case.proposal.is_some() {
            @let may = operator.role.may(Right::SecondWord) && view.allowed_actions.contains(&AllowedAction::Approve);
            @if may { (second(frame, view, &here)) } @else { p { (say(words::WAITS_FOR_THE_LEAD)) } }
        }
    }
}

/// The second person's word on a severe step (B8).
fn second(frame: &Frame, view: &CaseView, here: &Screen) -> Markup {
    let say = |words| frame.say(words);
    let decision_id = view.case.proposal.as_ref().map(|proposal| proposal.decision_id);
    let act = |act: &str| json!({ "act": act, "case_id": view.case.case_id, "decision_id": decision_id, "version": view.case.version });
    html! {
        form { label { (say(words::REASON_OF_REFUSAL)) textarea name="reason" rows="2" maxlength="2000" { (frame.kept("reason")) } } }
        (frame.doing(say(words::AGREE), &act("approve"), here, say(words::AGREE_ASK))) " "
        (frame.doing(say(words::DO_NOT_AGREE), &act("refuse_proposal"), here, say(words::DO_NOT_AGREE_ASK)))
    }
}

fn form(frame: &Frame, view: &CaseView, here: &Screen) -> Markup {
    let say = |words| frame.say(words);
    let profile = Profile::cn_2017();
    let matter = &view.case.matter;
    let possible = words::ACTIONS.into_iter().filter(|(_, action)| matter.takes(*action));
    let possible: Vec<_> = possible.collect();
    let has_days = possible.iter().any(|(name, _)| ["suspend_updates", "restrict_function"].contains(name));
    let closes = possible.iter().any(|(name, _)| *name == "close");
    html! {
        form {
            label {
                (say(words::DECISION)) " "
                select name="action" {
                    @for (name, action) in &possible { option value=(name) selected[frame.kept("action") == *name] { (say(words::action(*action).0)) } }
                }
            }
            ul class="quiet" {
                @for (_, action) in &possible {
                    @let (name, follows) = words::action(*action);
                    li { (say(name)) ": " (say(follows)) }
                }
            }
            @if closes { label { (say(words::REVIEW_DAYS)) " " input name="review_days" type="number" min="1" max="3650" value=(frame.kept("review_days")); } }
            @if has_days { label { (say(words::DAYS)) " " input name="days" type="number" min="1" max="3650" value=(frame.kept("days")); } }
            label {
                (say(words::POLICY)) " "
                select name="policy" {
                    option value="" { (say(words::NONE)) }
                    @for policy in &profile.policies {
                        @let is_the_one = matches!(matter, domain::case::Matter::Complaint { policy: of } if *of == policy.id);
                        option value=(policy.id) selected[is_the_one && frame.kept("policy").is_empty() || frame.kept("policy") == policy.id] { (match frame.language {
                            Language::Zh => policy.title.zh.as_str(),
                            Language::En => policy.title.en.as_str(),
                        }) }
                    }
                }
            }
            label { (say(words::REASON)) textarea name="reason" rows="3" maxlength="2000" { (frame.kept("reason")) } }
            label { (say(words::FACTS)) textarea name="facts" rows="3" maxlength="4000" { (frame.kept("facts")) } }
        }
        (frame.doing(
            say(words::DECIDE),
            &json!({ "act": "decide", "case_id": view.case.case_id, "version": view.case.version }),
            here, say(words::DECIDE_ASK),
        ))
    }
}
