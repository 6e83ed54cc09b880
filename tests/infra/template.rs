//! The templates as data: YAML's short forms (`!Ref`, `!GetAtt`, `!Sub`) written out as in JSON.

use serde_json::{Map, Value, json};
use serde_norway::Value as Yaml;

/// A file of `infra/`, as text.
pub(crate) fn text(path: &str) -> String {
    let path = acceptance::workspace::root().join("infra").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A template of `infra/`.
pub(crate) fn read(path: &str) -> Value {
    plain(&serde_norway::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}")))
}

/// All templates, by their path below `infra/`.
pub(crate) fn all() -> Vec<(String, Value)> {
    let stacks = acceptance::workspace::root().join("infra/stacks");
    let mut paths: Vec<String> = std::fs::read_dir(stacks)
        .unwrap()
        .map(|entry| format!("stacks/{}", entry.unwrap().file_name().to_string_lossy()))
        .collect();
    paths.push("template.yaml".to_owned());
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

/// The resources of a type, by logical name.
pub(crate) fn resources<'a>(template: &'a Value, of_type: &str) -> Vec<(&'a str, &'a Value)> {
    let resources = template["Resources"].as_object().expect("a template has resources");
    resources.iter().filter(|(_, r)| r["Type"] == of_type).map(|(name, r)| (name.as_str(), r)).collect()
}

fn plain(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(b) => json!(b),
        Yaml::Number(n) => serde_json::to_value(n).unwrap(),
        Yaml::String(s) => json!(s),
        Yaml::Sequence(items) => items.iter().map(plain).collect(),
        Yaml::Mapping(map) => {
            let entry = |(key, value): (&Yaml, &Yaml)| (key.as_str().unwrap_or_default().to_owned(), plain(value));
            Value::Object(map.iter().map(entry).collect::<Map<_, _>>())
        }
        Yaml::Tagged(tagged) => {
            let value = plain(&tagged.value);
            match tagged.tag.to_string().trim_start_matches('!') {
                tag @ ("Ref" | "Condition") => json!({ tag: value }),
                "GetAtt" => {
                    let path = value.as_str().map(|path| path.splitn(2, '.').collect::<Vec<_>>());
                    json!({ "Fn::GetAtt": path.map_or(value.clone(), |path| json!(path)) })
                }
                tag => json!({ format!("Fn::{tag}"): value }),
            }
        }
    }
}
