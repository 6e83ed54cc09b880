//! The name that the public sees, and what it is compared as (R4, R6.1): the choice is free, but no two accounts carry
//! names that a reader takes for one another.

use serde::{Deserialize, Serialize};

/// What a name is compared as: folded, and without the affixes that claim to be the real one. One account holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameSkeleton(String);

impl NameSkeleton {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An account from before names were compared holds none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

/// A name with what it is compared as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayName {
    pub text: String,
    pub skeleton: NameSkeleton,
}

/// Why a name cannot be carried, whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnusableName {
    /// Decorations, marks, punctuation: no reader could tell it from another such name.
    #[error("the name holds nothing that could be compared")]
    NothingToCompare,
    /// `官方`, `official`: it claims to be the real one of nothing.
    #[error("the name is made of affixes alone")]
    AffixesAlone,
    /// Ligatures that unfold to more than any name holds.
    #[error("the name unfolds to more than {LONGEST} characters")]
    TooLong,
}

/// A name has at most 30 characters; a few of them may unfold to several.
const LONGEST: usize = 120;

/// The shortest beginning or end that is looked up among the protected names: one character protects no name.
const SHORTEST: usize = 2;

/// The longest beginning or end that is looked up: two forms of a name then ask for 94 keys, and a table reads 100 at
/// once.
pub(crate) const FARTHEST: usize = 24;

/// How names are compared: the folding of the screening engine, and the affixes that the settings name.
#[derive(Debug, Clone)]
pub struct NameRules {
    fold: fn(&str) -> String,
    /// Folded, the longest first, so that `官方旗舰店` goes before `旗舰店`.
    affixes: Vec<String>,
}

impl NameRules {
    #[must_use]
    pub fn new(fold: fn(&str) -> String, affixes: &[String]) -> Self {
        let mut affixes: Vec<String> = affixes.iter().map(|affix| fold(affix)).filter(|a| !a.is_empty()).collect();
        affixes.sort_by_key(|affix| std::cmp::Reverse(affix.len()));
        affixes.dedup();
        Self { fold, affixes }
    }

    /// The name with what it is compared as.
    ///
    /// # Errors
    /// When nothing of it could be compared.
    pub fn read(&self, text: &str) -> Result<DisplayName, UnusableName> {
        let folded = (self.fold)(text);
        if folded.is_empty() {
            return Err(UnusableName::NothingToCompare);
        }
        if folded.chars().count() > LONGEST {
            return Err(UnusableName::TooLong);
        }
        let core = self.core(&folded);
        if core.is_empty() {
            return Err(UnusableName::AffixesAlone);
        }
        Ok(DisplayName { text: text.to_owned(), skeleton: NameSkeleton(core.to_owned()) })
    }

    /// The name folded and nothing taken away: what a protected name is stored as.
    #[must_use]
    pub fn folded(&self, text: &str) -> NameSkeleton {
        NameSkeleton((self.fold)(text))
    }

    /// What the name says with and without its affixes.
    #[must_use]
    pub fn forms(&self, text: &str) -> NameForms {
        let whole = (self.fold)(text);
        let core = self.core(&whole).to_owned();
        NameForms { whole, core }
    }

    fn core<'a>(&self, folded: &'a str) -> &'a str {
        let mut rest = folded;
        loop {
            let shorter =
                self.affixes.iter().find_map(|affix| rest.strip_prefix(&**affix).or(rest.strip_suffix(&**affix)));
            match shorter {
                Some(shorter) => rest = shorter,
                None => return rest,
            }
        }
    }
}

/// A name as a whole and without its affixes, both folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameForms {
    whole: String,
    core: String,
}

