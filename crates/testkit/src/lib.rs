//! What tests stand on: in-memory twins of all ports, the [`contract`] that twins and adapters both keep, [`samples`]
//! with valid defaults, a clock that stands still and [`Faults`] that strike between any two calls.
//!
//! ```
//! use testkit::{Twins, When, samples};
//!
//! let twins = Twins::at(samples::NOON);
//! twins.faults.strike(3, When::After); // the third port call takes effect, and its caller never learns of it
//! ```
#![expect(clippy::unwrap_used, reason = "everything here runs in tests, where a panic is the report")]

mod accounts;
mod assessments;
mod authority_reports;
mod backtests;
mod breaker;
mod case_calendar;
mod case_notes;
mod cases;
mod challenges;
mod chance;
mod clock;
mod comments;
mod content_log;
pub mod contract;
mod control_files;
mod dead_letter_boxes;
mod deregistration_calendar;
mod engines;
mod evidence;
mod faults;
mod filing;
mod groups;
mod idempotency;
mod identity;
mod incidents;
mod intake;
mod legal_holds;
mod media;
mod packages;
mod policy_documents;
mod principals;
mod protected_names;
mod publication_meter;
mod publications;
mod qualification_calendar;
mod queues;
mod reconciliation;
mod record;
mod removed_content;
mod resting;
mod retention;
mod rule_packs;
pub mod samples;
mod sealing;
mod settings;
mod twins;
mod webhook;

pub use accounts::MemoryAccounts;
pub use assessments::MemoryAssessments;
pub use authority_reports::MemoryReports;
pub use backtests::MemoryBacktests;
pub use breaker::MemoryBreaker;
pub use cases::MemoryCases;
pub use challenges::{MemoryChallenges, RecordingDelivery};
pub use chance::CountingChance;
pub use clock::FixedClock;
pub use comments::MemoryComments;
pub use content_log::MemoryContentLog;
pub use control_files::MemoryControlFiles;
pub use dead_letter_boxes::MemoryDeadLetterBoxes;
pub use engines::MemoryEngines;
pub use evidence::MemoryEvidence;
pub use faults::{Faults, When};
pub use filing::MemoryFilings;
pub use idempotency::MemoryIdempotency;
pub use identity::{FakeIdentityProvider, MemoryCallers, MemoryIndex, MemoryVault};
pub use incidents::MemoryIncidents;
pub use intake::MemoryIntake;
pub use legal_holds::MemoryHolds;
pub use media::{MemoryMedia, MemoryMediaNotes};
pub use packages::MemoryPackages;
pub use policy_documents::MemoryPolicyDocuments;
pub use protected_names::MemoryProtectedNames;
pub use publications::MemoryPublications;
pub use queues::{Lane, MemoryQueues};
pub use reconciliation::MemoryReconciliation;
pub use record::MemoryRecord;
pub use removed_content::MemoryRemovedContent;
pub use retention::{MemoryReceipts, MemoryWatermark};
pub use rule_packs::MemoryRulePacks;
pub use sealing::{MemorySealLedger, MemorySeals, TestSigner};
pub use settings::MemorySettings;
pub use twins::Twins;
pub use webhook::RecordingWebhook;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a lock holds; a test that panicked elsewhere has reported already.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
