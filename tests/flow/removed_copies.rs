//! R11.2: copies of what a decision removed are stopped wherever they come back: as a picture in another size, as a comment, in
//! a profile; and pass again when it is undone.

use std::sync::Arc;

use app::{
    casework::Decide,
    commenting::WriteComment,
    ports::{CommentRecord, PublicationRecord},
    profile_changing::{ChangeProfile, ProfileDesk},
    publishing::Publish,
};
use domain::{
    comment::{CommentStatus, Commenter},
    decision::{Action, Decision},
    event::{Event, EventBody},
    id::{AccountId, DecisionId, PublicationId},
    profile::Profile,
    public_profile::{Avatar, ProfileOutcome},
    publication::{Part, PublicationStatus},
    subject::Subject,
};
use jiff::SignedDuration;
use screening::verdict::{Effect, Verdict};
use sha2::{Digest, Sha256};
use testkit::samples;

use crate::world::{Delivery, World, operation_id, ruling};

const SCENE: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/scene.png");
const SCENE_TURNED: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/scene-turned.jpg");
const ANOTHER: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/another.jpg");

const DELIVERIES: [Delivery; 3] = [Delivery::InOrder, Delivery::Reversed, Delivery::Doubled];

/// The starter pack holds it for its contact, and a reviewer refuses it.
const REMOVED: &str = "长期收购微信号，本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，\
                       老客户另有优惠，节假日照常营业，请提前三天预约，以便我们安排人手与材料。";

/// An edited copy that nothing is found in.
const EDITED: &str = "各位朋友大家好，本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，\
                      老客户另有优惠，节假日照常营业，请提前三天预约，以便我们安排人手与材料。";

/// Two that nothing is found in.
const LONG: &str =
    "昨晚在江边走了很久，风很大，桥上的灯一盏一盏亮起来，有人在弹吉他，唱的是一首很老的歌，路过的人都停下来听。";
const SHORT: &str = "这家店的面我吃过，味道一般";

/// A world with an account that publishes and one that copies, and files in the bucket.
async fn world(delivery: Delivery) -> (World, AccountId, AccountId) {
    let mut world = World::new(delivery);
    world.assessing.register(samples::assessment(), &samples::reviewer("lead")).await.unwrap();
    let author = world.register(1).await.unwrap().account_id;
    let copycat = samples::account().active();
    let copycat_id = copycat.account_id;
    world.twins.accounts.put(copycat);
    world.pump().await;
    for (key, content) in [
        ("uploads/scene.png", SCENE),
        ("uploads/turned.jpg", SCENE_TURNED),
        ("uploads/another.jpg", ANOTHER),
        ("uploads/film.mp4", b"a film"),
        ("uploads/sound.mp3", b"a sound"),
    ] {
        world.twins.media.put(key, content);
    }
    (world, author, copycat_id)
}

fn words(text: &str) -> Part {
    Part::Text { text: text.to_owned() }
}

fn video(key: &str, frames: &[&str]) -> Part {
    Part::Video {
        url: "https://cdn.example.org/3.mp4".to_owned(),
        transcript: None,
        object: Some(samples::object(key)),
        key_frames: frames.iter().map(|key| samples::object(key)).collect(),
    }
}

async fn publish(world: &mut World, account_id: AccountId, reference: &str, parts: Vec<Part>) -> PublicationRecord {
    let item = Publish { account_id, reference: reference.to_owned(), parts, declared: Vec::new() };
    let published = world.publishing.publish(vec![item]).await.unwrap().remove(0).unwrap().publication.publication_id;
    world.pump().await;
    world.twins.publications.all().into_iter().find(|it| it.publication.publication_id == published).unwrap()
}

/// The cause that a finding of that rule names.
fn cause(verdict: &Verdict, rule: &str) -> Option<String> {
    let finding = verdict.findings.iter().find(|finding| finding.rule == rule)?;
    Some(finding.matched[0].entry.clone())
}

/// A reviewer refuses the one publication or comment that waits.
async fn refuse(world: &mut World, operation: u128) -> DecisionId {
    let case = world.twins.cases.all_cases().into_iter().find(|case| case.decision.is_none()).unwrap();
    let reviewer = samples::reviewer("li");
    let version = world.cases.claim(case.case_id, &reviewer).await.unwrap().version;
    let ruling = Decide { policies: vec!["account_trading".to_owned()], ..ruling(operation, version, Action::Refuse) };
    world.cases.decide(case.case_id, &reviewer, ruling).await.unwrap();
    world.pump().await;
    DecisionId::from_uuid(operation_id(operation))
}

