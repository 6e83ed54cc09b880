//! The compliance domain: who registers, what they publish, what people complain about, what is decided, what
//! follows from it and how long the record is kept.
//!
//! Everything here is synchronous and does nothing but compute. Time is always an argument. Chance is drawn in one place
//! alone, when a new identifier is made ([`id::uuid_at`]); nothing is decided by it. Nothing here knows that AWS exists. Every state change is a transition that returns the
//! new state *and* the event that tells of it ([`change::Change`]), so that whoever stores the one stores the other.
//!
//! Read in data-flow order: [`document`] → [`principal`] → [`account`] → [`qualification`] → [`publication`] → [`comment`]
//! → [`complaint`] → [`case`] → [`decision`] → [`enforcement`] → [`statement`] → [`appeal`] → [`retention`] with [`resting`] and [`legal_hold`]. What
//! operators may change is in [`settings`] and [`rule_pack`]; [`backtest`] tries rules before they do.

pub mod account;
pub mod account_label;
pub mod activity;
pub mod actor;
pub mod appeal;
pub mod assessment;
pub mod authority_report;
pub mod backtest;
pub mod blacklist;
pub mod blacklist_import;
pub mod case;
pub mod change;
pub mod comment;
pub mod comment_duty;
pub mod complaint;
pub mod consequence;
pub mod credit;
pub mod decision;
pub mod deregistration;
pub mod display_name;
pub mod document;
pub mod enforcement;
pub mod event;
pub mod evidence_package;
pub mod filing;
pub mod grade;
pub mod group;
pub mod group_import;
pub mod id;
pub mod incident;
pub mod intake_secret;
pub mod ladder;
pub mod legal_hold;
pub mod legible;
pub mod media;
pub mod metrics;
pub mod mobile;
mod normalise;
pub mod one_time_code;
pub mod owner_rules;
pub mod personal;
pub mod phone_challenge;
pub mod policy_document;
pub mod principal;
pub mod principal_alias;
pub mod profile;
pub mod proof_of_work;
pub mod protected_name;
pub mod public_link;
pub mod public_profile;
pub mod publication;
pub mod qualification;
pub mod receipt;
pub mod removed_content;
pub mod reporter;
pub mod resting;
pub mod retention;
pub mod reversal;
pub mod rule_pack;
pub mod send_budget;
pub mod settings;
pub mod sheet;
pub mod standing;
pub mod statement;
pub mod subject;
pub mod verification;
pub mod waiting_ticket;
pub mod working_calendar;
