//! The list of protected names as an operator writes it: its version, and then one name a line,
//!
//! ```text
//! version | 4
//! # name | kinds that may carry it | why, in Chinese | why, in English
//! 人民日报* | media government | 中央新闻单位 | A national news organisation
//! 管理员 | nobody | 平台自用 | Kept for the platform
//! ```
//!
//! or the same as a spreadsheet saves it, with its cells parted as in the line of the version (RFC 4180, without line
//! breaks inside of cells). Lines that begin with `#` and empty ones say nothing.

use std::collections::HashMap;

use super::{ProtectedName, Reach};
use crate::{
    display_name::{FARTHEST, NameRules, NameSkeleton},
    principal::PrincipalKind,
    profile::Bilingual,
    sheet::{Cell, Fault, PROBLEMS, SEPARATORS, SheetProblem, bilingual, cells, filled, says_nothing},
};

/// The most names of one list: every body from the county upwards has a few.
pub const MOST_NAMES: usize = 10_000;

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameList {
    /// Greater than that of the list before.
    pub version: u32,
    /// In the order of the file; no two of one skeleton.
    pub names: Vec<ProtectedName>,
}

/// A file that is no list: a list that is partly wrong protects nothing in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What it says its version is, if that much of it could be read.
    pub version: Option<u32>,
    /// Everything that is wrong with it, up to [`PROBLEMS`].
    pub problems: Vec<SheetProblem>,
}

/// Longer names than an account can have protect nothing.
const LONGEST: usize = 30;

/// What is told to a caller stays a sentence.
const LONGEST_REASON: usize = 200;

/// Reads a list.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str, rules: &NameRules) -> Result<NameList, Unreadable> {
    let mut lines = (1..).zip(text.strip_prefix('\u{FEFF}').unwrap_or(text).lines());
    let first = lines.find(|(_, content)| !says_nothing(content));
    let (line, (separator, version)) = match first.map(|(line, content)| (line, version_of(content))) {
        Some((line, Ok(read))) => (line, read),
        Some((line, Err((column, text)))) => return Err(Unreadable::at(None, line, column, text)),
        None => return Err(Unreadable::at(None, 1, 1, no_version())),
    };
    let (mut names, mut problems) = (Vec::new(), Vec::new());
    let mut lines_of = HashMap::new();
    for (line, content) in lines.filter(|(_, content)| !says_nothing(content)) {
        if problems.len() == PROBLEMS {
            break;
        }
        match cells(content, separator).and_then(|cells| entry(&cells, rules)) {
            Ok(None) => {}
            Ok(Some(name)) => match lines_of.insert(name.skeleton.clone(), line) {
                None => names.push(name),
                Some(first) => problems.push(SheetProblem {
                    line,
                    column: 1,
                    text: bilingual(
                        &format!("与第 {first} 行的名称在比对时相同。"),
                        &format!("The name is compared as the one in line {first}."),
                    ),
                }),
            },
            Err((column, text)) => problems.push(SheetProblem { line, column, text }),
        }
    }
    if names.len() > MOST_NAMES {
        let told =
            bilingual(&format!("名称超过 {MOST_NAMES} 个。"), &format!("There are more than {MOST_NAMES} names."));
        return Err(Unreadable::at(Some(version), line, 1, told));
    }
    if problems.is_empty() {
        Ok(NameList { version, names })
    } else {
        Err(Unreadable { version: Some(version), problems })
    }
}

impl Unreadable {
    fn at(version: Option<u32>, line: usize, column: usize, text: Bilingual) -> Self {
        Self { version, problems: vec![SheetProblem { line, column, text }] }
    }
}

/// The line of the version, and what parts its two cells.
fn version_of(line: &str) -> Result<(char, u32), Fault> {
    let rest = line.trim_start().strip_prefix("version").ok_or_else(|| (1, no_version()))?.trim_start_matches(' ');
    let separator = rest.chars().next().filter(|c| SEPARATORS.contains(c)).ok_or_else(|| (1, no_version()))?;
    let number = rest[1..].trim().trim_end_matches([',', ';', '\t']).trim();
    let version = number.parse().ok().filter(|version| *version > 0);
    let told = || bilingual("版本应为从 1 开始的整数。", "The version is a whole number from 1 on.");
    let column = 1 + line.chars().count() - rest.chars().count() + 1;
    Ok((separator, version.ok_or_else(|| (column, told()))?))
}

fn no_version() -> Bilingual {
    bilingual(
        "第一行应写明版本，例如“version | 4”或“version,4”。",
        "The first line tells the version, such as \u{201c}version | 4\u{201d} or \u{201c}version,4\u{201d}.",
    )
}

