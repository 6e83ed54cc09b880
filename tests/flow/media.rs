//! Pictures, sound and film (R2, R11.1): whatever the order, and whatever breaks on the way, a publication is shown, waits for
//! a person or is refused when its last part has been looked at, once.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use app::{
    error::AppError,
    media_screening::{Breaker, Looked, MediaOrder},
    ports::{FileToClassify, MediaClassifier, PortError, PublicationRecord},
    publishing::Edit,
};
use async_trait::async_trait;
use domain::{
    case::{Case, Matter},
    decision::Action,
    event::{Event, EventBody},
    id::{AccountId, PublicationId},
    media::{MediaObject, MediaOutcome},
    publication::{Declaration, Part, PublicationStatus},
    settings::{NewsRules, Settings, WithoutLicence},
    subject::Subject,
};
use jiff::SignedDuration;
use screening::{facts::Facts, media::FileHash, verdict::Effect};
use sha2::{Digest, Sha256};
use testkit::{Lane, When, samples};

use crate::world::{Delivery, World, until_done};

const SCENE: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/scene.jpg");
const SCENE_TURNED: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/scene-turned.jpg");
const ANOTHER: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/another.jpg");

const DELIVERIES: [Delivery; 3] = [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled];

/// A pack that knows the scene, and a sound, and has another effect for each case.
fn pack(effect: &str) -> String {
    let sound = data_encoding::HEXLOWER.encode(&Sha256::digest(b"known sound"));
    let picture = "c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041";
    format!(
        "id: media\nversion: 1\nbanks:\n  known: {{ terms: [百家乐], pictures: ['{picture}'], file_hashes: ['{sound}'] }}\n\
         rules:\n  - {{ id: known-media, version: 3, title: {{ zh: 已知, en: known }}, policy: gambling, effect: {effect}, \
         bank: known, examples: {{ matches: ['pdq:{picture}'], passes: [] }} }}\n  - {{ id: nobody-looked, version: 1, \
         title: {{ zh: 未查, en: unseen }}, policy: spam, effect: review, when: 'media.exists(one, !one.seen)', \
         examples: {{ matches: [x], passes: [] }}, state: STATE }}\n"
    )
}

/// A world with such a pack in force, an account, and files in the bucket.
async fn world(delivery: Delivery, effect: &str) -> (World, AccountId) {
    let mut world = World::new(delivery);
    world.twins.engines.put_in_force(&pack(effect).replace("STATE", "draft"));
    let account = world.register(1).await.unwrap();
    world.pump().await;
    for (key, content) in [
        ("uploads/scene.jpg", SCENE),
        ("uploads/turned.jpg", SCENE_TURNED),
        ("uploads/another.jpg", ANOTHER),
        ("uploads/sound.mp3", b"known sound"),
        ("uploads/film.mp4", b"a film"),
    ] {
        world.twins.media.put(key, content);
    }
    (world, account.account_id)
}

fn words(text: &str) -> Part {
    Part::Text { text: text.to_owned() }
}

fn audio(key: &str, transcript: &str) -> Part {
    let (url, transcript) = ("https://cdn.example.org/2.mp3".to_owned(), Some(transcript.to_owned()));
    Part::Audio { url, transcript, object: Some(samples::object(key)) }
}

fn video(key: &str, frames: &[&str]) -> Part {
    Part::Video {
        url: "https://cdn.example.org/3.mp4".to_owned(),
        transcript: None,
        object: Some(samples::object(key)),
        key_frames: frames.iter().map(|key| samples::object(key)).collect(),
    }
}

fn record(world: &World) -> PublicationRecord {
    world.twins.publications.all().remove(0)
}

fn concluded(world: &World) -> Vec<Event> {
    let events = world.twins.publications.events().into_iter();
    events.filter(|event| matches!(event.body, EventBody::PublicationScreened { .. })).collect()
}

fn webhooks(world: &World) -> Vec<serde_json::Value> {
    let messages = world.twins.webhook.messages();
    let bodies = messages.iter().map(|message| serde_json::from_str::<serde_json::Value>(&message.body).unwrap());
    bodies.filter(|body| body["type"] == "publication.screened").collect()
}

