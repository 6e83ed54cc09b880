//! DynamoDB's typed JSON, as a stream gives it, as plain JSON.

use serde_json::{Map, Number, Value};

/// The plain form of an item (`{"kind": {"S": "event"}}` → `{"kind": "event"}`). `None` when it has a type that our
/// tables do not use (binary, sets) or is not of that form. Numbers stay exact: integers and decimals as JSON numbers.
pub(super) fn plain(item: &Map<String, Value>) -> Option<Value> {
    item.iter()
        .map(|(name, value)| Some((name.clone(), plain_value(value)?)))
        .collect::<Option<Map<_, _>>>()
        .map(Value::Object)
}

fn plain_value(value: &Value) -> Option<Value> {
    let (kind, value) = value.as_object().filter(|object| object.len() == 1)?.iter().next()?;
    match (kind.as_str(), value) {
        ("S", Value::String(_)) | ("BOOL", Value::Bool(_)) => Some(value.clone()),
        ("N", Value::String(text)) => text.parse::<Number>().ok().map(Value::Number),
        ("NULL", _) => Some(Value::Null),
        ("L", Value::Array(items)) => items.iter().map(plain_value).collect::<Option<Vec<_>>>().map(Value::Array),
        ("M", Value::Object(item)) => plain(item),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn typed_json_becomes_plain() {
        let item = json!({
            "pk": {"S": "acct_1"}, "version": {"N": "12"}, "gone": {"NULL": true}, "ok": {"BOOL": false},
            "list": {"L": [{"S": "a"}, {"M": {"n": {"N": "1.5"}}}]}
        });
        let expected = json!({"pk": "acct_1", "version": 12, "gone": null, "ok": false, "list": ["a", {"n": 1.5}]});
        assert_eq!(plain(item.as_object().unwrap()), Some(expected));
    }

    #[test]
    fn what_our_tables_do_not_hold_is_not_guessed_at() {
        for odd in [json!({"a": {"B": "AAA="}}), json!({"a": "b"}), json!({"a": {"S": 1}}), json!({"a": {}})] {
            assert_eq!(plain(odd.as_object().unwrap()), None, "{odd}");
        }
    }
}
