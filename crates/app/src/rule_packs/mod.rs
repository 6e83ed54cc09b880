//! Rule packs without a deployment (R11.1): [`RulePackCompiler`] makes a pack of what an operator uploads,
//! [`RulePackHistory`] goes back to an earlier one, [`PackEngines`] gives the engine of the one in force.

mod compiler;
mod engines;
mod history;
pub(crate) mod source;
mod upload;

pub use compiler::RulePackCompiler;
pub use engines::PackEngines;
pub use history::{HistoryPage, RulePackHistory};
