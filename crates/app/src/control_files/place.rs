//! Where in a file a field stands. The parser tells lines and columns with its errors alone, so it is asked for an
//! error: the file is read again down to the field, and there the reading is broken off.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Line and column, from 1, of the field at `path` (`a.b[2].c`), or of the nearest one around it that is there.
pub(crate) fn place(text: &str, path: &str) -> Option<(usize, usize)> {
    let steps = steps(path);
    (0..=steps.len()).rev().find_map(|depth| place_of(text, &steps[..depth]))
}

fn place_of(text: &str, steps: &[Step<'_>]) -> Option<(usize, usize)> {
    let error = Walk(steps).deserialize(serde_norway::Deserializer::from_str(text)).err()?;
    let place = error.location().filter(|_| error.to_string().contains(HERE))?;
    Some((place.line(), place.column()))
}

/// No text that a parser writes of itself.
const HERE: &str = "\u{1}here\u{1}";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

fn steps(path: &str) -> Vec<Step<'_>> {
    let parts = path.split(['.', '[']).filter(|part| !part.is_empty());
    let step = |part| match str::strip_suffix(part, "]").map(str::parse) {
        Some(Ok(item)) => Step::Item(item),
        _ => Step::Key(part),
    };
    parts.map(step).collect()
}

#[derive(Clone, Copy)]
struct Walk<'a>(&'a [Step<'a>]);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Walk<'_> {
    /// What is no container is where the walk ends, if it ends here.
    fn end<E: Error>(self) -> Result<(), E> {
        if self.0.is_empty() { Err(E::custom(HERE)) } else { Ok(()) }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.0.split_first() else { return Err(A::Error::custom(HERE)) };
        while let Some(key) = map.next_key::<String>()? {
            match step {
                Step::Key(wanted) if *wanted == key => map.next_value_seed(Walk(rest))?,
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.0.split_first() else { return Err(A::Error::custom(HERE)) };
        let mut at = 0;
        loop {
            let more = match step {
                Step::Item(wanted) if *wanted == at => items.next_element_seed(Walk(rest))?.is_some(),
                _ => items.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                return Ok(());
            }
            at += 1;
        }
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.end()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.end()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.end()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.end()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.end()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "version: 2\naccount_caps:\n  media: 5\n  individual: 7\nnames:\n  - {name: 甲, also: [1, 2]}\n  - name: 乙\nempty:\n";

    #[test]
    fn a_field_stands_where_its_value_begins() {
        for (path, expected) in [
            ("version", (1, 10)),
            ("account_caps.individual", (4, 15)),
            ("account_caps", (3, 3)),
            ("names[0].also[1]", (6, 25)),
            ("names[1].name", (7, 11)),
        ] {
            assert_eq!(place(TEXT, path), Some(expected), "{path}");
        }
    }

    #[test]
    fn a_field_that_is_not_there_is_where_its_surroundings_are() {
        assert_eq!(place(TEXT, "account_caps.government"), place(TEXT, "account_caps"));
        assert_eq!(place(TEXT, "names[7].name"), place(TEXT, "names"));
        assert_eq!(place(TEXT, "nothing"), Some((1, 1)));
        assert_eq!(place(TEXT, ""), Some((1, 1)));
    }

    #[test]
    fn json_has_places_too() {
        assert_eq!(place("{\n \"a\": {\"b\": [1,\n 2]}}", "a.b[1]"), Some((3, 2)));
    }
}
