//! The blacklist as an operator brings it along (R13.2): one principal a line,
//!
//! ```text
//! principal | reason | review_on
//! acct_01k9rq4w5nf0ysjv5p0d8yb3e6 | 多次以返利为名诈骗 | 2027-05-31
//! v1.1111111111111111111111111111111111111111111111111111111111111111 | 冒充银行客服 | 2027-05-31
//! ```
//!
//! or the same as a spreadsheet saves it. A principal is named by one of its accounts or by its key: a file rests in a bucket,
//! where no number of a document belongs.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    id::AccountId,
    principal::PrincipalKey,
    retention::SHANGHAI,
    sheet::{self, Cell, Fault, SheetProblem, bilingual, line_of_text},
};

/// The most principals of one file.
pub const MOST_LINES: usize = 500;

/// As at the API.
const LONGEST_REASON: usize = 2_000;

const COLUMNS: [&str; 3] = ["principal", "reason", "review_on"];

/// How a line names a principal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ImportedPrincipal {
    Account(AccountId),
    Key(PrincipalKey),
}

/// One listing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedListing {
    /// From 1.
    pub line: usize,
    pub principal: ImportedPrincipal,
    pub reason: String,
    /// When that day begins in Asia/Shanghai.
    pub review_at: Timestamp,
}

/// Reads a file.
///
/// # Errors
/// Everything that is wrong with it: a file that is partly wrong asks for nothing.
pub fn parse(text: &str) -> Result<Vec<ImportedListing>, Vec<SheetProblem>> {
    let (mut listings, mut problems) = (Vec::new(), Vec::new());
    let mut lines_of = HashMap::new();
    for (line, cells) in sheet::table(text, &COLUMNS, MOST_LINES)? {
        match listing(line, &cells) {
            Ok(listing) => match lines_of.insert(listing.principal.clone(), line) {
                None => listings.push(listing),
                Some(first) => problems.push(SheetProblem {
                    line,
                    column: 1,
                    text: bilingual(
                        &format!("与第 {first} 行是同一主体。"),
                        &format!("The principal is that of line {first}."),
                    ),
                }),
            },
            Err((column, text)) => problems.push(SheetProblem { line, column, text }),
        }
    }
    if problems.is_empty() { Ok(listings) } else { Err(problems) }
}

fn listing(line: usize, [principal, reason, review_on]: &[Cell; 3]) -> Result<ImportedListing, Fault> {
    Ok(ImportedListing {
        line,
        principal: read_principal(principal)?,
        reason: line_of_text(reason, LONGEST_REASON)?,
        review_at: read_day(review_on)?,
    })
}

fn read_principal((column, text): &Cell) -> Result<ImportedPrincipal, Fault> {
    let account = text.parse().map(ImportedPrincipal::Account).ok();
    // What is no reference is not repeated: it may be the number of a document.
    account.or_else(|| text.parse().map(ImportedPrincipal::Key).ok()).ok_or_else(|| {
        let told = bilingual(
            "主体应写账号编号（acct_…）或主体标识（v1.…）；文件中不得出现证件号码。",
            "A principal is named by an account (acct_…) or by its key (v1.…); no number of a document belongs here.",
        );
        (*column, told)
    })
}

fn read_day((column, text): &Cell) -> Result<Timestamp, Fault> {
    let day = text.parse::<Date>().ok();
    let begins = day.and_then(|day| day.at(0, 0, 0, 0).to_zoned_datetime(SHANGHAI.clone()).ok());
    begins.map(|begins| begins.timestamp()).ok_or_else(|| {
        let told = bilingual("复核日期应形如 2027-05-31。", "The day of the review is written as 2027-05-31.");
        (*column, told)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6";

    fn places(text: &str) -> Vec<(usize, usize)> {
        let problems = parse(&format!("principal | reason | review_on\n{text}")).unwrap_err();
        problems.into_iter().map(|problem| (problem.line, problem.column)).collect()
    }

    #[test]
    fn principals_are_named_by_accounts_and_keys() {
        let key = PrincipalKey::new(1, &[0x11; 32]);
        let text = format!("principal,reason,review_on\n{ACCOUNT},诈骗,2027-05-31\n{key},\"冒充, 骗取\",2027-06-01\n");
        let listings = parse(&text).unwrap();
        assert_eq!(listings[0].principal, ImportedPrincipal::Account(ACCOUNT.parse().unwrap()));
        assert_eq!(listings[0].review_at, "2027-05-30T16:00:00Z".parse().unwrap());
        assert_eq!((listings[1].line, &listings[1].principal), (3, &ImportedPrincipal::Key(key)));
        assert_eq!(listings[1].reason, "冒充, 骗取");
    }

    #[test]
    fn every_line_that_is_wrong_is_told_and_no_number_repeated() {
        let number = "11010519491231002X";
        let text = format!(
            "{number} | 诈骗 | 2027-05-31\n{ACCOUNT} |  | 2027-05-31\n{ACCOUNT} | 诈骗 | 31.5.2027\n{ACCOUNT} | a\u{202E}b | 2027-05-31"
        );
        assert_eq!(places(&text), [(2, 1), (3, 36), (4, 40), (5, 35)]);
        let problems = parse(&format!("principal | reason | review_on\n{text}")).unwrap_err();
        assert!(!format!("{problems:?}").contains(number));
    }

    #[test]
    fn one_principal_stands_in_one_line() {
        let line = format!("{ACCOUNT} | 诈骗 | 2027-05-31\n");
        assert_eq!(places(&line.repeat(2)), [(3, 1)]);
    }
}
