//! Rules on trial: what of a pack can be tried on content that was published before.
//!
//! The record of a publication holds its words, its parts and its time. It does not hold what the account was then, nor what
//! was seen of its media. A rule that asks for these would answer from facts that are not there, so it is not tried and is
//! told of instead.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    bank::Bank,
    condition::{Condition, OF_MEDIA},
    facts::Scope,
    pack::{Rule, RulePack, State, Title},
    verdict::Effect,
};

/// A rule that is tried, for whoever reads the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedRule {
    pub rule: String,
    pub rule_version: u32,
    pub policy: String,
    pub effect: Effect,
    pub title: Title,
    /// What it is in the pack: a draft, mostly.
    pub state: State,
}

/// What a rule asks for that the record does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotOnRecord {
    /// Age, strikes, labels, grade, credit level and qualifications of the account at that time.
    Account,
    /// Looks, files and scores of pictures, sound and film.
    Media,
}

/// A rule that is not tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotTried {
    pub rule: String,
    pub asks_for: BTreeSet<NotOnRecord>,
}

/// A pack in which what is tried is live, and nothing else is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub pack: RulePack,
    pub rules: Vec<TriedRule>,
    pub not_tried: Vec<NotTried>,
}

/// Why nothing can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrialError {
    #[error("the pack has no rule of that name")]
    RuleUnknown,
    #[error("the pack has more rules than are tried at once")]
    TooManyRules,
    #[error("no rule is left that can be tried")]
    NothingToTry,
}

impl Trial {
    /// The rules of `pack` that are named, whatever their state; none named: all that have not expired.
    ///
    /// # Errors
    /// When one is named that the pack does not have, more than `most` are left, or none that can be tried.
    pub fn of(mut pack: RulePack, named: &[String], most: usize) -> Result<Self, TrialError> {
        if named.iter().any(|name| pack.rules.iter().all(|rule| rule.id != *name)) {
            return Err(TrialError::RuleUnknown);
        }
        pack.rules.retain(|rule| match named {
            [] => rule.state != State::Expired,
            named => named.contains(&rule.id),
        });
        if pack.rules.len() > most {
            return Err(TrialError::TooManyRules);
        }
        let (mut rules, mut not_tried) = (Vec::new(), Vec::new());
        let banks = &pack.banks;
        pack.rules.retain_mut(|rule| {
            let asks_for = not_on_record(rule, |bank| banks.get(bank));
            if !asks_for.is_empty() {
                not_tried.push(NotTried { rule: rule.id.clone(), asks_for });
                return false;
            }
            rules.push(TriedRule {
                rule: rule.id.clone(),
                rule_version: rule.version,
                policy: rule.policy.clone(),
                effect: rule.effect,
                title: rule.title.clone(),
                state: rule.state,
            });
            rule.state = State::Live;
            true
        });
        if rules.is_empty() { Err(TrialError::NothingToTry) } else { Ok(Self { pack, rules, not_tried }) }
    }
}

