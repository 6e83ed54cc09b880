//! Every sample event in `events/` goes to its function over in-memory ports; what comes back and what is left behind
//! is held by snapshots (`INSTA_UPDATE=always cargo nextest run -p acceptance --test contract` writes them anew).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where, and fails")]

mod apis;
mod appeals;
mod callers;
mod desk;
#[path = "../desk_deps.rs"]
mod desk_deps;
mod dismissed;
mod every_field;
mod examples;
mod fixtures;
mod openapi;
mod pages;
mod proposals;
mod qualifications;
mod redaction;
mod reference;
mod reports;
mod settings;
mod under_way;
mod workers;
mod world;
