use app::ports::{AccountLedger, Admission, Blacklist, BlacklistPart, PrincipalRegister, RegisterError, SaveError};
use domain::{
    account::{Account, RejectionReason},
    actor::Actor,
    blacklist::{BlacklistEntry, NewListing},
    change::Change,
    id::ListingId,
    principal::PrincipalKey,
    principal_alias::PrincipalAlias,
};
use futures::future::join_all;
use jiff::SignedDuration;

use super::Outbox;
use crate::samples::{self, NOON};

/// Runs every check.
pub async fn principal_register(
    register: &dyn PrincipalRegister,
    ledger: &dyn AccountLedger,
    blacklist: &dyn Blacklist,
    outbox: &dyn Outbox,
) {
    a_principal_of_whom_nothing_is_known_is_canonical(register).await;
    accounts_are_found_by_their_principal(register, ledger).await;
    an_alias_leads_to_the_canonical_key_with_its_event(register, outbox).await;
    what_is_linked_already_is_not_linked_again(register, outbox).await;
    an_alias_is_never_linked_on(register).await;
    aliases_follow_their_principal(register, ledger).await;
    linked_principals_share_one_cap(register, ledger).await;
    a_document_that_was_linked_since_its_look_up_registers_nothing(register, ledger).await;
    a_rejection_under_an_alias_gives_the_place_back(register, ledger).await;
    a_listing_is_inherited_by_a_link(register, ledger, blacklist).await;
    of_two_links_at_once_one_is_stored(register).await;
}

/// Runs every check.
pub async fn blacklist(
    blacklist: &dyn Blacklist,
    register: &dyn PrincipalRegister,
    ledger: &dyn AccountLedger,
    outbox: &dyn Outbox,
) {
    nobody_is_listed_at_first(blacklist).await;
    what_was_listed_is_read_with_its_event(blacklist, outbox).await;
    a_listed_principal_registers_nothing_until_it_is_removed(blacklist, ledger).await;
    a_registration_beside_a_listing_never_gets_past_it(blacklist, ledger).await;
    an_older_version_is_a_conflict(blacklist).await;
    an_alias_cannot_be_listed(blacklist, register).await;
    pages_give_everybody_once_by_review_date(blacklist).await;
    a_cursor_that_no_page_gave_is_refused(blacklist).await;
    what_waits_is_a_list_of_its_own_and_bars_nobody(blacklist, ledger, outbox).await;
    what_waits_is_moved_by_a_link(blacklist, register).await;
}

/// A reviewer asks for the listing of the principal.
fn proposing(principal: &PrincipalKey) -> Change<BlacklistEntry> {
    let listing_id = ListingId::at(NOON);
    let (reason, review_at) = ("多次以返利为名诈骗".to_owned(), NOON + SignedDuration::from_hours(24 * 90));
    let new = NewListing { listing_id, account_id: None, reason, review_at };
    BlacklistEntry::of(principal.clone(), NOON).propose(new, samples::reviewer("li"), NOON).unwrap()
}

/// Everybody of whom a listing waits.
async fn waiting(blacklist: &dyn Blacklist) -> Vec<PrincipalKey> {
    let (mut keys, mut cursor) = (Vec::new(), None);
    loop {
        let page = blacklist.page(BlacklistPart::Proposed, 2, cursor.as_deref()).await.unwrap();
        keys.extend(page.entries.into_iter().map(|entry| entry.principal_key));
        cursor = page.next;
        if cursor.is_none() {
            return keys;
        }
    }
}

