//! What readers write below publications (R2, R12.1, R12.2).
//!
//! Three dependent round trips: the publication, with settings, engine and the register of assessments beside it; its account
//! and what that has said about comments; then every row, the log message and the requests for a review at once. The row is
//! keyed by publication and reference, so that a retry writes nothing twice.

use std::sync::Arc;

use domain::{
    account::Account,
    actor::Actor,
    assessment::{Assessments, InteractiveFunction},
    comment::{Comment, CommentStatus, Commenter, HiddenBy, Hiding},
    event::{Event, EventBody},
    id::{CommentId, PublicationId},
    incident::{Incident, IncidentMode},
    owner_rules::OwnerRules,
    profile::Profile,
    publication::{Part, Publication},
    settings::Settings,
    standing::Standing,
};
use evidence::record::LogRecord;
use futures::future::join_all;
use jiff::Timestamp;
use screening::{engine::Engine, normalise::skeleton, verdict::Effect};

use crate::{
    ended,
    error::AppError,
    incidents,
    ports::{
        AccountLedger, AssessmentSource, Clock, CommentPage, CommentPut, CommentRecord, CommentShelf, EngineSource,
        IncidentSource, ListError, LogQueue, OwnerRulesBook, PortError, PublicationRecord, PublicationShelf,
        ReviewQueue, SettingsSource,
    },
    removed_content::{self, RemovedContentWatch, Surface, WhatIsLookedFor},
    scrutiny,
};

/// A comment as the platform sends it.
#[derive(Debug, Clone)]
pub struct WriteComment {
    /// The platform's own name of it, unique below the publication.
    pub reference: String,
    pub commenter: Commenter,
    pub text: String,
}

/// Takes comments.
pub struct Commenting {
    pub accounts: Arc<dyn AccountLedger>,
    pub settings: Arc<dyn SettingsSource>,
    pub assessments: Arc<dyn AssessmentSource>,
    pub publications: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub rules: Arc<dyn OwnerRulesBook>,
    pub log: Arc<dyn LogQueue>,
    pub reviews: Arc<dyn ReviewQueue>,
    pub engines: Arc<dyn EngineSource>,
    pub removed: Arc<RemovedContentWatch>,
    pub incidents: Arc<dyn IncidentSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

/// Why a comment is not taken, beside what is wrong with the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommentRefusal {
    /// No assessment of the function counts (R12.1).
    #[error("the function is not assessed")]
    NotAssessed,
    /// They are stopped while an incident lasts (R5.1).
    #[error("comments are stopped while an incident lasts")]
    Incident,
    /// The public does not see the publication.
    #[error("the publication is not shown")]
    PublicationNotShown,
    /// The account's credit level has no comments (R6.2).
    #[error("the account's standing has no comments")]
    Standing,
    /// The account has closed them, below this publication or everywhere.
    #[error("the account has closed the comments")]
    Closed,
    /// The account has blocked who wrote it.
    #[error("the commenter is blocked")]
    Blocked,
}

impl Commenting {
    /// Screens and stores each of `items` (at most 100) below the publication and answers item by item, in order. What was
    /// accepted is in the log queue when this returns.
    ///
    /// # Errors
    /// When there is no such publication, or a port does not work. An item that fails alone is an error in its own place.
    pub async fn write(
        &self,
        publication_id: PublicationId,
        items: Vec<WriteComment>,
    ) -> Result<Vec<Result<CommentRecord, AppError>>, AppError> {
        let now = self.clock.now();
        let (publication, settings, assessments, engine, removed, incident) = futures::join!(
            self.publications.load(publication_id),
            self.settings.current(),
            self.assessments.current(),
            self.engines.current(),
            self.removed.current(),
            self.incidents.current(),
        );
        let Some(PublicationRecord { publication, .. }) = publication? else {
            return Err(ended::publication(&*self.publications, publication_id).await);
        };
        let (settings, assessments, engine) = (settings?, assessments?, engine?);
        let (removed, incident) = (removed?, incident?);
        let judges = Judges { engine: &engine, removed: &removed, incident: &incident };
        let account_id = publication.account_id;
        let (account, rules) = futures::try_join!(self.accounts.load(account_id), self.rules.rules(account_id))?;
        let account = account.ok_or(AppError::AccountNotFound)?;
        let ground = Ground::new(&publication, &account, &rules, &settings, judges, now);

        let refusal = || ground.refusal(&assessments);
        let admitted = join_all(items.into_iter().map(|item| self.admit(&ground, refusal(), item))).await;
        let records: Vec<LogRecord> = admitted.iter().flatten().map(CommentRecord::logged).collect::<Result<_, _>>()?;
        let reviews: Vec<Event> = admitted.iter().flatten().filter_map(|record| self.review_of(record, now)).collect();
        let stored = join_all(admitted.into_iter().map(|record| self.store(record)));
        if records.is_empty() {
            return Ok(stored.await);
        }
        let (stored, logged, requested) = futures::join!(stored, self.log.send(&records), self.request(&reviews));
        // Which of the messages did not arrive is not known: the caller's retry meets the rows and sends them again.
        logged?;
        requested?;
        self.stand_by(stored.iter().flatten(), now).await?;
        Ok(stored)
    }

