//! From an announced licence to news that passes, and to the moment from which it does not (R7.1, R8).

use std::collections::BTreeSet;

use app::{
    error::AppError,
    expiring::Expiries,
    news_gate::LicenceStanding,
    ports::{Clock, EvidencePlace, PublicationRecord},
    publishing::Publish,
    qualifying::{EvidenceFault, RegisterQualification},
};
use domain::{
    account::{Account, AccountStatus},
    account_label::labels_of,
    case::Matter,
    decision::Action,
    id::{AccountId, DecisionId, RunId},
    personal::Personal,
    principal::PrincipalKind,
    publication::{Declaration, Part, PublicationStatus},
    qualification::{
        Evidence, EvidenceType, Qualification, QualificationKind, QualificationNumber, QualificationRefusal,
        QualificationState, Revocation, TermError,
    },
    settings::{AccountLabels, NewsRules, Settings, WithoutLicence},
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use testkit::{
    When,
    samples::{self, LICENCE_PDF, NOON, day},
};

use crate::world::{Delivery, World, operation_id, until_done};

/// An active account of a news organisation.
fn newspaper(world: &World) -> AccountId {
    let account = samples::account().kind(PrincipalKind::Media).active();
    world.twins.accounts.put(account.clone());
    account.account_id
}

fn account(world: &World, account_id: AccountId) -> Account {
    world.twins.accounts.get(account_id).unwrap()
}

fn licence(account_id: AccountId, operation: u128, days: i64) -> RegisterQualification {
    RegisterQualification {
        operation_id: operation_id(operation),
        account_id,
        kind: QualificationKind::new(QualificationKind::NEWS_LICENCE),
        number: Personal::new("10120260001".to_owned()),
        scope: "互联网新闻信息采编发布服务".to_owned(),
        issued_on: day(-100),
        expires_on: day(days),
        evidence: Evidence {
            content_type: EvidenceType::Pdf,
            sha256: data_encoding::HEXLOWER.encode(&Sha256::digest(LICENCE_PDF)),
        },
        actor: samples::platform(),
    }
}

/// Registers, uploads and confirms a licence whose last day is in so many days.
async fn shown(world: &World, account_id: AccountId, operation: u128, days: i64) -> EvidencePlace {
    let register = async || world.qualifications.register(licence(account_id, operation, days)).await;
    let (known, _) = until_done(register).await;
    let place = EvidencePlace { account_id, qualification_id: known.qualification_id };
    world.twins.evidence.upload(place, LICENCE_PDF);
    let confirm = async || world.qualifications.confirm(account_id, place.qualification_id, &samples::platform()).await;
    until_done(confirm).await;
    place
}

async fn decide(world: &World, place: EvidencePlace, operation: u128, action: Action) {
    let matter = Matter::Qualification { qualification_id: place.qualification_id };
    let case = world.twins.cases.all_cases().into_iter().find(|case| case.matter == matter).unwrap();
    assert_eq!(case.queue, "qualification");
    until_done(async || world.decide_case(case.case_id, operation, action).await).await;
}

async fn licensed(world: &mut World, account_id: AccountId, days: i64) -> EvidencePlace {
    let place = shown(world, account_id, 11, days).await;
    world.pump().await;
    decide(world, place, 12, Action::Approve).await;
    world.pump().await;
    place
}

fn state(world: &World, place: EvidencePlace) -> QualificationState {
    let account = account(world, place.account_id);
    account.qualification(place.qualification_id).unwrap().state_at(world.twins.clock.now())
}

async fn news(world: &World, account_id: AccountId, reference: &str) -> Result<PublicationRecord, AppError> {
    let item = Publish {
        account_id,
        reference: reference.to_owned(),
        parts: vec![Part::Text { text: "本市明日起调整部分公交线路。".to_owned() }],
        declared: vec![Declaration::News],
    };
    world.publishing.publish(vec![item]).await?.remove(0)
}

/// The types of the messages about qualifications, each once, as whoever knows copies by their ids hears them.
fn told(world: &World) -> Vec<String> {
    let mut messages = world.twins.webhook.messages();
    let mut seen = BTreeSet::new();
    messages.retain(|message| seen.insert(message.id));
    let body = |message: app::ports::WebhookMessage| serde_json::from_str::<serde_json::Value>(&message.body).unwrap();
    let types = messages.into_iter().map(body).map(|body| body["type"].as_str().unwrap().to_owned());
    types.filter(|it| it.starts_with("qualification")).collect()
}

fn labels(world: &World, account_id: AccountId) -> Vec<String> {
    let (account, rules) = (account(world, account_id), AccountLabels::default().rules);
    labels_of(&account, &rules, world.twins.clock.now()).into_iter().map(|rule| rule.label.clone()).collect()
}

fn end_of(days: i64) -> Timestamp {
    samples::news_licence(days).term.expires_at()
}

#[tokio::test]
async fn news_passes_from_the_approval_to_the_end_of_the_last_day_and_not_a_moment_longer() {
    let mut world = World::new(Delivery::Doubled);
    let account_id = newspaper(&world);
    let none = LicenceStanding { state: None, expires_on: None };
    let refused = news(&world, account_id, "early").await.unwrap_err();
    assert!(matches!(refused, AppError::NewsLicenceRequired(standing) if standing == none), "{refused:?}");
    world.publish(account_id, &[("plain", "早安")]).await.unwrap();

    let place = shown(&world, account_id, 11, 100).await;
    world.pump().await;
    assert!(news(&world, account_id, "early").await.is_err(), "nobody has looked at it yet");
    assert_eq!(labels(&world, account_id), ["media"]);
    decide(&world, place, 12, Action::Approve).await;
    world.pump().await;
    assert_eq!(state(&world, place), QualificationState::Valid);
    assert_eq!(labels(&world, account_id), ["media", "news"]);
    assert_eq!(world.twins.evidence.kept(place), Some(LICENCE_PDF.to_vec()));
    assert_eq!(told(&world), ["qualification.approved"]);
    let accepted = news(&world, account_id, "news-1").await.unwrap();
    assert_eq!(accepted.publication.declared, [Declaration::News]);

    let end = end_of(100);
    world.twins.clock.set(end - SignedDuration::from_nanos(1));
    news(&world, account_id, "news-2").await.unwrap();
    world.twins.clock.set(end);
    let over = LicenceStanding { state: Some(QualificationState::Expired), expires_on: Some(day(100)) };
    let refused = news(&world, account_id, "news-3").await.unwrap_err();
    assert!(matches!(refused, AppError::NewsLicenceRequired(standing) if standing == over), "{refused:?}");
    assert_eq!(labels(&world, account_id), ["media"], "the label goes with it");
    // What was accepted is answered as then, however often it is sent again.
    assert_eq!(news(&world, account_id, "news-1").await.unwrap(), accepted);
    world.publish(account_id, &[("plain-2", "晚安")]).await.unwrap();
}

#[tokio::test]
async fn where_the_settings_say_so_news_without_a_licence_waits_for_a_person() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = newspaper(&world);
    let news_rules = NewsRules { without_licence: WithoutLicence::Hold };
    world.twins.settings.put_in_force(Settings { version: 2, news: news_rules, ..Settings::default() });
    let held = news(&world, account_id, "news-1").await.unwrap();
    assert_eq!(held.publication.status, PublicationStatus::Held);
    assert_eq!(held.verdict.findings[0].policy, "unlicensed_news");
    world.pump().await;
    assert!(matches!(world.twins.cases.all_cases()[0].matter, Matter::Content { .. }));
    licensed(&mut world, account_id, 100).await;
    let passed = news(&world, account_id, "news-2").await.unwrap();
    assert_eq!(passed.publication.status, PublicationStatus::Published);
}

