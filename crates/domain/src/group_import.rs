//! Account groups as an operator brings them along (R7.3): one member a line, and the lines of a group have its name, its scope
//! and its holder in common,
//!
//! ```text
//! group | scope | holder | member
//! 城市天气 | 各地天气预报 | acct_01k9rq4w5nf0ysjv5p0d8yb3e6 | acct_01k9rq4w5nf0ysjv5p0d8yb3e6
//! 城市天气 | 各地天气预报 | acct_01k9rq4w5nf0ysjv5p0d8yb3e6 | acct_01k9rq4w5nf0ysjv5p0d8yb3e7
//! ```
//!
//! or the same as a spreadsheet saves it.

use std::collections::{BTreeSet, HashMap};

use crate::{
    id::AccountId,
    sheet::{self, Cell, Fault, SheetProblem, bilingual, line_of_text},
};

/// The most members of all groups of one file.
pub const MOST_LINES: usize = 500;

/// As at the API.
const LONGEST_NAME: usize = 100;
const LONGEST_SCOPE: usize = 1_000;

const COLUMNS: [&str; 4] = ["group", "scope", "holder", "member"];

/// One group, with everybody whom the file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedGroup {
    /// Of its first member, from 1.
    pub line: usize,
    pub name: String,
    pub scope: String,
    /// One of the holder's accounts.
    pub holder: AccountId,
    /// With the line of each.
    pub members: Vec<(AccountId, usize)>,
}

impl ImportedGroup {
    #[must_use]
    pub fn members(&self) -> BTreeSet<AccountId> {
        self.members.iter().map(|(account_id, _)| *account_id).collect()
    }
}

/// Reads a file; gives the groups in its order.
///
/// # Errors
/// Everything that is wrong with it: a file that is partly wrong registers nothing.
pub fn parse(text: &str) -> Result<Vec<ImportedGroup>, Vec<SheetProblem>> {
    let (mut groups, mut problems) = (Vec::<ImportedGroup>::new(), Vec::new());
    let (mut places, mut lines_of) = (HashMap::new(), HashMap::new());
    for (line, cells) in sheet::table(text, &COLUMNS, MOST_LINES)? {
        let read = member(&cells).and_then(|(name, scope, holder, member)| {
            if let Some(first) = lines_of.insert(member, line) {
                return Err((cells[3].0, in_line("该账号已在第", first, "行。", "The account stands in line")));
            }
            let at = *places.entry((name.clone(), holder)).or_insert_with(|| {
                groups.push(ImportedGroup { line, name, scope: scope.clone(), holder, members: vec![] });
                groups.len() - 1
            });
            if groups[at].scope != scope {
                let first = groups[at].line;
                return Err((cells[1].0, in_line("业务范围与第", first, "行不同。", "The scope is not that of line")));
            }
            groups[at].members.push((member, line));
            Ok(())
        });
        if let Err((column, text)) = read {
            problems.push(SheetProblem { line, column, text });
        }
    }
    if problems.is_empty() { Ok(groups) } else { Err(problems) }
}

fn in_line(zh: &str, line: usize, rest: &str, en: &str) -> crate::profile::Bilingual {
    bilingual(&format!("{zh} {line} {rest}"), &format!("{en} {line}."))
}

fn member([name, scope, holder, member]: &[Cell; 4]) -> Result<(String, String, AccountId, AccountId), Fault> {
    Ok((line_of_text(name, LONGEST_NAME)?, line_of_text(scope, LONGEST_SCOPE)?, account(holder)?, account(member)?))
}

fn account((column, text): &Cell) -> Result<AccountId, Fault> {
    text.parse().map_err(|_| {
        let told = bilingual("应为账号编号（acct_…）。", "An account is named by its id (acct_…).");
        (*column, told)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLDER: &str = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6";
    const OTHER: &str = "acct_01k9rq4w5nf0ysjv5p0d8yb3e7";

    fn read(lines: &str) -> Result<Vec<ImportedGroup>, Vec<(usize, usize)>> {
        let read = parse(&format!("group,scope,holder,member\n{lines}"));
        read.map_err(|problems| problems.iter().map(|it| (it.line, it.column)).collect())
    }

    #[test]
    fn lines_of_one_name_and_holder_are_one_group() {
        let groups = read(&format!("天气,预报,{HOLDER},{HOLDER}\n路况,播报,{HOLDER},{OTHER}\n")).unwrap();
        assert_eq!(
            (groups.len(), groups[1].line, groups[1].members.as_slice()),
            (2, 3, [(OTHER.parse().unwrap(), 3)].as_slice())
        );
        let groups = read(&format!("天气,预报,{HOLDER},{HOLDER}\n天气,预报,{HOLDER},{OTHER}\n")).unwrap();
        assert_eq!((groups.len(), groups[0].members().len()), (1, 2));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(read(&format!("天气,预报,{HOLDER},nobody\n")), Err(vec![(2, 39)]));
        assert_eq!(read(&format!(" ,预报,{HOLDER},{OTHER}\n")), Err(vec![(2, 2)]));
        let twice = format!("天气,预报,{HOLDER},{OTHER}\n路况,播报,{HOLDER},{OTHER}\n");
        assert_eq!(read(&twice), Err(vec![(3, 39)]));
        let two_scopes = format!("天气,预报,{HOLDER},{OTHER}\n天气,播报,{HOLDER},{HOLDER}\n");
        assert_eq!(read(&two_scopes), Err(vec![(3, 4)]));
    }
}
