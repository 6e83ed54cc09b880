//! One file for each screen.

mod account;
mod blacklist;
mod case;
mod cases;
mod content;
mod dead_letters;
mod decide;
mod holds;
mod incident;
mod packages;
mod record;
mod reversal;
mod rule_packs;
mod workload;

use domain::id::AccountId;
use lambda::problem::{Code, FieldCode, Problem};
use maud::{Markup, html};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{door::Operator, form::Form, page::Frame, view::View};

/// The screen as markup.
pub(crate) fn shown(frame: &Frame, operator: &Operator, view: &View) -> Markup {
    match view {
        View::Cases { queues, queue, state, page } => cases::shown(frame, queues, queue, *state, page),
        View::Case { view, account, whole } => case::shown(frame, operator, view, account.as_deref(), *whole),
        View::Account(file) => account::shown(frame, operator, file.as_deref()),
        View::Blacklist { waiting, page } => blacklist::shown(frame, *waiting, page),
        View::Holds(page) => holds::shown(frame, operator, page),
        View::Workload(view) => workload::shown(frame, operator, view),
        View::Packages(page) => packages::shown(frame, page),
        View::Incident(view) => incident::shown(frame, operator, view),
        View::RulePacks(page) => rule_packs::shown(frame, page),
        View::Record(status) => record::shown(frame, status),
        View::DeadLetters(view) => dead_letters::shown(frame, view),
    }
}

/// A screen whose button says `from_form`, with what the form says.
pub(crate) fn filled(mut screen: Map<String, Value>, form: &Form) -> Result<Map<String, Value>, Problem> {
    if screen.remove("from_form").is_none() {
        return Ok(screen);
    }
    for field in ["queue", "state", "account_id"] {
        if let Some(text) = form.text(field) {
            screen.insert(field.to_owned(), json!(text));
        }
    }
    if screen.get("screen").and_then(Value::as_str) == Some("account") {
        let known = screen.get("account_id").and_then(Value::as_str).is_some_and(|id| id.parse::<AccountId>().is_ok());
        if !known {
            return Err(Problem::new(Code::InvalidBody).at("/account_id", FieldCode::MalformedValue));
        }
        screen.retain(|name, _| name == "screen" || name == "account_id");
    }
    Ok(screen)
}

/// The word on the wire of an enumeration.
fn code(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}

/// A row of a table of facts.
fn fact(name: &str, value: &Markup) -> Markup {
    html! { tr { th { (name) } td { (value) } } }
}