#[tokio::test]
async fn rules_can_ask_for_the_licence_of_whoever_writes_as_the_news_do() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = newspaper(&world);
    world.twins.engines.put_in_force(
        "id: news\nversion: 1\nbanks:\n  reporting: [ 本报记者 ]\nrules:\n  - id: news-by-its-words\n    version: 1\n    \
         title: { zh: 疑似新闻, en: Looks like news }\n    policy: unlicensed_news\n    severity: low\n    state: live\n    \
         effect: hold\n    bank: reporting\n    when: \"!('news_licence' in account.qualifications)\"\n    \
         examples: { matches: [ 本报记者获悉 ], passes: [ 早安 ] }\n",
    );
    let text = "本报记者从市交通委获悉，公交线路将有调整。";
    let write = async |world: &World, reference: &str| {
        world.publish(account_id, &[(reference, text)]).await.unwrap();
        let id = domain::id::PublicationId::named(account_id, reference);
        world.publishing.publication(id).await.unwrap().publication.status
    };
    assert_eq!(write(&world, "post-1").await, PublicationStatus::Held);
    licensed(&mut world, account_id, 100).await;
    assert_eq!(write(&world, "post-2").await, PublicationStatus::Published);
}

#[tokio::test]
async fn only_the_document_that_was_announced_is_taken_and_only_in_time() {
    let world = World::new(Delivery::InOrder);
    let account_id = newspaper(&world);
    let (known, form) = world.qualifications.register(licence(account_id, 11, 100)).await.unwrap();
    assert_eq!(form.closes_at, NOON + SignedDuration::from_mins(15));
    let place = EvidencePlace { account_id, qualification_id: known.qualification_id };
    let confirm = async || world.qualifications.confirm(account_id, known.qualification_id, &samples::platform()).await;
    assert!(matches!(confirm().await, Err(AppError::EvidenceMissing)));
    world.twins.evidence.upload(place, b"%PDF-1.7\n% another one\n");
    assert!(matches!(confirm().await, Err(AppError::EvidenceMismatch(EvidenceFault::WrongChecksum))));
    world.twins.evidence.upload(place, &vec![0; 10 * 1024 * 1024 + 1]);
    assert!(matches!(confirm().await, Err(AppError::EvidenceMismatch(EvidenceFault::TooLarge))));
    // A web page that is called a licence has the checksum of the web page.
    let page = b"<html>";
    let evidence =
        Evidence { content_type: EvidenceType::Pdf, sha256: data_encoding::HEXLOWER.encode(&Sha256::digest(page)) };
    let (other, _) = world
        .qualifications
        .register(RegisterQualification { evidence, ..licence(account_id, 12, 100) })
        .await
        .unwrap();
    world.twins.evidence.upload(EvidencePlace { account_id, qualification_id: other.qualification_id }, page);
    let confirmed = world.qualifications.confirm(account_id, other.qualification_id, &samples::platform()).await;
    assert!(matches!(confirmed, Err(AppError::EvidenceMismatch(EvidenceFault::WrongType))));
    assert_eq!(world.twins.evidence.kept(place), None, "nothing of that was kept");

    world.twins.clock.set(NOON + SignedDuration::from_hours(71));
    let late = world.qualifications.form(account_id, known.qualification_id).await.unwrap();
    assert!(late.closes_at <= NOON + SignedDuration::from_hours(72));
    world.twins.clock.set(NOON + SignedDuration::from_hours(72));
    world.twins.evidence.upload(place, LICENCE_PDF);
    let lapsed = |error: &AppError| {
        matches!(error, AppError::Qualification(QualificationRefusal::NotFromHere(QualificationState::Lapsed)))
    };
    assert!(lapsed(&confirm().await.unwrap_err()));
    assert!(lapsed(&world.qualifications.form(account_id, known.qualification_id).await.unwrap_err()));
    let unknown = world.qualifications.form(account_id, domain::id::QualificationId::at(NOON)).await.unwrap_err();
    assert!(matches!(unknown, AppError::Qualification(QualificationRefusal::Unknown)));
}

