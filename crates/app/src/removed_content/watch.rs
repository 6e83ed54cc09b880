use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{id::DecisionId, publication::Part, removed_content::RemovedContent};
use jiff::Timestamp;
use screening::{
    removed::{Likeness, RemovedText, RemovedTexts, decode},
    verdict::{Effect, Finding, Matched, Span, Title, Verdict},
};

use super::prints::{PartPrint, cause_bytes, cause_of, looked_for, prints_of};
use crate::ports::{PortError, RemovedContentSource, SettledPrints};

/// The name of the rule that a finding of a copy carries: no rule of a pack.
const RULE: &str = "removed-content";

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
    settled: Arc<RemovedTexts>,
    settled_sha256: Option<String>,
    recent: RemovedTexts,
    withdrawn: HashSet<[u8; 16]>,
}

/// A copy of removed content.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FoundCopy {
    likeness: Likeness,
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
                (Ok(texts), _) => (Arc::new(texts), register.settled.clone()),
                (Err(error), Some(last)) => {
                    (self.tell)(&error);
                    (last.settled.clone(), last.settled_sha256.clone())
                }
                (Err(error), None) => return Err(error),
            },
        };
        let current = Arc::new(WhatIsLookedFor {
            recent: RemovedTexts::new(register.recent.iter().filter_map(looked_for).collect()),
            withdrawn: register.withdrawn.iter().map(|cause| cause_bytes(*cause)).collect(),
            register,
            settled,
            settled_sha256,
        });
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(current.clone());
        Ok(current)
    }

    async fn load(&self, sha256: &str) -> Result<RemovedTexts, PortError> {
        let bytes = self.settled.fetch(sha256).await?;
        let texts = decode(&bytes).map_err(|error| PortError::corrupt("settled prints", error))?;
        Ok(RemovedTexts::new(texts))
    }
}

impl WhatIsLookedFor {
    /// The copy that is most like what was removed, if there is one.
    fn copy_in(&self, parts: &[Part], now: Timestamp) -> Option<FoundCopy> {
        // Most platforms have removed something; most processes of a new one need not look.
        if self.recent.is_empty() && self.settled.is_empty() {
            return None;
        }
        let counts = |text: &RemovedText| now.as_second() < text.until && !self.withdrawn.contains(&text.cause);
        let like = |PartPrint { print, parts }: PartPrint| {
            let found = [&self.recent, &*self.settled].into_iter().filter_map(|texts| texts.find(&print, counts));
            let (likeness, text) = found.max_by_key(|(likeness, _)| *likeness)?;
            Some(FoundCopy { likeness, cause: cause_of(text.cause), parts })
        };
        prints_of(parts).into_iter().filter_map(like).max_by_key(|copy| copy.likeness)
    }
}

/// Stops a copy of what was removed: the same is refused, an edited one is held until a person has looked. Says so, and by
/// which decision it was removed.
pub(crate) fn stop(verdict: &mut Verdict, looked_for: &WhatIsLookedFor, parts: &[Part], now: Timestamp) {
    let Some(copy) = looked_for.copy_in(parts, now) else { return };
    let (effect, zh, en) = match copy.likeness {
        Likeness::Same => (Effect::Reject, "与已被处置移除的内容相同", "The same as content that was removed"),
        Likeness::Near => (Effect::Hold, "与已被处置移除的内容近似", "Nearly the same as content that was removed"),
    };
    let spans: Vec<Span> = copy.parts.iter().filter_map(|part| whole(*part, parts.get(*part)?.words()?)).collect();
    let matched = Matched { bank: RULE.to_owned(), entry: copy.cause.to_string(), normalised: String::new() };
    verdict.effect = verdict.effect.max(effect);
    verdict.findings.push(Finding {
        rule: RULE.to_owned(),
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
