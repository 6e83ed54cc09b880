//! Where in a YAML text a field stands. The parser tells places with its errors alone, so it is asked for an error: the
//! text is read again down to the field, and there the reading is broken off.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Line and column, from 1.
pub type Place = (usize, usize);

/// Of the field at `path` (`rules[2].when`), or of the nearest one around it that is there.
pub(super) fn place(text: &str, path: &str) -> Option<Place> {
    let steps: Vec<Step<'_>> = path.split(['.', '[']).filter(|part| !part.is_empty()).map(step).collect();
    (0..=steps.len()).rev().find_map(|depth| {
        let error = Walk(&steps[..depth]).deserialize(serde_norway::Deserializer::from_str(text)).err()?;
        let place = error.location().filter(|_| error.to_string().contains(HERE))?;
        Some((place.line(), place.column()))
    })
}

/// No text that a parser writes of itself.
const HERE: &str = "\u{1}here\u{1}";

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

fn step(part: &str) -> Step<'_> {
    match part.strip_suffix(']').map(str::parse) {
        Some(Ok(item)) => Step::Item(item),
        _ => Step::Key(part),
    }
}

#[derive(Clone, Copy)]
struct Walk<'a>(&'a [Step<'a>]);

impl Walk<'_> {
    /// What is no container is where the walk ends, if it ends here.
    fn end<E: Error>(self) -> Result<(), E> {
        if self.0.is_empty() { Err(E::custom(HERE)) } else { Ok(()) }
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

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("anything")
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
        for at in 0.. {
            let more = match step {
                Step::Item(wanted) if *wanted == at => items.next_element_seed(Walk(rest))?.is_some(),
                _ => items.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
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

    #[test]
    fn a_field_stands_where_its_value_begins() {
        let text = "version: 2\nrules:\n  - {id: a, when: b}\n  - id: c\n";
        for (path, expected) in
            [("version", (1, 10)), ("rules[0].when", (3, 19)), ("rules[1].id", (4, 9)), ("rules[1].none", (4, 5))]
        {
            assert_eq!(place(text, path), Some(expected), "{path}");
        }
    }
}
