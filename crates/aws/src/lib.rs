//! The ports on DynamoDB, S3, SQS and KMS. SDK types never leave this crate.
//!
//! [`Aws::connect`] makes the one HTTP client that everything shares; each adapter comes from a method of [`Aws`].
//! How rows look is told in `layout`.

mod accounts;
mod activity_vault;
mod assessments;
mod blacklist;
mod cached;
mod calendar;
mod callers;
mod cases;
mod challenges;
mod chance;
mod comments;
mod complaints;
mod connection;
mod content_log;
mod control_files;
mod cursor;
mod dead_letter_boxes;
mod deregistration_calendar;
mod derived_key;
mod evidence;
mod expiring_objects;
mod failure;
mod groups;
mod idempotency;
mod incidents;
pub mod index_versions;
mod layout;
mod legal_holds;
mod lock_mode;
mod log_queue;
mod media_bucket;
mod media_notes;
#[cfg(feature = "observe")]
pub mod observe;
mod policy_documents;
mod post_policy;
mod principal_index;
mod principal_rows;
mod principals;
mod protected_names;
mod publication_meter;
mod publications;
mod qualification_calendar;
mod queues;
mod removed_content;
mod rule_packs;
mod seal_ledger;
mod seal_signer;
mod seals;
mod sending;
mod settings;
mod sweep_receipts;
mod transaction;
mod transport;
mod trust;
mod vault;
mod watermark;

pub use accounts::Accounts;
pub use activity_vault::KmsActivityVault;
pub use assessments::AssessmentTable;
pub use blacklist::Blacklist;
pub use callers::Callers;
pub use cases::Cases;
pub use challenges::Challenges;
pub use chance::SystemChance;
pub use comments::Comments;
#[cfg(feature = "observe")]
pub use connection::Endpoint;
pub use connection::{Aws, ConnectError};
pub use content_log::ContentLogBucket;
pub use control_files::ControlFileBucket;
pub use dead_letter_boxes::{LetterBoxUrls, SqsLetterBoxes};
pub use deregistration_calendar::DeregistrationCalendar;
pub use evidence::EvidenceBucket;
pub use expiring_objects::LogVersions;
pub use groups::Groups;
pub use idempotency::Idempotency;
pub use incidents::IncidentTable;
pub use index_versions::{IndexVersions, IndexVersionsError};
pub use legal_holds::LegalHoldRows;
pub use lock_mode::{LockMode, LockModeError};
pub use log_queue::ContentLogQueue;
pub use media_bucket::MediaObjects;
pub use media_notes::MediaNoteRows;
pub use policy_documents::{PolicyDocumentArchive, PolicyDocumentTable};
pub use principal_index::KmsPrincipalIndex;
pub use principals::Principals;
pub use protected_names::ProtectedNameRows;
pub use publication_meter::PublicationMeter;
pub use publications::Publications;
pub use qualification_calendar::QualificationCalendar;
pub use queues::{
    ContentReviews, EventQueues, MediaOrderQueue, RelayDeadLetters, RelayQueueUrls, SweepOrderQueue, TriggerQueue,
};
pub use removed_content::{RemovedContentTable, SettledPrintObjects};
pub use rule_packs::{PackObjects, RulePackTable};
pub use seal_ledger::SealLedgerRows;
pub use seal_signer::KmsSealSigner;
pub use seals::SealObjects;
pub use settings::SettingsTable;
pub use sweep_receipts::ReceiptObjects;
pub use vault::KmsVault;
pub use watermark::RetentionWatermark;
