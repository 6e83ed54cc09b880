//! Bad input, systematically: whatever one field of a good request becomes, the answer is a problem or a good answer, nothing is
//! left behind by what was refused, and nothing is repeated of what a stranger wrote.

use std::collections::BTreeMap;

use lambda::http::{Api, testing::reply_to};
use serde_json::{Value, json};
use testkit::Twins;

use crate::{
    apis::{accounts_api, principals_api},
    fixtures::{self, Fixture},
    world::{furnished, traces},
};

/// What is not seen, turns the writing, or ends a text for a program of C.
const HOSTILE: [(&str, &str); 5] = [
    ("a null byte", "\u{0}"),
    ("a line break", "\r\n"),
    ("a mark of direction", "\u{202E}"),
    ("a zero-width space", "\u{200B}"),
    ("a noncharacter", "\u{FFFF}"),
];

/// The last step to a field: a member of an object, or an item of a list.
#[derive(Clone)]
enum Step {
    Member(String),
    Item(usize),
}

/// Every field of the body, objects and lists included, with the way to it.
fn fields(value: &Value, way: &[Step], found: &mut Vec<Vec<Step>>) {
    let inner: Vec<(Step, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (Step::Member(name.clone()), value)).collect(),
        // One item stands for all.
        Value::Array(items) => items.first().map(|value| (Step::Item(0), value)).into_iter().collect(),
        _ => vec![],
    };
    for (step, value) in inner {
        let way = [way, &[step]].concat();
        fields(value, &way, found);
        found.push(way);
    }
}

fn named(way: &[Step]) -> String {
    let name = |step: &Step| match step {
        Step::Member(name) => name.clone(),
        Step::Item(at) => at.to_string(),
    };
    way.iter().map(name).collect::<Vec<_>>().join(".")
}

fn field<'a>(body: &'a mut Value, way: &[Step]) -> &'a mut Value {
    way.iter().fold(body, |value, step| match step {
        Step::Member(name) => &mut value[name.as_str()],
        Step::Item(at) => &mut value[*at],
    })
}

fn without(body: &Value, way: &[Step]) -> Value {
    let mut body = body.clone();
    let (last, before) = way.split_last().unwrap();
    match (field(&mut body, before), last) {
        (Value::Object(members), Step::Member(name)) => drop(members.remove(name)),
        (Value::Array(items), Step::Item(at)) => drop(items.remove(*at)),
        _ => unreachable!("the way leads there"),
    }
    body
}

/// What the field becomes, by name. `true` in the end: no program may take it.
fn mistakes(now: &Value) -> Vec<(String, Value, bool)> {
    let wrong = |name: &str, value: Value| (name.to_owned(), value, true);
    let mut mistakes = vec![("null".to_owned(), Value::Null, false), wrong("true", json!(true))];
    if !now.is_string() {
        mistakes.push(wrong("a text", json!("x")));
    }
    if !now.is_number() {
        mistakes.push(wrong("a number", json!(7)));
    }
    if !now.is_object() {
        mistakes.push(wrong("an object", json!({ "x": 1 })));
    }
    if !now.is_array() {
        mistakes.push(wrong("a list", json!([1])));
    }
    match now {
        Value::String(text) => {
            mistakes.push(wrong("nothing", json!("")));
            mistakes.push(wrong("a text of a megabyte", json!("长".repeat(350_000))));
            // Below the bound of the body, and above that of any field.
            mistakes.push(wrong("a long text", json!("长".repeat(20_000))));
            for (name, hostile) in HOSTILE {
                let (half, _) = text.char_indices().nth(text.chars().count() / 2).unwrap();
                let text = format!("{}{hostile}{}", &text[..half], &text[half..]);
                mistakes.push((name.to_owned(), json!(text), false));
            }
        }
        Value::Number(_) => {
            mistakes.push(wrong("below nothing", json!(-1)));
            mistakes.push(wrong("a fraction", json!(1.5)));
            mistakes.push(wrong("more than there is", json!(u64::MAX)));
        }
        Value::Array(items) => {
            mistakes.push(wrong("a long list", json!(vec![items[0].clone(); 1_001])));
        }
        _ => {}
    }
    mistakes
}

/// Every mistake that was taken all the same: by field, with what it was.
type Taken = BTreeMap<String, Vec<String>>;

