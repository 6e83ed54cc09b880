//! `controls/settings/…`: the settings document, whole.

use domain::{actor::Actor, settings::Settings};

use super::{ControlDocument, Judgement, TRIES, others_were_always_faster};
use crate::{
    error::AppError,
    ports::{Clock, SaveError, SettingsShelf},
};

/// The starter document with all its comments has a few kilobytes; ten times that leaves room for every section to come.
pub(super) const MOST_BYTES: usize = 64 * 1024;

pub(super) async fn judge(
    shelf: &dyn SettingsShelf,
    clock: &dyn Clock,
    actor: &Actor,
    document: &ControlDocument,
) -> Result<Judgement, AppError> {
    let version = document.number("version");
    let settings: Settings = match document.to_sections() {
        Ok(settings) => settings,
        Err(problems) => return Ok(Judgement::refused(version, problems)),
    };
    // A default would make every file without a version the first one.
    let Some(version) = version else {
        let missing = document.problem("version", "缺少必填字段 version。", "The field version is missing.");
        return Ok(Judgement::refused(None, vec![missing]));
    };
    let findings = settings.validate();
    if !findings.is_empty() {
        return Ok(Judgement::refused(Some(version), document.problems(&findings)));
    }
    for _ in 0..TRIES {
        // The same document again, after however many others: it has been in force, and nothing is to be done.
        if shelf.stored(version).await?.is_some_and(|stored| stored == settings) {
            return Ok(Judgement::accepted(version));
        }
        let in_force = shelf.in_force().await?;
        let change = match settings.clone().follow(&in_force, actor.clone(), clock.now()) {
            Ok(change) => change,
            Err(finding) => return Ok(Judgement::refused(Some(version), document.problems(&[finding]))),
        };
        match shelf.put(&change, in_force.version).await {
            Ok(()) => return Ok(Judgement::accepted(version)),
            Err(SaveError::VersionConflict) => {}
            Err(SaveError::Port(error)) => return Err(error.into()),
        }
    }
    Err(others_were_always_faster(version.into()))
}
