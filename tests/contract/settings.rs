//! The starter document and the page about the settings say what the code says.

use acceptance::workspace;
use app::control_files::ControlDocument;
use domain::settings::Settings;
use serde_json::Value;

fn read(path: &str) -> String {
    let path = workspace::root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_starter_document_is_what_the_code_starts_with_and_leaves_nothing_out() {
    let text = read("settings/starter/settings.yaml");
    let document = ControlDocument::read(text.as_bytes()).unwrap();
    assert_eq!(document.to_sections::<Settings>().unwrap(), Settings::default());
    let written: Value = serde_norway::from_str(&text).unwrap();
    let paths = |value: &Value| fields(value, "").into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(paths(&written), paths(&serde_json::to_value(Settings::default()).unwrap()));
}

/// A field and its value, for every field that is no mapping.
fn fields(value: &Value, path: &str) -> Vec<(String, Value)> {
    let Value::Object(map) = value else { return vec![(path.to_owned(), value.clone())] };
    let mut all = Vec::new();
    for (name, value) in map {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        all.extend(fields(value, &path));
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

/// As the page shows it: of a list how many there are, for the starter document shows which.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => format!("{} entries", list.len()),
        other => other.to_string(),
    }
}

#[test]
fn the_page_about_the_settings_tells_of_every_field() {
    let page = read("docs/settings.md");
    let mut told: Vec<(String, String)> = page
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.strip_prefix("| `")?.split('|').map(str::trim).collect();
            let [field, value, unit, reason, ""] = cells[..] else { panic!("{line}") };
            assert!(!unit.is_empty() && !reason.is_empty(), "{line}");
            Some((field.trim_end_matches('`').to_owned(), value.trim_matches('`').to_owned()))
        })
        .collect();
    told.sort();
    let held = fields(&serde_json::to_value(Settings::default()).unwrap(), "");
    let held: Vec<(String, String)> = held.into_iter().map(|(path, value)| (path, shown(&value))).collect();
    assert_eq!(told, held);
}
