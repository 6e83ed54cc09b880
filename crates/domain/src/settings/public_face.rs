use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Finding;

/// A review that may take longer than a month is none, and one that must be done within the hour is missed at night.
const REVIEW_HOURS: RangeInclusive<u16> = 1..=720;

/// More affixes than this would be a list of words and no longer one of affixes.
const MOST_AFFIXES: usize = 200;

/// Names and faces of accounts (R4, R7.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublicFace {
    /// What a name may begin or end with to claim that it is the real one; names are compared without it (R4).
    pub name_affixes: Vec<String>,
    /// Whether a person looks at every new avatar: the engine reads words and no pictures.
    pub avatar_review: bool,
    /// Within how many hours a person decides on a changed profile.
    pub profile_review_hours: u16,
}

impl Default for PublicFace {
    fn default() -> Self {
        let affixes = [
            "官方",
            "官网",
            "官微",
            "官博",
            "官号",
            "账号",
            "公众号",
            "服务号",
            "订阅号",
            "旗舰店",
            "专卖店",
            "专营店",
            "客服",
            "客服中心",
            "official",
        ];
        Self {
            name_affixes: affixes.map(str::to_owned).to_vec(),
            avatar_review: true,
            // Three working days of eight hours: nobody waits a week for a new name.
            profile_review_hours: 72,
        }
    }
}

impl PublicFace {
    #[must_use]
    pub fn profile_review_due_at(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_hours(i64::from(self.profile_review_hours))).unwrap_or(Timestamp::MAX)
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            Finding::within("profile_review_hours", self.profile_review_hours, &REVIEW_HOURS).into_iter().collect();
        if self.name_affixes.len() > MOST_AFFIXES {
            findings.push(Finding::new("name_affixes", "附加词超过 200 个。", "There are more than 200 affixes."));
        }
        for (at, affix) in self.name_affixes.iter().enumerate() {
            // One character would be taken off half of all names.
            if !(2..=20).contains(&affix.trim().chars().count()) {
                let path = format!("name_affixes[{at}]");
                findings.push(Finding::new(&path, "附加词应有 2 至 20 个字符。", "An affix has 2 to 20 characters."));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_found() {
        let paths = |face: &PublicFace| face.validate().into_iter().map(|finding| finding.path).collect::<Vec<_>>();
        assert!(paths(&PublicFace::default()).is_empty());
        let face = PublicFace {
            profile_review_hours: 0,
            name_affixes: vec!["官方".into(), "官".into()],
            ..PublicFace::default()
        };
        assert_eq!(paths(&face), ["profile_review_hours", "name_affixes[1]"]);
        let many = PublicFace { name_affixes: vec!["官方".into(); 201], ..PublicFace::default() };
        assert_eq!(paths(&many), ["name_affixes"]);
    }
}
