use app::operating::AccountFile;
use domain::enforcement::Enforcement;
use lambda::problem::Language;
use maud::{Markup, html};
use serde_json::json;

use super::{code, fact};
use crate::{
    ask::Screen,
    door::{Operator, Right},
    page::Frame,
    text::line,
    words,
};

/// The form to look an account up, and the account.
pub(super) fn shown(frame: &Frame, operator: &Operator, found: Option<&AccountFile>) -> Markup {
    let say = |words| frame.say(words);
    html! {
        form {
            label {
                (say(words::ACCOUNT_ID)) " "
                input name="account_id" size="40" maxlength="64"
                    value=(found.map(|found| found.account.account_id.to_string()).unwrap_or_default());
            }
        }
        (frame.button(say(words::LOOK_UP), &json!({ "screen": "account", "from_form": true }), true))
        @if let Some(found) = found {
            (file(frame, found))
            @if operator.role.may(Right::ReviewCases) && !found.open_cases.is_empty() {
                h3 { (say(words::OPEN_CASES)) }
                @for case_id in &found.open_cases {
                    (frame.link(&case_id.to_string(), &Screen::Case { case_id: *case_id, whole: false })) br;
                }
            }
        }
    }
}

/// What is known of an account, and what was done about it.
pub(super) fn file(frame: &Frame, file: &AccountFile) -> Markup {
    let say = |words| frame.say(words);
    let AccountFile { account, credit, standing, .. } = file;
    html! {
        h3 { (say(words::ACCOUNT)) " " (account.account_id) }
        table {
            (fact(say(words::NAME), &line(&account.display_name)))
            (fact(say(words::STATUS), &html! { (code(&account.status)) }))
            (fact(say(words::KIND), &html! { (code(&account.principal_kind)) }))
            (fact(say(words::GRADE), &html! { (code(&account.grade)) " · " (code(&standing.moderation)) }))
            (fact(say(words::CREDIT), &html! {
                (credit.level.as_str()) " (" (credit.points) ") "
                @for one in &credit.facts {
                    div class="quiet" { (one.points) " " (match frame.language {
                        Language::Zh => one.explanation.zh.as_str(),
                        Language::En => one.explanation.en.as_str(),
                    }) }
                }
            }))
            @if account.principal_listing.is_some() {
                (fact("", &html! { span class="late" { (say(words::LISTED)) } }))
            }
        }
        h3 { (say(words::HISTORY)) }
        @if account.enforcements.is_empty() { p { (say(words::NO_HISTORY)) } }
        @else {
            table { @for one in account.enforcements.iter().rev() { (measure(frame, one)) } }
        }
    }
}

fn measure(frame: &Frame, one: &Enforcement) -> Markup {
    let say = |words| frame.say(words);
    let state = if one.is_reversed() {
        words::REVERSED
    } else if one.is_in_force(frame.now) {
        words::IN_FORCE
    } else {
        words::OVER
    };
    html! {
        tr {
            td { (say(words::enforcement(one.kind))) " · " (say(state)) }
            td { (frame.time(one.starts_at)) @if let Some(end) = one.ends_at { " – " (frame.time(end)) } }
            td { (one.statement.policies.join(", ")) }
            td { (line(&one.statement.incompatible_content_explanation)) }
            td class="quiet" { (one.decision_id) }
        }
    }
}
