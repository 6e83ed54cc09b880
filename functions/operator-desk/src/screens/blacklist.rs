use app::ports::BlacklistPage;
use domain::{
    blacklist::{BlacklistEntry, ProposedListing},
    id::AccountId,
};
use maud::{Markup, html};
use serde_json::json;

use crate::{
    ask::Screen,
    page::{Frame, who},
    text::line,
    words,
};

/// Who waits to be listed, with the second person's buttons; or who is listed, the one whose review is due first first (R13.2).
pub(super) fn shown(frame: &Frame, waiting: bool, page: &BlacklistPage) -> Markup {
    let say = |words| frame.say(words);
    let here = |waiting, cursor| Screen::Blacklist { waiting, cursor };
    html! {
        p {
            (frame.link(say(words::LISTINGS_THAT_WAIT), &here(true, None))) " · "
            (frame.link(say(words::LISTINGS_IN_FORCE), &here(false, None)))
        }
        @if page.entries.is_empty() { p { (say(words::NO_LISTINGS)) } }
        @else {
            table {
                tr {
                    th { (say(words::PRINCIPAL)) } th { (say(words::ACCOUNT)) } th { (say(words::REASON_PLAIN)) }
                    th { (say(words::REVIEW)) } th { (say(words::BY)) } th {}
                }
                @for entry in &page.entries {
                    @if waiting { @if let Some(proposed) = &entry.proposed { (row_of_proposal(frame, entry, proposed)) } }
                    @else { @if let Some(listing) = &entry.listing { tr {
                        td { (short(entry)) } td { (account(frame, listing.account_id)) } td { (line(&listing.reason)) }
                        td {
                            (frame.time(listing.review_at))
                            @if listing.review_at <= frame.now { " " span class="late" { (say(words::OVERDUE)) } }
                        }
                        td { (who(&listing.approver)) } td {}
                    } } }
                }
            }
            @if waiting {
                form { label { (say(words::REASON_OF_REFUSAL)) textarea name="reason" rows="2" maxlength="2000" { (frame.kept("reason")) } } }
            }
        }
        @if let Some(next) = &page.next {
            (frame.button(say(words::NEXT_PAGE), &json!(here(waiting, Some(next.clone()))), false))
        }
    }
}

fn row_of_proposal(frame: &Frame, entry: &BlacklistEntry, proposed: &ProposedListing) -> Markup {
    let say = |words| frame.say(words);
    let here = Screen::Blacklist { waiting: true, cursor: None };
    let act =
        |act: &str| json!({ "act": act, "principal_key": entry.principal_key, "listing_id": proposed.listing_id });
    html! {
        tr {
            td { (short(entry)) } td { (account(frame, proposed.account_id)) } td { (line(&proposed.reason)) }
            td { (frame.time(proposed.review_at)) }
            td { (who(&proposed.proposed_by)) " · " (frame.time(proposed.proposed_at)) }
            td {
                (frame.doing(say(words::AGREE), &act("approve_listing"), &here, say(words::AGREE_TO_LISTING_ASK))) " "
                (frame.doing(say(words::DO_NOT_AGREE), &act("refuse_listing"), &here, say(words::DO_NOT_AGREE_ASK)))
            }
        }
    }
}

/// Enough of a key to tell one from another; the whole of it is in the title.
fn short(entry: &BlacklistEntry) -> Markup {
    let key = entry.principal_key.to_string();
    html! { span title=(key) { (key.chars().take(12).collect::<String>()) "…" } }
}

fn account(frame: &Frame, account_id: Option<AccountId>) -> Markup {
    html! {
        @if let Some(account_id) = account_id {
            (frame.link(&account_id.to_string(), &Screen::Account { account_id: Some(account_id) }))
        }
    }
}
