//! The frame of every screen: the style, the tabs, what is said of the act before, and the buttons. The console runs no
//! script of ours; a button is an element followed by a `cwdb-action`, whose text is what the function is sent.

use domain::{actor::Actor, id::uuid_at};
use jiff::{Timestamp, tz::Offset};
use lambda::{
    http::RequestId,
    problem::{Language, Problem},
};
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use crate::{
    ask::{Act, Screen},
    door::Operator,
    form::Form,
    text::line,
    words::{self, Words},
};

/// Small, and in both themes: the console's own classes do the rest.
const STYLE: &str = "\
.gh{font-size:14px;line-height:1.5;color:#16191f}.gh.dark{color:#d1d5db}\
.gh table{border-collapse:collapse;width:100%}.gh td,.gh th{padding:4px 8px;text-align:left;vertical-align:top;border-bottom:1px solid #8884}\
.gh h3{font-size:16px;margin:12px 0 4px}.gh .t{unicode-bidi:isolate;overflow-wrap:anywhere}\
.gh .content{border:1px solid #8886;padding:8px;margin:4px 0;max-height:24em;overflow:auto}\
.gh mark{background:#ffe58a;color:#16191f}.gh .odd{border:1px solid #c0392b;font-size:11px;padding:0 2px;margin:0 1px}\
.gh .tabs a{margin-right:4px}.gh .note{padding:8px;margin:8px 0;border-left:4px solid #1d8102}.gh .bad{border-left-color:#d13212}\
.gh .late{color:#d13212;font-weight:bold}.gh.dark .late{color:#ff8a7a}.gh .quiet{opacity:.75;font-size:12px}\
.gh .plot{max-width:100%;height:auto}.gh .plot text{fill:currentColor;font-size:10px}.gh .p-late{fill:#d13212}.gh .p-soon{fill:#b35c00}.gh .p-later{fill:#0972d3}\
.gh.dark .p-late{fill:#ff8a7a}.gh.dark .p-soon{fill:#ffb45c}.gh.dark .p-later{fill:#89bdee}\
.gh .p-axis{stroke:currentColor;stroke-opacity:.4}.gh .p-bound{stroke:currentColor;stroke-dasharray:4 3}\
.gh label{display:block;margin:6px 0}.gh textarea{width:100%;box-sizing:border-box}";

/// What all of a page has in common.
pub(crate) struct Frame {
    pub(crate) language: Language,
    pub(crate) is_dark: bool,
    pub(crate) offset: Offset,
    /// Whom the buttons call: the door that the page came by.
    pub(crate) endpoint: String,
    pub(crate) now: Timestamp,
    /// What was written into a form that was refused: nobody writes it twice.
    pub(crate) kept: Form,
}

