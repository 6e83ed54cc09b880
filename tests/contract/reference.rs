//! `docs/api.md`: the API's description for people, made of the OpenAPI document.

use std::{collections::BTreeMap, fmt::Write as _};

use lambda::{
    http::RequestId,
    problem::{Code, Language, Problem},
};
use serde_json::{Value, json};

use crate::openapi::operations;

const HEAD: &str = "# API reference 接口参考

Written by `cargo xtask openapi`: the operations by what the code says, the examples by what it answered to the events in
[events](../events). [openapi.yaml](openapi.yaml) is the same for programs, with every field of every answer.
[integrate.md](integrate.md) tells how to sign, to retry and to take webhooks.

本页由代码生成：接口说明取自代码，示例取自 `events/` 中样例事件的真实应答。签名、重试与回调的用法见 [integrate.md](integrate.md)。

*Callers* are the roles whose policy in the template allows the operation; `public` needs no signature. Writes take an
`Idempotency-Key` unless it is said otherwise. Whatever is refused is answered with one of the [problems](#problems-错误码).
";

/// The whole page.
pub(crate) fn rendered(document: &Value) -> String {
    let mut by_tag: BTreeMap<&str, Vec<(String, &str, &Value)>> = BTreeMap::new();
    for operation in operations(document) {
        by_tag.entry(operation.2["tags"][0].as_str().unwrap_or_default()).or_default().push(operation);
    }
    let mut page = HEAD.to_owned();
    page.push_str("\n| operation | what it does | 说明 | callers |\n|---|---|---|---|\n");
    for (method, path, operation) in by_tag.values().flatten() {
        let (summary, (_, chinese)) = (text(operation, "summary"), by_language(text(operation, "description")));
        let anchor = text(operation, "operationId");
        writeln!(page, "| [`{method} {path}`](#{anchor}) | {summary} | {chinese} | {} |", callers(operation)).unwrap();
    }
    for (tag, operations) in &by_tag {
        write!(page, "\n## {tag}\n").unwrap();
        for (method, path, operation) in operations {
            page.push_str(&section(document, method, path, operation));
        }
    }
    page.push_str(&problems());
    page
}

fn section(document: &Value, method: &str, path: &str, operation: &Value) -> String {
    let (english, chinese) = by_language(text(operation, "description"));
    let anchor = text(operation, "operationId");
    let mut out = format!("\n### {anchor}\n\n**`{method} {path}`** — {}. {chinese}\n", text(operation, "summary"));
    if !english.is_empty() {
        write!(out, "\n{english}\n").unwrap();
    }
    write!(out, "\nCallers: {}.\n", callers(operation)).unwrap();
    let query = operation["parameters"].as_array().into_iter().flatten();
    let mut rows: Vec<String> = query
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| row(document, &format!("?{}", text(parameter, "name")), parameter, &parameter["schema"]))
        .collect();
    let request = &operation["requestBody"]["content"]["application/json"];
    fields(document, &request["schema"], "", 0, &mut rows);
    if !rows.is_empty() {
        write!(out, "\n| field | form | meaning |\n|---|---|---|\n{}", rows.concat()).unwrap();
    }
    if let Some(example) = request.get("example") {
        write!(out, "\nFor example:\n\n{}", json_block(example)).unwrap();
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        if let Some(example) =
            response["content"]["application/json"].get("example").filter(|_| status.starts_with('2'))
        {
            write!(out, "\nAnswered with {status}:\n\n{}", json_block(example)).unwrap();
        }
    }
    out
}

/// A row for every field of a request, those of objects and lists below them.
fn fields(document: &Value, schema: &Value, place: &str, depth: usize, rows: &mut Vec<String>) {
    let schema = resolved(document, schema);
    if depth > 3 {
        return;
    }
    for kind in ["oneOf", "anyOf", "allOf"] {
        for variant in schema[kind].as_array().into_iter().flatten() {
            fields(document, variant, place, depth, rows);
        }
    }
    if schema["items"].is_object() {
        return fields(document, &schema["items"], &format!("{place}[]"), depth, rows);
    }
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
        let told = json!({ "required": required.contains(&name.as_str()), "description": field["description"] });
        let line = row(document, &place, &told, field);
        // Variants of one body have fields in common.
        if !rows.contains(&line) {
            rows.push(line);
        }
        fields(document, field, &place, depth + 1, rows);
    }
}

