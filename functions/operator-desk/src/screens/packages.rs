use app::ports::PackagePage;
use domain::evidence_package::{EvidencePackage, LogObjects, PackageState, PersonalData};
use maud::{Markup, html};
use serde_json::json;

use super::{code, holds::scope};
use crate::{
    ask::Screen,
    page::{Frame, who},
    text::line,
    words,
};

/// Orders for evidence packages, the latest first, with the second person's buttons (R16.1, B8).
pub(super) fn shown(frame: &Frame, page: &PackagePage) -> Markup {
    let say = |words| frame.say(words);
    let waits = page.packages.iter().any(|one| one.state == PackageState::WaitingForApproval);
    html! {
        @if page.packages.is_empty() { p { (say(words::NO_PACKAGES)) } }
        @else {
            table {
                tr {
                    th { (say(words::PACKED)) } th { (say(words::LEGAL_BASIS)) } th { (say(words::REASON_PLAIN)) }
                    th { (say(words::ORDERED)) } th { (say(words::STATE)) }
                }
                @for package in &page.packages { (row(frame, package)) }
            }
        }
        @if waits {
            form { label { (say(words::REASON_OF_REFUSAL)) textarea name="reason" rows="2" maxlength="2000" { (frame.kept("reason")) } } }
        }
        @if let Some(next) = &page.next {
            (frame.button(say(words::NEXT_PAGE), &json!(Screen::Packages { cursor: Some(next.clone()) }), false))
        }
    }
}

fn row(frame: &Frame, package: &EvidencePackage) -> Markup {
    let say = |words| frame.say(words);
    html! {
        tr {
            td {
                (scope(frame, &package.scope.of))
                div { (frame.time(package.scope.from)) " – " (frame.time(package.scope.until)) }
                @if package.personal_data == PersonalData::Included {
                    div class="late" { (say(words::WITH_PERSONAL_DATA)) }
                }
                @if package.log_objects == LogObjects::Enclosed { div { (say(words::WITH_LOG_OBJECTS)) } }
                div class="quiet" { (package.package_id) }
            }
            td { (line(&package.legal_basis)) }
            td { (line(&package.reason)) }
            td { (who(&package.ordered_by)) " · " (frame.time(package.ordered_at)) }
            td { (state(frame, package)) }
        }
    }
}

fn state(frame: &Frame, package: &EvidencePackage) -> Markup {
    let say = |words| frame.say(words);
    let here = Screen::Packages { cursor: None };
    let act = |act: &str| json!({ "act": act, "package_id": package.package_id });
    html! {
        (say(words::package_state(&package.state)))
        @match &package.state {
            PackageState::WaitingForApproval => {
                div {
                    (frame.doing(say(words::AGREE), &act("approve_package"), &here, say(words::APPROVE_PACKAGE_ASK))) " "
                    (frame.doing(say(words::DO_NOT_AGREE), &act("refuse_package"), &here, say(words::DO_NOT_AGREE_ASK)))
                }
            },
            PackageState::Approved { approved_by, approved_at } => {
                " · " (who(approved_by)) " · " (frame.time(*approved_at))
            },
            PackageState::Ready { approved_by, built, .. } => {
                " · " (who(approved_by)) " · " (frame.time(built.built_at))
                div { (built.records) " " (say(words::RECORDS)) " · " (built.size) " B" }
                div class="quiet" { "SHA-256 " (built.sha256) }
            },
            PackageState::Failed { approved_by, reason, .. } => { " · " (who(approved_by)) " · " (code(reason)) },
            PackageState::Refused { refused_by, refused_at, reason } => {
                " · " (who(refused_by)) " · " (frame.time(*refused_at)) " · " (line(reason))
            },
        }
    }
}
