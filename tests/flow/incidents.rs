//! R5.1: while an incident lasts more is held than the rules say; it ends by itself.

use std::sync::Arc;

use app::{
    commenting::{CommentRefusal, WriteComment},
    error::AppError,
    incidents::{DeclareIncident, IncidentDesk, IncidentView},
    publishing::Publish,
};
use domain::{
    comment::{CommentStatus, Commenter},
    event::EventBody,
    id::{AccountId, PublicationId},
    incident::{IncidentMeasure, IncidentRefusal, PartKind},
    profile::Profile,
    publication::Part,
};
use jiff::SignedDuration;
use screening::verdict::{Effect, Verdict};
use testkit::samples;

use crate::world::{Delivery, World};

fn desk(world: &World) -> IncidentDesk {
    IncidentDesk {
        shelf: world.twins.incidents.clone(),
        settings: world.twins.settings.clone(),
        clock: Arc::new(world.twins.clock.clone()),
        profile: Profile::cn_2017(),
    }
}

async fn declare(world: &World, minutes: u32, measures: &[IncidentMeasure]) -> Result<IncidentView, AppError> {
    let measures = measures.iter().cloned().collect();
    let actor = samples::reviewer("lead");
    desk(world).declare(DeclareIncident { measures, reason: "暴雨红色预警".to_owned(), minutes, actor }).await
}

async fn published(world: &World, account_id: AccountId, reference: &str, parts: Vec<Part>) -> Verdict {
    let items = vec![Publish { account_id, reference: reference.to_owned(), parts, declared: Vec::new() }];
    world.publishing.publish(items).await.unwrap().pop().unwrap().unwrap().verdict
}

fn text() -> Vec<Part> {
    vec![Part::Text { text: "明天有雨，记得带伞".to_owned() }]
}

fn with_account() -> (World, AccountId) {
    let world = World::new(Delivery::InOrder);
    let account = samples::account().active();
    let account_id = account.account_id;
    world.twins.accounts.put(account);
    (world, account_id)
}

#[tokio::test]
async fn an_incident_holds_with_its_reason_and_ends_by_itself_r5_1() {
    let (world, account_id) = with_account();
    assert!(declare(&world, 60, &[IncidentMeasure::HoldAll]).await.unwrap().is_on);
    let verdict = published(&world, account_id, "during", text()).await;
    let finding = &verdict.findings[0];
    assert_eq!((verdict.effect, finding.rule.as_str(), finding.rule_version), (Effect::Hold, "incident-mode", 1));
    assert!(finding.title.zh.contains("暴雨红色预警") && finding.title.en.contains("暴雨红色预警"), "{finding:?}");
    // What is held waits for a person, as everything that is held.
    assert_eq!(world.twins.queues.take(testkit::Lane::Relay(app::ports::Queue::Triage)).len(), 1);
    world.twins.clock.set(samples::NOON + SignedDuration::from_mins(60));
    assert_eq!(published(&world, account_id, "after", text()).await.effect, Effect::Pass);
    assert!(!desk(&world).show().await.unwrap().is_on);
}

#[tokio::test]
async fn a_category_is_held_and_the_rest_passes_r5_1() {
    let (world, account_id) = with_account();
    let image = vec![Part::Image { url: "s3://media/a.png".to_owned(), object: None }];
    declare(&world, 60, &[IncidentMeasure::HoldPart { part: PartKind::Image }]).await.unwrap();
    assert_eq!(published(&world, account_id, "text", text()).await.effect, Effect::Pass);
    assert_eq!(published(&world, account_id, "image", image.clone()).await.effect, Effect::Hold);
    // Another declaration takes the place of the first, and one without measures ends it.
    let label = |label: &str| IncidentMeasure::HoldLabel { label: label.to_owned() };
    declare(&world, 60, &[label("media")]).await.unwrap();
    assert_eq!(published(&world, account_id, "of-a-person", text()).await.effect, Effect::Pass);
    declare(&world, 60, &[label("individual")]).await.unwrap();
    assert_eq!(published(&world, account_id, "of-a-person-2", text()).await.effect, Effect::Hold);
    declare(&world, 60, &[IncidentMeasure::StopComments]).await.unwrap();
    assert_eq!(published(&world, account_id, "image-2", image.clone()).await.effect, Effect::Pass);
    declare(&world, 60, &[IncidentMeasure::HoldAll]).await.unwrap();
    assert_eq!(published(&world, account_id, "image-3", image).await.effect, Effect::Hold);
    assert!(!declare(&world, 60, &[]).await.unwrap().is_on);
    assert_eq!(published(&world, account_id, "text-2", text()).await.effect, Effect::Pass);
    let declared = world.twins.incidents.events().into_iter().map(|event| event.body);
    assert!(declared.clone().all(|body| matches!(body, EventBody::IncidentDeclared { .. })));
    assert_eq!(declared.count(), 6);
}