fn not_on_record<'a>(rule: &Rule, bank: impl Fn(&str) -> Option<&'a Bank>) -> BTreeSet<NotOnRecord> {
    let mut asks = BTreeSet::new();
    let Scope { kinds: _, labels, grades, credit_levels } = &rule.scope;
    if [labels, grades, credit_levels].iter().any(|list| !list.is_empty()) {
        asks.insert(NotOnRecord::Account);
    }
    let mut banks: Vec<String> = rule.bank.iter().cloned().collect();
    if let Some(when) = &rule.when {
        for fact in Condition::facts(when) {
            match fact.as_str() {
                "account" => asks.insert(NotOnRecord::Account),
                "media" | OF_MEDIA => asks.insert(NotOnRecord::Media),
                _ => false,
            };
        }
        banks.extend(Condition::banks(when));
    }
    // A bank of words that has pictures as well is tried for its words.
    let of_media = |bank: &Bank| bank.has_no_words() && !bank.is_empty();
    if banks.iter().any(|name| bank(name).is_some_and(of_media)) {
        asks.insert(NotOnRecord::Media);
    }
    asks
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = r#"
id: shop
version: 4
banks:
  games: [百家乐]
  pictures: { pictures: ["f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0"] }
rules:
  - { id: games, version: 2, state: draft, title: { zh: 赌, en: g }, policy: gambling, effect: reject, bank: games,
      examples: { matches: [来玩百家乐], passes: [] } }
  - { id: by-night, version: 1, title: { zh: 夜, en: n }, policy: gambling, effect: hold, bank: games,
      when: "time.hour < 6 && content.kind == 'publication' && hits('games') > 1", examples: { matches: [百家乐], passes: [] } }
  - { id: of-the-young, version: 1, title: { zh: 新, en: y }, policy: gambling, effect: hold, bank: games,
      when: "account.age_days < 7", examples: { matches: [百家乐], passes: [] } }
  - { id: of-small-ones, version: 1, title: { zh: 小, en: s }, policy: gambling, effect: hold, bank: games,
      scope: { grades: [small] }, examples: { matches: [百家乐], passes: [] } }
  - { id: shown, version: 1, title: { zh: 图, en: p }, policy: gambling, effect: hold, bank: pictures,
      examples: { matches: ["f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0"], passes: [] } }
  - { id: scored, version: 1, title: { zh: 分, en: c }, policy: adult, effect: hold,
      when: "media_score('adult') > 0.5 || media.exists(one, one.seen)", examples: { matches: [百家乐], passes: [] } }
  - { id: gone, version: 1, state: expired, title: { zh: 旧, en: o }, policy: gambling, effect: hold, bank: games,
      examples: { matches: [百家乐], passes: [] } }
"#;

    fn pack() -> RulePack {
        RulePack::from_yaml(PACK).unwrap()
    }

    #[test]
    fn what_asks_for_more_than_the_record_holds_is_told_of_and_not_tried() {
        let trial = Trial::of(pack(), &[], 100).unwrap();
        let tried: Vec<_> = trial.rules.iter().map(|rule| rule.rule.as_str()).collect();
        assert_eq!(tried, ["games", "by-night"]);
        let left_out: Vec<_> = trial
            .not_tried
            .iter()
            .map(|it| (it.rule.as_str(), it.asks_for.iter().copied().collect::<Vec<_>>()))
            .collect();
        let expected = [
            ("of-the-young", vec![NotOnRecord::Account]),
            ("of-small-ones", vec![NotOnRecord::Account]),
            ("shown", vec![NotOnRecord::Media]),
            ("scored", vec![NotOnRecord::Media]),
        ];
        assert_eq!(left_out, expected);
    }

    #[test]
    fn a_draft_finds_in_a_trial_what_it_finds_nowhere_else() {
        let live = pack().compile().unwrap().screen(&["来玩百家乐"]);
        assert!(live.findings.iter().all(|found| found.rule != "games"), "drafts are never evaluated");
        let trial = Trial::of(pack(), &["games".to_owned()], 100).unwrap();
        let found = trial.pack.compile().unwrap().screen(&["来玩百家乐"]);
        assert_eq!((found.effect, found.findings[0].rule.as_str()), (Effect::Reject, "games"));
        assert_eq!(trial.rules[0].state, State::Draft);
        let expired = Trial::of(pack(), &["gone".to_owned()], 100).unwrap();
        assert_eq!(expired.rules.len(), 1, "whatever is named");
    }

    #[test]
    fn what_cannot_be_tried_at_all_is_refused() {
        let of = |named: &[&str], most| {
            let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
            Trial::of(pack(), &named, most).err()
        };
        assert_eq!(of(&["nothing"], 100), Some(TrialError::RuleUnknown));
        assert_eq!(of(&[], 5), Some(TrialError::TooManyRules));
        assert_eq!(of(&["games"], 1), None);
        assert_eq!(of(&["shown", "scored"], 100), Some(TrialError::NothingToTry));
    }
}
