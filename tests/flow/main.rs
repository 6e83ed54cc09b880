//! The chain over in-memory ports, with the queues pumped by hand: copies, bad orders, and a crash between any two
//! calls leave the same final state.
#![expect(clippy::unwrap_used, reason = "a panic is the report")]

mod activity;
mod agreements;
mod appeals;
mod authority_reports;
mod background;
mod backtests;
mod blacklist;
mod bulk_decisions;
mod checks;
mod comment_duty;
mod comments;
mod complaints;
mod controls;
mod crashes;
mod deregistration;
mod desk;
#[path = "../desk_deps.rs"]
mod desk_deps;
mod disclosures;
mod editing;
mod floods;
mod groups;
mod holds;
mod imports;
mod incidents;
mod media;
mod mobile;
mod notes;
mod orders;
mod overdue;
mod packages;
mod profiles;
mod protected_names;
mod publish_trips;
mod qualifications;
mod races;
mod reconciling;
mod removed_content;
mod removed_copies;
mod renewal;
mod reporters;
mod reversals;
mod reviews;
mod round_trips;
mod routing;
mod rows;
mod rule_packs;
mod sealing;
mod severe_steps;
mod standing;
mod uploads_at_once;
mod world;
