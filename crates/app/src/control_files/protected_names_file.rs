//! `controls/protected-names/…`: the list of protected names, whole (R4), as `domain::protected_name` reads it.

use data_encoding::HEXLOWER;
use domain::{
    actor::Actor,
    protected_name::{self, ListInForce, NameList, Unreadable},
};
use sha2::{Digest as _, Sha256};

use super::{ControlProblem, Judgement, TRIES, document::line_and_column, others_were_always_faster};
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
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Ok(Judgement::refused(None, vec![of_another_encoding(bytes, error.valid_up_to())])),
    };
    // A protected name is folded whole, so that the affixes of the settings say nothing here.
    let NameList { version, names } = match protected_name::parse(text, &name_rules(&[])) {
        Ok(list) => list,
        Err(Unreadable { version, problems }) => {
            let told = problems
                .into_iter()
                .map(|it| ControlProblem::at(Some((it.line, it.column)), "", &it.text.zh, &it.text.en));
            return Ok(Judgement::refused(version, told.collect()));
        }
    };
    let sha256 = HEXLOWER.encode(&Sha256::digest(bytes));
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

/// Spreadsheets in Chinese save CSV as GBK unless they are told otherwise. A guess could put wrong names on the list.
fn of_another_encoding(bytes: &[u8], valid: usize) -> ControlProblem {
    ControlProblem::at(
        Some(line_and_column(bytes, valid)),
        "",
        "文件不是 UTF-8 编码（可能是 GBK）：请在表格软件中另存为“CSV UTF-8”。",
        "The file is not UTF-8 (it may be GBK): save it as \u{201c}CSV UTF-8\u{201d} in the spreadsheet.",
    )
}
