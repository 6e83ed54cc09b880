use app::workload::{Breaker, BreakerState, COUNTED, QueueLoad, Workload};
use domain::case::CaseState;
use maud::{Markup, html};

use crate::{
    ask::Screen,
    door::{Operator, Right},
    page::Frame,
    plot,
    text::line,
    words,
};

/// What waits in each queue and for how long, and the circuit breakers with what they let through in two weeks.
pub(super) fn shown(frame: &Frame, operator: &Operator, work: &Workload) -> Markup {
    let say = |words| frame.say(words);
    let longest = work.queues.iter().map(QueueLoad::open).max().unwrap_or_default();
    html! {
        h3 { (say(words::QUEUES)) }
        table {
            tr {
                th { (say(words::QUEUE)) } th { (say(words::OPEN_CASES)) } th { (say(words::OVERDUE)) }
                th { (say(words::DUE_SOON)) } th { (say(words::FIRST_DUE)) } th {}
            }
            @for queue in &work.queues { (row(frame, operator, queue, longest)) }
        }
        p class="quiet" {
            @for (class, word) in [("p-late", words::OVERDUE), ("p-soon", words::DUE_SOON), ("p-later", words::DUE_LATER)] {
                (plot::key(class)) " " (say(word)) "  "
            }
        }
        h3 { (say(words::BREAKERS)) }
        p class="quiet" { (say(words::BREAKERS_ARE)) }
        @for breaker in &work.breakers { (one(frame, breaker)) }
    }
}

fn row(frame: &Frame, operator: &Operator, load: &QueueLoad, longest: usize) -> Markup {
    let to = Screen::Cases { queue: load.queue.clone(), state: CaseState::Open, cursor: None };
    let told = format!("{} / {} / {}", load.late, load.soon, load.later);
    html! {
        tr {
            td {
                @if operator.role.may(Right::ReviewCases) { (frame.link(&load.queue, &to)) } @else { (line(&load.queue)) }
            }
            td { (load.open()) @if load.is_more { "+" } }
            td { @if load.late > 0 { span class="late" { (load.late) } } @else { "0" } }
            td { (load.soon) }
            td { @if let Some(due) = load.first_due { (frame.time(due)) } }
            td { (plot::bar(&[("p-late", load.late), ("p-soon", load.soon), ("p-later", load.later)], longest.min(COUNTED), &told)) }
        }
    }
}

fn one(frame: &Frame, breaker: &Breaker) -> Markup {
    let say = |words| frame.say(words);
    let (state, class) = match breaker.state() {
        BreakerState::Off => (words::BREAKER_OFF, "quiet"),
        BreakerState::Room => (words::BREAKER_ROOM, ""),
        BreakerState::Tripped => (words::BREAKER_TRIPPED, "late"),
    };
    let kind = say(words::enforcement(breaker.kind));
    html! {
        p {
            strong { (kind) } " · " (say(words::TODAY)) " " (breaker.today()) " / " (breaker.most) " · "
            span class=(class) { (say(state)) }
        }
        (plot::columns(&breaker.days, breaker.most, kind))
    }
}
