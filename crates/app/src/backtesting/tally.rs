//! What is counted of the contents that a backtest reads. Tallies of parts of the log add up, in any order, to that of the
//! whole; what is kept of single hits is bounded, and is the same whichever way the log was cut.

use std::collections::BTreeMap;

use domain::{
    id::{AccountId, RecordId},
    subject::Subject,
};
use jiff::Timestamp;
use screening::verdict::{Effect, Finding, Matched, Span, Verdict};
use serde::{Deserialize, Serialize};

use super::content::Content;

/// Of each rule, so many hits are looked up for what a person decided on them: enough to tell a share to some per cent.
pub(super) const LOOKED_UP: usize = 200;

/// Of each rule, so many hits are shown with their words: what a person reads before deciding.
pub(super) const SHOWN: usize = 20;

/// Places of one hit that are shown.
const MOST_PLACES: usize = 5;

/// Live rules that are named beside one hit.
const MOST_NAMES: usize = 10;

/// Characters of the words around the first place: two lines before it, and some after.
const BEFORE: usize = 60;
const AROUND: usize = 160;

/// How many contents came to which effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    pub pass: u64,
    pub review: u64,
    pub hold: u64,
    pub reject: u64,
}

/// What was read and met.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Log objects that were read, and that were there.
    pub objects: u64,
    pub objects_there: u64,
    /// As they are stored.
    pub bytes: u64,
    pub publications: u64,
    pub comments: u64,
    /// Records that were met before in the hour, and count once.
    pub copies: u64,
    /// Publications and comments of a form that is not known.
    pub unreadable: u64,
    /// Contents that a rule on trial has met.
    pub hits: u64,
    /// What had been said of these.
    pub live: Effects,
    /// Contents in which live rules had found something, and no rule on trial has.
    pub missed: u64,
    pub rules: BTreeMap<String, RuleTally>,
}

/// Of one rule on trial.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleTally {
    pub hits: u64,
    pub live: Effects,
    /// Hits in which no live rule had found anything.
    pub alone: u64,
    /// How many of the hits each live rule had met as well.
    pub with: BTreeMap<String, u64>,
    /// The hits of the lowest identifiers, which are as good as drawn by lot: they are hashes.
    pub(super) looked_up: BTreeMap<RecordId, Met>,
    pub(super) shown: BTreeMap<RecordId, Shown>,
}

/// A hit, by what was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Met {
    pub subject: Subject,
    pub edition: u64,
}

/// A hit, as a person reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shown {
    pub account_id: Option<AccountId>,
    pub received_at: Timestamp,
    pub live_effect: Effect,
    pub live_rules: Vec<String>,
    pub spans: Vec<Span>,
    pub matched: Vec<Matched>,
    /// The words around the first place.
    pub words: String,
}

impl Effects {
    fn count(&mut self, effect: Effect) {
        match effect {
            Effect::Pass => self.pass += 1,
            Effect::Review => self.review += 1,
            Effect::Hold => self.hold += 1,
            Effect::Reject => self.reject += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.pass += other.pass;
        self.review += other.review;
        self.hold += other.hold;
        self.reject += other.reject;
    }
}

impl Tally {
    /// Publications and comments that were read.
    #[must_use]
    pub const fn contents(&self) -> u64 {
        self.publications + self.comments
    }

    /// Counts a content, with what the rules on trial say of it.
    pub(super) fn count(&mut self, content: &Content, verdict: &Verdict) {
        *(if content.is_comment() { &mut self.comments } else { &mut self.publications }) += 1;
        if verdict.findings.is_empty() {
            self.missed += u64::from(!content.live.findings.is_empty());
            return;
        }
        self.hits += 1;
        self.live.count(content.live.effect);
        for finding in &verdict.findings {
            self.rules.entry(finding.rule.clone()).or_default().count(content, finding);
        }
    }

