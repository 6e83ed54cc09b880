use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::profile::Bilingual;

const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn operator() -> Actor {
    Actor::caller("operator")
}

fn agreement_of(version: u32, effective_at: Timestamp, grace_hours: u32) -> PolicyDocument {
    PolicyDocument {
        document_id: "service-agreement".to_owned(),
        version,
        sha256: format!("{version:064x}"),
        title: Bilingual { zh: "服务协议".to_owned(), en: "Service agreement".to_owned() },
        effective_at,
        grace_hours,
        acceptance: Acceptance::Required,
    }
}

fn accepted(version: u32) -> Vec<Agreement> {
    let document = agreement_of(version, NOON, 0);
    let (accepted_at, accepted_by) = (NOON, operator());
    let PolicyDocument { document_id, version, sha256, .. } = document;
    vec![Agreement { document_id, version, sha256, accepted_at, accepted_by }]
}

/// Version 1 from noon on with a day's grace, version 2 ten days later with two.
fn two_versions() -> PolicyDocuments {
    let one = agreement_of(1, NOON, 24);
    let two = agreement_of(2, NOON + 10 * DAY, 48);
    let first = PolicyDocuments::default().put(one, operator(), NOON).unwrap().state;
    first.put(two, operator(), NOON).unwrap().state
}

fn demanded(documents: &PolicyDocuments, agreements: &[Agreement], days: i32) -> Option<u32> {
    documents.demanded(agreements, NOON + days * DAY).map(|document| document.version)
}

#[test]
fn without_documents_nothing_is_demanded() {
    assert_eq!(PolicyDocuments::default().demanded(&[], NOON), None);
}

#[test]
fn a_version_is_demanded_from_the_end_of_its_grace_period_on() {
    let documents = two_versions();
    assert_eq!(demanded(&documents, &[], 0), None);
    assert_eq!(documents.demanded(&[], NOON + DAY - SignedDuration::from_nanos(1)), None);
    assert_eq!(demanded(&documents, &[], 1), Some(1));
    assert_eq!(demanded(&documents, &accepted(1), 1), None);
}

#[test]
fn a_new_version_leaves_those_who_accepted_the_old_one_its_grace_period() {
    let documents = two_versions();
    assert_eq!(demanded(&documents, &accepted(1), 11), None);
    assert_eq!(demanded(&documents, &accepted(1), 12), Some(2));
    assert_eq!(demanded(&documents, &accepted(2), 12), None);
}

#[test]
fn who_accepted_nothing_gets_no_second_grace_period_and_is_shown_the_version_in_effect() {
    assert_eq!(demanded(&two_versions(), &[], 10), Some(2));
}

#[test]
fn a_coming_version_may_be_accepted_before_it_is_in_effect() {
    let documents = two_versions();
    let coming = agreement_of(2, NOON, 0);
    let taken = documents.acceptable(&coming.document_id, 2, &coming.sha256, NOON).unwrap();
    assert_eq!(taken.version, 2);
    assert_eq!(demanded(&documents, &accepted(2), 5), None);
}

#[test]
fn what_is_not_in_effect_any_more_unknown_or_another_text_cannot_be_accepted() {
    let documents = two_versions();
    let refusal = |id: &str, version: u32, of: u32, days: i32| {
        documents.acceptable(id, version, &format!("{of:064x}"), NOON + days * DAY).err()
    };
    assert_eq!(refusal("service-agreement", 1, 1, 9), None);
    assert_eq!(refusal("service-agreement", 1, 1, 10), Some(AgreementRefusal::Superseded { current: 2 }));
    assert_eq!(refusal("service-agreement", 3, 3, 10), Some(AgreementRefusal::Unknown));
    assert_eq!(refusal("service-agreement", 0, 0, 10), Some(AgreementRefusal::Unknown));
    assert_eq!(refusal("convention", 1, 1, 10), Some(AgreementRefusal::Unknown));
    assert_eq!(refusal("service-agreement", 2, 1, 10), Some(AgreementRefusal::OtherText));
}

