use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{id::DecisionId, publication::Part, removed_content::RemovedContent};
use jiff::Timestamp;
use screening::{
    media::{FileHash, Seen},
    removed::{Likeness, Removal, Removals, decode},
    verdict::{Effect, Finding, Matched, Span, Title, Verdict},
};

use super::prints::{PartPrint, cause_bytes, cause_of, looked_for, prints_of};
use crate::ports::{PortError, RemovedContentSource, SettledPrints};

/// The name of the rule that a finding of a copy carries: no rule of a pack.
const RULE: &str = "removed-content";
/// The same, where a picture or another file is the copy.
const MEDIA_RULE: &str = "removed-media";

/// Looks for copies of what was removed. The register is asked with every call, and answers from memory for half a minute;
/// settled prints are fetched when they are others than the last.
///
/// Settled prints that cannot be fetched leave those in use that this process has; without any, nothing is published until
/// they can be.
pub struct RemovedContentWatch {
    source: Arc<dyn RemovedContentSource>,
    settled: Arc<dyn SettledPrints>,
    tell: fn(&PortError),
    last: Mutex<Option<Arc<WhatIsLookedFor>>>,
}

/// What was removed, as of one reading of the register.
#[derive(Debug)]
pub struct WhatIsLookedFor {
    register: Arc<RemovedContent>,
    /// The settled prints, and the hash by which they were asked for.
    settled: Arc<Removals>,
    settled_sha256: Option<String>,
    recent: Removals,
    withdrawn: HashSet<[u8; 16]>,
}

/// A copy of removed content.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FoundCopy {
    likeness: Likeness,
    /// Too short to have a sketch.
    is_short: bool,
    cause: DecisionId,
    /// Where it is.
    parts: Vec<usize>,
}

impl RemovedContentWatch {
    /// `tell` is told of settled prints that cannot be loaded.
    #[must_use]
    pub fn new(source: Arc<dyn RemovedContentSource>, settled: Arc<dyn SettledPrints>, tell: fn(&PortError)) -> Self {
        Self { source, settled, tell, last: Mutex::default() }
    }

    /// # Errors
    /// When the register cannot be read, or settled prints cannot be loaded and there are none from before.
    pub async fn current(&self) -> Result<Arc<WhatIsLookedFor>, PortError> {
        let register = self.source.current().await?;
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(last) = last.as_ref().filter(|last| Arc::ptr_eq(&last.register, &register)) {
            return Ok(last.clone());
        }
        let known = last.as_ref().filter(|last| last.settled_sha256 == register.settled);
        let (settled, settled_sha256) = match (known, &register.settled) {
            (Some(known), _) => (known.settled.clone(), register.settled.clone()),
            (None, None) => (Arc::default(), None),
            (None, Some(sha256)) => match (self.load(sha256).await, &last) {
                (Ok(settled), _) => (Arc::new(settled), register.settled.clone()),
                (Err(error), Some(last)) => {
                    (self.tell)(&error);
                    (last.settled.clone(), last.settled_sha256.clone())
                }
                (Err(error), None) => return Err(error),
            },
        };
        let current = Arc::new(WhatIsLookedFor {
            recent: Removals::new(register.recent.iter().filter_map(looked_for).collect()),
            withdrawn: register.withdrawn.iter().map(|cause| cause_bytes(*cause)).collect(),
            register,
            settled,
            settled_sha256,
        });
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(current.clone());
        Ok(current)
    }

    async fn load(&self, sha256: &str) -> Result<Removals, PortError> {
        let bytes = self.settled.fetch(sha256).await?;
        let removals = decode(&bytes).map_err(|error| PortError::corrupt("settled prints", error))?;
        Ok(Removals::new(removals))
    }
}

impl WhatIsLookedFor {
    /// The copy that is most like what was removed, if there is one.
    fn copy_in(&self, parts: &[Part], now: Timestamp) -> Option<FoundCopy> {
        // Most platforms have removed something; most processes of a new one need not look.
        if self.recent.is_empty() && self.settled.is_empty() {
            return None;
        }
        let counts = |removal: &Removal| self.counts(removal, now);
        let like = |PartPrint { print, parts }: PartPrint| {
            let found = [&self.recent, &*self.settled].into_iter().filter_map(|all| all.find_text(&print, counts));
            let (likeness, removal) = found.max_by_key(|(likeness, _)| *likeness)?;
            let is_short = print.sketch.is_none();
            Some(FoundCopy { likeness, is_short, cause: cause_of(removal.cause), parts })
        };
        prints_of(parts).into_iter().filter_map(like).max_by_key(|copy| copy.likeness)
    }