async fn what_waits_is_a_list_of_its_own_and_bars_nobody(
    blacklist: &dyn Blacklist,
    ledger: &dyn AccountLedger,
    outbox: &dyn Outbox,
) {
    let mut proposals: Vec<_> = (0..3).map(|_| proposing(&samples::principal())).collect();
    proposals.sort_by(|one, other| one.state.principal_key.cmp(&other.state.principal_key));
    for proposal in &proposals {
        blacklist.save(proposal).await.unwrap();
    }
    let keys: Vec<_> = proposals.iter().map(|it| it.state.principal_key.clone()).collect();
    assert_eq!(waiting(blacklist).await, keys);
    registers(ledger, &keys[0], &keys[0], 2).await.unwrap();
    assert_eq!(outbox.events_of(keys[2].as_str()).await, [proposals[2].event.clone()]);

    let listing_id = |at: usize| proposals[at].state.proposed.as_ref().unwrap().listing_id;
    let lead = samples::reviewer("lead");
    let agreed = proposals[0].state.clone().approve(listing_id(0), lead.clone(), NOON).unwrap();
    let refused = proposals[1].state.clone().refuse(listing_id(1), "证据不足".to_owned(), lead, NOON).unwrap();
    for change in [&agreed, &refused] {
        blacklist.save(change).await.unwrap();
    }
    assert_eq!(waiting(blacklist).await, keys[2..]);
    assert_eq!(blacklist.entry(&keys[1]).await.unwrap(), Some(refused.state));
    let barred = registers(ledger, &keys[0], &keys[0], 2).await;
    assert!(matches!(barred, Err(RegisterError::PrincipalListed)), "{barred:?}");
    let cursor = blacklist.page(BlacklistPart::Listed, 1, None).await.unwrap().next.expect("others are listed");
    let foreign = blacklist.page(BlacklistPart::Proposed, 1, Some(&cursor)).await;
    assert!(matches!(foreign, Err(app::ports::PortError::Refused { .. })), "{foreign:?}");
}

async fn what_waits_is_moved_by_a_link(blacklist: &dyn Blacklist, register: &dyn PrincipalRegister) {
    let (identity_number, passport) = (samples::principal(), samples::principal());
    let proposal = proposing(&passport);
    blacklist.save(&proposal).await.unwrap();
    register.link(&link(&passport, &identity_number)).await.unwrap();
    let entry = blacklist.entry(&identity_number).await.unwrap().unwrap();
    assert_eq!(entry.proposed, proposal.state.proposed);
    let waiting = waiting(blacklist).await;
    assert_eq!((waiting.contains(&identity_number), waiting.contains(&passport)), (true, false));
}

fn admission(presented: &PrincipalKey, cap: u32) -> Admission {
    Admission { presented: presented.clone(), cap, group_above: u32::MAX }
}

fn link(alias: &PrincipalKey, canonical: &PrincipalKey) -> PrincipalAlias {
    PrincipalAlias {
        alias: alias.clone(),
        canonical: canonical.clone(),
        reason: "同一人的护照".to_owned(),
        linked_by: samples::reviewer("lead"),
        linked_at: NOON,
    }
}

async fn registers(
    ledger: &dyn AccountLedger,
    presented: &PrincipalKey,
    canonical: &PrincipalKey,
    cap: u32,
) -> Result<Account, RegisterError> {
    let change = samples::account().of(canonical).registering();
    ledger.register(&change, &admission(presented, cap)).await.map(|()| change.state)
}

async fn a_principal_of_whom_nothing_is_known_is_canonical(register: &dyn PrincipalRegister) {
    let key = samples::principal();
    assert_eq!(register.canonical(&key).await.unwrap(), key);
    assert_eq!(register.accounts_of(&key).await.unwrap(), []);
}

async fn accounts_are_found_by_their_principal(register: &dyn PrincipalRegister, ledger: &dyn AccountLedger) {
    let (key, other) = (samples::principal(), samples::principal());
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(registers(ledger, &key, &key, 5).await.unwrap().account_id);
    }
    registers(ledger, &other, &other, 5).await.unwrap();
    ids.sort_unstable();
    assert_eq!(register.accounts_of(&key).await.unwrap(), ids);
}

async fn an_alias_leads_to_the_canonical_key_with_its_event(register: &dyn PrincipalRegister, outbox: &dyn Outbox) {
    let (identity_number, passport) = (samples::principal(), samples::principal());
    register.link(&link(&passport, &identity_number)).await.unwrap();
    assert_eq!(register.canonical(&passport).await.unwrap(), identity_number);
    assert_eq!(register.canonical(&identity_number).await.unwrap(), identity_number);
    let events = outbox.events_of(identity_number.as_str()).await;
    assert_eq!(events.iter().map(|event| event.body.name()).collect::<Vec<_>>(), ["principals_linked"]);
}

async fn what_is_linked_already_is_not_linked_again(register: &dyn PrincipalRegister, outbox: &dyn Outbox) {
    let (identity_number, passport) = (samples::principal(), samples::principal());
    for _ in 0..2 {
        register.link(&link(&passport, &identity_number)).await.unwrap();
    }
    assert_eq!(outbox.events_of(identity_number.as_str()).await.len(), 1);
}

