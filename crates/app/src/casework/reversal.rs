//! What would come back if the appeal in a case were accepted (B9).

use domain::{
    actor::Actor,
    case::Case,
    reversal::{Affected, Reversal},
    subject::Subject,
};
use jiff::Timestamp;

use super::CaseDesk;
use crate::error::AppError;

impl CaseDesk {
    /// Nothing where there is no appeal to decide, or its account is gone.
    pub(super) async fn reversal(
        &self,
        case: &Case,
        reviewer: &Actor,
        now: Timestamp,
    ) -> Result<Option<Reversal>, AppError> {
        let Some(acceptance) = case.acceptance(reviewer.clone(), now) else { return Ok(None) };
        let (before, settings) = futures::try_join!(self.affected(case), async { Ok(self.settings.current().await?) })?;
        let reversed = acceptance.reverses_decision_id;
        Ok(before.zip(reversed).map(|(before, reversed)| {
            let after = before.after(&acceptance, now);
            Reversal::between(reversed, (&before, &after), &settings.credit, now)
        }))
    }

    async fn affected(&self, case: &Case) -> Result<Option<Affected>, AppError> {
        let Some(appeal) = &case.appeal else { return Ok(None) };
        let publication = async {
            match case.subject {
                Subject::Publication(publication_id) => Ok(self.shelf.load(publication_id).await?),
                Subject::Account(_) | Subject::Comment(_) => Ok(None),
            }
        };
        let (account, banked, publication) = futures::try_join!(
            self.accounts.load(appeal.account_id),
            self.removed.banked(appeal.decision.decision_id),
            publication
        )?;
        let Some(account) = account else { return Ok(None) };
        let canonical = self.principals.canonical(&account.principal_key).await?;
        let entry = self.blacklist.entry(&canonical).await?;
        let publication = publication.map(|record| record.publication);
        Ok(Some(Affected { account, publication, entry, banked }))
    }
}
