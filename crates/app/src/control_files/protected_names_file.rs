//! `controls/protected-names/…`: the list of protected names, whole (R4), as `domain::protected_name` reads it.

use domain::{
    actor::Actor,
    protected_name::{self, ListInForce, NameList, Unreadable},
};

use super::{
    ControlProblem, Judgement, TRIES, others_were_always_faster,
    sheet_file::{problems_of, sha256_of, text_of},
};
use crate::{
    error::AppError,
    naming::name_rules,
    ports::{Clock, ProtectedNameShelf, SaveError},
};

/// Ten thousand names with their reasons.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;

pub(super) async fn judge(
    shelf: &dyn ProtectedNameShelf,
    clock: &dyn Clock,
    actor: &Actor,
    bytes: &[u8],
) -> Result<Judgement, AppError> {
    let text = match text_of(bytes) {
        Ok(text) => text,
        Err(refused) => return Ok(refused),
    };
    // A protected name is folded whole, so that the affixes of the settings say nothing here.
    let NameList { version, names } = match protected_name::parse(text, &name_rules(&[])) {
        Ok(list) => list,
        Err(Unreadable { version, problems }) => {
            return Ok(Judgement::refused(version, problems_of(problems)));
        }
    };
    let sha256 = sha256_of(bytes);
    for _ in 0..TRIES {
        // The same file again, after however many others: it has been in force, and nothing is to be done.
        if shelf.stored(version).await?.is_some_and(|stored| stored.sha256 == sha256) {
            return Ok(Judgement::accepted(version));
        }
        let in_force = shelf.in_force().await?;
        let list = (sha256.as_str(), names.len());
        let change = match ListInForce::follow(version, list, in_force.as_ref(), actor.clone(), clock.now()) {
            Ok(change) => change,
            Err(stale) => {
                // Another file of that version, or a later one, came first; what this one has laid out is nobody's.
                if in_force.is_none_or(|in_force| !in_force.is_looked_up(&sha256)) {
                    shelf.clear(&sha256).await?;
                }
                return Ok(Judgement::refused(Some(version), vec![ControlProblem::of(&stale, place_of_version(text))]));
            }
        };
        // The list before the one in force: since the last change nobody looks names up in it.
        if let Some(before) = in_force.as_ref().and_then(|in_force| in_force.before.as_ref()) {
            shelf.clear(before).await?;
        }
        shelf.lay_out(&sha256, &names).await?;
        match shelf.put(&change, in_force.map(|in_force| in_force.version)).await {
            Ok(()) => return Ok(Judgement::accepted(version)),
            Err(SaveError::VersionConflict) => {}
            Err(SaveError::Port(error)) => return Err(error.into()),
        }
    }
    Err(others_were_always_faster(version.into()))
}

fn place_of_version(text: &str) -> Option<(usize, usize)> {
    let line = text.lines().position(|line| line.trim_start_matches(['\u{FEFF}', ' ']).starts_with("version"))?;
    Some((line + 1, 1))
}
