//! Banks as an operator writes them: reusable lists of what is looked for.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, value::MapAccessDeserializer},
};

use crate::{contacts::ContactKind, fingerprint::Fingerprint, normalise::Switches};

/// A bank. A plain list of terms is a bank whose other fields say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bank {
    /// Which disguises of the terms are seen through.
    #[serde(skip_serializing_if = "Switches::is_default")]
    pub normalise: Switches,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<String>,
    /// Longer permitted terms: what stands inside one of them is no hit of this bank.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Regular expressions, matched in linear time against the text as it is written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// Link hosts, each with all that is under it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<ContactKind>,
    /// Whole texts, exact and near.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<Fingerprint>,
}

impl Bank {
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
            && self.patterns.is_empty()
            && self.hosts.is_empty()
            && self.contacts.is_empty()
            && self.fingerprints.is_empty()
    }
}

impl From<Vec<String>> for Bank {
    fn from(terms: Vec<String>) -> Self {
        Self { terms, ..Self::default() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Described {
    normalise: Switches,
    terms: Vec<String>,
    except: Vec<String>,
    patterns: Vec<String>,
    hosts: Vec<String>,
    contacts: Vec<ContactKind>,
    fingerprints: Vec<Fingerprint>,
}

/// By hand and not untagged, so that a mistake keeps its line and its reason.
impl<'de> Deserialize<'de> for Bank {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> de::Visitor<'de> for Either {
            type Value = Bank;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of terms, or a bank with its fields")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut terms: A) -> Result<Bank, A::Error> {
                let mut all = Vec::new();
                while let Some(term) = terms.next_element::<String>()? {
                    all.push(term);
                }
                Ok(all.into())
            }

            fn visit_map<A: de::MapAccess<'de>>(self, fields: A) -> Result<Bank, A::Error> {
                let Described { normalise, terms, except, patterns, hosts, contacts, fingerprints } =
                    Described::deserialize(MapAccessDeserializer::new(fields))?;
                Ok(Bank { normalise, terms, except, patterns, hosts, contacts, fingerprints })
            }
        }

        deserializer.deserialize_any(Either)
    }
}
