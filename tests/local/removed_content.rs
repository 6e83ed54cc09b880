//! R11.2: what a reviewer refuses does not come back: not edited, not as a comment, not as another account's bio, and its
//! picture not in another size; and all of it passes again when an appeal is right.

use std::time::Duration;

use acceptance::{principals::unique, stack::Stack, waiting::until};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    appeals, comments, media, profiles,
    reviews::decide,
    stack::{active_account, observer, open_case, publication, publish, running},
};

/// Longer than a process keeps what it has read of the register.
const IN_FORCE: Duration = Duration::from_secs(90);

/// A text of its own for each run: only its middle is the same as another run's.
fn advert(run: &str) -> String {
    let run: String =
        Sha256::digest(run).into_iter().map(|byte| char::from_u32(0x4E00 + u32::from(byte) * 37).unwrap()).collect();
    format!("长期收购微信号。{run}活动策划与布置，时间灵活，{run}欢迎预约，{run}节假日照常营业。")
}

/// The same without what the rules had found in it, edited.
fn edited(text: &str) -> String {
    format!("各位朋友，{}", text.replace("长期收购微信号。", "").replace("欢迎预约", "欢迎到店"))
}

/// A picture of its own for each run, of soft forms, with so many points a side.
fn drawn(run: &str, side: u32) -> Vec<u8> {
    let spot = |bytes: &[u8; 4]| bytes.map(|byte| f64::from(byte) / 255.0);
    let some = |part: u8| Sha256::digest([run.as_bytes(), &[part]].concat());
    let spots: Vec<[f64; 4]> =
        (0..4).flat_map(|part| some(part).as_chunks().0.iter().map(spot).collect::<Vec<_>>()).collect();
    let light = |x: u32, y: u32| {
        let (x, y) = (f64::from(x) / f64::from(side), f64::from(y) / f64::from(side));
        let of_spot = |[at_x, at_y, size, light]: &[f64; 4]| {
            let size = 0.04 + 0.06 * size;
            (light - 0.5) * (-((x - at_x).powi(2) + (y - at_y).powi(2)) / (size * size)).exp()
        };
        let sum: f64 = spots.iter().map(of_spot).sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a byte")]
        let light = (128.0 + 200.0 * sum).clamp(0.0, 255.0) as u8;
        light
    };
    let pixels: Vec<u8> = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(|(x, y)| light(x, y)).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

async fn verdict(stack: &Stack, account_id: &str, text: &str) -> Value {
    let body = publication(account_id, &unique("copy"), text);
    publish(stack, &body).await.expect(201).unwrap()["verdict"].clone()
}

fn finding<'a>(verdict: &'a Value, rule: &str) -> Option<&'a Value> {
    verdict["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule)
}

/// Publishes the text with the picture, and a reviewer refuses it; gives the publication's id and the decision's.
async fn removed(stack: &Stack, account_id: &str, text: &str, picture: &[u8]) -> (String, String) {
    let object = media::uploaded(stack, "1.png", picture).await;
    let parts = json!([{ "type": "text", "text": text }, media::picture(&object)]);
    let body = json!({ "account_id": account_id, "reference": unique("removed"), "parts": parts });
    let published = publish(stack, &body).await.expect(201).unwrap();
    let publication_id = published["publication_id"].as_str().unwrap().to_owned();
    let case = open_case(stack, "content", &publication_id).await;
    let decided = decide(stack, &case, "refuse", json!(["account_trading"])).await;
    (publication_id, decided["decision"]["decision_id"].as_str().expect("a decision has an id").to_owned())
}

