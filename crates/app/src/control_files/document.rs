//! The text of a control file, YAML or JSON, read without trust.

use std::{cell::Cell, fmt};

use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use super::{place::place, report::ControlProblem};

/// A file that could be read, and its text to find places in.
#[derive(Debug)]
pub struct ControlDocument {
    text: String,
    fields: Map<String, Value>,
}

impl ControlDocument {
    /// Reads UTF-8 of one YAML document (JSON is one), a mapping at the top. References are followed as long as the whole
    /// stays in proportion to the file, so that a small file cannot become a large one; keys that occur twice are
    /// refused.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    pub fn read(bytes: &[u8]) -> Result<Self, ControlProblem> {
        let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
        if let Some(at) = too_deep(bytes) {
            return Err(ControlProblem::at(
                Some(line_and_column(bytes, at)),
                "",
                "括号嵌套过深。",
                "The brackets are nested too deeply.",
            ));
        }
        // A node weighs one and the length of its text. In an honest file each of these bytes is there, and an escape
        // is never half as long as what it stands for.
        let left = Cell::new(64 + 4 * text.len());
        let value = Weighed(&left).deserialize(serde_norway::Deserializer::from_str(text)).map_err(|error| {
            let place = error.location().map(|place| (place.line(), place.column()));
            ControlProblem::at(
                place,
                "",
                &format!("文件无法解析：{error}"),
                &format!("The file cannot be read: {error}."),
            )
        })?;
        match value {
            Value::Object(fields) => Ok(Self { text: text.to_owned(), fields }),
            _ => Err(ControlProblem::at(
                Some((1, 1)),
                "",
                "文件的顶层必须是键值对。",
                "The file must be a mapping of fields.",
            )),
        }
    }

    /// The number at the top that is called `name`.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u32> {
        self.fields.get(name)?.as_u64()?.try_into().ok()
    }

    /// The whole as a `T`.
    ///
    /// # Errors
    /// What is wrong with its form: the first thing that was met.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, Vec<ControlProblem>> {
        self.formed(Value::Object(self.fields.clone())).map_err(|problem| vec![problem])
    }

    /// The whole as a `T` all of whose fields have a default: each field is read for itself, so that what is wrong with
    /// one does not hide what is wrong with the next.
    ///
    /// # Errors
    /// What is wrong with the form of each field at the top.
    pub fn to_sections<T: DeserializeOwned>(&self) -> Result<T, Vec<ControlProblem>> {
        let alone = |(name, value): (&String, &Value)| {
            let one = Map::from_iter([(name.clone(), value.clone())]);
            self.formed::<T>(Value::Object(one)).err()
        };
        let problems: Vec<_> = self.fields.iter().filter_map(alone).collect();
        if problems.is_empty() { self.to() } else { Err(problems) }
    }

    /// A problem with the field at `path`, in its place.
    #[must_use]
    pub fn problem(&self, path: &str, zh: &str, en: &str) -> ControlProblem {
        ControlProblem::at(place(&self.text, path), path, zh, en)
    }

    /// What the domain finds wrong, each in its place.
    #[must_use]
    pub fn problems(&self, findings: &[domain::settings::Finding]) -> Vec<ControlProblem> {
        findings.iter().map(|finding| ControlProblem::of(finding, place(&self.text, &finding.path))).collect()
    }

    fn formed<T: DeserializeOwned>(&self, value: Value) -> Result<T, ControlProblem> {
        serde_path_to_error::deserialize(value).map_err(|error| {
            let message = error.inner().to_string();
            let mut path = error.path().to_string().trim_start_matches('.').to_owned();
            // A field that is missing or not known is named by the message alone, or by the path already.
            let named = message.split('`').nth(1).filter(|_| names_a_field(&message));
            if let Some(field) = named
                && path.rsplit('.').next() != Some(field)
            {
                path = if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
            }
            self.problem(&path, &format!("{}（{message}）", in_chinese(&message)), &format!("{message}."))
        })
    }
}

fn names_a_field(message: &str) -> bool {
    ["unknown field", "missing field"].iter().any(|start| message.starts_with(start))
}

/// What serde's message is about: it has no other way of saying it.
fn in_chinese(message: &str) -> &'static str {
    match message {
        _ if message.starts_with("unknown field") => "未知字段",
        _ if message.starts_with("missing field") => "缺少必填字段",
        _ if message.starts_with("unknown variant") => "值不在允许的取值之内",
        _ if message.starts_with("invalid type") => "值的类型错误",
        _ => "值的格式错误",
    }
}

fn not_utf8(bytes: &[u8], valid: usize) -> ControlProblem {
    let place = line_and_column(bytes, valid);
    ControlProblem::at(Some(place), "", "文件不是 UTF-8 编码。", "The file is not UTF-8.")
}

/// From 1, of the character that begins at the byte `at`.
pub(super) fn line_and_column(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = &bytes[..at];
    let lines: Vec<&[u8]> = before.split(|byte| *byte == b'\n').collect();
    let begun = lines.last().copied().unwrap_or_default();
    (lines.len(), 1 + begun.iter().filter(|byte| **byte & 0xC0 != 0x80).count())
}

