//! A pack as an operator writes it: `rule-pack.yaml` and the bank files beside it. Everything that is wrong with it is
//! told at once, each thing with its file, line, column and reason, in both languages.

mod bank_file;
mod check;
mod form;
mod place;
mod problem;
mod scorers;

use std::collections::BTreeMap;

pub use bank_file::sha256;
pub use place::Place;
pub use problem::{MOST_PROBLEMS, Problem};

use crate::{bank::BankFile, engine::Engine, pack::RulePack};

/// The file that says what the pack is.
pub const RULE_PACK: &str = "rule-pack.yaml";
/// Beyond this a pack keeps its terms in bank files. An honest pack of 500 rules has a tenth of it.
pub const LARGEST_YAML: usize = 4 << 20;
/// Of one bank file: a million terms of twenty characters.
pub const LARGEST_BANK_FILE: usize = 64 << 20;

/// Whether the pack must say what is in its bank files. Files that come one by one are of one upload only if it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hashes {
    Required,
    IfGiven,
}

/// A pack whose form is right, without its bank files.
#[derive(Debug)]
pub struct Manifest {
    text: String,
    pack: RulePack,
}

/// A pack that does as it says.
pub struct Checked {
    pub pack: RulePack,
    pub engine: Engine,
}

impl Manifest {
    /// Reads `rule-pack.yaml`.
    ///
    /// # Errors
    /// Everything that is wrong with its form.
    pub fn read(yaml: &[u8]) -> Result<Self, Vec<Problem>> {
        form::read(yaml).map(|(text, pack)| Self { text, pack })
    }

    /// What the pack calls itself.
    #[must_use]
    pub fn id_and_version(&self) -> (&str, u32) {
        (&self.pack.id, self.pack.version)
    }

    /// The files that it names, with terms and with scorers, each once.
    #[must_use]
    pub fn files(&self) -> Vec<&BankFile> {
        let mut files: BTreeMap<&str, &BankFile> = BTreeMap::new();
        let of_scorers = self.pack.scorers.values().map(|scorer| &scorer.file);
        for file in self.pack.banks.values().flat_map(|bank| &bank.files).chain(of_scorers) {
            files.entry(&file.name).or_insert(file);
        }
        files.into_values().collect()
    }

    /// Judges the whole pack, compiles it and runs its examples. `files` holds what of its bank files is there.
    ///
    /// # Errors
    /// Everything that is wrong; examples are run when nothing else is.
    pub fn check(self, files: &BTreeMap<String, Vec<u8>>, hashes: Hashes) -> Result<Checked, Vec<Problem>> {
        check::check(&self.text, self.pack, files, hashes)
    }
}
