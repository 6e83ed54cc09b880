//! What a backtest came to, for whoever decides on the rules (`docs/backtests.md`).

use std::collections::HashMap;

use domain::{
    backtest::{Backtest, BacktestOutcome, TriedPack},
    id::{AccountId, BacktestId, RecordId},
    subject::Subject,
};
use jiff::Timestamp;
use screening::{
    trial::{NotTried, TriedRule},
    verdict::{Effect, Matched, Span},
};
use serde::{Deserialize, Serialize};

use super::{
    planning::RulesOnTrial,
    reviewed::{Decided, Reviewed},
    tally::{Effects, Met, RuleTally, Tally},
};

/// The version of the result's format.
pub const SCHEMA: &str = "gatehouse.backtest/1";

/// The most live rules that are named beside one on trial, those with the most hits in common.
const MOST_OVERLAPS: usize = 50;

/// The result, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BacktestResult {
    pub schema: String,
    pub backtest_id: BacktestId,
    pub pack: TriedPack,
    pub from: Timestamp,
    pub until: Timestamp,
    pub read: Read,
    /// Contents that a rule on trial has met.
    pub hits: u64,
    /// Of a million contents that were read.
    pub hits_per_million: u64,
    /// What had been said of the hits when they were taken in.
    pub live: Effects,
    /// Contents in which live rules had found something, and no rule on trial has.
    pub missed: u64,
    pub rules: Vec<RuleResult>,
    /// Rules that ask for what the record does not hold.
    pub not_tried: Vec<NotTried>,
}

/// What was read; where `objects` is less than `objects_there`, a sample that is as good as drawn by lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    pub hours: u64,
    pub objects: u64,
    pub objects_there: u64,
    /// As they are stored.
    pub bytes: u64,
    pub publications: u64,
    pub comments: u64,
    /// Records that were met twice in an hour, and counted once.
    pub copies: u64,
    /// Publications and comments of a form that is not known.
    pub unreadable: u64,
}

/// Of one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleResult {
    #[serde(flatten)]
    pub rule: TriedRule,
    pub hits: u64,
    pub hits_per_million: u64,
    pub live: Effects,
    /// Hits in which no live rule had found anything: what the rule adds.
    pub alone: u64,
    /// Live rules that had met the same contents, the most hits in common first.
    pub overlap: Vec<Overlap>,
    /// How people decided on the hits, or on 200 of them.
    pub reviewed: Reviewed,
    pub sample: Vec<SampleResult>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    pub rule: String,
    pub hits: u64,
}

/// A hit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleResult {
    pub record_id: RecordId,
    #[serde(flatten)]
    pub subject: Subject,
    pub edition: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    pub received_at: Timestamp,
    pub live_effect: Effect,
    pub live_rules: Vec<String>,
    pub decided: Decided,
    pub spans: Vec<Span>,
    pub matched: Vec<Matched>,
    /// The words around the first place.
    pub words: String,
}

impl BacktestResult {
    pub(super) fn of(
        backtest: &Backtest,
        on_trial: RulesOnTrial,
        tally: Tally,
        decided: &HashMap<Met, Decided>,
    ) -> Self {
        let contents = tally.contents();
        let Tally { objects, objects_there, bytes, publications, comments, copies, unreadable, .. } = tally;
        let Tally { hits, live, missed, mut rules, .. } = tally;
        let hours = backtest.hours();
        let read = Read { hours, objects, objects_there, bytes, publications, comments, copies, unreadable };
        let of_rule = |rule: TriedRule| {
            let tally = rules.remove(&rule.rule).unwrap_or_default();
            RuleResult::of(rule, tally, contents, decided)
        };
        Self {
            schema: SCHEMA.to_owned(),
            backtest_id: backtest.backtest_id,
            pack: backtest.pack.clone(),
            from: backtest.from,
            until: backtest.until,
            read,
            hits,
            hits_per_million: per_million(hits, contents),
            live,
            missed,
            rules: on_trial.rules.into_iter().map(of_rule).collect(),
            not_tried: on_trial.not_tried,
        }
    }

    pub(super) const fn outcome(&self) -> BacktestOutcome {
        BacktestOutcome { contents: self.read.publications + self.read.comments, hits: self.hits }
    }
}

impl RuleResult {
    fn of(rule: TriedRule, tally: RuleTally, contents: u64, decided: &HashMap<Met, Decided>) -> Self {
        let RuleTally { hits, live, alone, with, looked_up, shown } = tally;
        let of = |met: &Met| decided.get(met).copied().unwrap_or(Decided::Undecided);
        let mut reviewed = Reviewed::default();
        for met in looked_up.values() {
            reviewed.count(of(met));
        }
        let mut overlap: Vec<Overlap> = with.into_iter().map(|(rule, hits)| Overlap { rule, hits }).collect();
        overlap.sort_by(|one, other| other.hits.cmp(&one.hits).then_with(|| one.rule.cmp(&other.rule)));
        overlap.truncate(MOST_OVERLAPS);
        let sample = shown.into_iter().filter_map(|(record_id, shown)| {
            let met = looked_up.get(&record_id)?;
            Some(SampleResult {
                record_id,
                subject: met.subject,
                edition: met.edition,
                account_id: shown.account_id,
                received_at: shown.received_at,
                live_effect: shown.live_effect,
                live_rules: shown.live_rules,
                decided: of(met),
                spans: shown.spans,
                matched: shown.matched,
                words: shown.words,
            })
        });
        let sample = sample.collect();
        Self { rule, hits, hits_per_million: per_million(hits, contents), live, alone, overlap, reviewed, sample }
    }
}

fn per_million(hits: u64, contents: u64) -> u64 {
    let rate = u128::from(hits) * 1_000_000 / u128::from(contents.max(1));
    u64::try_from(rate).unwrap_or(u64::MAX)
}