/// Publishes `parts`, pumps until nothing is left, and gives what became of it.
async fn published(delivery: Delivery, effect: &str, parts: Vec<Part>) -> (World, PublicationRecord) {
    let (mut world, account_id) = world(delivery, effect).await;
    world.publish_parts(account_id, parts).await.unwrap();
    world.pump().await;
    let record = record(&world);
    (world, record)
}

#[tokio::test]
async fn what_has_media_is_held_until_all_of_it_has_been_looked_at_and_then_shown() {
    for delivery in DELIVERIES {
        let (mut world, account_id) = world(delivery, "reject").await;
        let parts = vec![
            words("看图"),
            samples::image("uploads/another.jpg"),
            audio("uploads/film.mp4", "大家好"),
            video("uploads/film.mp4", &["uploads/another.jpg"]),
        ];
        world.publish_parts(account_id, parts).await.unwrap();
        let held = record(&world);
        assert_eq!((held.publication.status, held.verdict.effect), (PublicationStatus::Held, Effect::Hold));
        assert_eq!(held.verdict.findings[0].rule, "media-pending");
        world.pump().await;
        let shown = record(&world);
        assert_eq!(
            (shown.publication.status, shown.publication.version),
            (PublicationStatus::Published, 2),
            "{delivery:?}"
        );
        assert_eq!((shown.verdict.effect, shown.verdict.findings.len()), (Effect::Pass, 0));
        assert_eq!(world.twins.cases.all_cases().len(), 0, "nobody is asked to look");
        let events = concluded(&world);
        let EventBody::PublicationScreened { media, .. } = &events[0].body else { panic!("{events:?}") };
        assert_eq!((events.len(), media.len()), (1, 4));
        assert!(media.iter().all(|trace| trace.outcome == MediaOutcome::Seen && trace.sha256.is_some()));
        assert_eq!(media.iter().filter(|trace| trace.pdq.is_some()).count(), 2, "the picture and the frame");
        assert!(webhooks(&world).iter().all(|body| body["data"]["status"] == "published"));
        // A retry is answered with what stands, and nothing is looked at again.
        let retry = vec![
            words("看图"),
            samples::image("uploads/another.jpg"),
            audio("uploads/film.mp4", "大家好"),
            video("uploads/film.mp4", &["uploads/another.jpg"]),
        ];
        world.publish_parts(account_id, retry).await.unwrap();
        world.pump().await;
        assert_eq!(record(&world), shown);
    }
}

#[tokio::test]
async fn a_known_picture_is_refused_whichever_way_it_is_turned() {
    for (delivery, key) in DELIVERIES.into_iter().zip(["uploads/scene.jpg", "uploads/turned.jpg", "uploads/scene.jpg"])
    {
        let parts = vec![samples::image("uploads/another.jpg"), samples::image(key)];
        let (world, record) = published(delivery, "reject", parts).await;
        assert_eq!((record.publication.status, record.verdict.effect), (PublicationStatus::Rejected, Effect::Reject));
        let finding = &record.verdict.findings[0];
        assert_eq!(
            (finding.rule.as_str(), finding.spans[0].part, record.verdict.findings.len()),
            ("known-media", 1, 1)
        );
        assert!(finding.matched[0].normalised.ends_with("of 256 bits apart"));
        let told = webhooks(&world);
        assert_eq!(told[0]["data"]["status"], "rejected");
        assert_eq!(told[0]["data"]["rules"][0]["rule"], "known-media");
        assert_eq!(world.twins.cases.all_cases().len(), 0);
    }
}

#[tokio::test]
async fn known_sounds_and_frames_are_refused_as_pictures_are() {
    for parts in [
        vec![audio("uploads/sound.mp3", "大家好")],
        vec![video("uploads/film.mp4", &["uploads/another.jpg", "uploads/turned.jpg"])],
        vec![video("uploads/sound.mp3", &[])],
    ] {
        let (_, record) = published(Delivery::InOrder, "reject", parts).await;
        assert_eq!(record.publication.status, PublicationStatus::Rejected, "{:?}", record.publication.parts);
    }
}

