//! What must hold of the workspace and of the templates, and what no tool checks.

mod dependencies;
mod partitions;
mod queues;
mod roles;
mod routes;
mod template;