impl NameForms {
    /// Everything in the list of protected names that could stand against this name: the forms themselves, their
    /// beginnings and their ends. At most 94 of them.
    #[must_use]
    pub fn to_look_up(&self) -> Vec<NameSkeleton> {
        let mut keys: Vec<NameSkeleton> = [&self.whole, &self.core]
            .into_iter()
            // A name that unfolds to more is no name, and no key either.
            .filter(|form| form.chars().count() <= LONGEST)
            .flat_map(|form| {
                let cuts: Vec<usize> = form.char_indices().map(|(at, _)| at).chain([form.len()]).collect();
                let last = cuts.len() - 1;
                let starts = (SHORTEST..=last.min(FARTHEST)).map(|long| form[..cuts[long]].to_owned());
                let ends = (SHORTEST..=last.min(FARTHEST)).map(|long| form[cuts[last - long]..].to_owned());
                starts.chain(ends).chain([form.clone()]).map(NameSkeleton).collect::<Vec<_>>()
            })
            .filter(|key| !key.is_none())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    #[must_use]
    pub fn is(&self, skeleton: &NameSkeleton) -> bool {
        self.whole == skeleton.0 || self.core == skeleton.0
    }

    #[must_use]
    pub fn begins_with(&self, skeleton: &NameSkeleton) -> bool {
        self.whole.starts_with(&skeleton.0) || self.core.starts_with(&skeleton.0)
    }

    #[must_use]
    pub fn ends_with(&self, skeleton: &NameSkeleton) -> bool {
        self.whole.ends_with(&skeleton.0) || self.core.ends_with(&skeleton.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The engine's folding is tested where it is; here, case stands for all of it.
    fn rules() -> NameRules {
        let affixes = ["官方", "旗舰店", "Official", "方"].map(str::to_owned);
        NameRules::new(str::to_lowercase, &affixes)
    }

    fn skeleton(name: &str) -> String {
        rules().read(name).unwrap().skeleton.0
    }

    #[test]
    fn what_claims_to_be_the_real_one_is_compared_as_the_one() {
        for name in ["Acme", "acme官方", "官方ACME", "Acme官方旗舰店", "官方Acme旗舰店官方", "ACMEofficial"]
        {
            assert_eq!(skeleton(name), "acme", "{name}");
        }
    }

    #[test]
    fn an_affix_inside_a_name_stays() {
        assert_eq!(skeleton("某官方言"), "某官方言");
    }

    #[test]
    fn a_name_of_affixes_or_of_nothing_is_unusable() {
        assert_eq!(rules().read("官方官方旗舰店"), Err(UnusableName::AffixesAlone));
        assert_eq!(rules().read(""), Err(UnusableName::NothingToCompare));
        assert_eq!(rules().read(&"长".repeat(121)), Err(UnusableName::TooLong));
    }

    #[test]
    fn beginnings_and_ends_are_looked_up_with_and_without_affixes() {
        let keys: Vec<String> = rules().forms("官方晨报网").to_look_up().into_iter().map(|key| key.0).collect();
        for wanted in ["晨报网", "晨报", "报网", "官方", "官方晨报网"] {
            assert!(keys.iter().any(|key| key == wanted), "{wanted} is not among {keys:?}");
        }
        assert!(!keys.iter().any(|key| key.chars().count() == 1), "{keys:?}");
    }

    proptest! {
        #[test]
        fn the_skeleton_of_a_skeleton_is_itself(name in "[官方旗舰店Acme人]{1,12}") {
            if let Ok(once) = rules().read(&name) {
                prop_assert_eq!(rules().read(once.skeleton.as_str()).unwrap().skeleton, once.skeleton);
            }
        }

        #[test]
        fn an_affix_never_makes_another_name(name in "[官方旗舰店Acme人]{1,12}", front in any::<bool>()) {
            let dressed = if front { format!("官方{name}") } else { format!("{name}官方") };
            let (plain, dressed) = (rules().read(&name), rules().read(&dressed));
            match plain {
                Ok(plain) => prop_assert_eq!(dressed.unwrap().skeleton, plain.skeleton),
                Err(refused) => prop_assert_eq!(dressed, Err(refused)),
            }
        }

        #[test]
        fn few_keys_are_looked_up(name in "\\PC{0,120}") {
            prop_assert!(rules().forms(&name).to_look_up().len() <= 94);
        }
    }
}