    /// Adds what was counted elsewhere.
    pub(super) fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.objects_there += other.objects_there;
        self.bytes += other.bytes;
        self.publications += other.publications;
        self.comments += other.comments;
        self.copies += other.copies;
        self.unreadable += other.unreadable;
        self.hits += other.hits;
        self.live.add(other.live);
        self.missed += other.missed;
        for (rule, tally) in other.rules {
            self.rules.entry(rule).or_default().add(tally);
        }
    }
}

impl RuleTally {
    fn count(&mut self, content: &Content, finding: &Finding) {
        self.hits += 1;
        self.live.count(content.live.effect);
        self.alone += u64::from(content.live.findings.is_empty());
        let mut names: Vec<&str> = content.live.findings.iter().map(|live| live.rule.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in &names {
            match self.with.get_mut(*name) {
                Some(count) => *count += 1,
                None => drop(self.with.insert((*name).to_owned(), 1)),
            }
        }
        let id = content.record_id;
        if is_kept(&self.looked_up, id, LOOKED_UP) {
            self.looked_up.insert(id, Met { subject: content.subject, edition: content.edition });
            bound(&mut self.looked_up, LOOKED_UP);
        }
        if is_kept(&self.shown, id, SHOWN) {
            self.shown.insert(id, shown(content, finding, &names));
            bound(&mut self.shown, SHOWN);
        }
    }

    fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.live.add(other.live);
        self.alone += other.alone;
        for (rule, count) in other.with {
            *self.with.entry(rule).or_default() += count;
        }
        self.looked_up.extend(other.looked_up);
        bound(&mut self.looked_up, LOOKED_UP);
        self.shown.extend(other.shown);
        bound(&mut self.shown, SHOWN);
    }
}

fn is_kept<T>(kept: &BTreeMap<RecordId, T>, id: RecordId, most: usize) -> bool {
    kept.len() < most || kept.last_key_value().is_some_and(|(last, _)| id < *last)
}

fn bound<T>(kept: &mut BTreeMap<RecordId, T>, most: usize) {
    while kept.len() > most {
        kept.pop_last();
    }
}

fn shown(content: &Content, finding: &Finding, names: &[&str]) -> Shown {
    Shown {
        account_id: content.account_id,
        received_at: content.received_at,
        live_effect: content.live.effect,
        live_rules: names.iter().take(MOST_NAMES).map(|name| (*name).to_owned()).collect(),
        spans: finding.spans.iter().take(MOST_PLACES).copied().collect(),
        matched: finding.matched.iter().take(MOST_PLACES).cloned().collect(),
        words: words_around(content, finding.spans.first()),
    }
}

/// Of a finding without a place the first words there are.
fn words_around(content: &Content, span: Option<&Span>) -> String {
    let (part, start) = span.map_or((0, 0), |span| (span.part, span.start));
    let words = content.parts.get(part).and_then(|part| part.words()).unwrap_or_default();
    let before = words.get(..start).unwrap_or_default();
    let from = before.char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    words[from..].chars().take(AROUND).collect()
}

#[cfg(test)]
mod tests {
    use domain::{
        id::{AccountId, PublicationId},
        publication::Part,
    };

    use super::*;
    use crate::backtesting::content::{LiveFinding, LiveVerdict};

    const NOON: Timestamp = Timestamp::UNIX_EPOCH;

    fn content(number: u64, words: &str, live: &[&str]) -> Content {
        let account = AccountId::from_uuid(uuid::Uuid::from_u128(7));
        let findings: Vec<_> = live.iter().map(|rule| LiveFinding { rule: (*rule).to_owned() }).collect();
        Content {
            record_id: RecordId::named("content", number),
            received_at: NOON,
            account_id: Some(account),
            subject: Subject::Publication(PublicationId::named(account, &number.to_string())),
            edition: 1,
            parts: vec![Part::Text { text: words.to_owned() }],
            declared: vec![],
            live: LiveVerdict { effect: if findings.is_empty() { Effect::Pass } else { Effect::Hold }, findings },
        }
    }