#[tokio::test]
async fn a_document_is_shown_once_and_a_registration_sent_again_is_the_same() {
    let world = World::new(Delivery::InOrder);
    let account_id = newspaper(&world);
    let (known, _) = world.qualifications.register(licence(account_id, 11, 100)).await.unwrap();
    let (again, _) = world.qualifications.register(licence(account_id, 11, 100)).await.unwrap();
    assert_eq!(again, known);
    let twice = world.qualifications.register(licence(account_id, 12, 100)).await.unwrap_err();
    let known_id = known.qualification_id;
    assert!(matches!(twice, AppError::Qualification(QualificationRefusal::Known(id)) if id == known_id), "{twice:?}");
    // One that has lapsed stands in nobody's way.
    world.twins.clock.set(NOON + SignedDuration::from_hours(72));
    world.qualifications.register(licence(account_id, 13, 100)).await.unwrap();

    let refused = async |change: fn(&mut RegisterQualification)| {
        let mut command = licence(account_id, 14, 100);
        change(&mut command);
        match world.qualifications.register(command).await.unwrap_err() {
            AppError::Qualification(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(|it| it.kind = QualificationKind::new("astrology")).await, QualificationRefusal::KindUnknown);
    assert_eq!(refused(|it| it.issued_on = day(4)).await, QualificationRefusal::Term(TermError::IssuedAhead));
    assert_eq!(refused(|it| it.expires_on = day(2)).await, QualificationRefusal::Term(TermError::Over));
    for place in 0..8 {
        let mut command = licence(account_id, 20 + place, 100);
        command.evidence.sha256 = format!("{place:064}");
        world.qualifications.register(command).await.unwrap();
    }
    // Ten are there, and the one that lapsed gives its place up.
    let mut command = licence(account_id, 30, 100);
    command.evidence.sha256 = "f".repeat(64);
    world.qualifications.register(command).await.unwrap();
    assert_eq!(refused(|it| it.evidence.sha256 = "e".repeat(64)).await, QualificationRefusal::TooMany);
}

#[tokio::test]
async fn a_refusal_comes_with_a_statement_of_reasons_and_opens_no_gate() {
    let mut world = World::new(Delivery::Doubled);
    let account_id = newspaper(&world);
    let place = shown(&world, account_id, 11, 100).await;
    world.pump().await;
    decide(&world, place, 12, Action::Refuse).await;
    world.pump().await;
    let account = account(&world, account_id);
    let known = account.qualification(place.qualification_id).unwrap();
    assert_eq!(known.state, QualificationState::Refused);
    let statement = known.settlement.clone().unwrap().statement.unwrap();
    assert_eq!(
        (statement.source_type.as_str(), statement.automated_decision.as_str()),
        ("SOURCE_VOLUNTARY", "AUTOMATED_DECISION_NOT_AUTOMATED")
    );
    assert_eq!(told(&world), ["qualification.refused"]);
    assert!(news(&world, account_id, "news-1").await.is_err());
}

#[tokio::test]
async fn what_is_revoked_does_not_hold_from_that_moment_and_nothing_else_can_be_revoked() {
    let mut world = World::new(Delivery::Doubled);
    let account_id = newspaper(&world);
    let place = licensed(&mut world, account_id, 100).await;
    news(&world, account_id, "news-1").await.unwrap();
    let revocation = |operation| Revocation {
        decision_id: DecisionId::from_uuid(operation_id(operation)),
        reason: "主管部门已注销该许可。".to_owned(),
        facts: "公示名单。".to_owned(),
    };
    let lead = samples::reviewer("lead");
    let revoke = async |operation| {
        world.qualifications.revoke(account_id, place.qualification_id, &revocation(operation), &lead).await
    };
    let revoked = revoke(21).await.unwrap();
    assert_eq!(revoke(21).await.unwrap(), revoked, "the same one again");
    let again = revoke(22).await.unwrap_err();
    let state = QualificationState::Revoked;
    assert!(
        matches!(again, AppError::Qualification(QualificationRefusal::NotFromHere(it)) if it == state),
        "{again:?}"
    );
    let refused = news(&world, account_id, "news-2").await.unwrap_err();
    assert!(matches!(refused, AppError::NewsLicenceRequired(it) if it.state == Some(state)), "{refused:?}");
    let statement = revoked.settlement.unwrap().statement.unwrap();
    assert_eq!(statement.incompatible_content_explanation, "主管部门已注销该许可。");
    world.twins.clock.set(end_of(100));
    assert_eq!(
        world.qualification_clock.run(end_of(100)).await.unwrap(),
        Expiries::default(),
        "nothing is left to end"
    );
    world.pump().await;
    assert_eq!(told(&world), ["qualification.approved", "qualification.revoked"]);
}

#[tokio::test]
async fn the_platform_is_reminded_once_and_told_of_the_end_once() {
    let mut world = World::new(Delivery::Doubled);
    let account_id = newspaper(&world);
    let place = licensed(&mut world, account_id, 100).await;
    let remind_at = samples::news_licence(100).term.days_before(30);
    let run = async |world: &mut World, now: Timestamp| {
        world.twins.clock.set(now);
        let done = world.qualification_clock.run(now).await.unwrap();
        world.pump().await;
        done
    };
    let nothing = Expiries::default();
    assert_eq!(run(&mut world, remind_at - SignedDuration::from_nanos(1)).await, nothing);
    assert_eq!(run(&mut world, remind_at).await, Expiries { reminded: 1, expired: 0 });
    assert_eq!(run(&mut world, remind_at).await, nothing);
    assert_eq!(run(&mut world, end_of(100) - SignedDuration::from_nanos(1)).await, nothing);
    assert_eq!(run(&mut world, end_of(100)).await, Expiries { reminded: 0, expired: 1 });
    assert_eq!(run(&mut world, end_of(100)).await, nothing);
    assert_eq!(state(&world, place), QualificationState::Expired);
    assert_eq!(told(&world), ["qualification.approved", "qualification.expiring", "qualification.expired"]);
}

#[tokio::test]
async fn nobody_is_reminded_of_a_licence_that_is_renewed() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = newspaper(&world);
    licensed(&mut world, account_id, 40).await;
    let mut renewal = licence(account_id, 21, 400);
    renewal.evidence.sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(b"%PDF-1.7\nthe new one"));
    let (known, _) = world.qualifications.register(renewal).await.unwrap();
    let place = EvidencePlace { account_id, qualification_id: known.qualification_id };
    world.twins.evidence.upload(place, b"%PDF-1.7\nthe new one");
    world.qualifications.confirm(account_id, place.qualification_id, &samples::platform()).await.unwrap();
    world.pump().await;
    decide(&world, place, 22, Action::Approve).await;
    world.pump().await;
    world.twins.clock.set(end_of(40));
    let done = world.qualification_clock.run(end_of(40)).await.unwrap();
    assert_eq!(done, Expiries { reminded: 0, expired: 1 });
    news(&world, account_id, "news-1").await.unwrap();
}

