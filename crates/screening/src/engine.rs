//! A compiled pack.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    bank_set::{BankHit, BankSet, Entry},
    condition::{Condition, Ground, Places},
    facts::Facts,
    links,
    matching::search::Scratch,
    media::Seen,
    normalise::normalise,
    pack::{PackError, Rule, RulePack, State},
    scorer::{Scorer, Scores},
    verdict::{Effect, Finding, Matched, ROOM, ROOM_IN_BACKGROUND, Span, Verdict, shown},
};

thread_local! {
    /// Kept from text to text, because to make it anew costs as much as a short text.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Answers for texts.
pub struct Engine {
    pub(crate) banks: BankSet,
    rules: Vec<CompiledRule>,
    /// By bank: the rules that it sets off, in order.
    rules_of_bank: Vec<Vec<usize>>,
    /// The rules of a condition alone.
    without_bank: Vec<usize>,
    scorers: Vec<Arc<Scorer>>,
    name: String,
}

struct CompiledRule {
    rule: Rule,
    condition: Option<Condition>,
    /// By number, the bank's and then those that the condition asks about.
    banks: Vec<usize>,
    /// That the condition asks scorers for.
    labels: Vec<String>,
}

/// The hits of each text.
struct Found<'a> {
    texts: &'a [&'a str],
    /// Empty where nothing was found in any of them.
    by_text: Vec<Vec<BankHit>>,
}

impl Engine {
    pub(crate) fn new(pack: &RulePack) -> Result<Self, PackError> {
        Ok(Self::of(BankSet::new(pack)?, pack))
    }