#[tokio::test]
async fn a_picture_that_a_rule_holds_comes_before_a_person_once() {
    for delivery in DELIVERIES {
        let (mut world, record) = published(delivery, "hold", vec![samples::image("uploads/scene.jpg")]).await;
        assert_eq!((record.publication.status, record.verdict.findings.len()), (PublicationStatus::Held, 1));
        let cases = world.twins.cases.all_cases();
        assert_eq!((cases.len(), &cases[0].matter), (1, &Matter::Content { edition: 1 }), "{delivery:?}");
        world.decide(3, Action::Approve).await.unwrap();
        world.pump().await;
        assert_eq!(self::record(&world).publication.status, PublicationStatus::Published);
    }
}

#[tokio::test]
async fn a_picture_that_a_rule_wants_looked_at_is_shown_and_looked_at() {
    let (world, record) = published(Delivery::Doubled, "review", vec![samples::image("uploads/scene.jpg")]).await;
    assert_eq!((record.publication.status, record.verdict.effect), (PublicationStatus::Published, Effect::Review));
    assert_eq!(world.twins.cases.all_cases().len(), 1);
    assert_eq!(webhooks(&world)[0]["data"]["status"], "published");
}

#[tokio::test]
async fn what_cannot_be_looked_at_waits_for_a_person_and_says_why() {
    let named = |key: &str, content: &[u8]| {
        let sha256 = Some(data_encoding::HEXLOWER.encode(&Sha256::digest(content)));
        Part::Image { url: "x".to_owned(), object: Some(MediaObject { key: key.to_owned(), sha256 }) }
    };
    for (part, outcome) in [
        (samples::image("uploads/gone.jpg"), MediaOutcome::Missing),
        (named("uploads/another.jpg", b"something else"), MediaOutcome::Altered),
        (samples::image("uploads/film.mp4"), MediaOutcome::Unreadable),
        (samples::image("uploads/cut.jpg"), MediaOutcome::Unreadable),
        (samples::image("uploads/large.jpg"), MediaOutcome::TooLarge),
        (video("uploads/film.mp4", &["uploads/gone.jpg"]), MediaOutcome::Missing),
    ] {
        let (mut world, account_id) = world(Delivery::InOrder, "reject").await;
        world.twins.media.put("uploads/cut.jpg", &ANOTHER[..ANOTHER.len() / 2]);
        world.twins.media.put("uploads/large.jpg", vec![0xFF; pictures_most_bytes() + 1]);
        world.publish_parts(account_id, vec![part, named("uploads/another.jpg", ANOTHER)]).await.unwrap();
        world.pump().await;
        let record = record(&world);
        assert_eq!((record.publication.status, record.verdict.effect), (PublicationStatus::Held, Effect::Hold));
        assert_eq!(record.verdict.findings[0].rule, "media-unseen", "{outcome:?}");
        assert_eq!(world.twins.cases.all_cases().len(), 1, "{outcome:?}");
        let events = concluded(&world);
        let EventBody::PublicationScreened { media, .. } = &events[0].body else { panic!("{events:?}") };
        assert!(media.iter().any(|trace| trace.part == 0 && trace.outcome == outcome), "{outcome:?}: {media:?}");
        assert!(media.iter().any(|trace| trace.part == 1 && trace.outcome == MediaOutcome::Seen));
    }
}

/// `pictures::MOST_BYTES`, which the tests of the chain do not depend on.
const fn pictures_most_bytes() -> usize {
    20 << 20
}

#[tokio::test]
async fn what_was_looked_at_first_stands_when_the_file_is_changed() {
    let (world, account_id) = world(Delivery::InOrder, "reject").await;
    let parts = vec![samples::image("uploads/another.jpg"), samples::image("uploads/film.mp4")];
    world.publish_parts(account_id, parts).await.unwrap();
    let orders = orders(&world);
    assert_eq!(world.media.look(&orders[0]).await.unwrap(), Looked::Noted);
    world.twins.media.put("uploads/another.jpg", SCENE);
    world.twins.media.put("uploads/film.mp4", ANOTHER);
    // A copy of the order does not look again.
    assert_eq!(world.media.look(&orders[0]).await.unwrap(), Looked::Noted);
    assert_eq!(world.media.look(&orders[1]).await.unwrap(), Looked::Concluded(PublicationStatus::Published));
    let events = concluded(&world);
    let EventBody::PublicationScreened { media, .. } = &events[0].body else { panic!("{events:?}") };
    let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(ANOTHER));
    assert!(media.iter().all(|trace| trace.sha256.as_deref() == Some(sha256.as_str())), "the platform can compare");
    for order in &orders {
        assert_eq!(world.media.look(order).await.unwrap(), Looked::NotAwaited);
    }
}

