//! The screening engine: a rule pack is compiled once and then answers, for a list of texts, what is to be done and
//! why. Pure and policy-neutral: what is prohibited is the pack's data.
//!
//! A text is normalised ([`normalise`]) while an automaton of all terms reads it (`matching`); pictures are known by their
//! looks ([`pdq`]); what the banks find ([`bank`]) sets off rules ([`pack`]), whose conditions read facts ([`facts`]) and
//! what scorers have learned ([`scorer`]); the strongest effect is the [`verdict`]. A [`trial`] is what of a pack can be tried on content of earlier days.

mod artefact;
pub mod bank;
mod bank_set;
mod condition;
pub mod contacts;
pub mod engine;
pub mod facts;
pub mod fingerprint;
mod links;
mod matching;
pub mod media;
pub mod normalise;
pub mod pack;
pub mod pdq;
pub mod removed;
pub mod scorer;
pub mod source;
pub mod training;
pub mod trial;
pub mod verdict;
