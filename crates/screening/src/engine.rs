//! A compiled pack.

use std::collections::BTreeMap;

use daachorse::CharwiseDoubleArrayAhoCorasick;

use crate::{
    pack::{PackError, RulePack},
    verdict::{Effect, Finding, Span, Verdict},
};

/// Answers for texts. Latin letters are compared without case.
pub struct Engine {
    automaton: CharwiseDoubleArrayAhoCorasick<u32>,
    /// By the value of a term in the automaton: the rules whose bank holds it.
    rules_of_term: Vec<Vec<usize>>,
    rules: Vec<CompiledRule>,
    name: String,
}

struct CompiledRule {
    id: String,
    version: u32,
    policy: String,
    effect: Effect,
}

impl Engine {
    pub(crate) fn new(pack: &RulePack) -> Result<Self, PackError> {
        let mut rules_of: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, rule) in pack.rules.iter().enumerate() {
            for term in &pack.banks[&rule.bank] {
                let rules = rules_of.entry(term.to_ascii_lowercase()).or_default();
                if rules.last() != Some(&index) {
                    rules.push(index);
                }
            }
        }
        if rules_of.is_empty() {
            return Err(PackError::NoTerms);
        }
        let automaton = CharwiseDoubleArrayAhoCorasick::new(rules_of.keys())
            .map_err(|error| PackError::Automaton(error.to_string()))?;
        let rules = pack
            .rules
            .iter()
            .map(|rule| CompiledRule {
                id: rule.id.clone(),
                version: rule.version,
                policy: rule.policy.clone(),
                effect: rule.effect,
            })
            .collect();
        let name = format!("{}@{}", pack.id, pack.version);
        Ok(Self { automaton, rules_of_term: rules_of.into_values().collect(), rules, name })
    }

    /// What is to be done with a publication of these texts, and why.
    #[must_use]
    pub fn screen(&self, texts: &[&str]) -> Verdict {
        let mut spans: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
        for (part, text) in texts.iter().enumerate() {
            // ASCII only: the lowered text has the same length, so that its offsets are those of the original.
            let lowered = text.to_ascii_lowercase();
            for hit in self.automaton.find_overlapping_iter(&lowered) {
                let span = span(part, text, hit.start(), hit.end());
                for rule in &self.rules_of_term[hit.value() as usize] {
                    spans.entry(*rule).or_default().push(span);
                }
            }
        }
        let findings: Vec<Finding> = spans.into_iter().map(|(rule, spans)| self.finding(rule, spans)).collect();
        let effect = findings.iter().map(|finding| finding.effect).max().unwrap_or_default();
        Verdict { effect, findings, rule_pack: self.name.clone() }
    }

    fn finding(&self, rule: usize, mut spans: Vec<Span>) -> Finding {
        let rule = &self.rules[rule];
        spans.sort_unstable();
        spans.dedup();
        Finding {
            rule: rule.id.clone(),
            rule_version: rule.version,
            policy: rule.policy.clone(),
            effect: rule.effect,
            spans,
        }
    }
}

fn span(part: usize, text: &str, start: usize, end: usize) -> Span {
    let utf16 = |upto: &str| upto.encode_utf16().count();
    let utf16_start = utf16(&text[..start]);
    Span { part, start, end, utf16_start, utf16_end: utf16_start + utf16(&text[start..end]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = r#"
id: test
version: 3
banks:
  games: [百家乐, "Casino Royal"]
  contact: [加微信, 百家乐]
rules:
  - { id: gambling, version: 2, title: { zh: 赌, en: g }, policy: gambling, effect: reject, bank: games,
      examples: { matches: [来玩百家乐], passes: [百家姓] } }
  - { id: steering, version: 1, title: { zh: 引, en: s }, policy: spam, effect: hold, bank: contact,
      examples: { matches: [请加微信], passes: [] } }
"#;

    fn engine() -> Engine {
        RulePack::from_yaml(PACK).unwrap().compile().unwrap()
    }

    #[test]
    fn text_without_a_term_passes() {
        let verdict = engine().screen(&["今天天气很好"]);
        assert_eq!((verdict.effect, verdict.findings.len()), (Effect::Pass, 0));
        assert_eq!(verdict.rule_pack, "test@3");
    }

    #[test]
    fn the_strongest_effect_wins() {
        assert_eq!(engine().screen(&["加微信"]).effect, Effect::Hold);
        assert_eq!(engine().screen(&["加微信", "casino royal"]).effect, Effect::Reject);
    }

    #[test]
    fn spans_count_in_bytes_and_in_utf16() {
        let verdict = engine().screen(&["ok", "😀加微信"]);
        assert_eq!(verdict.findings[0].spans, [Span { part: 1, start: 4, end: 13, utf16_start: 2, utf16_end: 5 }]);
    }

    #[test]
    fn a_term_in_two_banks_is_found_by_both_rules() {
        let rules: Vec<_> = engine().screen(&["百家乐"]).findings.into_iter().map(|f| f.rule).collect();
        assert_eq!(rules, ["gambling", "steering"]);
    }

    #[test]
    fn examples_are_run() {
        let pack = RulePack::from_yaml(PACK).unwrap();
        assert_eq!(pack.run_examples(&pack.compile().unwrap()), Ok(()));
        let wrong = RulePack::from_yaml(&PACK.replace("passes: [百家姓]", "passes: [百家乐]")).unwrap();
        let error = wrong.run_examples(&wrong.compile().unwrap()).unwrap_err();
        assert!(matches!(error, PackError::ExampleFound { rule, .. } if rule == "gambling"));
    }

    #[test]
    fn a_wrong_pack_is_refused_with_its_reason() {
        let refused = |from: &str, to: &str| {
            RulePack::from_yaml(&PACK.replace(from, to)).and_then(|pack| pack.compile().map(|_| ())).unwrap_err()
        };
        assert!(matches!(refused("banks:", "bonks:"), PackError::Syntax(_)));
        assert_eq!(refused("id: steering", "id: gambling"), PackError::DuplicateRule("gambling".to_owned()));
        assert!(matches!(refused("bank: contact", "bank: none"), PackError::UnknownBank { .. }));
        assert_eq!(refused("[加微信, 百家乐]", "['']"), PackError::EmptyTerm("contact".to_owned()));
    }
}
