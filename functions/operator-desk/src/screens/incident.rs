use app::incidents::IncidentView;
use domain::incident::{Incident, IncidentMeasure};
use maud::{Markup, html};
use serde_json::json;

use super::{code, fact};
use crate::{
    ask::Screen,
    door::{Operator, Right},
    page::{Frame, who},
    text::line,
    words,
};

/// Whether an incident lasts, and the form that declares one.
pub(super) fn shown(frame: &Frame, operator: &Operator, view: &IncidentView) -> Markup {
    let say = |words| frame.say(words);
    html! {
        h3 { (say(if view.is_on { words::INCIDENT_ON } else { words::INCIDENT_OFF })) }
        @if let Some(incident) = view.mode.incident.as_ref().filter(|_| view.is_on) { (lasting(frame, incident)) }
        @if operator.role.may(Right::DeclareIncident) { (form(frame, view.mode.version)) }
    }
}

fn lasting(frame: &Frame, incident: &Incident) -> Markup {
    let say = |words| frame.say(words);
    html! {
        table {
            (fact(say(words::MEASURES), &html! { @for one in &incident.measures { (measure(frame, one)) br; } }))
            (fact(say(words::REASON_PLAIN), &line(&incident.reason)))
            (fact(say(words::BY), &who(&incident.declared_by)))
            (fact(say(words::UNTIL), &html! { (frame.time(incident.starts_at)) " – " (frame.time(incident.ends_at)) }))
        }
    }
}

fn measure(frame: &Frame, measure: &IncidentMeasure) -> Markup {
    let of = match measure {
        IncidentMeasure::HoldPolicy { policy } => policy.clone(),
        IncidentMeasure::HoldLabel { label } => label.clone(),
        IncidentMeasure::HoldPart { part } => code(part),
        IncidentMeasure::HoldAll | IncidentMeasure::StopComments => String::new(),
    };
    html! { (frame.say(words::measure(measure))) " " (line(&of)) }
}

fn form(frame: &Frame, version: u64) -> Markup {
    let say = |words| frame.say(words);
    let profile = domain::profile::Profile::cn_2017();
    html! {
        h3 { (say(words::DECLARE)) }
        form {
            label {
                (say(words::MEASURE)) " "
                select name="measure" {
                    @for (name, title) in words::MEASURE_NAMES { option value=(name) { (say(title)) } }
                }
            }
            label {
                (say(words::POLICY)) " "
                select name="policy" { @for policy in &profile.policies { option value=(policy.id) { (policy.id) } } }
            }
            label {
                (say(words::PART)) " "
                select name="part" { @for part in ["text", "image", "audio", "video", "link"] { option value=(part) { (part) } } }
            }
            label { (say(words::LABEL)) " " input name="label" maxlength="64"; }
            label { (say(words::MINUTES)) " " input name="minutes" type="number" min="1" value="60"; }
            label { (say(words::REASON_PLAIN)) textarea name="reason" rows="2" maxlength="500" { (frame.kept("reason")) } }
        }
        (frame.doing(
            say(words::DECLARE),
            &json!({ "act": "declare_incident", "version": version }),
            &Screen::Incident {}, say(words::DECLARE_ASK),
        ))
    }
}
