use std::{fmt::Display, ops::RangeInclusive};

use crate::profile::Bilingual;

/// One thing that is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The field, such as `account_caps.individual` or `protected_names[3].name`; empty for the document as a whole.
    pub path: String,
    /// What is wrong, for the operator who wrote it.
    pub text: Bilingual,
}

impl Finding {
    #[must_use]
    pub fn new(path: &str, zh: &str, en: &str) -> Self {
        Self { path: path.to_owned(), text: Bilingual { zh: zh.to_owned(), en: en.to_owned() } }
    }

    /// Of a number that must lie in `range`.
    #[must_use]
    pub fn within<N: PartialOrd + Display + Copy>(path: &str, value: N, range: &RangeInclusive<N>) -> Option<Self> {
        let (low, high) = (range.start(), range.end());
        (!range.contains(&value)).then(|| {
            Self::new(
                path,
                &format!("值 {value} 不在 {low} 至 {high} 之间。"),
                &format!("{value} is not between {low} and {high}."),
            )
        })
    }

    /// Of a number that must not be smaller than `low`.
    #[must_use]
    pub fn at_least<N: PartialOrd + Display + Copy>(path: &str, value: N, low: N) -> Option<Self> {
        let too_small = value < low;
        too_small
            .then(|| Self::new(path, &format!("值 {value} 小于 {low}。"), &format!("{value} is smaller than {low}.")))
    }

    /// Of a name for programs that is none.
    #[must_use]
    pub fn name(path: &str) -> Self {
        Self::new(
            path,
            "应为 1 至 40 个小写字母、数字或下划线，且以字母开头。",
            "It must be 1 to 40 lower-case letters, digits or underscores, the first a letter.",
        )
    }

    /// Of a title for people that is empty in one of the languages, or too long to be read at a glance.
    #[must_use]
    pub fn title(path: &str, title: &Bilingual) -> Option<Self> {
        let is_title = |text: &String| !text.trim().is_empty() && text.chars().count() <= 40;
        let good = is_title(&title.zh) && is_title(&title.en);
        (!good).then(|| {
            Self::new(path, "中英文名称各应有 1 至 40 个字符。", "It must have 1 to 40 characters in each language.")
        })
    }

    /// The findings of the section `name`, with the paths they have in the whole document.
    #[must_use]
    pub fn under(name: &str, findings: Vec<Self>) -> Vec<Self> {
        let prefixed = |path: &str| match path.chars().next() {
            None => name.to_owned(),
            Some('[') => format!("{name}{path}"),
            Some(_) => format!("{name}.{path}"),
        };
        findings.into_iter().map(|finding| Self { path: prefixed(&finding.path), ..finding }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_named_before_the_field() {
        let findings = ["", "cap", "[2].name"].map(|path| Finding::new(path, "", "")).to_vec();
        let paths: Vec<String> = Finding::under("names", findings).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["names", "names.cap", "names[2].name"]);
    }

    #[test]
    fn the_ends_of_a_range_are_in_it() {
        for (value, wrong) in [(0, true), (1, false), (9, false), (10, true)] {
            assert_eq!(Finding::within("n", value, &(1..=9)).is_some(), wrong, "{value}");
        }
        assert!(Finding::at_least("n", 1, 1).is_none() && Finding::at_least("n", 0, 1).is_some());
    }
}
