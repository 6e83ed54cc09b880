//! The list of protected names as an operator writes it: one a line,
//!
//! ```text
//! # name | kinds that may carry it | why, in Chinese | why, in English
//! 人民日报* | media government | 中央新闻单位 | A national news organisation
//! 管理员 | nobody | 平台自用 | Kept for the platform
//! ```
//!
//! Lines that begin with `#` and empty ones say nothing.

use std::collections::HashMap;

use super::{ProtectedName, Reach};
use crate::{
    display_name::{FARTHEST, NameRules},
    principal::PrincipalKind,
    profile::Bilingual,
};

/// The most problems that are told of one list: enough to see what is wrong, and no report without an end.
pub const PROBLEMS: usize = 100;

/// One thing that is wrong with a list, and where: line and column count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListProblem {
    pub line: usize,
    pub column: usize,
    pub text: Bilingual,
}

/// Longer names than an account can have protect nothing.
const LONGEST: usize = 30;

/// What is told to a caller stays a sentence.
const LONGEST_REASON: usize = 200;

/// The names of the list, in its order.
///
/// # Errors
/// Everything that is wrong with it, up to [`PROBLEMS`]; a list that is partly wrong protects nothing in part.
pub fn parse(text: &str, rules: &NameRules) -> Result<Vec<ProtectedName>, Vec<ListProblem>> {
    let (mut names, mut problems) = (Vec::new(), Vec::new());
    let mut lines_of = HashMap::new();
    let lines = text.strip_prefix('\u{FEFF}').unwrap_or(text).lines();
    for (line, content) in (1..).zip(lines) {
        if problems.len() == PROBLEMS {
            break;
        }
        if content.trim().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        match entry(content, rules) {
            Ok(name) => match lines_of.insert(name.skeleton.clone(), line) {
                None => names.push(name),
                Some(first) => problems.push(ListProblem {
                    line,
                    column: 1,
                    text: bilingual(
                        &format!("与第 {first} 行的名称在比对时相同。"),
                        &format!("The name is compared as the one in line {first}."),
                    ),
                }),
            },
            Err((column, text)) => problems.push(ListProblem { line, column, text }),
        }
    }
    if problems.is_empty() { Ok(names) } else { Err(problems) }
}

/// Where in its line something is wrong, and what.
type Fault = (usize, Bilingual);

fn entry(line: &str, rules: &NameRules) -> Result<ProtectedName, Fault> {
    let mut column = 1;
    let fields: Vec<(usize, &str)> = line
        .split('|')
        .map(|field| {
            let indent = field.chars().take_while(|c| c.is_whitespace()).count();
            let at = column + indent;
            column += field.chars().count() + 1;
            (at, field.trim())
        })
        .collect();
    let [name, kinds, zh, en] = fields.as_slice() else {
        let told = bilingual(
            &format!("应为以“|”分隔的四个字段，实际为 {} 个。", fields.len()),
            &format!("A line has four fields parted by |, and this one has {}.", fields.len()),
        );
        return Err((1, told));
    };
    let (reach, skeleton) = read_name(*name, rules)?;
    Ok(ProtectedName {
        name: name.1.to_owned(),
        skeleton,
        reach,
        carried_by: read_kinds(*kinds)?,
        why: Bilingual { zh: read_reason(*zh)?, en: read_reason(*en)? },
    })
}

fn read_name(
    (column, text): (usize, &str),
    rules: &NameRules,
) -> Result<(Reach, crate::display_name::NameSkeleton), Fault> {
    let (rest, open_start) = text.strip_prefix('*').map_or((text, false), |rest| (rest, true));
    let (rest, open_end) = rest.strip_suffix('*').map_or((rest, false), |rest| (rest, true));
    let reach = match (open_start, open_end) {
        (false, false) => Reach::Whole,
        (false, true) => Reach::Beginning,
        (true, false) => Reach::End,
        (true, true) => Reach::Either,
    };
    let fault = |zh: &str, en: &str| (column, bilingual(zh, en));
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

fn read_kinds((column, text): (usize, &str)) -> Result<Vec<PrincipalKind>, Fault> {
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
                return Err((column, told));
            }
            _ => {
                let known = "government media enterprise institution social_organisation nobody";
                let told = bilingual(
                    &format!("未知的主体类型，可用的有：{known}。"),
                    &format!("A kind of principal that is not known; there are: {known}."),
                );
                return Err((column, told));
            }
        });
    }
    if kinds.is_empty() {
        let told =
            bilingual("缺少主体类型；任何人都不得使用时写 nobody。", "No kind of principal; nobody is written out.");
        return Err((column, told));
    }
    Ok(kinds)
}

fn read_reason((column, text): (usize, &str)) -> Result<String, Fault> {
    let length = text.chars().count();
    if (1..=LONGEST_REASON).contains(&length) {
        return Ok(text.to_owned());
    }
    Err((column, bilingual("理由应有 1 至 200 个字符。", "A reason has 1 to 200 characters.")))
}

fn bilingual(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rules() -> NameRules {
        NameRules::new(str::to_lowercase, &["官方".to_owned()])
    }

    fn places(text: &str) -> Vec<(usize, usize)> {
        parse(text, &rules()).unwrap_err().into_iter().map(|problem| (problem.line, problem.column)).collect()
    }

    #[test]
    fn a_list_is_read_in_its_order() {
        let list = "\u{FEFF}# 公共机构\n\n人民日报* | media government | 中央新闻单位 | A national news organisation\r\n  管理员 | nobody | 平台自用 | Kept\n";
        let names = parse(list, &rules()).unwrap();
        assert_eq!(names.len(), 2);
        assert_eq!((names[0].name.as_str(), names[0].reach), ("人民日报*", Reach::Beginning));
        assert_eq!(names[0].carried_by, [PrincipalKind::Media, PrincipalKind::Government]);
        assert_eq!(names[0].why.en, "A national news organisation");
        assert_eq!((names[1].reach, names[1].carried_by.as_slice()), (Reach::Whole, [].as_slice()));
    }

    #[test]
    fn what_is_wrong_is_told_with_line_and_column() {
        assert_eq!(places("人民日报 | media"), [(1, 1)]);
        assert_eq!(places("# a\n晨报 | person | 因 | why"), [(2, 6)]);
        assert_eq!(places("晨报 | individual | 因 | why"), [(1, 6)]);
        assert_eq!(places("晨报 |  | 因 | why"), [(1, 7)]);
        assert_eq!(places("晨*报 | media | 因 | why"), [(1, 1)]);
        assert_eq!(places("晨 | media | 因 | why"), [(1, 1)]);
        assert_eq!(places("晨报 | media | 因 | "), [(1, 18)]);
        assert_eq!(places("Daily | media | 因 | why\n晚报 | media | 因 | why\n*DAILY* | media | 因 | why"), [(3, 1)]);
    }

    #[test]
    fn a_name_that_may_go_on_is_no_longer_than_what_is_looked_up() {
        let long = "长".repeat(25);
        assert!(parse(&format!("{long} | nobody | 因 | why"), &rules()).is_ok());
        assert_eq!(places(&format!("{long}* | nobody | 因 | why")), [(1, 1)]);
    }

    #[test]
    fn a_list_that_is_all_wrong_is_told_in_part() {
        assert_eq!(places(&"晨报\n".repeat(1_000)).len(), PROBLEMS);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[晨报*|# \\n\u{200B}a-z]{0,200}|\\PC{0,100}") {
            let _ = parse(&text, &rules());
        }
    }
}
