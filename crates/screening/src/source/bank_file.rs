//! Bank files: one term or hash a line (`.txt`), or a table with a column `term`, `pdq` or `sha256` (`.csv`).

use sha2::{Digest, Sha256};

use super::problem::{Problem, Problems};
use crate::bank::Holds;

/// The entries of a file, each with its line.
pub(super) fn entries(name: &str, holds: Holds, bytes: &[u8], problems: &mut Problems) -> Vec<(String, usize)> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{FEFF}').unwrap_or(text),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            problems.add(Problem::in_file(name, line, "不是 UTF-8 编码。", "It is not UTF-8."));
            return Vec::new();
        }
    };
    let is_table = name.rsplit('.').next().is_some_and(|suffix| suffix.eq_ignore_ascii_case("csv"));
    if is_table { table(name, holds.column(), text, problems) } else { lines(text) }
}

/// Empty lines, and lines that begin with `#`, say nothing.
fn lines(text: &str) -> Vec<(String, usize)> {
    let numbered = text.lines().map(str::trim).zip(1..);
    numbered
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, number)| (line.to_owned(), number))
        .collect()
}

/// RFC 4180 with a line of names; all other columns are the operator's own notes.
fn table(name: &str, wanted: &str, text: &str, problems: &mut Problems) -> Vec<(String, usize)> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let column = reader.headers().ok().and_then(|names| names.iter().position(|name| name == wanted));
    let Some(column) = column else {
        let (zh, en) = (format!("第一行没有 {wanted} 列。"), format!("The first line has no column `{wanted}`."));
        problems.add(Problem::in_file(name, 1, &zh, &en));
        return Vec::new();
    };
    let mut entries = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let entry = record.get(column).unwrap_or_default().to_owned();
                entries.push((entry, usize::try_from(line).unwrap_or(usize::MAX)));
            }
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                let line = usize::try_from(line).unwrap_or(usize::MAX);
                problems.add(Problem::in_file(
                    name,
                    line,
                    &format!("表格格式错误：{error}"),
                    &format!("The table cannot be read: {error}."),
                ));
            }
        }
    }
    entries
}

/// In hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().flat_map(|byte| [byte >> 4, byte & 15]).fold(String::new(), |mut hex, digit| {
        hex.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &[u8]) -> (Vec<(String, usize)>, Vec<Problem>) {
        let mut problems = Problems::default();
        let terms = entries(name, Holds::Terms, text, &mut problems);
        (terms, problems.into_all())
    }

    #[test]
    fn a_list_has_one_term_a_line() {
        let (terms, problems) = read("a.txt", "\u{FEFF}# 注释\n加微信\r\n\n  online casino \n".as_bytes());
        assert_eq!(terms, [("加微信".to_owned(), 2), ("online casino".to_owned(), 4)]);
        assert!(problems.is_empty());
    }

    #[test]
    fn a_table_has_a_column_of_terms() {
        let (terms, problems) = read("a.csv", "note,term\nx,加微信\n\"a\nb\",\"casino, online\"\n".as_bytes());
        assert_eq!(terms, [("加微信".to_owned(), 2), ("casino, online".to_owned(), 3)]);
        assert!(problems.is_empty());
        assert_eq!(read("a.csv", b"word\nx\n").1[0].line, Some(1));
        assert_eq!(read("a.csv", b"term,note\nx,y\nz\n").1[0].line, Some(3));
    }

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_line() {
        let (_, problems) = read("a.txt", b"ok\n\xFF\n");
        assert_eq!((problems[0].file.as_str(), problems[0].line), ("a.txt", Some(2)));
    }
}
