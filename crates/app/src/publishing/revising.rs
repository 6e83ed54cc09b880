//! After the publishing: another edition, or none any more (R2, R16.2).
//!
//! The record of an edition reaches the log before the row says that it is the content, so that the log never lacks one. A
//! record of an edition that lost against another writer may be there as well; the event of an edit, which is stored with
//! the row, names number and hash of the one that stands.

use domain::{
    actor::Actor,
    change::Change,
    id::PublicationId,
    publication::{Declaration, EditIs, EditRefusal, NewEdition, Part, RemovedBy, content_hash},
    standing::Standing,
};
use screening::verdict::Effect;

use super::{Content, Ground, Place, Publishing, logged, orders_of, place, status_after};
use crate::{
    error::AppError,
    media_screening::verdict::waits_for_media,
    news_gate::NewsGate,
    ports::{PublicationHour, PublicationRecord, SaveError},
    scrutiny,
};

/// Another change came first; the next try reads it.
const TRIES: usize = 5;

/// Another content of a publication.
#[derive(Debug, Clone)]
pub struct Edit {
    pub publication_id: PublicationId,
    /// The version that its writer has read.
    pub version: u64,
    pub parts: Vec<Part>,
    /// What the platform says that it is.
    pub declared: Vec<Declaration>,
}

impl Publishing {
    /// Screens the next edition and puts it in the place of the one before, which is kept. A retry is answered with what
    /// stands.
    ///
    /// # Errors
    /// When there is no such publication, it is deleted or has changed since that version, its account may not publish, or
    /// a port does not work.
    pub async fn edit(&self, edit: Edit, actor: &Actor) -> Result<PublicationRecord, AppError> {
        let hash = content_hash(&edit.parts);
        for _ in 0..TRIES {
            let now = self.clock.now();
            let known = self.publication(edit.publication_id).await?;
            if known.publication.judge_edit(edit.version, &hash, &edit.declared)? == EditIs::Known {
                // The first try may not have reached the log, or have left a copy with another time there.
                self.log.send(&[logged(&known)?.confirmed(now)]).await?;
                self.order_again(&known).await?;
                return Ok(known);
            }
            if let Some(record) = self.next_edition(&edit, known, actor).await? {
                return Ok(record);
            }
        }
        Err(AppError::VersionConflict { expected: edit.version })
    }

    /// `None` when another change came first.
    async fn next_edition(
        &self,
        edit: &Edit,
        known: PublicationRecord,
        actor: &Actor,
    ) -> Result<Option<PublicationRecord>, AppError> {
        let now = self.clock.now();
        let hour = PublicationHour::of(now);
        let account_id = known.publication.account_id;
        let ids = [account_id];
        let (accounts, settings, documents, engine, removed, incident) = futures::join!(
            self.meter.accounts(&ids, hour),
            self.settings.current(),
            self.policy_documents.current(),
            self.engines.current(),
            self.removed.current(),
            self.incidents.current()
        );
        let (accounts, settings, documents, engine) = (accounts?, settings?, documents?, engine?);
        let (removed, incident) = (removed?, incident?);
        let ground = Ground {
            engine: &engine,
            settings: &settings,
            documents: &documents,
            removed: &removed,
            incident: &incident,
            now,
        };
        let mut accounts = super::metered(accounts);
        let Place { account, standing, over_limit } =
            place(&mut accounts, &ground, account_id).ok_or(AppError::AccountNotFound)?;
        let gate = NewsGate::of(&account, &settings, &edit.declared, now);
        if let Some(refusal) = ground.refusal(&account).or(over_limit).or(gate.refusal()) {
            return Err(refusal);
        }
        let follows_a_refusal = known.publication.refused_by().is_some();
        let content = Content { parts: &edit.parts, declared: &edit.declared, follows_a_refusal };
        let (verdict, facts) = ground.verdict(&account, &standing, gate, edit.publication_id, content);
        // While its media are looked at nobody is asked: there will be one case for all of it, or none.
        let looked_at = matches!(verdict.effect, Effect::Hold | Effect::Review) && !waits_for_media(&verdict);
        let next = NewEdition {
            follows: edit.version,
            parts: edit.parts.clone(),
            declared: edit.declared.clone(),
            status: status_after(verdict.effect),
            review_due_at: looked_at.then(|| self.profile.content_review_due_at(now)),
        };
        let change = known.publication.clone().edit(next, actor.clone(), now)?;
        let record = PublicationRecord { publication: change.state, verdict };
        self.log.send(&[logged(&record)?]).await?;
        let change = Change { state: record, event: change.event };
        let counted = async {
            match standing.publications_per_hour {
                Some(_) => self.meter.count(account_id, hour, 1).await,
                None => Ok(()),
            }
        };
        let (saved, counted) = futures::join!(self.shelf.save_edition(&change, &known), counted);
        match saved {
            Ok(()) => {
                counted?;
                // Not before the row: an order about an edition that is not there is put aside as not awaited.
                self.order(&orders_of(&change.state, &facts, now)).await?;
                Ok(Some(change.state))
            }
            Err(SaveError::VersionConflict) => Ok(None),
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }

    /// The first try may have stored the edition and not reached the queue. What is ordered twice is looked at once.
    pub(super) async fn order_again(&self, known: &PublicationRecord) -> Result<(), AppError> {
        if !waits_for_media(&known.verdict) {
            return Ok(());
        }
        let now = self.clock.now();
        let PublicationRecord { publication, .. } = known;
        let ids = [publication.account_id];
        let (accounts, settings) =
            futures::join!(self.meter.accounts(&ids, PublicationHour::of(now)), self.settings.current());
        let (accounts, settings) = (accounts?, settings?);
        let (account, _) = accounts.first().ok_or(AppError::AccountNotFound)?;
        let standing = Standing::of(account, &settings, now);
        let facts = scrutiny::facts(account, &standing, &settings, &publication.parts, &publication.declared, now);
        self.order(&orders_of(known, &facts, now)).await.map_err(Into::into)
    }

    /// Takes the publication down; taking it down again changes nothing. It needs nobody's leave: not even a suspended
    /// account is kept from taking something back.
    ///
    /// # Errors
    /// When there is no such publication, or a port does not work.
    pub async fn remove(
        &self,
        publication_id: PublicationId,
        by: RemovedBy,
        actor: &Actor,
    ) -> Result<PublicationRecord, AppError> {
        let mut expected = 0;
        for _ in 0..TRIES {
            let known = self.publication(publication_id).await?;
            expected = known.publication.version;
            let removed = known.publication.clone().remove(by, actor.clone(), self.clock.now());
            let Some(change) = removed else { return Ok(known) };
            let state = PublicationRecord { publication: change.state, verdict: known.verdict };
            let change = Change { state, event: change.event };
            match self.shelf.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }
}

impl From<EditRefusal> for AppError {
    fn from(refusal: EditRefusal) -> Self {
        match refusal {
            EditRefusal::Deleted => Self::PublicationDeleted,
            EditRefusal::Overtaken { expected } => Self::VersionConflict { expected },
        }
    }
}
