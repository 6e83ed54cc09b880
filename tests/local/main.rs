//! End to end on the deployed local stack, with IAM on. `cargo xtask up` starts it; without it every test here fails and
//! says so. Each test makes principals and references of its own; those in `alone` change how the world behaves and must
//! not run beside others (nextest runs this binary one test at a time).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where, and fails")]

mod activity;
mod agreements;
mod alone;
mod appeals;
mod authority_reports;
mod backtests;
mod bad_input;
mod blacklist;
mod bulk_decisions;
mod callers;
mod canary;
mod casework;
mod checks;
mod comments;
mod complaints;
mod completeness;
mod controls;
mod deregistration;
mod desk;
mod documentation;
mod duplicates;
mod editing;
mod groups;
mod holds;
mod imports;
mod incidents;
mod media;
mod mobile;
mod names;
mod packages;
mod permissions;
mod profiles;
mod qualifications;
mod queries;
mod reconciling;
mod removed_content;
mod renewal;
mod reviews;
mod rule_packs;
mod seals;
mod severe_steps;
mod stack;
mod standing;
mod story;
#[path = "../infra/template.rs"]
#[expect(dead_code, reason = "the rest of it is for those who look at the templates alone")]
mod template;
