use domain::reversal::{MeasureInForce, Reversal, Turn};
use maud::{Markup, html};

use super::{code, fact};
use crate::{
    page::Frame,
    words::{self, Words},
};

/// What would come back if the appeal were accepted, and what would stay (B9): what changes is marked.
pub(super) fn shown(frame: &Frame, reversal: &Reversal) -> Markup {
    let say = |words| frame.say(words);
    let yes = |it: &bool| html! { (say(if *it { words::YES } else { words::NO })) };
    html! {
        h3 { (say(words::WOULD_COME_BACK)) }
        table {
            (turn(frame, words::MAY_PUBLISH, &reversal.may_publish, yes))
            (turn(frame, words::MEASURES_IN_FORCE, &reversal.measures_in_force, |it| measures(frame, it)))
            (turn(frame, words::STRIKES, &reversal.strikes, |it| html! { (it) }))
            @if let Some(publication) = &reversal.publication {
                (turn(frame, words::STATUS, &publication.status, |it| html! { (code(it)) }))
                (turn(frame, words::SHOWN_EDITION, &publication.shown_edition, |it| html! {
                    @match it { Some(edition) => (edition), None => (say(words::NONE)) }
                }))
            }
            (turn(frame, words::PRINTS, &reversal.prints_looked_for, |it| html! { (it) }))
            (turn(frame, words::BLACKLISTED, &reversal.principal_listed, yes))
        }
    }
}

fn turn<T: PartialEq>(frame: &Frame, name: Words, turn: &Turn<T>, shown: impl Fn(&T) -> Markup) -> Markup {
    fact(
        frame.say(name),
        &html! {
            (shown(&turn.before))
            @if turn.is_change() { " → " strong { (shown(&turn.after)) } }
        },
    )
}

fn measures(frame: &Frame, measures: &[MeasureInForce]) -> Markup {
    html! {
        @if measures.is_empty() { (frame.say(words::NONE)) }
        @for (at, measure) in measures.iter().enumerate() {
            @if at > 0 { ", " }
            (frame.say(words::enforcement(measure.kind)))
        }
    }
}
