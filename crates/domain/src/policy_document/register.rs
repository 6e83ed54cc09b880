use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Acceptance, Agreement, AgreementRefusal, PolicyDocument};
use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    settings::Finding,
};

/// How many documents there may be: the register is one row that every publication's process reads.
const MOST_DOCUMENTS: usize = 20;

/// Every version that still matters, by document and version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDocuments {
    /// Counts the changes; guards every write.
    pub version: u64,
    pub documents: Vec<PolicyDocument>,
}

impl PolicyDocuments {
    /// Adds a version that is valid by itself. What no longer matters leaves the register: the versions before the one
    /// whose grace period ended last.
    ///
    /// # Errors
    /// What is wrong with it beside those that are there.
    pub fn put(mut self, document: PolicyDocument, actor: Actor, now: Timestamp) -> Result<Change<Self>, Vec<Finding>> {
        let findings = self.findings(&document, now);
        if !findings.is_empty() {
            return Err(findings);
        }
        self.documents.push(document.clone());
        self.documents.sort_by(|one, other| (&one.document_id, one.version).cmp(&(&other.document_id, other.version)));
        let needed: Vec<PolicyDocument> =
            self.documents.iter().filter(|known| self.matters(known, now)).cloned().collect();
        self.documents = needed;
        self.version += 1;
        let event = Event::new(self.version, actor, EventBody::PolicyDocumentPut { document: document.into() }, now);
        Ok(Change { state: self, event })
    }

    fn findings(&self, document: &PolicyDocument, now: Timestamp) -> Vec<Finding> {
        let mut findings = Vec::new();
        let versions = self.versions(&document.document_id);
        let latest = versions.last();
        if latest.is_none() && self.ids().len() >= MOST_DOCUMENTS {
            findings.push(Finding::new("document_id", "文件数量已达 20 份。", "There are 20 documents already."));
        }
        if let Some(latest) = latest.filter(|latest| document.version <= latest.version) {
            findings.push(Finding::new(
                "version",
                &format!("已有版本 {}，新版本号必须更大。", latest.version),
                &format!("Version {} is there already; a new one has a greater number.", latest.version),
            ));
        }
        if let Some(latest) = latest.filter(|latest| document.effective_at < latest.effective_at) {
            findings.push(Finding::new(
                "effective_at",
                &format!("不得早于版本 {} 的生效时间 {}。", latest.version, latest.effective_at),
                &format!("It must not be before version {} takes effect, {}.", latest.version, latest.effective_at),
            ));
        }
        // Otherwise the moment of the upload would stop every account that publishes.
        if document.acceptance == Acceptance::Required && document.accept_by() <= now {
            findings.push(Finding::new(
                "grace_hours",
                &format!("宽限期在 {} 已经结束，账号将立即无法发布。", document.accept_by()),
                &format!("The grace period is over since {}: no account could publish.", document.accept_by()),
            ));
        }
        findings
    }

    /// The version that keeps an account with these agreements from publishing at `now`: the one it is to accept.
    /// `None` when it may publish.
    #[must_use]
    pub fn demanded(&self, agreements: &[Agreement], now: Timestamp) -> Option<&PolicyDocument> {
        self.ids().into_iter().find_map(|id| self.demanded_of(id, agreements, now))
    }

    fn demanded_of(&self, document_id: &str, agreements: &[Agreement], now: Timestamp) -> Option<&PolicyDocument> {
        let due = self.versions(document_id).into_iter().rfind(|document| document.accept_by() <= now)?;
        if due.acceptance == Acceptance::NotRequired || has_accepted(agreements, due) {
            return None;
        }
        // The one in effect is what can be accepted, and answers for every version before it.
        Some(self.current(document_id, now).unwrap_or(due))
    }

    /// What an account with these agreements can accept and has to, now or when the grace period is over: of the version
    /// in effect of each document and those that will be. With each whether publishing is refused for want of it.
    #[must_use]
    pub fn outstanding(&self, agreements: &[Agreement], now: Timestamp) -> Vec<(&PolicyDocument, bool)> {
        let asked = self.known(now).into_iter().map(|document| {
            let demanded = self.demanded_of(&document.document_id, agreements, now);
            (document, demanded == Some(document))
        });
        asked
            .filter(|(document, is_demanded)| {
                let is_required = document.acceptance == Acceptance::Required;
                *is_demanded || (is_required && !has_accepted(agreements, document))
            })
            .collect()
    }

    /// The version in effect of each document, and those that will be.
    #[must_use]
    pub fn known(&self, now: Timestamp) -> Vec<&PolicyDocument> {
        let is_known = |document: &&PolicyDocument| {
            self.current(&document.document_id, now).is_none_or(|current| document.version >= current.version)
        };
        self.documents.iter().filter(is_known).collect()
    }

    /// The document of that version, if an account can accept it at `now`: the one in effect or a coming one, with the
    /// hash that the user's screen was made from.
    ///
    /// # Errors
    /// Why not.
    pub fn acceptable(
        &self,
        document_id: &str,
        version: u32,
        sha256: &str,
        now: Timestamp,
    ) -> Result<&PolicyDocument, AgreementRefusal> {
        if let Some(current) = self.current(document_id, now)
            && version < current.version
            && version > 0
        {
            return Err(AgreementRefusal::Superseded { current: current.version });
        }
        let named = |known: &&PolicyDocument| known.document_id == document_id && known.version == version;
        let document = self.documents.iter().find(named).ok_or(AgreementRefusal::Unknown)?;
        if document.sha256 == sha256 { Ok(document) } else { Err(AgreementRefusal::OtherText) }
    }

    /// The latest version in effect.
    fn current(&self, document_id: &str, now: Timestamp) -> Option<&PolicyDocument> {
        self.versions(document_id).into_iter().rfind(|document| document.effective_at <= now)
    }

    /// A version matters until a later one's grace period is over.
    fn matters(&self, document: &PolicyDocument, now: Timestamp) -> bool {
        let later = |other: &&PolicyDocument| other.version > document.version && other.accept_by() <= now;
        !self.versions(&document.document_id).iter().any(later)
    }

    /// The versions of a document, the oldest first.
    fn versions(&self, document_id: &str) -> Vec<&PolicyDocument> {
        self.documents.iter().filter(|known| known.document_id == document_id).collect()
    }

    fn ids(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.documents.iter().map(|document| document.document_id.as_str()).collect();
        ids.dedup();
        ids
    }
}

/// Whether that version, or a later one, is among `agreements`.
fn has_accepted(agreements: &[Agreement], document: &PolicyDocument) -> bool {
    agreements.iter().any(|known| known.document_id == document.document_id && known.version >= document.version)
}

#[cfg(test)]
mod tests;