fn row(document: &Value, name: &str, told: &Value, schema: &Value) -> String {
    let optional = if told["required"] == true { "" } else { ", optional" };
    let plain = resolved(document, schema);
    let own = text(told, "description");
    let meaning = if own.is_empty() { text(plain, "description") } else { own };
    format!("| `{name}` | {}{optional} | {} |\n", form(document, schema), one_line(meaning))
}

fn form(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<String> = words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(" ");
    }
    for kind in ["oneOf", "anyOf"] {
        let variants = schema[kind].as_array().into_iter().flatten();
        let forms: Vec<String> =
            variants.filter(|variant| variant["type"] != "null").map(|variant| form(document, variant)).collect();
        if !forms.is_empty() {
            return if forms.iter().all(|form| form == "object") { "object".to_owned() } else { forms.join(" or ") };
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    let mut out = match kind {
        Some("array") => "list".to_owned(),
        Some("string") => schema["format"].as_str().unwrap_or("text").to_owned(),
        Some(kind) => kind.to_owned(),
        None => "any".to_owned(),
    };
    let limits =
        [("minLength", "maxLength", "characters"), ("minItems", "maxItems", "items"), ("minimum", "maximum", "")];
    for (least, most, unit) in limits {
        let limit = match (&schema[least], &schema[most]) {
            (Value::Null, Value::Null) => continue,
            (least, Value::Null) => format!("from {least}"),
            (Value::Null, most) => format!("up to {most}"),
            (least, most) => format!("{least} to {most}"),
        };
        write!(out, ", {}", format!("{limit} {unit}").trim_end()).unwrap();
    }
    out
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|place| document.pointer(place.trim_start_matches('#'))) {
        Some(schema) => schema,
        None => schema,
    }
}

/// Every problem, whoever may meet it.
fn problems() -> String {
    let mut out = "\n## Problems 错误码\n\n`application/problem+json` (RFC 9457); programs switch on `code`. \
                   程序请按 `code` 判断。\n\n| status | code | 中文 | English |\n|---|---|---|---|\n"
        .to_owned();
    let mut codes: Vec<Code> = Code::ALL.to_vec();
    codes.sort_by_key(|code| (code.status().as_u16(), code.as_str()));
    for code in codes {
        let in_language = |language| {
            let body = json!(Problem::new(code).body(language, &RequestId(String::new())));
            (text(&body, "title").to_owned(), text(&body, "detail").to_owned())
        };
        let ((title, detail), (en_title, en_detail)) = (in_language(Language::Zh), in_language(Language::En));
        let (status, code) = (code.status().as_u16(), code.as_str());
        writeln!(out, "| {status} | `{code}` | {title}：{detail} | {en_title}: {en_detail} |").unwrap();
    }
    out
}

fn callers(operation: &Value) -> String {
    let callers = operation["x-callers"].as_array().into_iter().flatten().filter_map(Value::as_str);
    callers.collect::<Vec<_>>().join(", ")
}

/// English and Chinese: the description ends with what it says in Chinese.
fn by_language(text: &str) -> (String, String) {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let text = one_line(text);
    let at = text.find(is_chinese).unwrap_or(text.len());
    // A Chinese sentence may begin with a number or a word in Latin letters.
    let at = text[..at].rfind(". ").map_or(if at < text.len() { 0 } else { at }, |end| end + 2);
    (text[..at].trim().to_owned(), text[at..].trim().to_owned())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn json_block(value: &Value) -> String {
    format!("```json\n{}\n```\n", serde_json::to_string_pretty(value).unwrap())
}
