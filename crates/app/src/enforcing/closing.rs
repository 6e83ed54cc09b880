//! An account that is closed for good, and its principal who may not come back (R13.1, R13.2); and the way back from both
//! when an appeal is accepted (B9).

use domain::{
    blacklist::{BlacklistEntry, NewListing},
    decision::{Blacklisting, Decision},
    enforcement::Enforcement,
    id::{AccountId, DecisionId, ListingId},
    principal::PrincipalKey,
};
use jiff::{SignedDuration, Timestamp};

use super::{Enforced, Enforcer, TRIES};
use crate::{error::AppError, ports::SaveError};

impl Enforcer {
    /// First the account, then the list: whoever sees the listing finds the account closed.
    pub(super) async fn close(
        &self,
        account_id: AccountId,
        measure: Enforcement,
        blacklist: Option<Blacklisting>,
        decision: &Decision,
    ) -> Result<Enforced, AppError> {
        let enforced = self.put_in_force(account_id, measure).await?;
        if let Some(blacklisting) = blacklist {
            self.bar(account_id, blacklisting, decision).await?;
        }
        Ok(enforced)
    }

    /// Lists the principal. A reversal may come at any moment: it takes a listing away that it finds, and this looks for the
    /// reversal after it has listed, so that one of the two sees the other.
    async fn bar(
        &self,
        account_id: AccountId,
        blacklisting: Blacklisting,
        decision: &Decision,
    ) -> Result<(), AppError> {
        let listing_id = ListingId::caused_by(decision.decision_id);
        let approver = decision.approved_by.as_ref().unwrap_or(&decision.decided_by);
        let mut expected = 0;
        for _ in 0..TRIES {
            let Some(principal) = self.standing_principal(account_id, decision.decision_id).await? else {
                return self.unbar(account_id, decision.decision_id, decision).await;
            };
            let (entry, now) = self.entry_of(&principal).await?;
            expected = entry.version;
            if entry.has_heard(listing_id) {
                return Ok(());
            }
            let days = SignedDuration::from_hours(24 * i64::from(blacklisting.review_days));
            let review_at = now.saturating_add(days).unwrap_or(Timestamp::MAX);
            let new =
                NewListing { listing_id, account_id: Some(account_id), reason: decision.reason.clone(), review_at };
            // What another decision lists, or the lead, stays listed for this one too, whatever becomes of theirs.
            let change = match entry.listing {
                Some(_) => entry.also_list(listing_id, approver.clone(), now),
                None => Some(entry.list(new, Some(decision.decided_by.clone()), approver.clone(), now)?),
            };
            let Some(change) = change else { return Ok(()) };
            match self.blacklist.save(&change).await {
                Ok(()) if self.standing_principal(account_id, decision.decision_id).await?.is_some() => return Ok(()),
                // Reversed meanwhile, or somebody else wrote first: the next try finds out.
                Ok(()) | Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// Takes the principal off the list if it is there for the decision `reversed` and nothing else.
    pub(super) async fn unbar(
        &self,
        account_id: AccountId,
        reversed: DecisionId,
        reversal: &Decision,
    ) -> Result<(), AppError> {
        let listing_id = ListingId::caused_by(reversed);
        let mut expected = 0;
        for _ in 0..TRIES {
            let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
            let (entry, now) = self.entry_of(&account.principal_key).await?;
            expected = entry.version;
            let (reason, reviewer) = (reversal.reason.clone(), reversal.decided_by.clone());
            let Some(change) = entry.withdraw(listing_id, reason, reviewer, now) else { return Ok(()) };
            match self.blacklist.save(&change).await {
                Ok(()) => return Ok(()),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    /// Whose the account is, unless the decision was reversed.
    async fn standing_principal(
        &self,
        account_id: AccountId,
        decision_id: DecisionId,
    ) -> Result<Option<PrincipalKey>, AppError> {
        let account = self.accounts.load(account_id).await?.ok_or(AppError::AccountNotFound)?;
        let is_reversed = account.enforcements.iter().any(|it| it.decision_id == decision_id && it.is_reversed());
        Ok((!is_reversed).then_some(account.principal_key))
    }

    async fn entry_of(&self, principal: &PrincipalKey) -> Result<(BlacklistEntry, Timestamp), AppError> {
        let canonical = self.principals.canonical(principal).await?;
        let (entry, now) = (self.blacklist.entry(&canonical).await?, self.clock.now());
        Ok((entry.unwrap_or_else(|| BlacklistEntry::of(canonical, now)), now))
    }
}