#[tokio::test]
async fn a_removed_picture_is_held_turned_and_as_a_frame_and_passes_when_it_is_undone_r11_2() {
    for delivery in DELIVERIES {
        let (mut world, author, copycat) = world(delivery).await;
        let parts = vec![words("长期收购微信号"), samples::image("uploads/scene.png"), video("uploads/film.mp4", &[])];
        assert_eq!(publish(&mut world, author, "first", parts).await.publication.status, PublicationStatus::Held);
        let decision = refuse(&mut world, 7).await;
        let turned = || samples::image("uploads/turned.jpg");
        for (reference, part) in [
            ("turned", turned()),
            ("frame", video("uploads/sound.mp3", &["uploads/another.jpg", "uploads/turned.jpg"])),
            ("film", video("uploads/film.mp4", &["uploads/another.jpg"])),
        ] {
            let copy = publish(&mut world, copycat, reference, vec![words("看图"), part]).await;
            assert_eq!(copy.publication.status, PublicationStatus::Held, "{delivery:?} {reference}");
            assert_eq!(cause(&copy.verdict, "removed-media"), Some(decision.to_string()), "{reference}");
            let span = copy.verdict.findings[0].spans[0];
            assert_eq!((span.part, span.end), (1, 0));
            let waits = world.twins.cases.all_cases().into_iter().filter(|case| case.decision.is_none());
            assert!(
                waits.map(|case| case.subject).any(|it| it == Subject::Publication(copy.publication.publication_id))
            );
        }
        let other = publish(&mut world, copycat, "other", vec![samples::image("uploads/another.jpg")]).await;
        assert_eq!(other.publication.status, PublicationStatus::Published);

        let appeal = world.appeal(8, author, 7).await.unwrap();
        world.decide_as("wang", appeal.case_id, 9, Action::Accept).await.unwrap();
        world.pump().await;
        let after = publish(&mut world, copycat, "after", vec![turned()]).await;
        assert_eq!(after.publication.status, PublicationStatus::Published, "{delivery:?}");
    }
}

async fn write(world: &World, below: PublicationId, reference: &str, text: &str) -> CommentRecord {
    let (reference, commenter, text) = (reference.to_owned(), Commenter("reader-7".to_owned()), text.to_owned());
    let answers = world.commenting.write(below, vec![WriteComment { reference, commenter, text }]).await;
    answers.unwrap().remove(0).unwrap()
}

#[tokio::test]
async fn a_removed_publication_is_stopped_as_a_comment_r11_2() {
    for delivery in DELIVERIES {
        let (mut world, author, copycat) = world(delivery).await;
        let below = publish(&mut world, copycat, "commented", vec![words("明天有雨")]).await.publication.publication_id;
        publish(&mut world, author, "first", vec![words(REMOVED)]).await;
        assert_eq!(write(&world, below, "before", EDITED).await.verdict.effect, Effect::Pass);
        let decision = refuse(&mut world, 7).await;
        for (reference, text, effect, status) in [
            ("same", REMOVED, Effect::Reject, CommentStatus::Rejected),
            ("edited", EDITED, Effect::Hold, CommentStatus::Held),
        ] {
            let copy = write(&world, below, reference, text).await;
            assert_eq!((copy.verdict.effect, copy.comment.status), (effect, status), "{reference}");
            assert_eq!(cause(&copy.verdict, "removed-content"), Some(decision.to_string()), "{reference}");
        }
        assert_eq!(write(&world, below, "other", LONG).await.verdict.effect, Effect::Pass);
    }
}

/// Somebody complains of the comment, and a reviewer takes it away.
async fn take_away(world: &mut World, comment: &CommentRecord, operation: u128) -> DecisionId {
    world.complain(operation, Subject::Comment(comment.comment.comment_id)).await.unwrap();
    world.pump().await;
    let case = world.twins.cases.all_cases().into_iter().find(|case| case.decision.is_none()).unwrap();
    world.decide_case(case.case_id, operation + 1, Action::RemoveContent).await.unwrap();
    world.pump().await;
    DecisionId::from_uuid(operation_id(operation + 1))
}

/// A later decision lets the comment stand.
async fn undo(world: &World, comment: &CommentRecord, operation: u128) {
    let cases = world.twins.cases.all_cases();
    let of = Subject::Comment(comment.comment.comment_id);
    let decided = cases.into_iter().find_map(|case| case.decision.filter(|decision| decision.subject == of)).unwrap();
    let decision = Decision {
        decision_id: DecisionId::from_uuid(operation_id(operation)),
        action: Action::Approve,
        matter: domain::case::Matter::Content { edition: 1 },
        decided_at: decided.decided_at + SignedDuration::from_secs(60),
        ..decided
    };
    let body = EventBody::DecisionMade { decision: Box::new(decision) };
    world.enforcer.enforce(&Event::new(9, samples::reviewer("li"), body, samples::NOON)).await.unwrap();
}