    fn counts(&self, removal: &Removal, now: Timestamp) -> bool {
        now.as_second() < removal.until && !self.withdrawn.contains(&removal.cause)
    }

    fn media_copy_in(&self, seen: &[Seen], now: Timestamp) -> Option<FoundCopy> {
        let counts = |removal: &Removal| self.counts(removal, now);
        let like = |seen: &Seen| {
            let found = [&self.recent, &*self.settled].into_iter().filter_map(|all| all.find_media(seen, counts));
            let (likeness, removal) = found.max_by_key(|(likeness, _)| *likeness)?;
            Some(FoundCopy { likeness, is_short: false, cause: cause_of(removal.cause), parts: vec![seen.part] })
        };
        seen.iter().filter_map(like).max_by_key(|copy| copy.likeness)
    }
}

/// Where a copy is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    Publication,
    /// In a line or two many say the same, and mean it differently.
    Comment,
    Profile,
}

/// Stops a copy of what was removed: the same is refused, an edited one is held until a person has looked, and so is a short
/// one outside of publications. Says so, and by which decision it was removed.
pub(crate) fn stop(
    verdict: &mut Verdict,
    looked_for: &WhatIsLookedFor,
    parts: &[Part],
    surface: Surface,
    now: Timestamp,
) {
    let Some(copy) = looked_for.copy_in(parts, now) else { return };
    let effect = match copy.likeness {
        Likeness::Same if surface == Surface::Publication || !copy.is_short => Effect::Reject,
        Likeness::Same | Likeness::Near => Effect::Hold,
    };
    let title = match copy.likeness {
        Likeness::Same => ("与已被处置移除的内容相同", "The same as content that was removed"),
        Likeness::Near => ("与已被处置移除的内容近似", "Nearly the same as content that was removed"),
    };
    let spans = copy.parts.iter().filter_map(|part| whole(*part, parts.get(*part)?.words()?)).collect();
    add(verdict, looked_for, &copy, Found { rule: RULE, effect, title, spans });
}

/// Holds what has a picture or another file of something that was removed: what stood beside removed words may be
/// anybody's, so that a person looks whether this is a copy.
pub(crate) fn stop_media(verdict: &mut Verdict, looked_for: &WhatIsLookedFor, seen: &[Seen], now: Timestamp) {
    let Some(copy) = looked_for.media_copy_in(seen, now) else { return };
    let title = match copy.likeness {
        Likeness::Same => ("含有已被处置移除的图片、音视频", "With a file of content that was removed"),
        Likeness::Near => ("含有与已被处置移除的图片近似的图片", "With a picture like one of content that was removed"),
    };
    let of_part = |part: &usize| Span { part: *part, start: 0, end: 0, utf16_start: 0, utf16_end: 0 };
    let spans = copy.parts.iter().map(of_part).collect();
    add(verdict, looked_for, &copy, Found { rule: MEDIA_RULE, effect: Effect::Hold, title, spans });
}

/// The same for a file that is known by its hash alone.
pub(crate) fn stop_file(verdict: &mut Verdict, looked_for: &WhatIsLookedFor, file: FileHash, now: Timestamp) {
    stop_media(verdict, looked_for, &[Seen { files: vec![file], ..Seen::default() }], now);
}

/// What is said of a copy.
struct Found {
    rule: &'static str,
    effect: Effect,
    /// In Chinese and English.
    title: (&'static str, &'static str),
    spans: Vec<Span>,
}

fn add(verdict: &mut Verdict, looked_for: &WhatIsLookedFor, copy: &FoundCopy, found: Found) {
    let Found { rule, effect, title: (zh, en), spans } = found;
    let matched = Matched { bank: RULE.to_owned(), entry: copy.cause.to_string(), normalised: String::new() };
    verdict.effect = verdict.effect.max(effect);
    verdict.findings.push(Finding {
        rule: rule.to_owned(),
        rule_version: u32::try_from(looked_for.register.version).unwrap_or(u32::MAX),
        policy: RULE.to_owned(),
        effect,
        title: Title { zh: format!("{zh}（{}）", copy.cause), en: format!("{en} ({})", copy.cause) },
        matched: vec![matched; spans.len()],
        spans,
        places_left_out: 0,
    });
}

fn whole(part: usize, words: &str) -> Option<Span> {
    let utf16_end = words.encode_utf16().count();
    Some(Span { part, start: 0, end: words.len(), utf16_start: 0, utf16_end }).filter(|span| span.end > 0)
}
