//! What a reporter sees, as it is kept with the complaint (B2).

use domain::{
    account::Account,
    comment::CommentStatus,
    complaint::{AccountFace, ComplaintRefusal, Snapshot, SnapshotContent},
    id::{AccountId, CommentId, PublicationId},
    media::MediaTrace,
    publication::{Part, PublicationStatus},
    subject::Subject,
};
use jiff::Timestamp;

use super::ComplaintDesk;
use crate::{
    error::AppError,
    media_screening::MediaNote,
    ports::{CommentRecord, PublicationRecord},
};

impl ComplaintDesk {
    /// What the public sees of the subject, with the account that it belongs to.
    ///
    /// # Errors
    /// When there is nothing to see, there was and it is taken away, it is the reporter's own, or a port does not work.
    pub(super) async fn seen(
        &self,
        subject: &Subject,
        reporter: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Snapshot, AppError> {
        let asked = async {
            match reporter {
                Some(account_id) => self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound).map(drop),
                None => Ok(()),
            }
        };
        let looked = async {
            match subject {
                Subject::Account(account_id) => Ok((self.account(*account_id).await?, None)),
                Subject::Publication(publication_id) => self.publication(*publication_id).await,
                Subject::Comment(comment_id) => self.comment(*comment_id).await,
            }
        };
        let ((account, content), ()) = futures::try_join!(looked, asked)?;
        if reporter == Some(account.account_id) {
            return Err(ComplaintRefusal::OwnContent.into());
        }
        if content.is_none() && account.status.is_final() {
            return Err(ComplaintRefusal::SubjectRemoved.into());
        }
        Ok(Snapshot { taken_at: now, account: AccountFace::of(&account, now), content })
    }

    async fn account(&self, account_id: AccountId) -> Result<Account, AppError> {
        self.accounts.load(account_id).await?.ok_or(AppError::SubjectNotFound)
    }

    /// The edition that the public sees, which need not be the latest.
    async fn publication(&self, publication_id: PublicationId) -> Result<(Account, Option<SnapshotContent>), AppError> {
        let Some(PublicationRecord { publication, .. }) = self.shelf.load(publication_id).await? else {
            return Err(match self.shelf.expired_at(publication_id).await? {
                Some(_) => ComplaintRefusal::SubjectRemoved.into(),
                None => AppError::SubjectNotFound,
            });
        };
        let Some(edition) = publication.shown_edition() else {
            return Err(match (publication.status, &publication.settlement) {
                (PublicationStatus::Deleted, _) | (PublicationStatus::Rejected, Some(_)) => {
                    ComplaintRefusal::SubjectRemoved.into()
                }
                // Nobody has ever seen it.
                _ => AppError::SubjectNotFound,
            });
        };
        let is_latest = edition == publication.edition;
        let earlier =
            async { if is_latest { Ok(None) } else { Ok(self.shelf.edition(publication_id, edition).await?) } };
        let notes = async {
            let has_none = is_latest && !publication.parts.iter().any(Part::has_media);
            if has_none { Ok(Vec::new()) } else { Ok(self.notes.notes(publication_id, edition).await?) }
        };
        let (account, earlier, notes) = futures::try_join!(self.account(publication.account_id), earlier, notes)?;
        let shown = earlier.map_or(publication, |earlier| earlier.publication);
        Ok((account, Some(SnapshotContent::of_publication(&shown, traces(notes)))))
    }

    /// What its account has hidden is still there, and may still be complained of.
    async fn comment(&self, comment_id: CommentId) -> Result<(Account, Option<SnapshotContent>), AppError> {
        let CommentRecord { comment, .. } = self.comments.load(comment_id).await?.ok_or(AppError::SubjectNotFound)?;
        match (comment.status, &comment.settlement) {
            (CommentStatus::Published, _) => {}
            (CommentStatus::Rejected, Some(_)) => return Err(ComplaintRefusal::SubjectRemoved.into()),
            (CommentStatus::Rejected | CommentStatus::Held, _) => return Err(AppError::SubjectNotFound),
        }
        Ok((self.account(comment.account_id).await?, Some(SnapshotContent::of_comment(&comment))))
    }
}

/// Hashes and no more, part by part.
fn traces(mut notes: Vec<MediaNote>) -> Vec<MediaTrace> {
    notes.sort_by_key(|note| note.part);
    notes.iter().flat_map(MediaNote::traces).collect()
}
