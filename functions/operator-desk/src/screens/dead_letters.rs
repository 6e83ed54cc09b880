use app::{operating::DeadLetterView, ports::DeadLetter};
use maud::{Markup, html};
use serde_json::json;

use crate::{
    ask::Screen,
    letters::{about, consumer},
    page::Frame,
    text::line,
    words,
};

/// The dead-letter queues, and the letters of the one that is open.
pub(super) fn shown(frame: &Frame, view: &DeadLetterView) -> Markup {
    let say = |words| frame.say(words);
    html! {
        table {
            tr { th { (say(words::QUEUE)) } th { (say(words::CONSUMER)) } th { (say(words::LETTERS)) } th {} }
            @for one in &view.boxes {
                tr {
                    td { (one.name) }
                    td { (consumer(&one.name)) }
                    td { @if one.letters > 0 { span class="late" { (one.letters) } } @else { "0" } }
                    td { (frame.link(say(words::LOOK), &Screen::DeadLetters { queue: Some(one.name.clone()) })) }
                }
            }
        }
        @if let Some((name, letters)) = &view.open {
            h3 { (name) }
            @if letters.is_empty() { p { (say(words::EMPTY_BOX)) } }
            @else {
                table { @for letter in letters { (row(frame, name, letter)) } }
                @if view.boxes.iter().any(|one| one.name == *name && one.can_go_back) { (back(frame, name)) }
            }
        }
    }
}

fn row(frame: &Frame, name: &str, letter: &DeadLetter) -> Markup {
    html! {
        tr {
            td { (line(&letter.message_id)) @if let Some(sent) = letter.sent_at { br; (frame.time(sent)) } }
            td { @for (member, value) in about(letter) { (member) ": " (line(&value)) br; } }
            td class="quiet" {
                (frame.say(words::CAUSE)) br;
                code { "logs " (consumer(name)) " '{ $.message_id = \"" (letter.message_id) "\" }'" }
            }
        }
    }
}

fn back(frame: &Frame, name: &str) -> Markup {
    html! {
        form { label { (frame.say(words::AT_MOST)) " " input name="at_most" type="number" min="1" max="100" value="10"; } }
        (frame.doing(
            frame.say(words::SEND_BACK),
            &json!({ "act": "send_back", "queue": name }),
            &Screen::DeadLetters { queue: Some(name.to_owned()) }, frame.say(words::SEND_BACK_ASK),
        ))
    }
}
