use app::rule_packs::HistoryPage;
use domain::rule_pack::BUILT_IN;
use maud::{Markup, html};
use serde_json::json;

use crate::{
    ask::Screen,
    page::{Frame, who},
    text::line,
    words,
};

/// The packs that were published, and the way back to each.
pub(super) fn shown(frame: &Frame, page: &HistoryPage) -> Markup {
    let say = |words| frame.say(words);
    let in_force = page.register.version_in_force();
    html! {
        h3 { (say(words::IN_FORCE)) ": " @if in_force == BUILT_IN { (say(words::BUILT_IN)) } @else { (in_force) } }
        form { label { (say(words::REASON_PLAIN)) textarea name="reason" rows="2" maxlength="2000" { (frame.kept("reason")) } } }
        table {
            tr {
                th { (say(words::VERSION)) } th { (say(words::PACK)) } th { (say(words::RULES)) } th { (say(words::TERMS)) }
                th { (say(words::PUBLISHED)) } th { (say(words::BY)) } th {}
            }
            @for published in &page.packs {
                @let version = published.pack.pack_version;
                tr {
                    td { (version) }
                    td { (line(&published.pack.pack_id)) " " code { (&published.pack.sha256[..published.pack.sha256.len().min(12)]) } }
                    td { (published.rules) }
                    td { (published.terms) }
                    td { (frame.time(published.published_at)) }
                    td { (who(&published.published_by)) }
                    td { (way_back(frame, version, in_force)) }
                }
            }
            tr {
                td { (BUILT_IN) } td { (say(words::BUILT_IN)) } td {} td {} td {} td {}
                td { (way_back(frame, BUILT_IN, in_force)) }
            }
        }
        @if let Some(before) = page.next_before {
            (frame.button(say(words::NEXT_PAGE), &json!(Screen::RulePacks { before: Some(before) }), false))
        }
    }
}

fn way_back(frame: &Frame, version: u32, in_force: u32) -> Markup {
    if version == in_force {
        return html! { (frame.say(words::IN_FORCE)) };
    }
    let act = json!({ "act": "activate_rule_pack", "version": version });
    frame.doing(frame.say(words::ACTIVATE), &act, &Screen::RulePacks { before: None }, frame.say(words::ACTIVATE_ASK))
}
