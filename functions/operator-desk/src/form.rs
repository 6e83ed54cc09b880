//! What a form of a widget says. The console sends every field of the widget as a text, beside the parameters of the button
//! that was pressed.

use domain::{
    legal_hold::HoldScope,
    subject::{Subject, SubjectType},
};
use lambda::problem::{Code, FieldCode, Problem};
use serde_json::{Map, Value, json};

use crate::ask::{Act, read};

/// The texts of the fields, by name.
#[derive(Debug, Default)]
pub(crate) struct Form(Map<String, Value>);

impl Form {
    /// `widgetContext.forms.all`.
    #[must_use]
    pub(crate) fn of(context: &Value) -> Self {
        Self(context["forms"]["all"].as_object().cloned().unwrap_or_default())
    }

    /// The text of a field, trimmed; none where it is empty.
    #[must_use]
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        let malformed = || Problem::new(Code::InvalidBody).at(format!("/{name}"), FieldCode::MalformedValue);
        self.text(name).map(|text| text.parse().map_err(|_| malformed())).transpose()
    }

    fn needed(&self, name: &str) -> Result<&str, Problem> {
        let missing = || Problem::new(Code::InvalidBody).at(format!("/{name}"), FieldCode::MissingField);
        self.text(name).ok_or_else(missing)
    }

    /// What is to be done: `pressed` is what the button says, the form has the rest.
    ///
    /// # Errors
    /// Names the field that is missing or malformed.
    pub(crate) fn act(&self, mut pressed: Map<String, Value>) -> Result<Act, Problem> {
        let act = pressed.get("act").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut put = |name: &str, value: Value| {
            pressed.insert(name.to_owned(), value);
        };
        match act.as_str() {
            "decide" => {
                put("action", self.action()?);
                put("policies", self.text("policy").map_or_else(|| json!([]), |policy| json!([policy])));
                put("reason", json!(self.needed("reason")?));
                put("facts", json!(self.needed("facts")?));
            }
            "refuse_proposal" | "refuse_listing" | "refuse_package" | "release_hold" => {
                put("reason", json!(self.needed("reason")?));
            }
            "place_hold" => {
                put("scope", json!(self.scope()?));
                put("legal_basis", json!(self.needed("legal_basis")?));
                put("reason", json!(self.needed("reason")?));
            }
            "declare_incident" => {
                put("measures", self.measures()?);
                put("reason", json!(self.needed("reason")?));
                put("minutes", json!(self.number("minutes")?.unwrap_or(60)));
            }
            "activate_rule_pack" => put("reason", json!(self.needed("reason")?)),
            "send_back" => {
                if let Some(at_most) = self.number("at_most")? {
                    put("at_most", json!(at_most));
                }
            }
            _ => {}
        }
        read(pressed)
    }

    fn action(&self) -> Result<Value, Problem> {
        let days = self.number("days")?;
        Ok(match self.needed("action")? {
            action @ "suspend_updates" => json!({ "type": action, "days": days }),
            action @ "close" => json!({
                "type": action,
                "blacklist": self.number("review_days")?.map(|days| json!({ "review_days": days })),
            }),
            action @ "restrict_function" => json!({ "type": action, "function": "comments", "days": days }),
            action => json!({ "type": action }),
        })
    }

    /// What is held: a period, or what an id names; its beginning says of what kind it is.
    fn scope(&self) -> Result<HoldScope, Problem> {
        let malformed = |name: &str| Problem::new(Code::InvalidBody).at(format!("/{name}"), FieldCode::MalformedValue);
        if self.text("held").is_none() && self.text("from").is_some() {
            let time = |name: &str| self.needed(name)?.parse().map_err(|_| malformed(name));
            return Ok(HoldScope::Period { from: time("from")?, until: time("until")? });
        }
        let held = self.needed("held")?;
        if let Ok(case_id) = held.parse() {
            return Ok(HoldScope::Case { case_id });
        }
        if let Ok(principal_key) = held.parse() {
            return Ok(HoldScope::Principal { principal_key });
        }
        let kinds = [SubjectType::Account, SubjectType::Publication, SubjectType::Comment];
        let subject = kinds.into_iter().find_map(|kind| Subject::parse(kind, held).ok());
        subject.map(|subject| HoldScope::Subject { subject }).ok_or_else(|| malformed("held"))
    }

    fn measures(&self) -> Result<Value, Problem> {
        Ok(match self.needed("measure")? {
            "none" => json!([]),
            measure @ "hold_policy" => json!([{ "type": measure, "policy": self.needed("policy")? }]),
            measure @ "hold_part" => json!([{ "type": measure, "part": self.needed("part")? }]),
            measure @ "hold_label" => json!([{ "type": measure, "label": self.needed("label")? }]),
            measure => json!([{ "type": measure }]),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::decision::Action;

    use super::*;

    fn form(fields: &Value) -> Form {
        Form::of(&json!({ "forms": { "all": fields } }))
    }

    fn pressed(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn fields_and_button_make_one_act() {
        let button = json!({ "act": "decide", "case_id": "case_01m8323b80e00r00000000000b", "version": 1 });
        let fields =
            json!({ "action": "suspend_updates", "days": " 7 ", "policy": "fraud", "reason": "r", "facts": "f" });
        let Act::Decide { action, policies, .. } = form(&fields).act(pressed(&button)).unwrap() else { panic!() };
        assert_eq!((action, policies), (Action::SuspendUpdates { days: Some(7) }, vec!["fraud".to_owned()]));
    }

    #[test]
    fn what_is_held_is_told_by_how_its_id_begins() {
        let button = json!({ "act": "place_hold" });
        let held = |fields: Value| {
            let mut all = json!({ "legal_basis": "（2026）1 号", "reason": "诉讼" });
            all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            form(&all).act(pressed(&button)).map(|act| {
                let Act::PlaceHold { scope, .. } = act else { panic!() };
                json!(scope)["type"].as_str().unwrap().to_owned()
            })
        };
        for (id, kind) in [
            ("acct_01m8323b80e00r000000000001", "subject"),
            ("case_01m8323b80e00r00000000000b", "case"),
            (&format!("v1.{}", "1".repeat(64)), "principal"),
        ] {
            assert_eq!(held(json!({ "held": id })).unwrap(), kind);
        }
        let (from, until) = ("2026-11-01T00:00:00+08:00", "2026-11-02T00:00:00+08:00");
        assert_eq!(held(json!({ "from": from, "until": until })).unwrap(), "period");
        for wrong in
            [json!({}), json!({ "held": "all" }), json!({ "from": from }), json!({ "from": "x", "until": until })]
        {
            assert!(held(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let button = json!({ "act": "activate_rule_pack", "version": 3 });
        let problem = form(&json!({ "reason": "   " })).act(pressed(&button)).unwrap_err();
        assert_eq!(problem.code(), Code::InvalidBody);
        let button = json!({ "act": "decide", "case_id": "case_01m8323b80e00r00000000000b", "version": 1 });
        let fields = json!({ "action": "suspend_updates", "days": "seven", "reason": "r", "facts": "f" });
        assert!(form(&fields).act(pressed(&button)).is_err(), "a number is a number");
    }
}
