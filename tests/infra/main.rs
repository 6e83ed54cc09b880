//! What must hold of the workspace and of the templates, and what no tool checks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where, and fails")]

mod alarms;
mod dependencies;
mod documentation;
mod environment;
mod partitions;
mod queues;
mod roles;
mod routes;
mod template;