    fn verdict(rules: &[&str], start: usize) -> Verdict {
        let span = Span { part: 0, start, end: start + 3, utf16_start: 0, utf16_end: 1 };
        let finding = |rule: &&str| Finding {
            rule: (*rule).to_owned(),
            rule_version: 1,
            policy: "gambling".to_owned(),
            effect: Effect::Hold,
            spans: vec![span],
            title: screening::verdict::Title::default(),
            matched: vec![],
            places_left_out: 0,
        };
        let findings: Vec<_> = rules.iter().map(finding).collect();
        Verdict { effect: Effect::Hold, findings, rule_pack: "t@1".to_owned(), ..Verdict::default() }
    }

    /// A thousand contents: each second one is met by `even`, each third by `third`; live rules had met each fifth.
    fn thousand() -> Vec<(Content, Verdict)> {
        let rules = |number: u64| {
            let of = [("even", number.is_multiple_of(2)), ("third", number.is_multiple_of(3))];
            of.into_iter().filter(|(_, met)| *met).map(|(rule, _)| rule).collect::<Vec<_>>()
        };
        let live = |number: u64| if number.is_multiple_of(5) { vec!["live", "live"] } else { vec![] };
        (0..1_000).map(|number| (content(number, "百家乐", &live(number)), verdict(&rules(number), 0))).collect()
    }

    fn counted<'a>(contents: impl IntoIterator<Item = &'a (Content, Verdict)>) -> Tally {
        let mut tally = Tally::default();
        contents.into_iter().for_each(|(content, verdict)| tally.count(content, verdict));
        tally
    }

    #[test]
    fn what_is_counted_is_what_was_met() {
        let tally = counted(&thousand());
        assert_eq!((tally.contents(), tally.hits, tally.missed), (1_000, 667, 67));
        let even = &tally.rules["even"];
        assert_eq!((even.hits, even.alone, even.live.hold, even.live.pass), (500, 400, 100, 400));
        assert_eq!(even.with, BTreeMap::from([("live".to_owned(), 100)]), "a rule that is found twice has met once");
        assert_eq!((even.looked_up.len(), even.shown.len()), (LOOKED_UP, SHOWN));
    }

    #[test]
    fn parts_add_up_to_the_whole_whichever_way_it_is_cut() {
        let all = thousand();
        let whole = counted(&all);
        for size in [1, 7, 100, 999] {
            let parts: Vec<Tally> = all.chunks(size).map(counted).collect();
            let mut forward = Tally::default();
            parts.iter().cloned().for_each(|part| forward.add(part));
            let mut backward = Tally::default();
            parts.into_iter().rev().for_each(|part| backward.add(part));
            assert_eq!((&forward, &backward), (&whole, &whole), "{size}");
        }
    }

    #[test]
    fn what_is_shown_is_among_what_is_looked_up() {
        for rule in counted(&thousand()).rules.values() {
            assert!(rule.shown.keys().all(|id| rule.looked_up.contains_key(id)));
        }
    }

    #[test]
    fn a_tally_comes_back_from_its_text() {
        let tally = counted(&thousand());
        let text = serde_json::to_vec(&tally).unwrap();
        assert_eq!(serde_json::from_slice::<Tally>(&text).unwrap(), tally);
        assert!(text.len() < 2 * (LOOKED_UP * 200 + SHOWN * 1_000), "{} bytes", text.len());
    }

    #[test]
    fn the_words_around_a_place_are_few_and_whole_characters() {
        let long = format!("{}百家乐{}", "前".repeat(100), "后".repeat(300));
        let met = words_around(&content(1, &long, &[]), verdict(&["even"], 300).findings[0].spans.first());
        assert_eq!(met.chars().count(), AROUND);
        assert!(met.starts_with(&"前".repeat(BEFORE)) && met.chars().nth(BEFORE) == Some('百'), "{met}");
        assert_eq!(words_around(&content(1, "短", &[]), None), "短");
    }
}