async fn an_alias_is_never_linked_on(register: &dyn PrincipalRegister) {
    let (a, b, c) = (samples::principal(), samples::principal(), samples::principal());
    register.link(&link(&b, &a)).await.unwrap();
    assert!(matches!(register.link(&link(&c, &b)).await, Err(SaveError::VersionConflict)), "b is an alias");
    assert!(matches!(register.link(&link(&b, &c)).await, Err(SaveError::VersionConflict)), "b leads to a");
}

async fn aliases_follow_their_principal(register: &dyn PrincipalRegister, ledger: &dyn AccountLedger) {
    let (a, b, c) = (samples::principal(), samples::principal(), samples::principal());
    let mut ids = Vec::new();
    for key in [&a, &b, &c] {
        ids.push(registers(ledger, key, key, 1).await.unwrap().account_id);
    }
    register.link(&link(&c, &b)).await.unwrap();
    register.link(&link(&b, &a)).await.unwrap();
    assert_eq!(register.canonical(&c).await.unwrap(), a, "one step, whatever the history");
    ids.sort_unstable();
    assert_eq!(register.accounts_of(&a).await.unwrap(), ids);
}

async fn linked_principals_share_one_cap(register: &dyn PrincipalRegister, ledger: &dyn AccountLedger) {
    let (identity_number, passport) = (samples::principal(), samples::principal());
    registers(ledger, &identity_number, &identity_number, 2).await.unwrap();
    registers(ledger, &passport, &passport, 2).await.unwrap();
    register.link(&link(&passport, &identity_number)).await.unwrap();
    for presented in [&identity_number, &passport] {
        let refused = registers(ledger, presented, &identity_number, 2).await;
        assert!(matches!(refused, Err(RegisterError::QuotaExceeded)), "{refused:?}");
    }
    registers(ledger, &passport, &identity_number, 3).await.unwrap();
}

async fn a_document_that_was_linked_since_its_look_up_registers_nothing(
    register: &dyn PrincipalRegister,
    ledger: &dyn AccountLedger,
) {
    let (identity_number, passport) = (samples::principal(), samples::principal());
    register.link(&link(&passport, &identity_number)).await.unwrap();
    let refused = registers(ledger, &passport, &passport, 2).await;
    assert!(matches!(refused, Err(RegisterError::PrincipalMoved)), "{refused:?}");
    let nobody = samples::principal();
    let refused = registers(ledger, &nobody, &identity_number, 2).await;
    assert!(matches!(refused, Err(RegisterError::PrincipalMoved)), "{refused:?}");
}

async fn a_rejection_under_an_alias_gives_the_place_back(register: &dyn PrincipalRegister, ledger: &dyn AccountLedger) {
    let (identity_number, passport) = (samples::principal(), samples::principal());
    let account = registers(ledger, &passport, &passport, 1).await.unwrap();
    register.link(&link(&passport, &identity_number)).await.unwrap();
    let verifier = Actor::function("registration-verifier");
    let change = account.reject(RejectionReason::IdentityMismatch, verifier, NOON).unwrap();
    ledger.save_and_release(&change).await.unwrap();
    registers(ledger, &identity_number, &identity_number, 1).await.unwrap();
}

async fn a_listing_is_inherited_by_a_link(
    register: &dyn PrincipalRegister,
    ledger: &dyn AccountLedger,
    blacklist: &dyn Blacklist,
) {
    let (identity_number, passport) = (samples::principal(), samples::principal());
    let listed = samples::listing(&passport, 180);
    blacklist.save(&listed).await.unwrap();
    register.link(&link(&passport, &identity_number)).await.unwrap();
    let inherited = blacklist.entry(&identity_number).await.unwrap().unwrap();
    assert_eq!(inherited.listing, listed.state.listing);
    for presented in [&identity_number, &passport] {
        let refused = registers(ledger, presented, &identity_number, 2).await;
        assert!(matches!(refused, Err(RegisterError::PrincipalListed)), "{refused:?}");
    }
}

async fn of_two_links_at_once_one_is_stored(register: &dyn PrincipalRegister) {
    let (a, b, c) = (samples::principal(), samples::principal(), samples::principal());
    let (to_a, to_c) = (link(&b, &a), link(&b, &c));
    let results = join_all([register.link(&to_a), register.link(&to_c)]).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_ne!(register.canonical(&b).await.unwrap(), b);
}

