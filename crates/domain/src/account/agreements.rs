//! Which policy documents the account has accepted (R5.2).

use super::{Account, AccountStatus};
use crate::{change::Change, event::EventBody, policy_document::Agreement};

impl Account {
    /// Notes that the account accepted that version. `None` when it has accepted it, or a later one, already.
    ///
    /// The account keeps the latest version of each document; the events keep them all.
    ///
    /// # Errors
    /// When the account is rejected or closed: nobody is left to be bound.
    pub fn accept(mut self, agreement: Agreement) -> Result<Option<Change<Self>>, AccountStatus> {
        if self.status.is_final() {
            return Err(self.status);
        }
        let of_document = |known: &&Agreement| known.document_id == agreement.document_id;
        if self.agreements.iter().find(of_document).is_some_and(|known| known.version >= agreement.version) {
            return Ok(None);
        }
        self.agreements.retain(|known| known.document_id != agreement.document_id);
        let body = EventBody::AgreementAccepted {
            account_id: self.account_id,
            document_id: agreement.document_id.clone(),
            document_version: agreement.version,
            sha256: agreement.sha256.clone(),
        };
        let (actor, now) = (agreement.accepted_by.clone(), agreement.accepted_at);
        self.agreements.push(agreement);
        self.agreements.sort_by(|one, other| one.document_id.cmp(&other.document_id));
        Ok(Some(self.changed(body, actor, now)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::{account::walks::registered, actor::Actor};

    const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn agreement(document_id: &str, version: u32) -> Agreement {
        Agreement {
            document_id: document_id.to_owned(),
            version,
            sha256: format!("{version:064x}"),
            accepted_at: NOON + SignedDuration::from_secs(version.into()),
            accepted_by: Actor::caller("platform"),
        }
    }

    #[test]
    fn the_latest_version_of_each_document_is_kept_and_each_acceptance_is_an_event() {
        let mut account = registered().state;
        let mut told = Vec::new();
        for (document_id, version) in [("rules", 1), ("agreement", 4), ("rules", 3), ("rules", 3), ("rules", 2)] {
            match account.clone().accept(agreement(document_id, version)).unwrap() {
                Some(change) => {
                    let EventBody::AgreementAccepted { document_id, document_version, sha256, .. } = change.event.body
                    else {
                        panic!("another event")
                    };
                    assert_eq!(sha256, format!("{document_version:064x}"));
                    told.push((document_id, document_version));
                    account = change.state;
                }
                None => assert_eq!(document_id, "rules"),
            }
        }
        let names = |list: &[(&str, u32)]| list.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!(told, names(&[("rules", 1), ("agreement", 4), ("rules", 3)]));
        let kept: Vec<_> = account.agreements.iter().map(|it| (it.document_id.clone(), it.version)).collect();
        assert_eq!(kept, names(&[("agreement", 4), ("rules", 3)]));
        assert_eq!(account.version, 4);
    }

    #[test]
    fn who_is_closed_or_rejected_accepts_nothing() {
        for status in AccountStatus::ALL {
            let account = Account { status, ..registered().state };
            assert_eq!(account.accept(agreement("rules", 1)).is_err(), status.is_final(), "{status:?}");
        }
    }
}
