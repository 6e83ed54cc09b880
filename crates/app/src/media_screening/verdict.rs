//! What media do to a verdict: it waits for them, and in the end it is one verdict over all.

use domain::{
    media::RuleMet,
    publication::{Part, Publication},
};
use screening::{
    engine::Engine,
    facts::{Facts, MediaFacts, MediaScores},
    media::Seen,
    verdict::{Effect, Finding, Title, Verdict},
};

use super::note::MediaNote;

/// The name of the rule that a finding carries while media are looked at: no rule of a pack.
const PENDING: &str = "media-pending";
/// The name of the rule that a finding carries when media could not be looked at.
const UNSEEN: &str = "media-unseen";

/// Holds back what has media to look at, unless it is refused for its words. Says so in a finding.
pub fn wait_for_media(verdict: &mut Verdict, parts: &[Part]) {
    if verdict.effect == Effect::Reject || !parts.iter().any(Part::has_media) {
        return;
    }
    verdict.effect = Effect::Hold;
    verdict.findings.push(ours(PENDING, "图片、音视频正在检查", "Its media are being looked at"));
}

/// Whether the verdict waits for media. So long nobody is asked to look.
#[must_use]
pub(crate) fn waits_for_media(verdict: &Verdict) -> bool {
    verdict.findings.iter().any(|finding| finding.rule == PENDING)
}

/// What rules may ask about media while nothing has been looked at: those that nobody will be able to look at.
pub(crate) fn unseen(parts: &[Part]) -> Vec<MediaFacts> {
    let media = parts.iter().enumerate().filter(|(_, part)| !part.has_media());
    media
        .filter_map(|(at, part)| Some(MediaFacts { part: index(at), kind: kind(part)?, ..MediaFacts::default() }))
        .collect()
}

/// The verdict when everything has been looked at: words and media are judged together, by the pack of that moment. It is
/// never milder than what was said of the words: that may have been about the account, which no pack judges.
pub(crate) fn over_all(
    engine: &Engine,
    publication: &Publication,
    first: &Verdict,
    facts: &Facts,
    notes: &[MediaNote],
) -> Verdict {
    let words: Vec<&str> = publication.parts.iter().map(|part| part.words().unwrap_or_default()).collect();
    let seen: Vec<Seen> = notes.iter().map(MediaNote::seen).collect();
    let mut facts = facts.clone();
    facts.media = publication.parts.iter().enumerate().filter_map(|(at, part)| fact(at, part, notes)).collect();
    facts.media_scores = notes.iter().map(MediaNote::scores).fold(MediaScores::None, MediaScores::and);
    let mut verdict = engine.assess_all(&words, &seen, &facts);
    for finding in first.findings.iter().filter(|finding| finding.rule != PENDING) {
        if !verdict.findings.iter().any(|found| found.rule == finding.rule) {
            verdict.findings.push(finding.clone());
        }
    }
    if !notes.iter().all(MediaNote::is_whole) {
        verdict.findings.push(ours(UNSEEN, "部分图片、音视频无法检查", "Some of its media could not be looked at"));
    }
    verdict.effect = verdict.findings.iter().map(|finding| finding.effect).max().unwrap_or_default();
    verdict
}

pub(crate) fn rules_met(findings: &[Finding]) -> Vec<RuleMet> {
    let met = |finding: &Finding| RuleMet {
        rule: finding.rule.clone(),
        rule_version: finding.rule_version,
        policy: finding.policy.clone(),
    };
    findings.iter().map(met).collect()
}

fn fact(at: usize, part: &Part, notes: &[MediaNote]) -> Option<MediaFacts> {
    let note = notes.iter().find(|note| note.part == at);
    let pictures = note.map_or(0, |note| note.seen().pictures.len());
    let seen = note.is_some_and(MediaNote::is_whole);
    Some(MediaFacts { part: index(at), kind: kind(part)?, seen, pictures: index(pictures) })
}

/// `None` for words.
fn kind(part: &Part) -> Option<String> {
    let kind = match part {
        Part::Image { .. } => "image",
        Part::Audio { .. } => "audio",
        Part::Video { .. } => "video",
        Part::Text { .. } | Part::Link { .. } => return None,
    };
    Some(kind.to_owned())
}

fn index(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// No rule of a pack.
fn ours(rule: &str, zh: &str, en: &str) -> Finding {
    Finding {
        rule: rule.to_owned(),
        rule_version: 1,
        policy: rule.to_owned(),
        effect: Effect::Hold,
        spans: Vec::new(),
        title: Title { zh: zh.to_owned(), en: en.to_owned() },
        matched: Vec::new(),
        places_left_out: 0,
    }
}
