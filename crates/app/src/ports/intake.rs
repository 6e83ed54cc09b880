use async_trait::async_trait;
use domain::{
    intake_secret::{IntakeSecret, SourceKey},
    proof_of_work::ProofId,
    subject::Subject,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::PortError;

/// The secret by which proofs are signed and sources are told apart.
#[async_trait]
pub trait IntakeSecrets: Send + Sync {
    /// The same for all processes of this environment, now and tomorrow.
    async fn secret(&self) -> Result<IntakeSecret, PortError>;
}

/// What is counted, in an hour.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RateCounter {
    /// Challenges that a source asked for.
    Asked(SourceKey),
    /// Tickets that a source asked for.
    Tickets(SourceKey),
    /// Complaints that a source filed.
    Filed(SourceKey),
    /// Complaints about a subject in the hour that begins so many hours after 1970.
    About(Subject, i64),
}

impl RateCounter {
    /// Names the counter among all of them.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Asked(source) => format!("ASKED#{}", source.as_str()),
            Self::Tickets(source) => format!("TICKETS#{}", source.as_str()),
            Self::Filed(source) => format!("FILED#{}", source.as_str()),
            Self::About(subject, hour) => format!("ABOUT#{}#{hour}", subject.subject_id()),
        }
    }
}

/// What the public did lately, and which proofs it has spent.
#[async_trait]
pub trait IntakeLedger: Send + Sync {
    /// Counts one more, and gives how many there are with it: of two at once, each gets a number of its own. Gone some time
    /// after `until`. A try whose answer is lost has counted.
    async fn count(&self, counter: &RateCounter, until: Timestamp) -> Result<u64, PortError>;

    /// Spends the proof for the write `owner`, unless it was spent before; gives the write that it is spent for. Remembered
    /// until `until`, by when the proof itself is over.
    async fn spend(&self, proof: &ProofId, owner: Uuid, until: Timestamp) -> Result<Uuid, PortError>;
}
