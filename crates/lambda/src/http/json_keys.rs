//! Well-formedness and repeated keys, before a body is read as a type.
//!
//! RFC 8259 leaves it open what a repeated key means, and readers differ: what one of ours screens, another might not
//! see. So a repeated key is refused, at any depth, also inside of values that a type would take as they are.

use std::{collections::BTreeSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::pointer;

/// The place of the first repeated key, if there is one.
///
/// # Errors
/// When the text is not well-formed JSON.
pub(super) fn repeated(json: &[u8]) -> Result<Option<String>, serde_json::Error> {
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    Walk { pointer: String::new(), found: &mut found }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(found)
}

struct Walk<'a> {
    pointer: String,
    found: &'a mut Option<String>,
}

impl Walk<'_> {
    fn below(&mut self, step: &str) -> Walk<'_> {
        let mut pointer = self.pointer.clone();
        pointer::push(&mut pointer, step);
        Walk { pointer, found: self.found }
    }
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

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let below = self.below(&key);
            let place = below.pointer.clone();
            map.next_value_seed(below)?;
            if !keys.insert(key) {
                self.found.get_or_insert(place);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while seq.next_element_seed(self.below(&index.to_string()))?.is_some() {
            index += 1;
        }
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

    #[test]
    fn what_is_no_json_is_told_apart() {
        for text in ["", "{", r#"{"a":1}x"#, "nul", r#"{"a":"\ud800"}"#, &"[".repeat(1000)] {
            assert!(repeated(text.as_bytes()).is_err(), "{text}");
        }
        assert!(repeated(b"\"\xff\"").is_err());
    }
}
