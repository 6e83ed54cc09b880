//! Well-formedness and repeated keys, before a body is read as a type.
//!
//! RFC 8259 leaves it open what a repeated key means, and readers differ: what one of ours screens, another might not
//! see. So a repeated key is refused, at any depth, also inside of values that a type would take as they are.

use std::{collections::BTreeSet, fmt, rc::Rc};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::pointer;

/// The place of the first repeated key, if there is one. The work grows with the length of the text alone: anybody can
/// send any text.
///
/// # Errors
/// When the text is not well-formed JSON.
pub(super) fn repeated(json: &[u8]) -> Result<Option<String>, serde_json::Error> {
    let mut seen = Seen { steps: Vec::new(), found: None };
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    Walk { seen: &mut seen }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(seen.found)
}

/// Where the walk is, and what it has found.
struct Seen {
    steps: Vec<Step>,
    found: Option<String>,
}

enum Step {
    Key(Rc<str>),
    Index(usize),
}

impl Seen {
    /// The pointer to where the walk is: written out when it is asked for, not at every step.
    fn place(&self) -> String {
        let mut place = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) => pointer::push(&mut place, key),
                Step::Index(index) => pointer::push(&mut place, &index.to_string()),
            }
        }
        place
    }
}

struct Walk<'a> {
    seen: &'a mut Seen,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let key: Rc<str> = key.into();
            self.seen.steps.push(Step::Key(Rc::clone(&key)));
            map.next_value_seed(Walk { seen: self.seen })?;
            if !keys.insert(key) && self.seen.found.is_none() {
                self.seen.found = Some(self.seen.place());
            }
            self.seen.steps.pop();
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        loop {
            self.seen.steps.push(Step::Index(index));
            if seq.next_element_seed(Walk { seen: self.seen })?.is_none() {
                break;
            }
            self.seen.steps.pop();
            index += 1;
        }
        self.seen.steps.pop();
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(json: &str) -> Option<String> {
        repeated(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_repeated_key_is_found_at_any_depth() {
        assert_eq!(place(r#"{"a":1,"b":{"c":[{"d":1},{"d":1,"d":2}]}}"#).as_deref(), Some("/b/c/1/d"));
        assert_eq!(place(r#"{"a/b":1,"a/b":2}"#).as_deref(), Some("/a~1b"));
        assert_eq!(place(r#"{"a":{"a":null},"b":[1,-1,1.5,true,"x"]}"#), None);
        // Two spellings of one key.
        assert_eq!(place(r#"{"ab":1,"\u0061b":2}"#).as_deref(), Some("/ab"));
    }

    /// One that wrote every place out would copy a terabyte here, and not come back.
    #[test]
    fn a_long_key_over_many_values_costs_no_more_than_its_text() {
        let json = format!(r#"{{"{}":[0{}],"a":1,"a":2}}"#, "k".repeat(4 << 20), ",0".repeat(500_000));
        assert_eq!(place(&json).as_deref(), Some("/a"));
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        for text in ["", "{", r#"{"a":1}x"#, "nul", r#"{"a":"\ud800"}"#, &"[".repeat(1000)] {
            assert!(repeated(text.as_bytes()).is_err(), "{text}");
        }
        assert!(repeated(b"\"\xff\"").is_err());
    }
}
