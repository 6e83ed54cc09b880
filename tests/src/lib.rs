//! Acceptance: contract, flow, infrastructure and local end-to-end tests, the story, the stand-ins.
//!
//! What the tests of the local stack and the story have in common: the stack as `cargo xtask up` describes it
//! ([`stack`]), callers with signatures ([`caller`]), principals that nobody is ([`principals`]), the stand-in for the
//! world outside ([`stand_in`]), texts to publish ([`texts`]) and patience ([`waiting`]).

pub mod caller;
pub mod principals;
pub mod reporter;
pub mod stack;
pub mod stand_in;
pub mod story;
pub mod texts;
pub mod waiting;
pub mod workspace;