/// `None` of a line without anything in its cells.
fn entry(cells: &[Cell], rules: &NameRules) -> Result<Option<ProtectedName>, Fault> {
    let filled = filled(cells);
    if filled == 0 {
        return Ok(None);
    }
    let [name, kinds, zh, en] = &cells[..filled.max(cells.len().min(4))] else {
        let told = bilingual(
            &format!("每行应有名称、主体类型、中文理由、英文理由四个字段，实际为 {filled} 个。"),
            &format!("A line has a name, kinds and two reasons, and this one has {filled} fields."),
        );
        return Err((1, told));
    };
    let (reach, skeleton) = read_name(name, rules)?;
    Ok(Some(ProtectedName {
        name: name.1.clone(),
        skeleton,
        reach,
        carried_by: read_kinds(kinds)?,
        why: Bilingual { zh: read_reason(zh)?, en: read_reason(en)? },
    }))
}

fn read_name((column, text): &Cell, rules: &NameRules) -> Result<(Reach, NameSkeleton), Fault> {
    let (rest, open_start) = text.strip_prefix('*').map_or((text.as_str(), false), |rest| (rest, true));
    let (rest, open_end) = rest.strip_suffix('*').map_or((rest, false), |rest| (rest, true));
    let reach = match (open_start, open_end) {
        (false, false) => Reach::Whole,
        (false, true) => Reach::Beginning,
        (true, false) => Reach::End,
        (true, true) => Reach::Either,
    };
    let fault = |zh: &str, en: &str| (*column, bilingual(zh, en));
    if rest.contains('*') {
        return Err(fault("“*”只能在名称的开头或结尾。", "A * stands at the start or the end of a name."));
    }
    if rest.chars().count() > LONGEST {
        return Err(fault("名称超过 30 个字符。", "The name has more than 30 characters."));
    }
    let skeleton = rules.folded(rest);
    if skeleton.as_str().chars().count() < 2 {
        return Err(fault("名称至少要有两个可比对的字符。", "A name has at least two characters to compare."));
    }
    if reach != Reach::Whole && skeleton.as_str().chars().count() > FARTHEST {
        let en = "A name that may go on has at most 24 characters to compare.";
        return Err(fault("带“*”的名称最多 24 个可比对的字符。", en));
    }
    Ok((reach, skeleton))
}

fn read_kinds((column, text): &Cell) -> Result<Vec<PrincipalKind>, Fault> {
    if text == "nobody" {
        return Ok(vec![]);
    }
    let mut kinds = Vec::new();
    for word in text.split_whitespace() {
        kinds.push(match word {
            "government" => PrincipalKind::Government,
            "media" => PrincipalKind::Media,
            "enterprise" => PrincipalKind::Enterprise,
            "institution" => PrincipalKind::Institution,
            "social_organisation" => PrincipalKind::SocialOrganisation,
            "individual" => {
                let told =
                    bilingual("个人不得使用受保护的名称。", "An individual may not carry a protected name (R4).");
                return Err((*column, told));
            }
            _ => {
                let known = "government media enterprise institution social_organisation nobody";
                let told = bilingual(
                    &format!("未知的主体类型，可用的有：{known}。"),
                    &format!("A kind of principal that is not known; there are: {known}."),
                );
                return Err((*column, told));
            }
        });
    }
    if kinds.is_empty() {
        let told =
            bilingual("缺少主体类型；任何人都不得使用时写 nobody。", "No kind of principal; nobody is written out.");
        return Err((*column, told));
    }
    Ok(kinds)
}