#[tokio::test]
async fn what_nobody_decided_in_time_is_told_as_expired() {
    let mut world = World::new(Delivery::InOrder);
    let account_id = newspaper(&world);
    let place = shown(&world, account_id, 11, 1).await;
    world.pump().await;
    world.twins.clock.set(end_of(1));
    decide(&world, place, 12, Action::Approve).await;
    world.pump().await;
    assert_eq!(state(&world, place), QualificationState::Expired);
    assert_eq!(told(&world), ["qualification.expired"]);
}

#[tokio::test]
async fn a_persons_number_rests_sealed_and_goes_with_the_identity_and_the_document() {
    let mut world = World::new(Delivery::InOrder);
    let registered = until_done(async || world.register(1).await).await;
    world.pump().await;
    let account_id = registered.account_id;
    let refused = world.qualifications.register(licence(account_id, 11, 100)).await.unwrap_err();
    assert!(matches!(refused, AppError::Qualification(QualificationRefusal::KindForPrincipal)), "{refused:?}");
    let number = "440110123456789012";
    let command = RegisterQualification {
        kind: QualificationKind::new("health"),
        number: Personal::new(number.to_owned()),
        ..licence(account_id, 12, 100)
    };
    let (known, _) = world.qualifications.register(command).await.unwrap();
    let place = EvidencePlace { account_id, qualification_id: known.qualification_id };
    world.twins.evidence.upload(place, LICENCE_PDF);
    world.qualifications.confirm(account_id, place.qualification_id, &samples::platform()).await.unwrap();
    world.pump().await;
    decide(&world, place, 13, Action::Approve).await;
    world.pump().await;
    assert_eq!(labels(&world, account_id), ["individual", "health"]);
    let stored: Qualification = account(&world, account_id).qualifications.remove(0);
    assert!(matches!(&stored.number, QualificationNumber::Personal { ending, .. } if ending == "9012"), "{stored:?}");
    let everything = serde_json::to_string(&(&world.twins.accounts.all(), world.twins.accounts.events())).unwrap();
    assert!(!everything.contains(number));

    let platform = samples::platform();
    world.deregistrations.request(account_id, &platform).await.unwrap();
    let closed = NOON + SignedDuration::from_hours(24 * 15);
    world.twins.clock.set(closed);
    world.deregistration_clock.run(RunId::planned_at(closed), closed).await.unwrap();
    let gone = account(&world, account_id);
    assert_eq!((gone.status, gone.qualifications.len()), (AccountStatus::Closed, 0));
    assert_eq!(gone.deregistration.unwrap().receipt.unwrap().qualifications, 1);
    assert!(!world.twins.evidence.holds_any_of(account_id), "the document is gone, too");
}

#[tokio::test]
async fn a_crash_between_any_two_calls_leaves_a_valid_licence_and_one_reminder() {
    async fn story(world: &mut World) -> EvidencePlace {
        let account_id = newspaper(world);
        let place = licensed(world, account_id, 100).await;
        for now in [samples::news_licence(100).term.days_before(30), end_of(100)] {
            world.twins.clock.set(now);
            until_done(async || world.qualification_clock.run(now).await).await;
            world.pump().await;
        }
        place
    }
    let mut calm = World::new(Delivery::InOrder);
    story(&mut calm).await;
    let calls = calm.twins.faults.calls();
    assert!(calls > 20, "the story makes {calls} calls");
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let mut world = World::new(Delivery::InOrder);
            world.twins.faults.strike(call, when);
            let place = story(&mut world).await;
            let at = format!("call {call} failed {when:?} its effect");
            assert_eq!(state(&world, place), QualificationState::Expired, "{at}");
            let events = world.twins.accounts.events();
            let changes = events.iter().filter(|event| event.body.name() == "qualification_changed").count();
            assert_eq!(changes, 4, "registered, approved, expiring, expired: {at}");
            assert_eq!(world.twins.cases.all_cases().len(), 1, "{at}");
        }
    }
}