    /// # Errors
    /// When there is no such comment, or the shelf does not work.
    pub async fn comment(&self, comment_id: CommentId) -> Result<CommentRecord, AppError> {
        self.comments.load(comment_id).await?.ok_or(AppError::CommentNotFound)
    }

    /// The comments below a publication, the latest first.
    ///
    /// # Errors
    /// When the cursor is not one that a page gave, or the shelf does not work.
    pub async fn list(
        &self,
        publication_id: PublicationId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<CommentPage, AppError> {
        self.comments.list(publication_id, limit, cursor).await.map_err(|error| match error {
            ListError::CursorUnknown => AppError::CursorUnknown,
            ListError::Port(error) => error.into(),
        })
    }

    /// The record of the item, if it may be written.
    async fn admit(
        &self,
        ground: &Ground<'_>,
        refusal: Option<AppError>,
        item: WriteComment,
    ) -> Result<CommentRecord, AppError> {
        let blocked = ground.rules.blocked.contains(&item.commenter);
        let refusal = refusal.or_else(|| blocked.then(|| CommentRefusal::Blocked.into()));
        let record = ground.screened(item);
        let Some(refusal) = refusal else { return Ok(record) };
        // A retry of what was accepted before the refusal began is answered as it was then.
        match self.comments.load(record.comment.comment_id).await? {
            Some(known) if known.comment.is_sent_again_by(&record.comment) => Ok(known),
            _ => Err(refusal),
        }
    }

    async fn store(&self, admitted: Result<CommentRecord, AppError>) -> Result<CommentRecord, AppError> {
        let record = admitted?;
        match self.comments.put_new(&record).await? {
            CommentPut::Stored => Ok(record),
            CommentPut::Exists(known) if known.comment.is_sent_again_by(&record.comment) => Ok(*known),
            CommentPut::Exists(_) => Err(AppError::ReferenceReused),
        }
    }

    /// As of a publication: log and reviewers are told which of the copies stands.
    async fn stand_by(&self, stored: impl Iterator<Item = &CommentRecord>, now: Timestamp) -> Result<(), AppError> {
        let known: Vec<_> = stored.filter(|record| record.comment.received_at != now).collect();
        let unsettled = known.iter().filter(|it| it.comment.settlement.is_none());
        let reviews: Vec<Event> = unsettled.filter_map(|record| self.review_of(record, now)).collect();
        self.request(&reviews).await?;
        let records: Vec<LogRecord> =
            known.into_iter().map(|record| record.logged().map(|it| it.confirmed(now))).collect::<Result<_, _>>()?;
        if records.is_empty() { Ok(()) } else { self.log.send(&records).await.map_err(Into::into) }
    }

    async fn request(&self, reviews: &[Event]) -> Result<(), PortError> {
        if reviews.is_empty() { Ok(()) } else { self.reviews.request(reviews).await }
    }

    fn review_of(&self, record: &CommentRecord, now: Timestamp) -> Option<Event> {
        if !matches!(record.verdict.effect, Effect::Hold | Effect::Review) {
            return None;
        }
        let comment = &record.comment;
        let body = EventBody::CommentReviewRequested {
            comment_id: comment.comment_id,
            publication_id: comment.publication_id,
            account_id: comment.account_id,
            due_at: self.profile.content_review_due_at(now),
        };
        Some(Event::new(comment.version, Actor::function("comments-api"), body, now))
    }
}

/// What every comment of a call is judged by.
struct Ground<'a> {
    publication: &'a Publication,
    account: &'a Account,
    rules: &'a OwnerRules,
    /// As comments are compared with them.
    keywords: Vec<String>,
    settings: &'a Settings,
    standing: Standing,
    judges: Judges<'a>,
    now: Timestamp,
}