    pub(crate) fn of(banks: BankSet, pack: &RulePack) -> Self {
        let number = |bank: &String| banks.names.binary_search(bank).ok();
        let rules: Vec<CompiledRule> = pack
            .rules
            .iter()
            .map(|rule| CompiledRule {
                rule: rule.clone(),
                condition: rule.when.as_deref().map(Condition::new),
                banks: match (&rule.bank, &rule.when) {
                    (Some(bank), _) => number(bank).into_iter().collect(),
                    (None, Some(when)) => Condition::banks(when).iter().filter_map(number).collect(),
                    (None, None) => Vec::new(),
                },
                labels: rule.when.as_deref().map(Condition::labels).unwrap_or_default(),
            })
            .collect();
        let mut rules_of_bank = vec![Vec::new(); banks.names.len()];
        let mut without_bank = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            match rule.rule.bank.as_ref().and_then(number) {
                Some(bank) => rules_of_bank[bank].push(index),
                None => without_bank.push(index),
            }
        }
        let name = format!("{}@{}", pack.id, pack.version);
        let scorers = pack.scorers.values().filter_map(|of| of.scorer.clone()).collect();
        Self { banks, rules, rules_of_bank, without_bank, scorers, name }
    }

    /// The same engine, whose verdicts name the pack as `id@version+mark`, with its content beside its name.
    #[must_use]
    pub fn marked(mut self, mark: &str) -> Self {
        self.name = format!("{}+{mark}", self.name);
        self
    }

    /// What is to be done with a publication of these texts, and why, where nothing else is known of it.
    #[must_use]
    pub fn screen(&self, texts: &[&str]) -> Verdict {
        self.assess(texts, &Facts::default())
    }

    /// What is to be done with a publication of these texts by this account, why, and what rules in the background say.
    #[must_use]
    pub fn assess(&self, texts: &[&str], facts: &Facts) -> Verdict {
        self.assess_all(texts, &[], facts)
    }

    /// As [`assess`](Self::assess), with what was seen in the media of the parts. Texts are one for each part.
    #[must_use]
    pub fn assess_all(&self, texts: &[&str], media: &[Seen], facts: &Facts) -> Verdict {
        let parts = media.iter().map(|seen| seen.part + 1).fold(texts.len(), usize::max);
        let mut texts = Cow::Borrowed(texts);
        if parts > texts.len() {
            texts.to_mut().resize(parts, "");
        }
        let found = self.find(&texts, media);
        // Most submissions are of this kind.
        if self.without_bank.is_empty() && found.by_text.is_empty() {
            return self.nothing_found();
        }
        let (mut findings, mut background, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        let mut evaluated: Vec<&CompiledRule> =
            self.set_off(&found).into_iter().map(|index| &self.rules[index]).collect();
        evaluated.retain(|CompiledRule { rule, .. }| {
            matches!(rule.state, State::Live | State::Background) && rule.scope.holds(facts)
        });
        // Where no rule asks for scores, none are made.
        let scores = if evaluated.iter().any(|compiled| !compiled.labels.is_empty()) {
            self.scores(&found)
        } else {
            Scores::default()
        };
        let mut ground = None;
        for compiled in evaluated {
            let rule = &compiled.rule;
            let mut effect = rule.effect;
            if let Some(condition) = &compiled.condition {
                match condition.answer(ground.get_or_insert_with(|| self.ground(&found, facts, &scores))) {
                    Some(false) => continue,
                    Some(true) => {}
                    // A classifier that is down, or a fact that is not there, refuses nobody: a person looks.
                    None => effect = effect.min(Effect::Hold),
                }
            }
            let finding = Finding { effect, ..self.finding(compiled, &found, &scores) };
            if rule.state == State::Live {
                findings.push(finding);
                tags.extend(rule.tags.iter().filter(|tag| !tags.contains(*tag)).cloned().collect::<Vec<_>>());
            } else {
                background.push(finding);
            }
        }
        let effect = findings.iter().map(|finding| finding.effect).max().unwrap_or_default();
        let (findings, background) = (shown(findings, &ROOM), shown(background, &ROOM_IN_BACKGROUND));
        Verdict { effect, findings, rule_pack: self.name.clone(), background, tags }
    }

    fn nothing_found(&self) -> Verdict {
        Verdict { rule_pack: self.name.clone(), ..Verdict::default() }
    }

    /// Whether a rule, in whatever state, is set off by a text. Only a rule without a bank is asked for its condition;
    /// `None` when that has no answer.
    pub(crate) fn would_find(&self, rule: &str, text: &str) -> Option<bool> {
        let seen = Seen::of_example(text);
        let texts = [if seen.is_some() { "" } else { text }];
        let found = self.find(&texts, seen.as_slice());
        let mut rules = self.set_off(&found).into_iter().map(|index| &self.rules[index]);
        let Some(compiled) = rules.find(|compiled| compiled.rule.id == rule) else { return Some(false) };
        match &compiled.condition {
            Some(condition) if compiled.rule.bank.is_none() => {
                condition.answer(&self.ground(&found, &Facts::default(), &self.scores(&found)))
            }
            _ => Some(true),
        }
    }

    fn find<'a>(&self, texts: &'a [&'a str], media: &[Seen]) -> Found<'a> {
        // Made when something is found, which in most submissions nothing is.
        let mut by_text: Vec<Vec<BankHit>> = Vec::new();
        let mut add = |part: usize, hits: Vec<BankHit>| {
            if !hits.is_empty() {
                by_text.resize(texts.len(), Vec::new());
                by_text[part].extend(hits);
            }
        };
        SCRATCH.with_borrow_mut(|scratch| {
            for (part, text) in texts.iter().enumerate() {
                add(part, self.banks.search(text, scratch));
            }
        });
        for seen in media {
            add(seen.part, self.banks.recognise(seen));
        }
        Found { texts, by_text }
    }

    /// The rules to look at, in the order of the pack.
    fn set_off(&self, found: &Found<'_>) -> BTreeSet<usize> {
        let banks: BTreeSet<usize> = found.by_text.iter().flatten().map(|hit| hit.bank).collect();
        let by_banks = banks.into_iter().flat_map(|bank| &self.rules_of_bank[bank]);
        by_banks.chain(&self.without_bank).copied().collect()
    }

    fn scores(&self, found: &Found<'_>) -> Scores {
        Scores::of(self.scorers.iter().map(Arc::as_ref), found.texts)
    }

    fn ground(&self, found: &Found<'_>, facts: &Facts, scores: &Scores) -> Ground<'static> {
        let mut places: Places = BTreeMap::new();
        for (part, hits) in found.by_text.iter().enumerate() {
            for hit in hits {
                let place = (part, hit.start, hit.end, self.entry(hit).into_owned());
                places.entry(self.banks.names[hit.bank].clone()).or_default().push(place);
            }
        }
        let hosts: Vec<String> =
            found.texts.iter().flat_map(|text| links::hosts(text)).map(|(_, _, host)| host).collect();
        Ground::new(facts, &hosts, places, scores.clone())
    }

    fn entry<'a>(&'a self, hit: &'a BankHit) -> Cow<'a, str> {
        match &hit.entry {
            Entry::Term(term) => self.banks.lexicon.texts.get(*term).into(),
            Entry::Other(entry) => entry.into(),
            Entry::File(file) => file.to_string().into(),
            Entry::Picture(known, _) => known.to_string().into(),
        }
    }

    /// What was compared.
    fn compared(hit: &BankHit, written: &str) -> String {
        match &hit.entry {
            Entry::Term(_) | Entry::Other(_) => normalise(written),
            Entry::File(_) => "the same file".to_owned(),
            Entry::Picture(_, distance) => format!("{distance} of 256 bits apart"),
        }
    }

    fn finding(
        &self,
        CompiledRule { rule, banks, labels, .. }: &CompiledRule,
        found: &Found<'_>,
        scores: &Scores,
    ) -> Finding {
        let mut places: Vec<(Span, Matched)> = Vec::new();
        for (part, hits) in found.by_text.iter().enumerate() {
            let text = found.texts[part];
            let mut count = Utf16Count::default();
            let mut of_rule: Vec<&BankHit> = hits.iter().filter(|hit| banks.contains(&hit.bank)).collect();
            of_rule.sort_unstable_by_key(|hit| hit.start);
            for hit in of_rule {
                let span = (part, hit.start, hit.end);
                let compared = Self::compared(hit, &text[hit.start..hit.end]);
                let bank = self.banks.names[hit.bank].clone();
                let matched = Matched { bank, entry: self.entry(hit).into_owned(), normalised: compared };
                places.push((place(&mut count, text, span), matched));
            }
        }
        for label in labels {
            for reason in scores.reasons(label, &self.scorers, found.texts) {
                let span = (reason.part, reason.start, reason.end);
                let text = found.texts[reason.part];
                let normalised = normalise(&text[reason.start..reason.end]);
                let matched = Matched { bank: format!("score:{label}"), entry: reason.weight, normalised };
                places.push((place(&mut Utf16Count::default(), text, span), matched));
            }
        }
        places.sort_unstable();
        // Two entries of a bank at one place are one place to show.
        places.dedup_by_key(|(span, _)| *span);
        let (spans, matched) = places.into_iter().unzip();
        Finding {
            rule: rule.id.clone(),
            rule_version: rule.version,
            policy: rule.policy.clone(),
            effect: rule.effect,
            spans,
            title: rule.title.clone(),
            matched,
            places_left_out: 0,
        }
    }
}

/// A place of a text, in both ways to count.
fn place(count: &mut Utf16Count, text: &str, (part, start, end): (usize, usize, usize)) -> Span {
    let utf16_start = count.upto(text, start);
    let utf16_end = utf16_start + text[start..end].encode_utf16().count();
    Span { part, start, end, utf16_start, utf16_end }
}

/// Counts units of UTF-16 forward, so that many hits in one text are counted in one walk.
#[derive(Default)]
struct Utf16Count {
    bytes: usize,
    units: usize,
}

impl Utf16Count {
    fn upto(&mut self, text: &str, byte: usize) -> usize {
        self.units += text[self.bytes..byte].encode_utf16().count();
        self.bytes = byte;
        self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        facts::MediaScores,
        media::FileHash,
        pdq::{Looks, PdqHash},
    };

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
    fn a_mark_is_told_with_every_verdict() {
        assert_eq!(engine().marked("0123abcd").screen(&[""]).rule_pack, "test@3+0123abcd");
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
    fn a_term_that_is_repeated_without_end_gives_a_verdict_that_can_be_stored() {
        let text = "百家乐，".repeat(5_000);
        let verdict = engine().screen(&[&text]);
        assert_eq!(verdict.effect, Effect::Reject);
        let (shown, left): (usize, usize) =
            verdict.findings.iter().fold((0, 0), |(s, l), f| (s + f.spans.len(), l + f.places_left_out));
        assert_eq!(shown + left, 10_000, "each place is shown or counted");
        assert!(verdict.findings.iter().all(|finding| !finding.spans.is_empty()));
        assert!(serde_json::to_string(&verdict).unwrap().len() < 100_000);
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
    fn known_pictures_and_files_are_found_by_their_hashes() {
        let picture: PdqHash = "f0".repeat(32).parse().unwrap();
        let file = FileHash([7; 32]);
        let yaml = PACK.replace("  games: [百家乐, \"Casino Royal\"]", &format!(
            "  games: {{ terms: [百家乐, \"Casino Royal\"], pictures: [{picture}], picture_distance: 4, file_hashes: [{file}] }}"
        ));
        let yaml =
            yaml.replace("matches: [来玩百家乐]", &format!("matches: [来玩百家乐, 'pdq:{picture}', 'sha256:{file}']"));
        let pack = RulePack::from_yaml(&yaml).unwrap();
        let engine = pack.compile().unwrap();
        assert_eq!(pack.run_examples(&engine), Ok(()));
        let loaded = Engine::load(&pack.artefact(&engine).unwrap()).unwrap();
        let edited = |bits: u8| -> PdqHash { format!("{bits:02x}{}", "f0".repeat(31)).parse().unwrap() };
        let seen = |hash: PdqHash, quality: u8| Seen {
            part: 1,
            files: Vec::new(),
            pictures: vec![Looks { hashes: [hash; 8], quality }],
        };
        for engine in [&engine, &loaded] {
            let of = |seen: Seen| engine.assess_all(&["看图"], &[seen], &Facts::default());
            let near = of(seen(edited(0xFF), 100));
            assert_eq!((near.effect, near.findings.len()), (Effect::Reject, 1));
            assert_eq!((near.findings[0].rule.as_str(), near.findings[0].spans[0].part), ("gambling", 1));
            let matched = &near.findings[0].matched[0];
            assert_eq!((&*matched.entry, &*matched.normalised), (&*picture.to_string(), "4 of 256 bits apart"));
            assert_eq!(of(seen(edited(0x0F), 100)).effect, Effect::Pass, "eight bits are too many");
            assert_eq!(of(seen(picture, 30)).effect, Effect::Pass, "there is too little in it to tell");
            let same = of(Seen { part: 0, files: vec![FileHash([6; 32]), file], pictures: Vec::new() });
            assert_eq!(same.findings[0].matched[0].entry, file.to_string());
        }
    }

    #[test]
    fn a_rule_that_asks_a_classifier_that_is_down_lets_a_person_look() {
        let yaml = PACK.replace("bank: games", "when: \"media_score('adult') > 0.9\"");
        let engine = RulePack::from_yaml(&yaml).unwrap().compile().unwrap();
        let effect = |media_scores: MediaScores, text: &str| {
            let facts = Facts { media_scores, ..Facts::default() };
            engine.assess(&[text], &facts).effect
        };
        let given = |score: f64| MediaScores::Given([("adult".to_owned(), score)].into());
        assert_eq!(effect(MediaScores::None, "看图"), Effect::Pass);
        assert_eq!(effect(given(0.95), "看图"), Effect::Reject);
        assert_eq!(effect(given(0.5), "看图"), Effect::Pass);
        assert_eq!(effect(MediaScores::Given([("weapons".to_owned(), 1.0)].into()), "看图"), Effect::Pass);
        assert_eq!(effect(MediaScores::Unavailable, "看图"), Effect::Hold);
        assert_eq!(given(0.2).and(given(0.7)).and(MediaScores::None), given(0.7));
        assert_eq!(given(0.2).and(MediaScores::Unavailable), MediaScores::Unavailable);
    }

    #[test]
    fn what_cannot_be_answered_refuses_nobody() {
        let unanswered = "when: \"account.labels[0] == 'media'\"";
        let alone = PACK.replace("bank: games", unanswered);
        let with_a_bank = PACK.replace("bank: games", &format!("bank: games, {unanswered}"));
        for (yaml, effect, expected) in [
            (&alone, "reject", Effect::Hold),
            (&alone, "review", Effect::Review),
            (&with_a_bank, "reject", Effect::Hold),
            (&with_a_bank, "hold", Effect::Hold),
        ] {
            let yaml = yaml.replace("effect: reject", &format!("effect: {effect}"));
            let engine = RulePack::from_yaml(&yaml).unwrap().compile().unwrap();
            let verdict = engine.assess(&["Casino Royal"], &Facts::default());
            assert_eq!(verdict.effect, expected, "{yaml}");
        }
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
