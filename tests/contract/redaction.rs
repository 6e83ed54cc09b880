//! What differs from run to run, and what is too long to read, leaves a snapshot.

use serde_json::{Value, json};

use crate::world::KNOWN;

/// Lists longer than this are cut.
const SHOWN: usize = 12;
/// Texts longer than this are cut.
const TEXT: usize = 400;

const PREFIXES: [&str; 20] = [
    "acct", "asm", "bt", "pub", "case", "chal", "cmpl", "cmt", "dec", "enf", "evt", "grp", "hold", "lst", "note",
    "pkg", "prof", "qual", "rec", "run",
];

/// `value` without identifiers made during the run, with long lists and texts cut.
pub(crate) fn redacted(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text_of(text)),
        Value::Array(items) => {
            let mut shown: Vec<Value> = items.iter().take(SHOWN).map(redacted).collect();
            if items.len() > SHOWN {
                shown.push(json!(format!("… {} more", items.len() - SHOWN)));
            }
            Value::Array(shown)
        }
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), redacted(value))).collect(),
        other => other.clone(),
    }
}

/// What a snapshot holds, with identifiers in the places of those that left, and without the words about what was cut.
pub(crate) fn filled_in(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(filled_in_text(text)),
        Value::Array(items) => {
            let is_cut = |item: &&Value| item.as_str().is_some_and(|text| text.starts_with("… "));
            items.iter().filter(|item| !is_cut(item)).map(filled_in).collect()
        }
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), filled_in(value))).collect(),
        other => other.clone(),
    }
}

fn filled_in_text(text: &str) -> String {
    let ids = PREFIXES.iter().map(|prefix| (format!("[{prefix}]"), format!("{prefix}_01m8323b80e00r000000000061")));
    let others = [
        ("[receipt]".to_owned(), "R041061050R3GG28A1C60T3GFV".to_owned()),
        ("[principal key]".to_owned(), format!("v1.{}", "1".repeat(64))),
    ];
    ids.chain(others).fold(text.to_owned(), |text, (placeholder, id)| text.replace(&placeholder, &id))
}

fn text_of(text: &str) -> String {
    let mut out = text.to_owned();
    for prefix in PREFIXES {
        let mut from = 0;
        while let Some(at) = out[from..].find(&format!("{prefix}_")).map(|at| at + from) {
            let end = at + prefix.len() + 1 + 26;
            let is_id =
                out.get(at..end).is_some_and(|id| id[prefix.len() + 1..].bytes().all(|c| c.is_ascii_alphanumeric()));
            if is_id && !KNOWN.iter().any(|known| out[at..end].ends_with(known)) {
                out.replace_range(at..end, &format!("[{prefix}]"));
            }
            from = at + prefix.len();
        }
    }
    let is_receipt =
        |word: &str| word.len() == 26 && word.starts_with('R') && word.bytes().all(|c| c.is_ascii_alphanumeric());
    // A key of the index that was made during the run is a UUIDv7 with zeros behind it.
    let is_key_of_the_run = |word: &str| word.len() == 67 && word.starts_with("v1.") && word.ends_with(&"0".repeat(32));
    let shown = |word| match word {
        word if is_receipt(word) => "[receipt]",
        word if is_key_of_the_run(word) => "[principal key]",
        word => word,
    };
    let words: Vec<&str> = out.split('/').map(shown).collect();
    let out = words.join("/");
    if out.chars().count() > TEXT {
        let head: String = out.chars().take(40).collect();
        return format!("{head}… ({} characters)", out.chars().count());
    }
    out
}