/// What a comment's text is judged by.
#[derive(Clone, Copy)]
struct Judges<'a> {
    engine: &'a Engine,
    removed: &'a WhatIsLookedFor,
    incident: &'a IncidentMode,
}

impl<'a> Ground<'a> {
    fn new(
        publication: &'a Publication,
        account: &'a Account,
        rules: &'a OwnerRules,
        settings: &'a Settings,
        judges: Judges<'a>,
        now: Timestamp,
    ) -> Self {
        let standing = Standing::of(account, settings, now).for_comments(settings);
        // A keyword of which nothing is left to compare is in every text.
        let keywords = rules.keywords.iter().map(|word| skeleton(word)).filter(|word| !word.is_empty()).collect();
        Self { publication, account, rules, keywords, settings, standing, judges, now }
    }

    /// Why nobody may comment here now, if nobody may: what the law asks first, then what the account has coming, then what
    /// its holder wants.
    fn refusal(&self, assessments: &Assessments) -> Option<AppError> {
        if !assessments.is_on(InteractiveFunction::Comments, self.now) {
            return Some(CommentRefusal::NotAssessed.into());
        }
        if let Some(refusal) = crate::publishing::not_standing(self.account) {
            return Some(refusal);
        }
        if let Some(closing) = self.account.closed_by(self.now) {
            return Some(AppError::CommentsRestricted { enforcement: Box::new(closing.clone()) });
        }
        if let Some(restriction) = self.account.restriction_of(InteractiveFunction::Comments, self.now) {
            return Some(AppError::CommentsRestricted { enforcement: Box::new(restriction.clone()) });
        }
        let refusal = if self.judges.incident.at(self.now).is_some_and(Incident::stops_comments) {
            CommentRefusal::Incident
        } else if self.publication.shown_edition().is_none() {
            CommentRefusal::PublicationNotShown
        } else if !self.standing.comments {
            CommentRefusal::Standing
        } else if self.rules.closed || self.publication.comments_closed {
            CommentRefusal::Closed
        } else {
            return None;
        };
        Some(refusal.into())
    }

    fn screened(&self, item: WriteComment) -> CommentRecord {
        let WriteComment { reference, commenter, text } = item;
        let comment_id = CommentId::named(self.publication.publication_id, &reference);
        let part = Part::Text { text };
        let mut facts =
            scrutiny::facts(self.account, &self.standing, self.settings, std::slice::from_ref(&part), &[], self.now);
        "comment".clone_into(&mut facts.content.kind);
        let Judges { engine, removed, incident } = self.judges;
        let mut verdict = engine.assess(&[part.words().unwrap_or_default()], &facts);
        removed_content::stop(&mut verdict, removed, std::slice::from_ref(&part), Surface::Comment, self.now);
        scrutiny::raise(&mut verdict, &self.standing, comment_id.uuid());
        incidents::raise(&mut verdict, incident, std::slice::from_ref(&part), &facts.account.labels, self.now);
        let Part::Text { text } = part else { unreachable!("it was made as a text") };
        let status = match verdict.effect {
            Effect::Pass | Effect::Review => CommentStatus::Published,
            Effect::Hold => CommentStatus::Held,
            Effect::Reject => CommentStatus::Rejected,
        };
        let holds_a_keyword = || {
            let text = skeleton(&text);
            self.keywords.iter().any(|word| text.contains(word.as_str()))
        };
        let hidden =
            (!self.keywords.is_empty() && holds_a_keyword()).then_some(Hiding { by: HiddenBy::Keyword, at: self.now });
        let comment = Comment {
            comment_id,
            publication_id: self.publication.publication_id,
            account_id: self.publication.account_id,
            reference,
            commenter,
            version: 1,
            text,
            status,
            hidden,
            settlement: None,
            received_at: self.now,
        };
        CommentRecord { comment, verdict }
    }
}
