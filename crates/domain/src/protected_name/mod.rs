//! Names that not everybody may carry: those of public bodies above all (R4).

mod in_force;
mod list;

pub use in_force::ListInForce;
pub use list::{MOST_NAMES, NameList, Unreadable, parse};

use serde::{Deserialize, Serialize};

use crate::{
    display_name::{NameForms, NameSkeleton},
    principal::PrincipalKind,
    profile::Bilingual,
};

/// One protected name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedName {
    /// As the list writes it.
    pub name: String,
    /// Folded, affixes and all: two entries of a list have two skeletons.
    pub skeleton: NameSkeleton,
    pub reach: Reach,
    /// The kinds of principal that may carry it; none for a name that nobody may.
    pub carried_by: Vec<PrincipalKind>,
    /// Told to whoever is refused.
    pub why: Bilingual,
}

/// Which names a protected name stands against. A list marks with `*` where they may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// `管理员`: this name alone.
    Whole,
    /// `人民日报*`: every name that begins with it.
    Beginning,
    /// `*公安局`: every name that ends with it.
    End,
    /// `*人民政府*`: both.
    Either,
}

impl ProtectedName {
    /// Whether a name of these forms is this one, or within its reach.
    #[must_use]
    pub fn covers(&self, forms: &NameForms) -> bool {
        let (begins, ends) = match self.reach {
            Reach::Whole => (false, false),
            Reach::Beginning => (true, false),
            Reach::End => (false, true),
            Reach::Either => (true, true),
        };
        forms.is(&self.skeleton)
            || (begins && forms.begins_with(&self.skeleton))
            || (ends && forms.ends_with(&self.skeleton))
    }

    #[must_use]
    pub fn may_be_carried_by(&self, kind: PrincipalKind) -> bool {
        self.carried_by.contains(&kind)
    }

    /// What of `found` keeps a principal of `kind` from a name of these forms: the longest, which says most.
    #[must_use]
    pub fn refusing(found: Vec<Self>, forms: &NameForms, kind: PrincipalKind) -> Option<Self> {
        found
            .into_iter()
            .filter(|protected| protected.covers(forms) && !protected.may_be_carried_by(kind))
            .max_by_key(|protected| protected.skeleton.as_str().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display_name::NameRules;

    fn rules() -> NameRules {
        NameRules::new(str::to_lowercase, &["官方".to_owned()])
    }

    fn protected(name: &str, reach: Reach, carried_by: &[PrincipalKind]) -> ProtectedName {
        ProtectedName {
            name: name.to_owned(),
            skeleton: rules().folded(name),
            reach,
            carried_by: carried_by.to_vec(),
            why: Bilingual { zh: "公共机构".to_owned(), en: "A public body".to_owned() },
        }
    }

    #[test]
    fn a_name_reaches_as_far_as_its_marks_say() {
        for (reach, covered, free) in [
            (Reach::Whole, vec!["晨报", "晨报官方", "官方晨报"], vec!["晨报网", "新晨报"]),
            (Reach::Beginning, vec!["晨报", "晨报网", "官方晨报网"], vec!["新晨报"]),
            (Reach::End, vec!["晨报", "新晨报", "新晨报官方"], vec!["晨报网"]),
            (Reach::Either, vec!["晨报网", "新晨报"], vec!["新晨报网"]),
        ] {
            let name = protected("晨报", reach, &[]);
            for covered in covered {
                assert!(name.covers(&rules().forms(covered)), "{reach:?} {covered}");
            }
            for free in free {
                assert!(!name.covers(&rules().forms(free)), "{reach:?} {free}");
            }
        }
    }

    #[test]
    fn an_individual_may_not_take_a_protected_name_and_a_body_of_the_right_kind_may() {
        let list = || vec![protected("晨报", Reach::Beginning, &[PrincipalKind::Media])];
        let forms = rules().forms("晨报");
        assert!(ProtectedName::refusing(list(), &forms, PrincipalKind::Individual).is_some());
        assert!(ProtectedName::refusing(list(), &forms, PrincipalKind::Enterprise).is_some());
        assert!(ProtectedName::refusing(list(), &forms, PrincipalKind::Media).is_none());
    }

    #[test]
    fn every_name_that_is_covered_is_among_what_is_looked_up() {
        for (name, reach) in [("晨报", Reach::Beginning), ("晨报", Reach::End), ("官方", Reach::Whole)] {
            let protected = protected(name, reach, &[]);
            for written in ["晨报", "官方晨报网", "新晨报官方", "官方"] {
                let forms = rules().forms(written);
                if protected.covers(&forms) {
                    assert!(forms.to_look_up().contains(&protected.skeleton), "{written} and {name}");
                }
            }
        }
    }

    #[test]
    fn the_longest_of_several_is_told() {
        let list = vec![protected("晨报", Reach::Beginning, &[]), protected("晨报网", Reach::Whole, &[])];
        let told = ProtectedName::refusing(list, &rules().forms("晨报网"), PrincipalKind::Individual);
        assert_eq!(told.unwrap().name, "晨报网");
    }
}