/// The orders on the queue, which is empty then.
fn orders(world: &World) -> Vec<MediaOrder> {
    world.twins.queues.take(Lane::Media).iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

#[tokio::test]
async fn of_two_who_look_at_the_last_parts_at_once_one_concludes() {
    let (world, account_id) = world(Delivery::InOrder, "reject").await;
    let parts = vec![samples::image("uploads/another.jpg"), samples::image("uploads/scene.jpg")];
    world.publish_parts(account_id, parts).await.unwrap();
    let orders = orders(&world);
    let (one, other) = futures::join!(world.media.look(&orders[0]), world.media.look(&orders[1]));
    let came_to = [one.unwrap(), other.unwrap()];
    assert!(came_to.contains(&Looked::Concluded(PublicationStatus::Rejected)), "{came_to:?}");
    assert_eq!(concluded(&world).len(), 1);
}

#[tokio::test]
async fn what_was_edited_or_taken_away_meanwhile_is_left_alone() {
    let (world, account_id) = world(Delivery::InOrder, "reject").await;
    world.publish_parts(account_id, vec![samples::image("uploads/scene.jpg")]).await.unwrap();
    let order = orders(&world).remove(0);
    // Another edition, and another status: as an edit, and a removal, leave them.
    let before = record(&world);
    let mut edited = before.clone();
    edited.publication.edition = 2;
    world.twins.publications.put(edited.clone());
    assert_eq!(world.media.look(&order).await.unwrap(), Looked::NotAwaited);
    assert_eq!(record(&world), edited);
    let mut taken_away = before;
    taken_away.publication.status = PublicationStatus::Rejected;
    world.twins.publications.put(taken_away.clone());
    assert_eq!(world.media.look(&order).await.unwrap(), Looked::NotAwaited);
    assert_eq!(record(&world), taken_away);
}

/// Each edition is looked at for itself, and one whose orders were lost is looked at when the edit is sent again.
#[tokio::test]
async fn an_edit_to_other_pictures_is_looked_at_before_it_is_shown() {
    let (mut world, account_id) = world(Delivery::InOrder, "reject").await;
    world.publish_parts(account_id, vec![words("大家好")]).await.unwrap();
    world.pump().await;
    let known = record(&world).publication;
    assert_eq!(known.status, PublicationStatus::Published);
    let edit = |version, key: &str| Edit {
        publication_id: known.publication_id,
        version,
        parts: vec![samples::image(key)],
        declared: vec![],
    };

    let clean = edit(known.version, "uploads/another.jpg");
    let held = world.publishing.edit(clean.clone(), &samples::platform()).await.unwrap().publication;
    assert_eq!((held.status, held.shown_edition()), (PublicationStatus::Held, Some(1)));
    // Taken from the queue, as if it had never arrived there.
    let lost = orders(&world);
    assert_eq!(lost.iter().map(|order| order.edition).collect::<Vec<_>>(), [2]);
    world.publishing.edit(clean, &samples::platform()).await.unwrap();
    world.pump().await;
    let shown = record(&world).publication;
    assert_eq!((shown.status, shown.shown_edition()), (PublicationStatus::Published, Some(2)));

    world.publishing.edit(edit(shown.version, "uploads/turned.jpg"), &samples::platform()).await.unwrap();
    world.pump().await;
    let refused = record(&world).publication;
    assert_eq!((refused.status, refused.shown_edition()), (PublicationStatus::Rejected, Some(2)));
}

/// Clean pictures do not wash off what a person said.
#[tokio::test]
async fn an_edit_to_pictures_after_a_refusal_waits_for_a_person() {
    let (mut world, account_id) = world(Delivery::InOrder, "reject").await;
    world.publish_parts(account_id, vec![words("大家好")]).await.unwrap();
    world.pump().await;
    let publication_id = record(&world).publication.publication_id;
    world.complain(2, Subject::Publication(publication_id)).await.unwrap();
    world.pump().await;
    world.decide(3, Action::RemoveContent).await.unwrap();
    world.pump().await;
    let version = record(&world).publication.version;
    let parts = vec![samples::image("uploads/another.jpg")];
    let edit = Edit { publication_id, version, parts, declared: vec![] };
    world.publishing.edit(edit, &samples::platform()).await.unwrap();
    world.pump().await;
    let waits = record(&world);
    assert_eq!((waits.publication.status, waits.publication.shown_edition()), (PublicationStatus::Held, None));
    assert!(waits.verdict.findings.iter().any(|it| it.rule == "edited-after-refusal"), "{:?}", waits.verdict);
    let asked = |case: &Case| case.matter == Matter::Content { edition: 2 };
    assert_eq!(world.twins.cases.all_cases().iter().filter(|case| asked(case)).count(), 1);
}

#[tokio::test]
async fn an_order_that_comes_before_its_publication_comes_again_and_not_for_ever() {
    let (world, account_id) = world(Delivery::InOrder, "reject").await;
    let publication_id = PublicationId::named(account_id, "never-stored");
    let ordered_at = samples::NOON;
    let order = MediaOrder { publication_id, edition: 1, part: 0, facts: Facts::default(), ordered_at };
    let early = world.media.look(&order).await.unwrap_err();
    assert!(early.is_retryable(), "{early:?}");
    world.twins.clock.set(samples::NOON + SignedDuration::from_secs(61));
    assert_eq!(world.media.look(&order).await.unwrap(), Looked::NotAwaited);
}

#[tokio::test]
async fn an_order_for_words_is_no_order() {
    let (world, account_id) = world(Delivery::InOrder, "reject").await;
    world.publish_parts(account_id, vec![words("看图"), samples::image("uploads/scene.jpg")]).await.unwrap();
    let order = orders(&world).remove(0);
    for part in [0, 7] {
        let error = world.media.look(&MediaOrder { part, ..order.clone() }).await.unwrap_err();
        assert!(matches!(error, AppError::Message(_)), "{error:?}");
    }
}

#[tokio::test]
async fn what_is_refused_for_its_words_is_refused_at_once() {
    let (world, account_id) = world(Delivery::InOrder, "reject").await;
    world.publish_parts(account_id, vec![words("来玩百家乐"), samples::image("uploads/another.jpg")]).await.unwrap();
    assert_eq!(record(&world).publication.status, PublicationStatus::Rejected);
    assert!(orders(&world).is_empty());
}

/// A rule may ask for what nobody was given to look at.
#[tokio::test]
async fn media_without_a_file_are_a_fact_for_rules() {
    let (mut world, account_id) = world(Delivery::InOrder, "reject").await;
    world.twins.engines.put_in_force(&pack("reject").replace("STATE", "live").replace("matches: [x]", "matches: []"));
    let url = "https://cdn.example.org/1.jpg".to_owned();
    world.publish_parts(account_id, vec![Part::Image { url, object: None }]).await.unwrap();
    let first = record(&world);
    assert_eq!((first.publication.status, first.verdict.effect), (PublicationStatus::Published, Effect::Review));
    assert_eq!(first.verdict.findings[0].rule, "nobody-looked");
    world.pump().await;
    assert_eq!(world.twins.cases.all_cases().len(), 1);
}

#[tokio::test]
async fn a_crash_between_any_two_calls_leaves_the_same_state() {
    async fn story(world: &mut World, account_id: AccountId) {
        let parts = || vec![words("看图"), samples::image("uploads/another.jpg"), samples::image("uploads/scene.jpg")];
        until_done(async || world.publish_parts(account_id, parts()).await).await;
        world.pump().await;
    }
    let (mut calm, account_id) = world(Delivery::InOrder, "hold").await;
    calm.twins.faults.reset();
    story(&mut calm, account_id).await;
    let calls = calm.twins.faults.calls();
    assert!(calls > 15, "the story makes {calls} calls, so that too little would be tried");
    let came_to = |world: &World| {
        let record = record(world);
        let cases = world.twins.cases.all_cases().len();
        (record.publication.status, record.publication.version, record.verdict, concluded(world).len(), cases)
    };
    let expected = came_to(&calm);
    assert_eq!((expected.0, expected.1, expected.3, expected.4), (PublicationStatus::Held, 2, 1, 1));
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let (mut world, account_id) = world(Delivery::InOrder, "hold").await;
            world.twins.faults.strike(call, when);
            story(&mut world, account_id).await;
            assert_eq!(came_to(&world), expected, "call {call} failed {when:?} its effect");
        }
    }
}

