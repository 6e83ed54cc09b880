//! The form of `rule-pack.yaml`: each bank and each rule is read for itself, so that what is wrong with one does not
//! hide what is wrong with the next.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_norway::{Mapping, Value};

use super::{
    LARGEST_YAML, RULE_PACK,
    place::{Place, place},
    problem::{Problem, Problems},
};
use crate::pack::RulePack;

/// Deeper brackets no pack has a use for, and the parser's work grows with the square of the depth.
const DEEPEST: usize = 100;

pub(super) fn read(yaml: &[u8]) -> Result<(String, RulePack), Vec<Problem>> {
    let text = text(yaml)?;
    let value: Value = serde_norway::from_str(text).map_err(|error| {
        let place = error.location().map(|place| (place.line(), place.column()));
        vec![at(place, "", &format!("文件无法解析：{error}"), &format!("The file cannot be read: {error}."))]
    })?;
    let Value::Mapping(fields) = value else {
        return Err(vec![at(Some((1, 1)), "", "文件的顶层必须是键值对。", "The file must be a mapping of fields.")]);
    };
    let mut form = Form { text, problems: Problems::default() };
    let pack = form.pack(fields);
    match pack {
        Some(pack) if form.problems.is_empty() => Ok((text.to_owned(), pack)),
        _ => Err(form.problems.into_all()),
    }
}

fn text(yaml: &[u8]) -> Result<&str, Vec<Problem>> {
    if yaml.len() > LARGEST_YAML {
        return Err(vec![at(
            None,
            "",
            "文件超过 4 MiB，词条请放入词库文件。",
            "The file is larger than 4 MiB: put terms into bank files.",
        )]);
    }
    let (mut open, mut line) = (0_usize, 1);
    for byte in yaml {
        match byte {
            b'\n' => line += 1,
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > DEEPEST {
            return Err(vec![at(Some((line, 1)), "", "括号嵌套过深。", "The brackets are nested too deeply.")]);
        }
    }
    std::str::from_utf8(yaml).map_err(|error| {
        let line = yaml[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        vec![at(Some((line, 1)), "", "文件不是 UTF-8 编码。", "The file is not UTF-8.")]
    })
}

pub(super) fn at(place: Option<Place>, path: &str, zh: &str, en: &str) -> Problem {
    Problem {
        file: RULE_PACK.to_owned(),
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        path: path.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

struct Form<'a> {
    text: &'a str,
    problems: Problems,
}

impl Form<'_> {
    fn pack(&mut self, mut fields: Mapping) -> Option<RulePack> {
        let id = self.required(&mut fields, "id");
        let version = self.required(&mut fields, "version");
        let permitted = match fields.remove("permitted") {
            Some(value) => self.of("permitted", value),
            None => Some(Vec::new()),
        };
        let scorers = match fields.remove("scorers") {
            Some(value) => self.of("scorers", value),
            None => Some(BTreeMap::new()),
        };
        let banks = match fields.remove("banks") {
            Some(Value::Mapping(banks)) => Some(
                banks
                    .into_iter()
                    .filter_map(|(name, bank)| {
                        let Value::String(name) = name else {
                            self.add("banks", "词库的名称必须是文本。", "The name of a bank must be a text.");
                            return None;
                        };
                        let bank = self.of(&format!("banks.{name}"), bank)?;
                        Some((name, bank))
                    })
                    .collect(),
            ),
            other => self.not_of_the_kind("banks", other.is_some(), "键值对", "a mapping of banks"),
        };
        let rules = match fields.remove("rules") {
            Some(Value::Sequence(rules)) => Some(
                rules.into_iter().enumerate().filter_map(|(at, rule)| self.of(&format!("rules[{at}]"), rule)).collect(),
            ),
            other => self.not_of_the_kind("rules", other.is_some(), "列表", "a list of rules"),
        };
        for name in fields.keys() {
            let name = name.as_str().unwrap_or("?").to_owned();
            self.add(&name, "未知字段。", "There is no such field.");
        }
        Some(RulePack {
            id: id?,
            version: version?,
            banks: banks?,
            permitted: permitted?,
            scorers: scorers?,
            rules: rules?,
        })
    }

    fn required<T: DeserializeOwned>(&mut self, fields: &mut Mapping, name: &str) -> Option<T> {
        match fields.remove(name) {
            Some(value) => self.of(name, value),
            None => self.not_of_the_kind(name, false, "", ""),
        }
    }

    fn not_of_the_kind<T>(&mut self, name: &str, is_there: bool, zh: &str, en: &str) -> Option<T> {
        if is_there {
            self.add(name, &format!("必须是{zh}。"), &format!("It must be {en}."));
        } else {
            self.add("", &format!("缺少必填字段 {name}。"), &format!("The field `{name}` is missing."));
        }
        None
    }

    fn of<T: DeserializeOwned>(&mut self, path: &str, value: Value) -> Option<T> {
        serde_norway::from_value(value)
            .map_err(|error| {
                let message = error.to_string();
                // The field that the message names is nearer than the bank or the rule around it.
                let field = message.split('`').nth(1).filter(|_| message.starts_with("unknown field"));
                let path = field.map_or_else(|| path.to_owned(), |field| format!("{path}.{field}"));
                self.add(
                    &path,
                    &format!("{}（{message}）", in_chinese(&message)),
                    &format!("It cannot be read: {message}."),
                );
            })
            .ok()
    }

    fn add(&mut self, path: &str, zh: &str, en: &str) {
        if !self.problems.are_enough() {
            self.problems.add(at(place(self.text, path), path, zh, en));
        }
    }
}

/// What serde's message is about: it has no other way of saying it.
fn in_chinese(message: &str) -> &'static str {
    match message {
        _ if message.contains("unknown field") => "未知字段",
        _ if message.contains("missing field") => "缺少必填字段",
        _ if message.contains("unknown variant") => "值不在允许的取值之内",
        _ if message.contains("invalid type") => "值的类型错误",
        _ => "值的格式错误",
    }
}