async fn nobody_is_listed_at_first(blacklist: &dyn Blacklist) {
    assert_eq!(blacklist.entry(&samples::principal()).await.unwrap(), None);
    assert_eq!(blacklist.page(BlacklistPart::Listed, 10, None).await.unwrap().entries, []);
}

async fn what_was_listed_is_read_with_its_event(blacklist: &dyn Blacklist, outbox: &dyn Outbox) {
    let change = samples::listing(&samples::principal(), 180);
    blacklist.save(&change).await.unwrap();
    let key = &change.state.principal_key;
    assert_eq!(blacklist.entry(key).await.unwrap(), Some(change.state.clone()));
    assert_eq!(outbox.events_of(key.as_str()).await, [change.event]);
}

async fn a_listed_principal_registers_nothing_until_it_is_removed(
    blacklist: &dyn Blacklist,
    ledger: &dyn AccountLedger,
) {
    let key = samples::principal();
    let change = samples::listing(&key, 180);
    blacklist.save(&change).await.unwrap();
    let refused = registers(ledger, &key, &key, 2).await;
    assert!(matches!(refused, Err(RegisterError::PrincipalListed)), "{refused:?}");
    let removed = change.state.remove("误列".to_owned(), samples::reviewer("lead"), NOON).unwrap();
    blacklist.save(&removed).await.unwrap();
    registers(ledger, &key, &key, 2).await.unwrap();
}

/// Whichever is first: the account is there before the listing, or not at all.
async fn a_registration_beside_a_listing_never_gets_past_it(blacklist: &dyn Blacklist, ledger: &dyn AccountLedger) {
    let key = samples::principal();
    let (listing, account) = (samples::listing(&key, 180), samples::account().of(&key).registering());
    let admission = admission(&key, 2);
    let (listed, registered) = futures::join!(blacklist.save(&listing), ledger.register(&account, &admission));
    listed.unwrap();
    assert!(matches!(registered, Ok(()) | Err(RegisterError::PrincipalListed)), "{registered:?}");
    let refused = registers(ledger, &key, &key, 2).await;
    assert!(matches!(refused, Err(RegisterError::PrincipalListed)), "{refused:?}");
}

async fn an_older_version_is_a_conflict(blacklist: &dyn Blacklist) {
    let change = samples::listing(&samples::principal(), 180);
    blacklist.save(&change).await.unwrap();
    assert!(matches!(blacklist.save(&change).await, Err(SaveError::VersionConflict)));
}

async fn an_alias_cannot_be_listed(blacklist: &dyn Blacklist, register: &dyn PrincipalRegister) {
    let (identity_number, passport) = (samples::principal(), samples::principal());
    register.link(&link(&passport, &identity_number)).await.unwrap();
    let listed = blacklist.save(&samples::listing(&passport, 180)).await;
    assert!(matches!(listed, Err(SaveError::VersionConflict)), "{listed:?}");
}

async fn pages_give_everybody_once_by_review_date(blacklist: &dyn Blacklist) {
    let mut expected = Vec::new();
    for days in [30, 10, 20, 40] {
        let change = samples::listing(&samples::principal(), days);
        blacklist.save(&change).await.unwrap();
        expected.push(change.state);
    }
    let removed = expected.pop().unwrap();
    let removed = removed.remove("误列".to_owned(), samples::reviewer("lead"), NOON + SignedDuration::from_hours(1));
    blacklist.save(&removed.unwrap()).await.unwrap();
    let review_at = |entry: &BlacklistEntry| entry.listing.as_ref().unwrap().review_at;
    expected.sort_by_key(review_at);
    // Others of this table are listed too: only these are looked at.
    let soon = NOON + SignedDuration::from_hours(24 * 50);
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = blacklist.page(BlacklistPart::Listed, 2, cursor.as_deref()).await.unwrap();
        assert!(page.entries.len() <= 2);
        seen.extend(page.entries.into_iter().filter(|entry| review_at(entry) < soon));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
}

async fn a_cursor_that_no_page_gave_is_refused(blacklist: &dyn Blacklist) {
    let refused = blacklist.page(BlacklistPart::Listed, 2, Some("not-a-cursor")).await;
    assert!(matches!(refused, Err(app::ports::PortError::Refused { .. })), "{refused:?}");
}