/// Where brackets are nested more deeply than any control file has a use for. The parser's work grows with the square
/// of that depth (measured: 50 000 brackets take it 20 s in a debug build). Brackets inside texts count too: an honest
/// text does not leave two hundred of them open.
fn too_deep(bytes: &[u8]) -> Option<usize> {
    const DEEPEST: usize = 200;
    let mut open = 0_usize;
    bytes.iter().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > DEEPEST
    })
}

/// Reads a value and takes its weight off what is left.
#[derive(Clone, Copy)]
struct Weighed<'a>(&'a Cell<usize>);

impl Weighed<'_> {
    fn weigh<E: Error>(self, text: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(1 + text);
        self.0.set(left.ok_or_else(|| E::custom("references make the file far larger than it is"))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Weighed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Weighed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping, a sequence, a text, a number or a truth value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        self.weigh(0)?;
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            self.weigh(key.len())?;
            let value = map.next_value_seed(self)?;
            if fields.insert(key.clone(), value).is_some() {
                let key: String = key.chars().take(60).collect();
                return Err(A::Error::custom(format!("the key {key:?} occurs twice")));
            }
        }
        Ok(Value::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.weigh(0)?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.weigh(text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.weigh(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.weigh(0)?;
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.weigh(0)?;
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.weigh(0)?;
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.weigh(0)?;
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use domain::settings::Settings;

    use super::*;

    fn problem(text: &str) -> ControlProblem {
        ControlDocument::read(text.as_bytes()).unwrap_err()
    }

    fn sections(text: &str) -> Vec<(String, Option<usize>, String)> {
        let mut problems = ControlDocument::read(text.as_bytes()).unwrap().to_sections::<Settings>().unwrap_err();
        problems.sort_by_key(|problem| problem.line);
        problems.into_iter().map(|problem| (problem.path, problem.line, problem.en)).collect()
    }

    #[test]
    fn yaml_and_json_are_read() {
        for text in
            ["version: 3\naccount_caps: {individual: 4}", r#"{"version": 3, "account_caps": {"individual": 4}}"#]
        {
            let settings: Settings = ControlDocument::read(text.as_bytes()).unwrap().to_sections().unwrap();
            assert_eq!((settings.version, settings.account_caps.individual), (3, 4));
        }
    }

    #[test]
    fn what_cannot_be_parsed_is_told_with_its_line() {
        let problem = problem("version: 2\naccount_caps:\n  media: [1\n");
        assert!(problem.line >= Some(3), "{problem:?}");
        assert!(problem.zh.starts_with("文件无法解析"), "{problem:?}");
    }

    #[test]
    fn every_section_that_is_of_the_wrong_form_is_told() {
        let found = sections("version: two\naccount_caps:\n  media: 5\n  person: 1\nquota: {}\n");
        let places: Vec<_> = found.iter().map(|(path, line, _)| (path.as_str(), *line)).collect();
        assert_eq!(places, [("version", Some(1)), ("account_caps.person", Some(4)), ("quota", Some(5))], "{found:?}");
    }

    #[test]
    fn a_file_that_is_no_mapping_is_refused() {
        for text in ["", "# nothing", "- 1", "text", "~"] {
            assert_eq!(problem(text).path, "", "{text:?}");
        }
    }

    #[test]
    fn a_key_that_occurs_twice_is_refused() {
        assert!(problem("version: 2\nversion: 3").en.contains("twice"));
    }

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_place() {
        let problem = ControlDocument::read(b"version: 2\n\xE5\x9F\x8E\xFF: 1").unwrap_err();
        assert_eq!((problem.line, problem.column), (Some(2), Some(2)));
    }

    #[test]
    fn what_no_settings_hold_is_refused() {
        for text in ["a: .nan", "a: .inf", "a: !tag 1", "1: 2\n? [a]\n: 3", "a: 1\n---\nb: 2", "a: *b", "\u{0}"] {
            assert!(ControlDocument::read(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_small_file_does_not_become_a_large_one() {
        let mut laughs = "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n".to_owned();
        for n in 1..12 {
            let previous = vec![format!("*a{}", n - 1); 9].join(",");
            laughs = format!("{laughs}a{n}: &a{n} [{previous}]\n");
        }
        let items = vec!["x"; 5_000].join(",");
        let many = format!("a: &a [{items}]\nb: [{}]\n", vec!["*a"; 5_000].join(","));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(20_000), vec!["*a"; 5_000].join(","));
        for hostile in [laughs, many, long] {
            let problem = problem(&hostile);
            assert!(problem.en.contains("far larger"), "{problem:?}");
        }
    }

    #[test]
    fn a_reference_in_proportion_is_followed() {
        let document = ControlDocument::read(b"a: &a {x: 1}\nb: *a\n").unwrap();
        assert_eq!(document.fields["b"], document.fields["a"]);
    }

    #[test]
    fn a_deep_file_is_refused_and_breaks_nothing() {
        for hostile in ["[".repeat(50_000), "{a: ".repeat(20_000), "- ".repeat(20_000), "? ".repeat(20_000)] {
            assert!(ControlDocument::read(format!("a: {hostile}").as_bytes()).is_err());
        }
    }
}
