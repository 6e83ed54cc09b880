use app::operating::RecordStatus;
use jiff::Timestamp;
use maud::{Markup, html};

use super::fact;
use crate::{page::Frame, words};

/// How far the record is swept and sealed.
pub(super) fn shown(frame: &Frame, status: &RecordStatus) -> Markup {
    let say = |words| frame.say(words);
    let time = |time: Option<Timestamp>, is_late: bool| {
        html! {
            @match time { Some(time) => (frame.time(time)), None => (say(words::NEVER)) }
            @if is_late { " " span class="late" { (say(words::LATE)) } }
        }
    };
    let head = status.head.as_ref();
    html! {
        table {
            (fact(say(words::PLANNED_UNTIL), &time(status.planned_until, status.plan_is_late)))
            (fact(say(words::SEALED_UNTIL), &time(head.map(|head| head.hour), status.seal_is_late)))
            @if let Some(head) = head { (fact(say(words::SEAL_NUMBER), &html! { (head.number) })) }
        }
    }
}
