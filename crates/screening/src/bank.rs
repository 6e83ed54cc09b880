//! Banks as an operator writes them: reusable lists of what is looked for.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, value::MapAccessDeserializer},
};

use crate::{
    contacts::ContactKind,
    fingerprint::Fingerprint,
    media::FileHash,
    normalise::Switches,
    pdq::{self, PdqHash},
};

/// A bank. A plain list of terms is a bank whose other fields say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Bank {
    /// Which disguises of the terms are seen through.
    #[serde(skip_serializing_if = "Switches::is_default")]
    pub normalise: Switches,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<String>,
    /// Files with more terms. A pack that is compiled has none left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<BankFile>,
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
    /// Pictures by their looks, whichever way they are turned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<PdqHash>,
    /// In how many bits a picture may differ; [`pdq::NEAR`] where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture_distance: Option<u32>,
    /// Files of pictures, sound and film, byte for byte.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub file_hashes: Vec<FileHash>,
}

/// Beyond it, pictures without a relation begin to be taken for one another.
pub(crate) const LARGEST_PICTURE_DISTANCE: u32 = 60;

/// What each line of a bank file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Terms; in a table the column `term`.
    #[default]
    Terms,
    /// Hashes of pictures; in a table the column `pdq`.
    Pictures,
    /// Hashes of files; in a table the column `sha256`.
    FileHashes,
}

impl Holds {
    pub(crate) const fn column(self) -> &'static str {
        match self {
            Self::Terms => "term",
            Self::Pictures => "pdq",
            Self::FileHashes => "sha256",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    fn is_terms(&self) -> bool {
        *self == Self::Terms
    }
}

/// A file of terms, of hashes, or with a scorer, beside the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankFile {
    /// Below the pack's folder; terms are in `.txt` and `.csv`, scorers in `.scorer`.
    pub name: String,
    /// Of its bytes, in hexadecimal: which content of that name the pack means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Holds::is_terms")]
    pub holds: Holds,
}

impl BankFile {
    /// Whether the name stays inside the pack's folder, and says what the file is.
    #[must_use]
    pub fn has_usable_name(&self) -> bool {
        let parts = || self.name.split('/');
        (self.is_of(&["txt", "csv"]) || self.is_of(&["scorer"]))
            && self.name.len() <= 256
            && parts().all(|part| !part.is_empty() && part != "." && part != ".." && !part.contains('\\'))
    }

    /// Whether the name ends with one of the suffixes.
    pub(crate) fn is_of(&self, suffixes: &[&str]) -> bool {
        let suffix = self.name.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase());
        suffix.is_some_and(|suffix| suffixes.contains(&suffix.as_str()))
    }
}

impl Bank {
    pub fn is_empty(&self) -> bool {
        self.has_no_words() && self.pictures.is_empty() && self.file_hashes.is_empty()
    }

    /// Whether nothing of it is looked for in words.
    pub(crate) fn has_no_words(&self) -> bool {
        self.terms.is_empty()
            && self.patterns.is_empty()
            && self.hosts.is_empty()
            && self.contacts.is_empty()
            && self.fingerprints.is_empty()
    }

    pub(crate) fn picture_distance(&self) -> u32 {
        self.picture_distance.unwrap_or(pdq::NEAR)
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
    files: Vec<BankFile>,
    except: Vec<String>,
    patterns: Vec<String>,
    hosts: Vec<String>,
    contacts: Vec<ContactKind>,
    fingerprints: Vec<Fingerprint>,
    pictures: Vec<PdqHash>,
    picture_distance: Option<u32>,
    file_hashes: Vec<FileHash>,
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
                let described = Described::deserialize(MapAccessDeserializer::new(fields))?;
                Ok(Bank {
                    normalise: described.normalise,
                    terms: described.terms,
                    files: described.files,
                    except: described.except,
                    patterns: described.patterns,
                    hosts: described.hosts,
                    contacts: described.contacts,
                    fingerprints: described.fingerprints,
                    pictures: described.pictures,
                    picture_distance: described.picture_distance,
                    file_hashes: described.file_hashes,
                })
            }
        }

        deserializer.deserialize_any(Either)
    }
}
