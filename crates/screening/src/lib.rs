//! The screening engine: a rule pack is compiled once and then answers, for a list of texts, what is to be done and
//! why. Pure and policy-neutral: what is prohibited is the pack's data.

pub mod engine;
pub mod pack;
pub mod verdict;