#[test]
fn what_is_outstanding_is_what_can_be_accepted_and_was_not() {
    let documents = two_versions();
    let outstanding = |documents: &PolicyDocuments, held: &[Agreement], days: i32| -> Vec<(u32, bool)> {
        let asked = documents.outstanding(held, NOON + days * DAY);
        asked.into_iter().map(|(document, is_demanded)| (document.version, is_demanded)).collect()
    };
    assert_eq!(outstanding(&documents, &[], 0), [(1, false), (2, false)]);
    assert_eq!(outstanding(&documents, &[], 5), [(1, true), (2, false)]);
    assert_eq!(outstanding(&documents, &[], 10), [(2, true)], "what is superseded cannot be accepted any more");
    assert_eq!(outstanding(&documents, &accepted(1), 5), [(2, false)]);
    assert_eq!(outstanding(&documents, &accepted(2), 5), []);
    // A version that asks for nothing, before it has ended the demand of the one before.
    let quiet = PolicyDocument { acceptance: Acceptance::NotRequired, ..agreement_of(3, NOON + 20 * DAY, 24) };
    let documents = two_versions().put(quiet, operator(), NOON + 15 * DAY).unwrap().state;
    assert_eq!(outstanding(&documents, &[], 20), [(3, true)]);
    assert_eq!(outstanding(&documents, &[], 21), []);
}

#[test]
fn a_version_that_asks_for_nothing_ends_the_demand_of_the_one_before() {
    let quiet = PolicyDocument { acceptance: Acceptance::NotRequired, ..agreement_of(3, NOON + 20 * DAY, 0) };
    let documents = two_versions().put(quiet, operator(), NOON + 15 * DAY).unwrap().state;
    assert_eq!(demanded(&documents, &[], 19), Some(2));
    assert_eq!(demanded(&documents, &[], 20), None);
}

#[test]
fn the_place_of_a_version_among_the_others_is_checked() {
    let paths = |document: PolicyDocument| {
        let refused = two_versions().put(document, operator(), NOON).unwrap_err();
        refused.into_iter().map(|finding| finding.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(agreement_of(2, NOON + 11 * DAY, 24)), ["version"]);
    assert_eq!(paths(agreement_of(3, NOON + 9 * DAY, 24)), ["effective_at"]);
    assert_eq!(paths(agreement_of(3, NOON - 9 * DAY, 24)), ["effective_at", "grace_hours"]);
}

#[test]
fn what_no_longer_matters_leaves_the_register() {
    let documents = two_versions().put(agreement_of(3, NOON + 20 * DAY, 24), operator(), NOON + 15 * DAY).unwrap();
    let versions: Vec<u32> = documents.state.documents.iter().map(|document| document.version).collect();
    assert_eq!(versions, [2, 3]);
    assert_eq!((documents.state.version, documents.event.version), (3, 3));
}

#[test]
fn there_is_room_for_twenty_documents() {
    let mut documents = PolicyDocuments::default();
    for n in 0..20 {
        let document = PolicyDocument { document_id: format!("d{n}"), ..agreement_of(1, NOON, 24) };
        documents = documents.put(document, operator(), NOON).unwrap().state;
    }
    let more = PolicyDocument { document_id: "more".to_owned(), ..agreement_of(1, NOON, 24) };
    assert_eq!(documents.put(more, operator(), NOON).unwrap_err()[0].path, "document_id");
}

proptest! {
    /// Accepting more never takes a right away, and whoever has accepted the latest version may publish.
    #[test]
    fn an_acceptance_never_stops_an_account(
        graces in proptest::collection::vec(0_u32..100, 1..6), held in 0_u32..7, more in 0_u32..7, at in 0_i64..400,
    ) {
        let mut documents = PolicyDocuments::default();
        for (version, grace) in (1..).zip(&graces) {
            let effective_at = NOON + SignedDuration::from_hours(i64::from(version) * 40);
            documents = documents.put(agreement_of(version, effective_at, *grace), operator(), NOON).unwrap().state;
        }
        let now = NOON + SignedDuration::from_hours(at);
        let latest = u32::try_from(graces.len()).unwrap();
        prop_assert_eq!(documents.demanded(&accepted(latest), now), None);
        // What is demanded can be accepted: nobody is shut out.
        if let Some(demanded) = documents.demanded(&accepted(held), now) {
            prop_assert!(documents.outstanding(&accepted(held), now).contains(&(demanded, true)));
            prop_assert!(documents.acceptable(&demanded.document_id, demanded.version, &demanded.sha256, now).is_ok());
        }
        if documents.demanded(&accepted(held), now).is_none() {
            prop_assert_eq!(documents.demanded(&accepted(held.max(more)), now), None);
        }
    }
}