impl Frame {
    pub(crate) const fn say(&self, words: Words) -> &'static str {
        self.language.pick(words.0, words.1)
    }

    /// To the minute, with the offset from UTC.
    pub(crate) fn time(&self, time: Timestamp) -> String {
        let at = self.offset.to_datetime(time);
        let minutes = self.offset.seconds() / 60;
        let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
        let (date, hour, minute) = (at.date(), at.hour(), at.minute());
        format!("{date} {hour:02}:{minute:02} {sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// What was written into a field of the form that was refused.
    pub(crate) fn kept(&self, field: &str) -> &str {
        self.kept.text(field).unwrap_or_default()
    }

    /// A button that sends `said`.
    pub(crate) fn button(&self, label: &str, said: &Value, is_main: bool) -> Markup {
        let class = if is_main { "btn btn-primary" } else { "btn" };
        self.action(class, label, said, None)
    }

    /// A button that does something, asked for once more before. What it does has a name, so that pressing twice is once.
    pub(crate) fn doing(&self, label: &str, act: &Value, next: &Screen, question: &str) -> Markup {
        let mut said = act.clone();
        said["operation_id"] = json!(uuid_at(self.now).to_string());
        said["next"] = json!(next);
        self.action("btn btn-primary", label, &said, Some(question))
    }

    /// A link to another screen.
    pub(crate) fn link(&self, label: &str, to: &Screen) -> Markup {
        self.action("", label, &json!(to), None)
    }

    fn action(&self, class: &str, label: &str, said: &Value, question: Option<&str>) -> Markup {
        html! {
            a class=(class) { (label) }
            cwdb-action action="call" endpoint=(self.endpoint) confirmation=[question] { (said.to_string()) }
        }
    }
}

/// The console's offset (`+08:00`); that of the duties where it says none.
pub(crate) fn offset(iso: Option<&str>) -> Offset {
    let read = |iso: &str| {
        let (sign, rest) = (iso.starts_with('-'), iso.trim_start_matches(['+', '-']));
        let (hours, minutes) = rest.split_once(':')?;
        let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
        Offset::from_seconds(if sign { -seconds } else { seconds }).ok()
    };
    iso.and_then(read).unwrap_or_else(|| Offset::constant(8))
}

/// What became of the button that was pressed.
pub(crate) enum Notice {
    Done { act: Act, before: bool },
    Refused(Problem),
}

impl Notice {
    pub(crate) fn said(&self, frame: &Frame, request_id: &str) -> Markup {
        match self {
            Self::Done { act, before } => html! {
                div class="note" id="notice" {
                    (frame.say(words::done(act)))
                    @if *before { " " (frame.say(words::DONE_BEFORE)) }
                }
            },
            Self::Refused(problem) => {
                let (title, detail) = problem.words(frame.language);
                let places = problem.body(frame.language, &RequestId(request_id.to_owned()));
                let places = serde_json::to_value(places).unwrap_or_default();
                html! {
                    div class="note bad" id="notice" {
                        strong { (title) } " " (detail)
                        @for place in places["errors"].as_array().into_iter().flatten() {
                            br; code { (place["pointer"].as_str().unwrap_or_default().trim_start_matches('/')) } " "
                            (place["detail"].as_str().unwrap_or_default())
                        }
                        div class="quiet" { (problem.code().as_str()) " · " (request_id) }
                    }
                }
            }
        }
    }
}

/// The page of somebody who came by no door.
pub(crate) fn refusal(frame: &Frame, problem: &Problem, request_id: &str) -> String {
    let (title, detail) = problem.words(frame.language);
    shell(
        frame,
        &html! {
            div class="note bad" id="notice" { strong { (title) } " " (detail) div class="quiet" { (request_id) } }
        },
    )
}

/// A whole page: tabs, notice, content.
pub(crate) fn whole(
    frame: &Frame,
    operator: &Operator,
    screen: &Screen,
    notice: Option<&Markup>,
    content: &Markup,
) -> String {
    let tabs = Screen::tabs().into_iter().filter(|tab| operator.role.may(tab.right()));
    shell(
        frame,
        &html! {
            div class="tabs" {
                @for tab in tabs {
                    (frame.button(frame.say(words::tab(&tab)), &json!(tab), screen.is_on(&tab)))
                }
            }
            @if let Some(notice) = notice { (notice) }
            (content)
            div class="quiet" {
                (frame.say(words::role(operator.role))) " · " (who(&operator.actor)) " · " (frame.time(frame.now))
            }
        },
    )
}

fn shell(frame: &Frame, content: &Markup) -> String {
    let class = if frame.is_dark { "gh dark" } else { "gh" };
    html! { style { (PreEscaped(STYLE)) } div class=(class) { (content) } }.into_string()
}

/// An actor, short: the pseudonym, or the function.
pub(crate) fn who(actor: &Actor) -> Markup {
    line(actor.name().rsplit('/').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_the_console_counts_them() {
        let frame = |iso| Frame {
            language: Language::En,
            is_dark: false,
            offset: offset(iso),
            endpoint: String::new(),
            now: Timestamp::UNIX_EPOCH,
            kept: Form::default(),
        };
        assert_eq!(frame(None).time(Timestamp::UNIX_EPOCH), "1970-01-01 08:00 +08:00");
        assert_eq!(frame(Some("-03:30")).time(Timestamp::UNIX_EPOCH), "1969-12-31 20:30 -03:30");
        assert_eq!(frame(Some("nowhere")).time(Timestamp::UNIX_EPOCH), "1970-01-01 08:00 +08:00");
    }

    #[test]
    fn what_a_button_sends_is_data_and_never_markup() {
        let frame = Frame {
            language: Language::En,
            is_dark: true,
            offset: offset(None),
            endpoint: "arn:x:\"><b>".to_owned(),
            now: Timestamp::UNIX_EPOCH,
            kept: Form::default(),
        };
        let hostile = json!({ "screen": "cases", "queue": "</cwdb-action><script>\"" });
        let button = frame.button("<i>", &hostile, false).into_string();
        assert!(!button.contains("<script") && !button.contains("<b>") && !button.contains("<i>"), "{button}");
        assert_eq!(button.matches("</cwdb-action>").count(), 1);
    }
}
