//! Pictures, sound and film through the real chain: put by the platform, looked at, and shown or kept back (R2, R11.1).

use acceptance::{caller::Ask, principals::unique, stack::Stack, waiting::until};
use reqwest::Method;
use screening::source::sha256;
use serde_json::{Value, json};

use crate::{
    rule_packs::{self, IN_FORCE},
    stack::{PATIENCE, active_account, publish, running},
};

pub(crate) const SCENE: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/scene.jpg");
const SCENE_TURNED: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/scene-turned.jpg");
const ANOTHER: &[u8] = include_bytes!("../../crates/pictures/tests/pictures/another.jpg");

/// Puts a file as the platform, which may below uploads/ alone; gives the status.
async fn put(stack: &Stack, key: &str, content: &[u8]) -> u16 {
    let path = format!("/{}/{key}", stack.bucket("media").unwrap());
    let ask = Ask { body: Some(content.to_vec()), ..Ask::new(Method::PUT, &path) };
    stack.platform().send(&stack.endpoint, "s3", ask).await.unwrap().status
}

/// Puts a file under a name of its own.
pub(crate) async fn uploaded(stack: &Stack, name: &str, content: &[u8]) -> Value {
    let key = format!("uploads/{}/{name}", unique("media"));
    assert_eq!(put(stack, &key, content).await, 200, "{key}");
    json!({ "key": key })
}

pub(crate) fn picture(object: &Value) -> Value {
    json!({ "type": "image", "url": "https://cdn.example.org/1.jpg", "object": object })
}

/// Publishes `parts`, sees that they are held, and waits until they are not any more, or until `held` names its rule.
pub(crate) async fn concluded(stack: &Stack, account_id: &str, parts: Value) -> Value {
    let body = json!({ "account_id": account_id, "reference": unique("media"), "parts": parts });
    let answer = publish(stack, &body).await.expect(201).unwrap();
    assert_eq!(answer["status"], "held", "{answer}");
    let pending = |publication: &Value| publication["verdict"]["findings"].to_string().contains("media-pending");
    assert!(pending(&answer), "{answer}");
    let publication_id = answer["publication_id"].as_str().unwrap();
    let path = format!("/v1/publications/{publication_id}");
    let done = until("its media have been looked at", PATIENCE, async || {
        let publication = stack.platform().get(&stack.platform_api, &path).await?.expect(200)?;
        Ok((!pending(&publication)).then_some(publication))
    });
    let publication = done.await.unwrap();
    let told = until("the platform is told", PATIENCE, async || {
        let received = stack.stand_in().webhooks_about(account_id).await?;
        Ok(received.into_iter().find(|webhook| {
            webhook["type"] == "publication.screened" && webhook["data"]["publication_id"] == publication_id
        }))
    });
    assert_eq!(told.await.unwrap()["data"]["status"], publication["status"]);
    publication
}

#[tokio::test]
async fn a_publication_of_each_kind_goes_through_r2() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let (image, sound, film) = (
        uploaded(&stack, "1.jpg", ANOTHER).await,
        uploaded(&stack, "2.mp3", b"a sound").await,
        uploaded(&stack, "3.mp4", b"a film").await,
    );
    let frame = uploaded(&stack, "3-1.jpg", SCENE).await;
    let parts = json!([
        { "type": "text", "text": "今天的云" },
        picture(&image),
        { "type": "audio", "url": "https://cdn.example.org/2.mp3", "transcript": "大家好", "object": sound },
        { "type": "video", "url": "https://cdn.example.org/3.mp4", "object": film, "key_frames": [frame] },
        { "type": "link", "url": "https://example.org/" },
    ]);
    let publication = concluded(&stack, &account_id, parts).await;
    assert_eq!(publication["status"], "published", "{publication}");
    assert_eq!(publication["verdict"]["effect"], "pass", "{publication}");
}

/// The operator's list has the hash of the scene; what is published is the scene as a JPEG, turned by a quarter.
#[tokio::test]
async fn a_picture_that_the_platform_knows_is_refused_however_it_is_turned_r11_1() {
    const KNOWN: &str = "c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041";
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let turned = uploaded(&stack, "turned.jpg", SCENE_TURNED).await;
    let clean = uploaded(&stack, "clean.jpg", ANOTHER).await;
    rule_packs::and_back(&stack, &account_id, async {
        let (version, folder) = (rule_packs::next_version(&stack).await, unique("pictures"));
        let list = format!("pdq,note\n{KNOWN},a test\n");
        let yaml = format!(
            "id: pictures\nversion: {version}\nbanks:\n  known:\n    files:\n      - {{ name: known.csv, holds: pictures, \
             sha256: {} }}\nrules:\n  - id: known-picture\n    version: 1\n    title: {{ zh: 已知图片, en: known picture }}\n    \
             policy: gambling\n    effect: reject\n    bank: known\n    examples: {{ matches: ['pdq:{KNOWN}'], passes: [] }}\n",
            sha256(list.as_bytes())
        );
        rule_packs::put(&stack, &folder, "known.csv", &list).await;
        rule_packs::put(&stack, &folder, "rule-pack.yaml", &yaml).await;
        rule_packs::screens(&stack, &account_id, &format!("pictures@{version}+")).await;
        let judged = until("media are judged by the pack", IN_FORCE, async || {
            let publication = concluded(&stack, &account_id, json!([picture(&clean), picture(&turned)])).await;
            let pack = publication["verdict"]["rule_pack"].as_str().unwrap().to_owned();
            Ok(pack.starts_with("pictures@").then_some(publication))
        });
        let publication = judged.await.unwrap();
        assert_eq!(publication["status"], "rejected", "{publication}");
        let finding = &publication["verdict"]["findings"][0];
        assert_eq!((&finding["rule"], &finding["spans"][0]["part"]), (&json!("known-picture"), &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_looked_at_waits_for_a_person_r11_1() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let broken = uploaded(&stack, "broken.jpg", &ANOTHER[..ANOTHER.len() / 2]).await;
    let mut altered = uploaded(&stack, "altered.jpg", ANOTHER).await;
    altered["sha256"] = json!("0".repeat(64));
    let missing = json!({ "key": format!("uploads/{}", unique("missing")) });
    for object in [broken, altered, missing] {
        let publication = concluded(&stack, &account_id, json!([picture(&object)])).await;
        assert_eq!(publication["status"], "held", "{publication}");
        assert_eq!(publication["verdict"]["findings"][0]["rule"], "media-unseen", "{publication}");
    }
}

#[tokio::test]
async fn the_platform_may_put_files_below_uploads_and_read_none() {
    let stack = running().await;
    assert_eq!(put(&stack, &format!("private/{}", unique("media")), b"x").await, 403);
    let key = uploaded(&stack, "1.jpg", ANOTHER).await["key"].as_str().unwrap().to_owned();
    let path = format!("/{}/{key}", stack.bucket("media").unwrap());
    let read = stack.platform().send(&stack.endpoint, "s3", Ask::get(&path)).await.unwrap();
    assert_eq!(read.status, 403, "{read}");
}
