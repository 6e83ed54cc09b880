//! What Gatehouse does, use case by use case, and the ports each one needs.
//!
//! A use case is a struct that holds its ports; its methods take a command or a message and give a result or an
//! [`error::AppError`]. Nothing here knows of Lambda or of AWS. In data-flow order: [`naming`] → [`registration`] →
//! [`verifying`] with [`mobile_proving`] → [`qualifying`] → [`publishing`] with [`news_gate`] → [`media_screening`]
//! → [`commenting`] with [`comment_tools`], [`comment_management`] and [`assessing`] → [`content_logging`] with [`activity_logging`] → [`complaints`] → [`triage`] with [`reporting`] → [`casework`] with [`case_complaints`] and [`case_notes`] → [`enforcing`] → [`authority_reporting`], [`notifying`]
//! → [`appealing`] → [`expiring`] → [`retaining`] with [`holding`] → [`sealing`] → [`reconciling`] → [`packaging`] → [`backtesting`],
//! with [`relaying`] between all of them, [`operating`] for what operators look at, [`filing`] for what the office gets, [`control_files`] and [`rule_packs`] for what operators change, and [`error`],
//! [`ports`] below. [`written_pack`] is the rule pack to start with.

pub mod activity_logging;
pub mod agreeing;
pub mod appealing;
pub mod assessing;
pub mod authority_reporting;
pub mod backtesting;
pub mod blacklisting;
pub mod case_complaints;
pub mod case_notes;
pub mod casework;
pub mod comment_management;
pub mod comment_tools;
pub mod commenting;
pub mod complaints;
pub mod content_logging;
pub mod control_files;
pub mod deregistering;
pub mod disclosing;
mod ended;
pub mod enforcing;
pub mod error;
pub mod expiring;
pub mod filing;
pub mod grouping;
pub mod holding;
pub mod incidents;
pub mod media_screening;
pub mod metering;
pub mod mobile_proving;
pub mod naming;
pub mod news_gate;
pub mod notifying;
pub mod operating;
pub mod overdue;
pub mod packaging;
pub mod ports;
mod principal_keys;
pub mod profile_changing;
pub mod publishing;
pub mod qualifying;
pub mod reconciling;
pub mod registration;
pub mod relaying;
pub mod removed_content;
pub mod reporting;
pub mod retaining;
pub mod rule_packs;
mod scrutiny;
mod sealed_identity;
pub mod sealing;
pub mod triage;
pub mod verifying;
pub mod workload;
pub mod written_pack;
