//! Rules in the background are evaluated on everything, stand in the record with what they matched, and act on nothing (R11.1);
//! tags of live rules stand beside them.

use app::{commenting::WriteComment, publishing::Edit};
use domain::{
    comment::Commenter,
    event::EventBody,
    id::PublicationId,
    publication::{Part, PublicationStatus},
};
use evidence::record::LogRecord;
use screening::verdict::Effect;
use serde_json::{Value, json};
use testkit::{Twins, samples};

use crate::world::{Delivery, World};

const SCENE: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/scene.jpg");

/// One rule of each state over one bank, and one in the background for the picture.
const PACK: &str = "
id: trial
version: 7
banks:
  cards: [储值卡]
  scene: { pictures: [c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041] }
rules:
  - { id: tried, version: 2, title: { zh: 试行, en: tried }, policy: fraud, effect: reject, state: background, bank: cards,
      tags: [tried], examples: { matches: [储值卡], passes: [卡] } }
  - { id: tagged, version: 1, title: { zh: 标记, en: tagged }, policy: spam, effect: pass, bank: cards,
      tags: [cards, money], examples: { matches: [储值卡], passes: [卡] } }
  - { id: draft, version: 1, title: { zh: 草案, en: draft }, policy: fraud, effect: reject, state: draft, bank: cards,
      examples: { matches: [储值卡], passes: [卡] } }
  - { id: scene, version: 1, title: { zh: 图, en: scene }, policy: fraud, effect: reject, state: background, bank: scene,
      examples: { matches: ['pdq:c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041'], passes: [卡] } }
";

/// The verdicts of the records of a kind that count, in the order of their texts.
fn verdicts(twins: &Twins, kind: &str) -> Vec<Value> {
    let records = twins.content_log.records();
    let mut ids: Vec<_> = records.iter().filter(|record| record.kind == kind).map(|record| record.record_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let of = |id| {
        let copies: Vec<LogRecord> = records.iter().filter(|record| record.record_id == id).cloned().collect();
        LogRecord::standing(&copies).unwrap().data["verdict"].clone()
    };
    ids.into_iter().map(of).collect()
}

fn words(text: &str) -> Vec<Part> {
    vec![Part::Text { text: text.to_owned() }]
}

#[tokio::test]
async fn what_a_rule_in_the_background_matched_is_on_record_and_changes_nothing_r11_1() {
    let mut world = World::new(Delivery::Doubled);
    world.assessing.register(samples::assessment(), &samples::reviewer("lead")).await.unwrap();
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.twins.engines.put_in_force(PACK);
    let id = PublicationId::named(account_id, "post-1");
    // Written twice, so that the record that counts is that of a retry.
    for _ in 0..2 {
        world.publish(account_id, &[("post-1", "低价出 储*值*卡")]).await.unwrap();
    }
    let edit = Edit { publication_id: id, version: 1, parts: words("储值卡还有"), declared: vec![] };
    let edited = world.publishing.edit(edit, &samples::platform()).await.unwrap();
    assert_eq!((edited.publication.status, edited.verdict.effect), (PublicationStatus::Published, Effect::Pass));
    let reader = Commenter("reader-7".to_owned());
    let comment = WriteComment { reference: "c-1".to_owned(), commenter: reader, text: "我要储值卡".to_owned() };
    world.commenting.write(id, vec![comment]).await.unwrap().remove(0).unwrap();
    world.pump().await;

    let mut all = verdicts(&world.twins, "publication");
    assert_eq!(all.len(), 2, "two editions");
    all.extend(verdicts(&world.twins, "comment"));
    assert_eq!(all.len(), 3);
    for verdict in all {
        assert_eq!((&verdict["effect"], &verdict["tags"]), (&json!("pass"), &json!(["cards", "money"])));
        let background = verdict["background"].as_array().unwrap();
        assert_eq!(background.len(), 1, "{background:?}");
        let told = |field: &str| background[0][field].clone();
        let named = (told("rule"), told("rule_version"), told("policy"), told("effect"));
        assert_eq!(named, (json!("tried"), json!(2), json!("fraud"), json!("reject")));
        assert_eq!((&told("matched")[0]["bank"], &told("matched")[0]["entry"]), (&json!("cards"), &json!("储值卡")));
        let findings: Vec<_> = verdict["findings"].as_array().unwrap().iter().map(|it| it["rule"].clone()).collect();
        assert_eq!(findings, ["tagged"]);
    }
    assert_eq!(world.twins.cases.all_cases().len(), 0);
}

#[tokio::test]
async fn what_media_met_in_the_background_is_on_record_and_changes_nothing_r11_1() {
    let mut world = World::new(Delivery::Reversed);
    let account_id = world.register(1).await.unwrap().account_id;
    world.pump().await;
    world.twins.engines.put_in_force(PACK);
    world.twins.media.put("uploads/scene.jpg", SCENE);
    world.publish_parts(account_id, vec![samples::image("uploads/scene.jpg")]).await.unwrap();
    world.pump().await;
    let events = world.twins.publications.events();
    let screened = events.iter().find_map(|event| match &event.body {
        EventBody::PublicationScreened { status, rules, background, .. } => Some((*status, rules, background)),
        _ => None,
    });
    let (status, rules, background) = screened.unwrap();
    assert_eq!((status, rules.len(), background.len()), (PublicationStatus::Published, 0, 1));
    assert_eq!((background[0].rule.as_str(), background[0].rule_version), ("scene", 1));
}
