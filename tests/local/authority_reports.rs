//! R11.2, R13.1: of what is decided the office is told once, under a number, in a file that names nobody; it acknowledges, and is
//! told again when an appeal undoes the step.

use acceptance::{principals::Principal, stack::Stack, waiting::until};
use serde_json::{Value, json};

use crate::{
    appeals::{appeal, decide},
    stack::{PATIENCE, becomes, complain, observer, open_case, register, running},
};

/// Every report of the year, the latest first.
async fn of_this_year(stack: &Stack) -> anyhow::Result<Vec<Value>> {
    let (mut before, mut all) = (String::new(), Vec::new());
    loop {
        let path = format!("/v1/authority-reports?limit=100{before}");
        let page = stack.content_safety_lead().get(&stack.platform_api, &path).await?.expect(200)?;
        all.extend(page["reports"].as_array().cloned().unwrap_or_default());
        match page["next_before"].as_u64() {
            Some(next) => before = format!("&before={next}"),
            None => return Ok(all),
        }
    }
}

/// The reports about the account, the first one first, as soon as there are so many.
pub(crate) async fn reports_about(stack: &Stack, account_id: &str, count: usize) -> Vec<Value> {
    let what = format!("{count} reports about {account_id}");
    let found = until(&what, PATIENCE, async || {
        let mut about = of_this_year(stack).await?;
        about.retain(|report| report["account"]["account_id"] == account_id);
        about.reverse();
        assert!(about.len() <= count, "{about:?}");
        Ok((about.len() == count).then_some(about))
    });
    found.await.unwrap()
}

/// The file, as an operator takes it to the office.
async fn file(stack: &Stack, number: &str) -> Vec<u8> {
    let office = stack.observer_as(&stack.identities.operator).unwrap();
    let key = format!("authority-reports/{}/{number}.json", &number[..4]);
    let put = until("the file of the report", PATIENCE, async || {
        Ok(office.object(stack.bucket("artefacts").unwrap(), &key).await.ok())
    });
    put.await.unwrap()
}

#[tokio::test]
async fn r13_1_what_is_decided_is_reported_once_numbered_acknowledged_and_corrected_by_a_supplement() {
    let stack = running().await;
    let person = Principal::person("赵六");
    let account_id = register(&stack, &person).await;
    becomes(&stack, &account_id, "active").await;
    complain(&stack, &account_id).await;
    let case = open_case(&stack, "default", &account_id).await;
    let action = json!({ "type": "suspend_updates", "days": 7 });
    let decision_id = decide(&stack, &stack.reviewer(), &case, action, json!(["fraud"])).await;

    let reported = reports_about(&stack, &account_id, 1).await.remove(0);
    let cause = json!({ "type": "decision", "decision_id": decision_id });
    assert_eq!((&reported["cause"], &reported["action"]), (&cause, &json!("suspend_updates")), "{reported}");
    let number = reported["number"].as_str().unwrap().to_owned();
    let told = until("the platform is told of the report", PATIENCE, async || {
        let received = stack.stand_in().webhooks_about(&decision_id).await?;
        Ok(received.into_iter().find(|webhook| webhook["type"] == "authority_report.made"))
    });
    let told = told.await.unwrap();
    assert_eq!(told["data"], json!({ "number": number, "cause": cause, "supplements": null }), "{told}");
    let sent = file(&stack, &number).await;
    assert_eq!(serde_json::from_slice::<Value>(&sent).unwrap(), reported);
    let text = String::from_utf8(sent.clone()).unwrap();
    assert!(!text.contains("赵六") && !text.contains(&person.document_number), "the file names nobody");

    // The message comes once more: no other report, and the file as it was.
    let rows = observer(&stack).rows(stack.table("cases").unwrap()).await.unwrap();
    let mut events = rows.iter().filter_map(|row| row["event"].as_str());
    let is_meant = |event: &&str| event.contains(&decision_id) && event.contains(r#""event_type":"decision_made""#);
    let body = events.find(is_meant).expect("the event of the decision");
    observer(&stack).send(stack.queue("enforcement").unwrap(), body).await.unwrap();

    let lead = stack.content_safety_lead();
    let path = format!("/v1/authority-reports/{number}");
    let refused = stack.reviewer().get(&stack.platform_api, &path).await.unwrap();
    assert_eq!(refused.status, 403, "{refused}");
    let acknowledge = format!("{path}/acknowledgement");
    let note = async |reference: &str| {
        lead.write(&stack.platform_api, &acknowledge, &json!({ "reference": reference })).await.unwrap()
    };
    let noted = note("网信收〔2026〕17号").await.expect(200).unwrap();
    assert_eq!(noted["acknowledgement"]["reference"], "网信收〔2026〕17号", "{noted}");
    assert_eq!(note("网信收〔2026〕17号").await.expect(200).unwrap(), noted);
    let other = note("网信收〔2026〕18号").await;
    assert_eq!((other.status, other.code().as_str()), (409, "acknowledged_before"), "{other}");

    appeal(&stack, &account_id, &decision_id).await.expect(201).unwrap();
    let case = open_case(&stack, "appeals", &account_id).await;
    decide(&stack, &lead, &case, json!({ "type": "accept" }), json!([])).await;
    let both = reports_about(&stack, &account_id, 2).await;
    assert_eq!(both[0], noted, "what the office has is never changed");
    assert_eq!((&both[1]["supplements"], &both[1]["action"]), (&json!(number), &Value::Null), "{both:?}");
    file(&stack, both[1]["number"].as_str().unwrap()).await;
    assert_eq!(file(&stack, &number).await, sent);

    // Whatever else was reported meanwhile: no number was left out.
    let serials = of_this_year(&stack).await.unwrap();
    let year = &number[..4];
    let expected = (1..=serials.len()).rev().map(|serial| format!("{year}-{serial:06}"));
    assert!(serials.iter().map(|report| report["number"].as_str().unwrap()).eq(expected), "{serials:?}");
}