#[tokio::test]
async fn r11_2_what_is_refused_is_stopped_wherever_it_comes_back_until_an_appeal_is_right() {
    let stack = running().await;
    let (author, copycat) = (active_account(&stack).await, active_account(&stack).await);
    let run = unique("advert");
    let text = advert(&run);
    assert!(finding(&verdict(&stack, &copycat, &text).await, "removed-content").is_none(), "nothing is decided yet");
    let (publication_id, cause) = removed(&stack, &author, &text, &drawn(&run, 128)).await;

    let same = until("the same text is stopped", IN_FORCE, async || {
        let verdict = verdict(&stack, &copycat, &text.replace('，', " ~ ")).await;
        Ok(finding(&verdict, "removed-content").is_some().then_some(verdict))
    });
    let same = same.await.unwrap();
    assert_eq!(same["effect"], "reject", "{same}");
    let title = finding(&same, "removed-content").unwrap()["title"]["zh"].as_str().unwrap();
    assert!(title.contains(&cause), "the verdict says by which decision: {title}");
    let near = verdict(&stack, &copycat, &edited(&text)).await;
    assert_eq!((&near["effect"], finding(&near, "removed-content").is_some()), (&json!("hold"), true), "{near}");
    let other = verdict(&stack, &copycat, "今天在胡同口吃到了很好吃的炸酱面，下次还来。").await;
    assert!(finding(&other, "removed-content").is_none());

    as_a_picture(&stack, &copycat, &run, &cause).await;
    as_a_comment(&stack, &copycat, &text).await;
    as_a_bio(&stack, &copycat, &text).await;
    nothing_is_kept_but_prints(&stack, &cause).await;

    appeals::appeal(&stack, &author, &cause).await.expect(201).unwrap();
    let case = open_case(&stack, "appeals", &publication_id).await;
    appeals::decide(&stack, &stack.content_safety_lead(), &case, json!({ "type": "accept" }), json!([])).await;
    let passes = until("copies pass again", IN_FORCE, async || {
        let verdict = verdict(&stack, &copycat, &edited(&text)).await;
        Ok(finding(&verdict, "removed-content").is_none().then_some(verdict))
    });
    assert_eq!(passes.await.unwrap()["effect"], "pass");
}

/// In another size, beside other words.
async fn as_a_picture(stack: &Stack, account_id: &str, run: &str, cause: &str) {
    let larger = media::uploaded(stack, "larger.png", &drawn(run, 256)).await;
    let stopped = until("the picture is stopped", IN_FORCE, async || {
        let publication = media::concluded(stack, account_id, json!([media::picture(&larger)])).await;
        Ok(finding(&publication["verdict"], "removed-media").is_some().then_some(publication))
    });
    let stopped = stopped.await.unwrap();
    assert_eq!(stopped["status"], "held", "{stopped}");
    let finding = finding(&stopped["verdict"], "removed-media").unwrap();
    assert!(finding["title"]["en"].as_str().unwrap().contains(cause), "{finding}");
    let other = media::uploaded(stack, "other.png", &drawn(&unique("other picture"), 128)).await;
    assert_eq!(media::concluded(stack, account_id, json!([media::picture(&other)])).await["status"], "published");
}

async fn as_a_comment(stack: &Stack, account_id: &str, text: &str) {
    comments::assessed(stack).await;
    let body = publication(account_id, &unique("commented"), "明天有雨，记得带伞。");
    let below = publish(stack, &body).await.expect(201).unwrap()["publication_id"].as_str().unwrap().to_owned();
    let stopped = until("the comment is stopped", IN_FORCE, async || {
        let written = comments::write(stack, &below, &comments::comment(&unique("copy"), "reader-1", text)).await;
        let comment = written.expect(201)?;
        Ok(finding(&comment["verdict"], "removed-content").is_some().then_some(comment))
    });
    assert_eq!(stopped.await.unwrap()["status"], "rejected");
}

async fn as_a_bio(stack: &Stack, account_id: &str, text: &str) {
    let stopped = until("the bio is stopped", IN_FORCE, async || {
        let changed = profiles::change(stack, account_id, &json!({ "bio": edited(text) })).await.expect(200)?;
        let waits = changed["profile_change"]["outcome"] == "under_review";
        if !waits {
            // The next try would change nothing.
            profiles::change(stack, account_id, &json!({ "bio": null })).await.expect(200)?;
        }
        Ok(waits.then_some(()))
    });
    stopped.await.unwrap();
    let case = open_case(stack, "profile", account_id).await;
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let view = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    let concerns = &view["subject"]["profile_change"]["concerns"];
    assert!(concerns.to_string().contains("removed-content"), "the reviewer sees why: {view}");
}

async fn nothing_is_kept_but_prints(stack: &Stack, cause: &str) {
    let rows = observer(stack).rows(&stack.tables["operations"]).await.unwrap();
    let banked: Vec<&Value> = rows.iter().filter(|row| row["pk"] == "REMOVED_CONTENT").collect();
    assert!(banked.iter().any(|row| row["sk"] == format!("REMOVAL#{cause}").as_str()), "{banked:?}");
    assert!(!banked.iter().any(|row| row.to_string().contains("活动策划")), "{banked:?}");
}
