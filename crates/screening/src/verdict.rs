//! What the engine answers.

use serde::{Deserialize, Serialize};

/// What is to be done, mildest first; the strongest effect of all findings wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Shown.
    #[default]
    Pass,
    /// Shown, and looked at by a person.
    Review,
    /// Not shown until a person has looked.
    Hold,
    /// Refused.
    Reject,
}

/// The engine's answer. The same texts and the same pack always give the same verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub effect: Effect,
    /// In the order of the rules in the pack.
    pub findings: Vec<Finding>,
    /// `id@version` of the pack.
    pub rule_pack: String,
    /// Findings of rules in the background: kept with the record, never acted on and never told to the account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub background: Vec<Finding>,
    /// Of the live rules that were met, in order, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl Verdict {
    /// The names of the rules in the background that were met.
    pub fn met_in_background(&self) -> impl Iterator<Item = &str> {
        self.background.iter().map(|finding| finding.rule.as_str())
    }
}

/// In both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    pub zh: String,
    pub en: String,
}

/// A rule that was met, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub rule_version: u32,
    pub policy: String,
    pub effect: Effect,
    pub spans: Vec<Span>,
    /// Why, for people.
    #[serde(default)]
    pub title: Title,
    /// What was found at each span, in the order of the spans.
    #[serde(default)]
    pub matched: Vec<Matched>,
    /// How many further places are not shown.
    #[serde(default, skip_serializing_if = "is_none")]
    pub places_left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

/// How much is shown of some findings.
pub(crate) struct Room {
    findings: usize,
    /// Of all findings together, beside the first of each.
    places: usize,
}

/// Of the findings that count: they take less than 100 KB, which a row of 400 KB and a message of 1 MB hold beside the longest
/// body that is taken.
pub(crate) const ROOM: Room = Room { findings: 100, places: 300 };

/// Of those in the background, who take a fifth of that.
pub(crate) const ROOM_IN_BACKGROUND: Room = Room { findings: 30, places: 0 };

/// Of what was found at one place, in characters.
const MOST_CHARACTERS: usize = 64;

/// What is shown of `findings`: the strongest ones, each with its first place, and further places as long as there is
/// room, so that a text that repeats one term a thousand times can be stored like any other.
#[must_use]
pub(crate) fn shown(mut findings: Vec<Finding>, room: &Room) -> Vec<Finding> {
    if findings.len() > room.findings {
        let mut by_effect: Vec<usize> = (0..findings.len()).collect();
        by_effect.sort_by_key(|index| std::cmp::Reverse(findings[*index].effect));
        by_effect.truncate(room.findings);
        let mut index = 0;
        findings.retain(|_| {
            index += 1;
            by_effect.contains(&(index - 1))
        });
    }
    let mut room = room.places;
    for finding in &mut findings {
        let places = finding.spans.len();
        let kept = places.min(1 + room);
        room -= kept.saturating_sub(1);
        finding.spans.truncate(kept);
        finding.matched.truncate(kept);
        finding.places_left_out = places - kept;
        for matched in &mut finding.matched {
            for text in [&mut matched.entry, &mut matched.normalised] {
                if let Some((end, _)) = text.char_indices().nth(MOST_CHARACTERS) {
                    text.truncate(end);
                    text.push('…');
                }
            }
        }
    }
    findings
}

/// What a bank has at a span.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Matched {
    pub bank: String,
    /// The bank's entry: the term, the pattern, the host. What a scorer has is called `score:` and the label, and its
    /// entry is the score and what this place adds to the logarithm of its odds: `0.973 +1.25`.
    pub entry: String,
    /// The text at the span after normalisation.
    pub normalised: String,
}

/// A place in one of the texts: half open, in bytes of UTF-8 and in units of UTF-16, because callers count in either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Which text, from 0.
    pub part: usize,
    pub start: usize,
    pub end: usize,
    pub utf16_start: usize,
    pub utf16_end: usize,
}
