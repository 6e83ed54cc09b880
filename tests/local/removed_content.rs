//! R11.2: what a reviewer refuses does not come back, edited or not.

use std::time::Duration;

use acceptance::{principals::unique, stack::Stack, waiting::until};
use serde_json::{Value, json};

use crate::{
    reviews::{decide, held},
    stack::{active_account, observer, publication, publish, running},
};

/// Longer than a process keeps what it has read of the register.
const IN_FORCE: Duration = Duration::from_secs(90);

/// A text of its own for each run: only its middle is the same as another run's.
fn advert() -> String {
    let run: String =
        unique("advert").bytes().map(|byte| char::from_u32(0x4E00 + u32::from(byte) * 37).unwrap()).collect();
    format!("长期收购微信号。{run}活动策划与布置，时间灵活，{run}欢迎预约，{run}节假日照常营业。")
}

async fn verdict(stack: &Stack, account_id: &str, text: &str) -> Value {
    let body = publication(account_id, &unique("copy"), text);
    publish(stack, &body).await.expect(201).unwrap()["verdict"].clone()
}

fn finding(verdict: &Value) -> Option<&Value> {
    verdict["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == "removed-content")
}

#[tokio::test]
async fn r11_2_a_refused_text_is_stopped_when_it_comes_back_edited() {
    let stack = running().await;
    let (author, copycat) = (active_account(&stack).await, active_account(&stack).await);
    let text = advert();
    let (_, case) = held(&stack, &author, &text).await;
    assert!(finding(&verdict(&stack, &copycat, &text).await).is_none(), "nothing is decided yet");
    let decided = decide(&stack, &case, "refuse", json!(["account_trading"])).await;
    let cause = decided["decision"]["decision_id"].as_str().expect("a decision has an id").to_owned();

    let same = until("the same text is stopped", IN_FORCE, async || {
        let verdict = verdict(&stack, &copycat, &text.replace('，', " ~ ")).await;
        Ok(finding(&verdict).is_some().then_some(verdict))
    });
    let same = same.await.unwrap();
    assert_eq!(same["effect"], "reject", "{same}");
    let title = finding(&same).unwrap()["title"]["zh"].as_str().unwrap();
    assert!(title.contains(&cause), "the verdict says by which decision: {title}");
    // Edited, and without what the rules had found in it.
    let edited = format!("各位朋友，{}", text.replace("长期收购微信号。", "").replace("欢迎预约", "欢迎到店"));
    let near = verdict(&stack, &copycat, &edited).await;
    assert_eq!((&near["effect"], finding(&near).is_some()), (&json!("hold"), true), "{near}");
    assert!(finding(&verdict(&stack, &copycat, "今天在胡同口吃到了很好吃的炸酱面，下次还来。").await).is_none());

    // Prints alone are kept, and no content.
    let rows = observer(&stack).rows(&stack.tables["operations"]).await.unwrap();
    let banked: Vec<&Value> = rows.iter().filter(|row| row["pk"] == "REMOVED_CONTENT").collect();
    assert!(banked.iter().any(|row| row["sk"] == format!("REMOVAL#{cause}").as_str()), "{banked:?}");
    assert!(!banked.iter().any(|row| row.to_string().contains("活动策划")), "{banked:?}");
}