#[tokio::test]
async fn an_incident_is_bounded_and_names_policies_that_exist() {
    let (world, _) = with_account();
    let long = declare(&world, 73 * 60, &[IncidentMeasure::HoldAll]).await;
    assert!(matches!(long, Err(AppError::Incident(IncidentRefusal::TooLong { hours: 72 }))), "{long:?}");
    let unknown = declare(&world, 60, &[IncidentMeasure::HoldPolicy { policy: "weather".to_owned() }]).await;
    assert!(matches!(unknown, Err(AppError::PolicyUnknown { .. })), "{unknown:?}");
    let unknown = declare(&world, 60, &[IncidentMeasure::HoldLabel { label: "weather".to_owned() }]).await;
    assert!(matches!(unknown, Err(AppError::LabelUnknown { .. })), "{unknown:?}");
    assert_eq!(world.twins.incidents.events(), []);
}

#[tokio::test]
async fn comments_are_stopped_or_held_while_it_lasts_r5_1() {
    let mut world = World::new(Delivery::InOrder);
    world.assessing.register(samples::assessment(), &samples::reviewer("lead")).await.unwrap();
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.publish(account_id, &[("post-1", "明天有雨，记得带伞")]).await.unwrap();
    let commented = async |reference: &str| {
        let (commenter, text) = (Commenter("reader-7".to_owned()), "写得真好，学到了".to_owned());
        let item = WriteComment { reference: reference.to_owned(), commenter, text };
        let id = PublicationId::named(account_id, "post-1");
        world.commenting.write(id, vec![item]).await.unwrap().remove(0).map(|record| record.comment)
    };
    let before = commented("before").await.unwrap();
    declare(&world, 60, &[IncidentMeasure::StopComments]).await.unwrap();
    let stopped = commented("stopped").await;
    assert!(matches!(stopped, Err(AppError::Comment(CommentRefusal::Incident))), "{stopped:?}");
    assert_eq!(commented("before").await.unwrap(), before, "a retry is answered as it was");
    declare(&world, 60, &[IncidentMeasure::HoldAll]).await.unwrap();
    assert_eq!(commented("held").await.unwrap().status, CommentStatus::Held);
    world.twins.clock.set(samples::NOON + SignedDuration::from_mins(60));
    assert_eq!(commented("after").await.unwrap().status, CommentStatus::Published);
}

const SCENE: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/scene.jpg");

#[tokio::test]
async fn an_incident_holds_what_its_media_have_met_also_when_it_is_declared_while_they_wait_r5_1() {
    let gambling = IncidentMeasure::HoldPolicy { policy: "gambling".to_owned() };
    for (declared_while_waiting, measure, held) in [
        (false, gambling.clone(), true),
        (true, gambling, true),
        (true, IncidentMeasure::HoldAll, true),
        (true, IncidentMeasure::HoldPolicy { policy: "fraud".to_owned() }, false),
    ] {
        let (mut world, account_id) = with_account();
        world.twins.engines.put_in_force(
            "{id: media, version: 1, banks: {known: {pictures: \
             [c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041]}}, rules: [{id: known, version: 1, title: \
             {zh: 已知, en: known}, policy: gambling, effect: review, bank: known, examples: {matches: \
             ['pdq:c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041'], passes: []}}]}",
        );
        world.twins.media.put("uploads/scene.jpg", SCENE);
        if !declared_while_waiting {
            declare(&world, 60, std::slice::from_ref(&measure)).await.unwrap();
        }
        published(&world, account_id, "picture", vec![samples::image("uploads/scene.jpg")]).await;
        if declared_while_waiting {
            declare(&world, 60, std::slice::from_ref(&measure)).await.unwrap();
        }
        world.pump().await;
        let record = world.twins.publications.all().remove(0);
        let expected = if held { Effect::Hold } else { Effect::Review };
        assert_eq!(record.verdict.effect, expected, "{measure:?} {declared_while_waiting}");
        let says_why = record.verdict.findings.iter().any(|finding| finding.rule == "incident-mode");
        assert_eq!(says_why, held, "{measure:?} {declared_while_waiting}");
    }
}
