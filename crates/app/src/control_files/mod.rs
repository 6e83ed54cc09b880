//! Files as controls: an operator puts a file below `controls/`, and gets a report.
//!
//! Whatever the file controls, it is read as a [`ControlDocument`] (bounded, YAML or JSON, every problem with line and
//! column), or as a list of lines, judged by the domain, stored under its version, and answered with a [`ControlReport`]. What is in force
//! stays in force until a file has been accepted.

mod blacklist_file;
mod desk;
mod document;
mod group_file;
mod place;
mod policy_document_file;
mod protected_names_file;
mod report;
mod settings_file;
mod sheet_file;

pub use desk::{ControlDesk, FOLDERS};
pub use document::ControlDocument;
pub(crate) use place::place;
pub use report::{ControlProblem, ControlReport};

use domain::actor::Actor;

use crate::{
    error::AppError,
    ports::{CallerRegister, PutBy},
};

/// How often a file is judged anew because another one came first. Files come from people, one at a time.
const TRIES: usize = 5;

/// What became of a file.
pub(crate) struct Judgement {
    pub version: Option<u32>,
    /// Empty when it is in force.
    pub problems: Vec<ControlProblem>,
}

impl Judgement {
    fn accepted(version: u32) -> Self {
        Self { version: Some(version), problems: vec![] }
    }

    fn refused(version: Option<u32>, problems: Vec<ControlProblem>) -> Self {
        Self { version, problems }
    }
}

fn others_were_always_faster(expected: u64) -> AppError {
    AppError::VersionConflict { expected }
}

/// Who put a file, as events know them: a session's name by its pseudonym.
pub(crate) async fn actor_of(callers: &dyn CallerRegister, put_by: &PutBy) -> Result<Actor, AppError> {
    let PutBy { principal, session } = put_by;
    let Some(session) = session else { return Ok(Actor::caller(principal)) };
    let pseudonym = callers.pseudonym(session).await?;
    Ok(Actor::caller(&format!("{principal}:{pseudonym}")))
}