/// Says what a test wants it to say.
#[derive(Default)]
struct FakeClassifier {
    /// Without scores it does not answer.
    scores: Option<f64>,
    asked: AtomicUsize,
}

#[async_trait]
impl MediaClassifier for FakeClassifier {
    async fn classify(&self, file: &FileToClassify<'_>) -> Result<BTreeMap<String, f64>, PortError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        assert!(file.link.starts_with("https://media.example.org/uploads/"));
        let scores = self.scores.map(|score| BTreeMap::from([("adult".to_owned(), score)]));
        scores.ok_or_else(|| PortError::unavailable("media classifier", "it is down"))
    }
}

#[tokio::test]
async fn a_rule_may_ask_a_classifier_and_a_person_looks_when_it_is_down() {
    for (scores, status, cases) in [
        (Some(0.99), PublicationStatus::Rejected, 0),
        (Some(0.10), PublicationStatus::Published, 0),
        (None, PublicationStatus::Held, 1),
    ] {
        let (mut world, account_id) = world(Delivery::Doubled, "reject").await;
        let asks = pack("reject").replace("STATE", "draft").replace("bank: known", "when: media_score('adult') > 0.9");
        world.twins.engines.put_in_force(&asks);
        let classifier = Arc::new(FakeClassifier { scores, ..FakeClassifier::default() });
        world.media.classifier = Some(classifier.clone());
        let parts = vec![samples::image("uploads/another.jpg"), video("uploads/film.mp4", &["uploads/scene.jpg"])];
        world.publish_parts(account_id, parts).await.unwrap();
        world.pump().await;
        assert_eq!(record(&world).publication.status, status, "{scores:?}");
        assert_eq!(world.twins.cases.all_cases().len(), cases, "{scores:?}");
        assert_eq!(classifier.asked.load(Ordering::Relaxed), 2, "the picture and the frame, once each");
    }
}