fn read_reason((column, text): &Cell) -> Result<String, Fault> {
    let length = text.chars().count();
    if (1..=LONGEST_REASON).contains(&length) {
        return Ok(text.clone());
    }
    Err((*column, bilingual("理由应有 1 至 200 个字符。", "A reason has 1 to 200 characters.")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rules() -> NameRules {
        NameRules::new(str::to_lowercase, &["官方".to_owned()])
    }

    /// Where the list below its line of the version is wrong.
    fn places(text: &str) -> Vec<(usize, usize)> {
        let unreadable = parse(&format!("version | 1\n{text}"), &rules()).unwrap_err();
        unreadable.problems.into_iter().map(|problem| (problem.line, problem.column)).collect()
    }

    #[test]
    fn a_list_is_read_in_its_order() {
        let list = "\u{FEFF}# 公共机构\n\nversion | 7\r\n人民日报* | media government | 中央新闻单位 | A national news organisation\r\n  管理员 | nobody | 平台自用 | Kept\n";
        let NameList { version, names } = parse(list, &rules()).unwrap();
        assert_eq!((version, names.len()), (7, 2));
        assert_eq!((names[0].name.as_str(), names[0].reach), ("人民日报*", Reach::Beginning));
        assert_eq!(names[0].carried_by, [PrincipalKind::Media, PrincipalKind::Government]);
        assert_eq!(names[0].why.en, "A national news organisation");
        assert_eq!((names[1].reach, names[1].carried_by.as_slice()), (Reach::Whole, [].as_slice()));
    }

    #[test]
    fn a_spreadsheet_says_what_the_list_says() {
        let list = "version | 7\n人民日报* | media government | 中央新闻单位 | A national news organisation\n管理员 | nobody | 平台,\"自用\" | Kept";
        for separator in [",", ";", "\t"] {
            let sheet = [
                "\"# 名称, 主体\",,,\r\n",
                "version,7,,\r\n",
                "人民日报*,media government,中央新闻单位,A national news organisation,,\r\n",
                ",,,\r\n",
                "\"管理员\",nobody,\"平台<\"\"自用\"\"\",Kept\r\n",
            ];
            let sheet = sheet.concat().replace(',', separator).replace('<', ",");
            assert_eq!(parse(&sheet, &rules()), parse(list, &rules()), "{separator:?}");
        }
    }

    #[test]
    fn a_list_without_a_version_is_none() {
        for (text, place) in [
            ("", (1, 1)),
            ("# nothing", (1, 1)),
            ("\n晨报 | media | 因 | why", (2, 1)),
            ("version 3", (1, 1)),
            ("version | 0", (1, 10)),
            ("version,three", (1, 9)),
            ("version,99999999999", (1, 9)),
        ] {
            let unreadable = parse(text, &rules()).unwrap_err();
            assert_eq!((unreadable.problems[0].line, unreadable.problems[0].column), place, "{text:?}: {unreadable:?}");
        }
        assert_eq!(parse("version | 3\n晨报", &rules()).unwrap_err().version, Some(3));
        assert_eq!(
            parse("version | 3", &rules()),
            Ok(NameList { version: 3, names: vec![] }),
            "which protects nothing"
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_line_and_column() {
        assert_eq!(places("人民日报 | media"), [(2, 1)]);
        assert_eq!(places("晨报 | media | 因 | why | more"), [(2, 1)]);
        assert_eq!(places("# a\n晨报 | person | 因 | why"), [(3, 6)]);
        assert_eq!(places("晨报 | individual | 因 | why"), [(2, 6)]);
        assert_eq!(places("晨报 |  | 因 | why"), [(2, 7)]);
        assert_eq!(places("晨*报 | media | 因 | why"), [(2, 1)]);
        assert_eq!(places("晨 | media | 因 | why"), [(2, 1)]);
        assert_eq!(places("晨报 | media | 因 | "), [(2, 18)]);
        assert_eq!(places("Daily | media | 因 | why\n晚报 | media | 因 | why\n*DAILY* | media | 因 | why"), [(4, 1)]);
        let sheet = parse("version,1\n晨报,media,\"因,为\",\"why\n", &rules()).unwrap_err();
        assert_eq!((sheet.problems[0].line, sheet.problems[0].column), (2, 16), "{sheet:?}");
    }

    #[test]
    fn a_name_that_may_go_on_is_no_longer_than_what_is_looked_up() {
        let long = "长".repeat(25);
        assert!(parse(&format!("version | 1\n{long} | nobody | 因 | why"), &rules()).is_ok());
        assert_eq!(places(&format!("{long}* | nobody | 因 | why")), [(2, 1)]);
    }

    #[test]
    fn a_list_that_is_all_wrong_is_told_in_part_and_one_without_an_end_is_refused() {
        assert_eq!(places(&"晨报\n".repeat(1_000)).len(), PROBLEMS);
        let line = |n: usize| format!("机构{n}号 | nobody | 因 | why");
        let list = |names: usize| (0..names).map(line).collect::<Vec<_>>().join("\n");
        assert_eq!(places(&list(MOST_NAMES + 1)), [(1, 1)]);
        assert!(parse(&format!("version | 1\n{}", list(MOST_NAMES)), &rules()).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(
            start in "version[|,;\t]1\n|version|",
            text in "[晨报*|,\"# \n\u{200B}a-z]{0,200}|\\PC{0,100}",
        ) {
            let _ = parse(&format!("{start}{text}"), &rules());
        }
    }
}
