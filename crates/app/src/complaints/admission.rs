//! Who of the public may file now: proof of work, or a ticket that has waited, each for one complaint; more work for a source
//! that asks more; an end to what one source can file in an hour (R15.2). A source is known by a keyed hash of one hour.

use std::sync::Arc;

use domain::{
    intake_secret::{IntakeSecret, SourceKey},
    personal::Personal,
    proof_of_work::{self, Challenge, LASTS, ProofId, ProofRefusal},
    subject::Subject,
    waiting_ticket,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{Chance, Clock, IntakeLedger, IntakeSecrets, RateCounter, SettingsSource},
};

/// Of a counter after its hour: long enough for clocks that are apart.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// Lets the public in.
pub struct Admission {
    pub secrets: Arc<dyn IntakeSecrets>,
    pub ledger: Arc<dyn IntakeLedger>,
    pub settings: Arc<dyn SettingsSource>,
    pub chance: Arc<dyn Chance>,
    pub clock: Arc<dyn Clock>,
}

impl Admission {
    /// A challenge, harder for a source that has asked for many.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn challenge(&self, address: &Personal<String>) -> Result<Challenge, AppError> {
        let now = self.clock.now();
        let (secret, source) = self.source(address, now).await?;
        let counter = RateCounter::Asked(source);
        let (settings, asked) =
            futures::try_join!(self.settings.current(), self.ledger.count(&counter, end_of_hour(now)))?;
        let most = settings.complaints.work_for(asked);
        let number = u64::from_be_bytes(half_of(self.chance.bytes())) % (most + 1);
        Ok(Challenge::new(&secret, self.chance.bytes(), number, most, now))
    }

    /// A ticket for whoever has no script; `None` when the source has had as many as it may in this hour.
    ///
    /// # Errors
    /// When a port does not work.
    pub async fn ticket(&self, address: &Personal<String>) -> Result<Option<String>, AppError> {
        let now = self.clock.now();
        let (secret, source) = self.source(address, now).await?;
        let counter = RateCounter::Tickets(source);
        let (settings, had) =
            futures::try_join!(self.settings.current(), self.ledger.count(&counter, end_of_hour(now)))?;
        let may = had <= u64::from(settings.complaints.tickets_per_hour);
        Ok(may.then(|| waiting_ticket::issue(&secret, self.chance.bytes(), now)))
    }

    /// Lets the write `operation_id` in by its proof, or its ticket. The same write again is let in by the same.
    ///
    /// # Errors
    /// When the proof is missing, none, over or spent, the source has filed as much as it may, or a port does not work.
    pub async fn admit(
        &self,
        address: &Personal<String>,
        proof: Option<&str>,
        operation_id: Uuid,
    ) -> Result<(), AppError> {
        let owner = self.admit_again(address, proof, operation_id).await?;
        if owner == operation_id { Ok(()) } else { Err(ProofRefusal::Replayed.into()) }
    }

    /// As [`admit`](Self::admit), of a write that has no name but its proof, as a form: gives the write that the proof let in,
    /// which is `operation_id` the first time.
    ///
    /// # Errors
    /// As there, but for a proof that is spent.
    pub async fn admit_again(
        &self,
        address: &Personal<String>,
        proof: Option<&str>,
        operation_id: Uuid,
    ) -> Result<Uuid, AppError> {
        let now = self.clock.now();
        let (settings, (secret, source)) =
            futures::try_join!(async { Ok::<_, AppError>(self.settings.current().await?) }, self.source(address, now))?;
        let rules = &settings.complaints;
        let proof = proof.filter(|text| !text.is_empty()).ok_or(ProofRefusal::Missing)?;
        let wait = SignedDuration::from_secs(i64::from(rules.ticket_wait_seconds));
        let proof = judged(proof, &secret, wait, now)?;
        let until = end_of_hour(now);
        let (counter, over) = (RateCounter::Filed(source), now.saturating_add(LASTS).unwrap_or(Timestamp::MAX));
        let (owner, filed) =
            futures::try_join!(self.ledger.spend(&proof, operation_id, over), self.ledger.count(&counter, until))?;
        if filed > u64::from(rules.per_source_per_hour) {
            return Err(AppError::TooManyComplaints { until: until.saturating_sub(SLACK).unwrap_or(until), now });
        }
        Ok(owner)
    }

    async fn source(&self, address: &Personal<String>, now: Timestamp) -> Result<(IntakeSecret, SourceKey), AppError> {
        let secret = self.secrets.secret().await?;
        let source = secret.source(address, now);
        Ok((secret, source))
    }
}

/// Counts a complaint about `subject`; gives how many there were in this hour.
pub(super) async fn counted(ledger: &dyn IntakeLedger, subject: Subject, now: Timestamp) -> Result<u64, AppError> {
    let hour = now.as_second().div_euclid(3_600);
    Ok(ledger.count(&RateCounter::About(subject, hour), end_of_hour(now)).await?)
}

fn judged(proof: &str, secret: &IntakeSecret, wait: SignedDuration, now: Timestamp) -> Result<ProofId, ProofRefusal> {
    // A ticket has two full stops, and base64 has none.
    if proof.contains('.') {
        waiting_ticket::verify(proof, secret, wait, now)
    } else {
        proof_of_work::verify(proof, secret, now)
    }
}

/// When the counter of this hour may be forgotten.
fn end_of_hour(now: Timestamp) -> Timestamp {
    let second = (now.as_second().div_euclid(3_600) + 1) * 3_600;
    let end = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    end.saturating_add(SLACK).unwrap_or(Timestamp::MAX)
}

fn half_of(bytes: [u8; 16]) -> [u8; 8] {
    let mut half = [0; 8];
    half.copy_from_slice(&bytes[8..]);
    half
}

impl From<ProofRefusal> for AppError {
    fn from(refusal: ProofRefusal) -> Self {
        Self::Proof(refusal)
    }
}