#[tokio::test]
async fn a_classifier_that_is_down_is_not_asked_for_a_while() {
    let twins = testkit::Twins::at(samples::NOON);
    let down = Arc::new(FakeClassifier::default());
    let breaker = Breaker::before(down.clone(), Arc::new(twins.clock.clone()));
    let file = FileToClassify { sha256: FileHash([7; 32]), link: "https://media.example.org/uploads/1.jpg" };
    let asked = || down.asked.load(Ordering::Relaxed);
    for _ in 0..10 {
        assert!(breaker.classify(&file).await.is_err());
    }
    assert_eq!(asked(), 5, "after five failures nobody is asked");
    twins.clock.set(samples::NOON + SignedDuration::from_secs(30));
    for _ in 0..10 {
        assert!(breaker.classify(&file).await.is_err());
    }
    assert_eq!(asked(), 6, "after the rest one question finds out");
    let up = Arc::new(FakeClassifier { scores: Some(0.5), ..FakeClassifier::default() });
    let breaker = Breaker::before(up.clone(), Arc::new(twins.clock.clone()));
    for _ in 0..10 {
        breaker.classify(&file).await.unwrap();
    }
    assert_eq!(up.asked.load(Ordering::Relaxed), 10);
}

/// What was held for the account's sake is not shown because its pictures are clean (R8).
#[tokio::test]
async fn clean_pictures_make_no_verdict_milder() {
    let (mut world, account_id) = world(Delivery::Doubled, "reject").await;
    let news = NewsRules { without_licence: WithoutLicence::Hold };
    world.twins.settings.put_in_force(Settings { version: 2, news, ..Settings::default() });
    let parts = vec![words("本报讯"), samples::image("uploads/another.jpg")];
    world.publish_declared(account_id, parts, vec![Declaration::News]).await.unwrap();
    world.pump().await;
    let held = record(&world);
    assert_eq!((held.publication.status, held.verdict.effect), (PublicationStatus::Held, Effect::Hold));
    let policies: Vec<&str> = held.verdict.findings.iter().map(|finding| finding.policy.as_str()).collect();
    assert_eq!(policies, ["unlicensed_news"]);
    assert_eq!(world.twins.cases.all_cases().len(), 1);
}
