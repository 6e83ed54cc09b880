use app::casework::{CaseView, QualificationView, SubjectView};
use domain::{publication::Part, qualification::QualificationNumber};
use lambda::problem::Language;
use maud::{Markup, html};
use screening::verdict::Verdict;

use super::{code, fact};
use crate::{
    ask::Screen,
    page::Frame,
    text::{Mark, line, marked},
    words,
};

/// The subject as it is now, with what the rules found in it.
pub(super) fn shown(frame: &Frame, view: &CaseView, whole: bool) -> Markup {
    let say = |words| frame.say(words);
    html! {
        h3 { (say(words::CONTENT)) }
        @match &view.subject {
            None => p { (say(words::SUBJECT_GONE)) },
            Some(SubjectView::Publication { parts, status, edition, verdict, received_at, earlier, .. }) => {
                p { (code(status)) " · " (say(words::VERSION)) " " (edition) " · " (frame.time(*received_at)) }
                (all_parts(frame, view, parts, verdict, whole))
                (findings(frame, verdict))
                @for one in earlier {
                    p class="quiet" { (say(words::EARLIER)) " " (one.edition) " · " (frame.time(one.received_at)) }
                    (all_parts(frame, view, &one.parts, &one.verdict, whole))
                }
            },
            Some(SubjectView::Comment(comment)) => {
                p { (code(&comment.status)) " · " (frame.time(comment.received_at)) }
                (text(frame, view, &comment.text, &marks(frame, &comment.verdict, 0), whole))
                (findings(frame, &comment.verdict))
            },
            Some(SubjectView::Account {
                display_name, name_concerns, bio, status, profile_change, rectifications, ..
            }) => {
                table {
                    (fact(say(words::NAME), &line(display_name)))
                    @for concern in name_concerns {
                        (fact(
                            say(words::Words("规则对名称的意见", "What a rule has against the name")),
                            &line(&format!("{}@{} {} {}", concern.rule, concern.rule_version, concern.title.zh, concern.title.en)),
                        ))
                    }
                    (fact(say(words::STATUS), &html! { (code(status)) }))
                    @if let Some(bio) = bio { (fact("bio", &line(bio))) }
                    @if let Some(change) = profile_change {
                        (fact(say(words::Words("拟变更为", "Is to become")), &proposed(change)))
                    }
                    @for one in rectifications {
                        (fact(say(words::REPORTED_RECTIFICATION), &line(&one.rectification.statement)))
                    }
                }
            },
        }
        @if let Some(qualification) = &view.qualification { (licence(frame, qualification)) }
    }
}

fn proposed(change: &domain::public_profile::ProfileChange) -> Markup {
    let proposed = serde_json::to_value(&change.proposed).unwrap_or_default();
    html! {
        @for (name, value) in proposed.as_object().into_iter().flatten() {
            (name) ": " (line(value.as_str().unwrap_or(&value.to_string()))) br;
        }
    }
}

fn all_parts(frame: &Frame, view: &CaseView, parts: &[Part], verdict: &Verdict, whole: bool) -> Markup {
    html! {
        @for (number, part) in parts.iter().enumerate() {
            p class="quiet" { (number + 1) " · " (kind(part)) @if let Some(address) = address(part) { " · " (line(address)) } }
            @if let Some(words) = part.words() { (text(frame, view, words, &marks(frame, verdict, number), whole)) }
        }
    }
}

const fn kind(part: &Part) -> &'static str {
    match part {
        Part::Text { .. } => "text",
        Part::Image { .. } => "image",
        Part::Audio { .. } => "audio",
        Part::Video { .. } => "video",
        Part::Link { .. } => "link",
    }
}

/// Where the file is, as a text: a page of ours loads nothing from strangers.
fn address(part: &Part) -> Option<&str> {
    match part {
        Part::Text { .. } | Part::Link { .. } => None,
        Part::Image { url, .. } | Part::Audio { url, .. } | Part::Video { url, .. } => Some(url),
    }
}

fn text(frame: &Frame, view: &CaseView, text: &str, marks: &[Mark], whole: bool) -> Markup {
    let (shown, left) = marked(text, marks, whole);
    html! {
        div class="content" { (shown) }
        @if left > 0 {
            p class="quiet" {
                (left) " " (frame.say(words::MORE_CHARACTERS)) " "
                (frame.link(frame.say(words::SHOW_WHOLE), &Screen::Case { case_id: view.case.case_id, whole: true }))
            }
        }
    }
}

/// The places of part `number`, each with the rule and what it says.
fn marks(frame: &Frame, verdict: &Verdict, number: usize) -> Vec<Mark> {
    let of = |finding: &screening::verdict::Finding| {
        let why = format!("{}@{} {}", finding.rule, finding.rule_version, title(frame, finding));
        let here = finding.spans.iter().filter(|span| span.part == number);
        here.map(|span| Mark { start: span.start, end: span.end, why: why.clone() }).collect::<Vec<_>>()
    };
    verdict.findings.iter().flat_map(of).collect()
}

fn title<'a>(frame: &Frame, finding: &'a screening::verdict::Finding) -> &'a str {
    match frame.language {
        Language::Zh => &finding.title.zh,
        Language::En => &finding.title.en,
    }
}

fn findings(frame: &Frame, verdict: &Verdict) -> Markup {
    let say = |words| frame.say(words);
    html! {
        h3 { (say(words::FINDINGS)) " · " (line(&verdict.rule_pack)) }
        @if verdict.findings.is_empty() { p { (say(words::NO_FINDINGS)) } }
        @else {
            table {
                tr {
                    th { (say(words::RULE)) } th { (say(words::WHY)) } th { (say(words::POLICY)) }
                    th { (say(words::EFFECT)) } th { (say(words::FOUND)) }
                }
                @for finding in &verdict.findings {
                    tr {
                        td { (line(&finding.rule)) "@" (finding.rule_version) }
                        td { (line(title(frame, finding))) }
                        td { (line(&finding.policy)) }
                        td { (code(&finding.effect)) }
                        td {
                            @for matched in finding.matched.iter().take(5) {
                                (line(&matched.bank)) ": " (line(&matched.entry)) br;
                            }
                        }
                    }
                }
            }
        }
    }
}

fn licence(frame: &Frame, view: &QualificationView) -> Markup {
    let say = |words| frame.say(words);
    let known = &view.qualification;
    let number = match &known.number {
        QualificationNumber::Public { number } => line(number),
        QualificationNumber::Personal { ending, .. } => html! { "…" (line(ending)) },
    };
    html! {
        table {
            (fact(say(words::DOCUMENT), &html! { (code(&known.kind)) " · " (code(&view.state)) }))
            (fact("№", &number))
            (fact(say(words::CONTENT), &line(&known.scope)))
            (fact(say(words::DUE), &html! { (known.term.issued_on) " – " (known.term.expires_on) }))
            (fact("", &html! {
                a href=(view.evidence_url) target="_blank" rel="noreferrer noopener" { (say(words::OPEN_DOCUMENT)) }
            }))
        }
    }
}