struct Clerk<'a> {
    api: &'a dyn Fn(&Twins) -> Api,
    fixture: Fixture,
    twins: Twins,
    sent: usize,
}

impl Clerk<'_> {
    /// Whether it is taken.
    async fn takes(&mut self, body: &Value, what: &str) -> bool {
        self.sent += 1;
        let mut event = self.fixture.event.clone();
        let text = body.to_string();
        event["headers"]["content-length"] = json!(text.len().to_string());
        if !event["headers"]["idempotency-key"].is_null() {
            event["headers"]["idempotency-key"] = json!(format!("every-field-{}", self.sent));
        }
        event["body"] = json!(text);
        let reply = reply_to((self.api)(&self.twins), &event).await;
        let (status, answer) = (reply["statusCode"].as_u64().unwrap(), reply["body"].as_str().unwrap_or_default());
        let left = traces(&self.twins);
        assert!(status < 500, "{what}: {reply}");
        for hostile in HOSTILE.iter().map(|(_, hostile)| *hostile).chain(["长长长长长"]) {
            // As JSON writes it too.
            let escaped = json!(hostile).to_string();
            let shown = answer.contains(hostile) || answer.contains(escaped.trim_matches('"'));
            assert!(!shown, "{what} is repeated: {status}");
        }
        if status < 300 {
            self.twins = furnished().await;
            // Lists are answered item by item, and mistakes are made in the first.
            let answer: Value = serde_json::from_str(answer).unwrap();
            answer["items"][0]["status"].as_u64().is_none_or(|status| status < 300)
        } else {
            assert!((400..500).contains(&status), "{what}: {reply}");
            let problem: Value =
                serde_json::from_str(answer).unwrap_or_else(|error| panic!("{what}: {error}: {answer}"));
            assert!(problem["code"].is_string() && problem["title"].is_string(), "{what}: {problem}");
            assert_eq!(left, json!({}), "{what} was refused with {status} and has left something");
            false
        }
    }
}

async fn taken_by(api: &dyn Fn(&Twins) -> Api, function: &str, name: &str) -> Taken {
    let fixture = fixtures::of(function).into_iter().find(|fixture| fixture.name == name).expect("a sample event");
    let good: Value = serde_json::from_str(fixture.event["body"].as_str().unwrap()).unwrap();
    let mut clerk = Clerk { api, fixture, twins: furnished().await, sent: 0 };
    assert!(clerk.takes(&good, name).await, "{name} is a good request");
    let (mut ways, mut taken) = (Vec::new(), Taken::new());
    fields(&good, &[], &mut ways);
    for way in ways {
        let path = named(&way);
        if clerk.takes(&without(&good, &way), &format!("{name} without {path}")).await {
            taken.entry(path.clone()).or_default().push("left out".to_owned());
        }
        let now = field(&mut good.clone(), &way).clone();
        for (mistake, value, may_not) in mistakes(&now) {
            let mut body = good.clone();
            *field(&mut body, &way) = value;
            let what = format!("{name} with {mistake} for {path}");
            if clerk.takes(&body, &what).await {
                assert!(!may_not, "{what} is taken");
                taken.entry(path.clone()).or_default().push(mistake);
            }
        }
    }
    taken
}

#[tokio::test]
async fn whatever_a_field_of_accounts_api_becomes_is_answered_and_leaves_nothing() {
    let mut taken = BTreeMap::new();
    for name in [
        "register-passport",
        "register-enterprise",
        "challenge-phone",
        "accept-document",
        "change-profile",
        "change-profile-avatar",
        "record-metrics",
        "register-qualification",
        "revoke-qualification",
    ] {
        taken.insert(name, Box::pin(taken_by(&accounts_api, "accounts-api", name)).await);
    }
    insta::assert_yaml_snapshot!("every-field-accounts-api", taken);
}

#[tokio::test]
async fn whatever_a_field_of_principals_api_becomes_is_answered_and_leaves_nothing() {
    let mut taken = BTreeMap::new();
    for name in ["full", "approve", "refuse", "remove", "link", "disclose", "register-group", "add-members"] {
        taken.insert(name, Box::pin(taken_by(&principals_api, "principals-api", name)).await);
    }
    insta::assert_yaml_snapshot!("every-field-principals-api", taken);
}