#[tokio::test]
async fn a_removed_comment_is_stopped_when_it_comes_back_and_passes_when_it_is_undone_r11_2() {
    for delivery in DELIVERIES {
        let (mut world, _, copycat) = world(delivery).await;
        let below = publish(&mut world, copycat, "commented", vec![words("明天有雨")]).await.publication.publication_id;
        let (long, short) = (write(&world, below, "long", LONG).await, write(&world, below, "short", SHORT).await);
        assert!(long.comment.is_shown() && short.comment.is_shown());
        let first = take_away(&mut world, &long, 10).await;
        let second = take_away(&mut world, &short, 20).await;

        let copy = write(&world, below, "copy", &LONG.replace('，', " ~ ")).await;
        assert_eq!(
            (copy.verdict.effect, cause(&copy.verdict, "removed-content")),
            (Effect::Reject, Some(first.to_string()))
        );
        let elsewhere = publish(&mut world, copycat, "copy", vec![words(&format!("转：{LONG}"))]).await;
        assert_eq!(cause(&elsewhere.verdict, "removed-content"), Some(first.to_string()));
        // A line may be another reader's own.
        let line = write(&world, below, "line", SHORT).await;
        assert_eq!(
            (line.verdict.effect, cause(&line.verdict, "removed-content")),
            (Effect::Hold, Some(second.to_string()))
        );

        undo(&world, &long, 30).await;
        undo(&world, &short, 31).await;
        for (reference, text) in [("after-1", LONG), ("after-2", SHORT)] {
            assert_eq!(write(&world, below, reference, text).await.verdict.effect, Effect::Pass, "{delivery:?}");
        }
    }
}

fn profiles(world: &World) -> ProfileDesk {
    ProfileDesk {
        accounts: world.twins.accounts.clone(),
        naming: samples::naming(&world.twins),
        settings: world.twins.settings.clone(),
        engines: world.twins.engines.clone(),
        removed: world.twins.removed.watch(),
        clock: Arc::new(world.twins.clock.clone()),
        profile: Profile::cn_2017(),
    }
}

/// Another account asks for that bio or that picture; what becomes of it, and the rules that had it.
async fn asked(world: &World, number: u128, bio: Option<&str>, avatar: Option<&[u8]>) -> (ProfileOutcome, Vec<String>) {
    let account = samples::account().active();
    let (account_id, version) = (account.account_id, account.version);
    world.twins.accounts.put(account);
    let sha256 = |content| data_encoding::HEXLOWER.encode(&Sha256::digest(content));
    let avatar = avatar.map(|content| Some(Avatar { reference: "avatars/1.png".to_owned(), sha256: sha256(content) }));
    let change = ChangeProfile {
        operation_id: operation_id(number),
        account_id,
        version,
        display_name: None,
        avatar,
        bio: bio.map(|bio| Some(bio.to_owned())),
        actor: samples::platform(),
    };
    let change = profiles(world).change(change).await.unwrap().profile_change.unwrap();
    (change.outcome, change.concerns.into_iter().map(|concern| concern.rule).collect())
}

#[tokio::test]
async fn removed_words_and_pictures_do_not_come_back_as_a_profile_r11_2() {
    let (mut world, author, _) = world(Delivery::Doubled).await;
    publish(&mut world, author, "first", vec![words(REMOVED), samples::image("uploads/scene.png")]).await;
    assert!(matches!(asked(&world, 50, Some(EDITED), None).await.0, ProfileOutcome::Applied { .. }));
    refuse(&mut world, 7).await;

    let (outcome, concerns) = asked(&world, 51, Some(REMOVED), None).await;
    assert!(matches!(outcome, ProfileOutcome::Refused { decision_id: None, .. }), "{outcome:?}");
    assert!(concerns.contains(&"removed-content".to_owned()), "{concerns:?}");
    for (number, bio, avatar, rule) in
        [(52, Some(EDITED), None, "removed-content"), (53, None, Some(SCENE), "removed-media")]
    {
        let (outcome, concerns) = asked(&world, number, bio, avatar).await;
        assert!(matches!(outcome, ProfileOutcome::UnderReview { .. }), "{outcome:?}");
        assert_eq!(concerns, [rule]);
    }
    let (_, concerns) = asked(&world, 54, Some(LONG), Some(ANOTHER)).await;
    assert_eq!(concerns, Vec::<String>::new());
}
