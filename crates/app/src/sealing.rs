//! Sealing the record, hour by hour (R16.2).
//!
//! Whoever writes an object of the record enters it in a ledger; the sealer closes an hour, signs what was entered in it
//! together with the seal before, writes that once, and moves on. A crash between any two calls, or two sealers at once,
//! end with the same chain: a closed hour never changes, the first envelope of an hour stands, and the head of the chain
//! moves from one seal to the next only.

use std::sync::Arc;

use evidence::{
    envelope::{Envelope, Opened, PublicKey, Signed},
    object::LogHour,
    seal::{Head, Seal},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    error::AppError,
    ports::{Clock, PortError, SaveError, SealLedger, SealShelf, SealSigner},
};

const WHAT: &str = "seals";

/// How long after its end an hour is closed. A writer that takes longer between its clock and the ledger enters the next
/// hour, which is no harm; with this margin, hardly any does.
pub const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// The most seals of one run: of what a long pause has left, each run makes some days.
const SEALS: usize = 100;

/// Seals what is over.
pub struct LogSealer {
    pub ledger: Arc<dyn SealLedger>,
    pub shelf: Arc<dyn SealShelf>,
    pub signer: Arc<dyn SealSigner>,
    pub clock: Arc<dyn Clock>,
    /// How far ahead of the clock a run may be. An hour that is sealed before it is over loses nothing, but what is
    /// written in the rest of it is in a later seal.
    pub ahead: SignedDuration,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealing {
    pub seals: usize,
    /// How many objects they speak of.
    pub entries: usize,
    /// The last seal of the chain.
    pub head: Option<Head>,
    /// Hours that are due and left to the next run.
    pub left: i64,
    pub key: PublicKey,
}

impl LogSealer {
    /// Seals every hour that is over as of `now`, the time of the schedule, from the one after the last seal on. A new
    /// chain begins with the hour in which the first object was entered or the sealer ran first.
    ///
    /// # Errors
    /// When `now` has not come yet. When a port does not work: the next run goes on. When a seal is there that does not
    /// say what the ledger says.
    pub async fn seal(&self, now: Timestamp) -> Result<Sealing, AppError> {
        if now > self.clock.now().saturating_add(self.ahead).unwrap_or(Timestamp::MAX) {
            return Err(AppError::Message(format!("{now} has not come yet: nothing can be sealed as of then")));
        }
        let due = LogHour::of(now.saturating_sub(MARGIN).unwrap_or(Timestamp::MIN));
        let first = self.ledger.begin(LogHour::of(now)).await?;
        let key = self.signer.public_key().await?;
        self.shelf.publish(&key).await?;
        let mut head = self.ledger.head().await?;
        let (mut seals, mut entries) = (0, 0);
        let mut hour = after(head.as_ref(), first);
        while hour < due && seals < SEALS {
            let (sealed, count) = self.seal_hour(head.as_ref(), hour, &key, now).await?;
            hour = after(Some(&sealed), first);
            head = Some(sealed);
            seals += 1;
            entries += count;
        }
        let left = due.start().duration_since(hour.start()).as_hours().max(0);
        Ok(Sealing { seals, entries, head, left, key })
    }

    /// Seals one hour. Gives the head by then and how many entries the hour has.
    async fn seal_hour(
        &self,
        head: Option<&Head>,
        hour: LogHour,
        key: &PublicKey,
        now: Timestamp,
    ) -> Result<(Head, usize), AppError> {
        self.ledger.close(hour).await?;
        let ours = Seal::next(head, hour, self.ledger.entries(hour).await?, now);
        let payload = ours.payload().map_err(|error| PortError::refused(WHAT, error))?;
        let signature = self.signer.sign(&Envelope::message(&payload)).await?;
        let envelope = Envelope::signed(&payload, key.key_id(), &signature).to_bytes();
        let envelope = envelope.map_err(|error| PortError::refused(WHAT, error))?;
        let stands = Envelope::open(&self.shelf.put(hour, &envelope).await?);
        let stands = stands.map_err(|error| PortError::corrupt(WHAT, error))?;
        agrees(&stands, &ours, key)?;
        let (moved, count) = (stands.seal.head(stands.link), ours.entries.len());
        match self.ledger.advance(&moved).await {
            Ok(()) => Ok((moved, count)),
            // Another sealer was faster, with the same seal.
            Err(SaveError::VersionConflict) => Ok((self.ledger.head().await?.unwrap_or(moved), count)),
            Err(SaveError::Port(error)) => Err(error.into()),
        }
    }
}

/// The hour after the last seal, or the first of all.
fn after(head: Option<&Head>, first: LogHour) -> LogHour {
    head.map_or(first, |head| LogHour::of(head.hour).next())
}

/// Whether the seal that stands says what we say; only the moment of sealing, and so the signature, may be another's.
fn agrees(stands: &Opened, ours: &Seal, key: &PublicKey) -> Result<(), PortError> {
    let expected = Seal { sealed_at: stands.seal.sealed_at, ..ours.clone() };
    if stands.seal != expected {
        let told =
            format!("the seal of {} is there and does not say what the ledger says", LogHour::of(ours.hour).name());
        return Err(PortError::corrupt(WHAT, told));
    }
    // Signed by another key it may be, when the key was changed in between; whom to trust is the auditor's question.
    if matches!(stands.signed_by(std::slice::from_ref(key)), Signed::Wrongly(_)) {
        let told = format!("the seal of {} has a signature that is not right", LogHour::of(ours.hour).name());
        return Err(PortError::corrupt(WHAT, told));
    }
    Ok(())
}
