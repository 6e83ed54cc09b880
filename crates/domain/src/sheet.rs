//! A sheet of lines: as somebody writes one, with cells between `|`, or as a spreadsheet saves it, with cells between commas,
//! semicolons or tabs. Lines that begin with `#` and empty ones say nothing.

use crate::{legible::is_legible_line, profile::Bilingual};

/// The most problems that are told of one sheet: enough to see what is wrong, and no report without an end.
pub const PROBLEMS: usize = 100;

/// What parts two cells.
pub(crate) const SEPARATORS: [char; 4] = ['|', ',', ';', '\t'];

/// One thing that is wrong with a sheet, and where: line and column count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetProblem {
    pub line: usize,
    pub column: usize,
    pub text: Bilingual,
}

/// What is wrong with a line, and in which column.
pub(crate) type Fault = (usize, Bilingual);

/// A cell and the column that it begins in, in characters, from 1.
pub(crate) type Cell = (usize, String);

/// The cells of a line (RFC 4180, but for line breaks inside of cells; a `|` knows no quotes), without the space around them.
pub(crate) fn cells(line: &str, separator: char) -> Result<Vec<Cell>, Fault> {
    let (mut cells, mut cell, mut column, mut quoted) = (Vec::new(), String::new(), 1, None);
    let mut letters = (1..).zip(line.chars()).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' if separator != '|' && quoted.is_some() && letters.peek().is_some_and(|(_, next)| *next == '"') => {
                letters.next();
                cell.push('"');
            }
            '"' if separator != '|' => quoted = if quoted.is_some() { None } else { Some(at) },
            letter if letter == separator && quoted.is_none() => {
                cells.push((column, std::mem::take(&mut cell)));
                column = at + 1;
            }
            letter => cell.push(letter),
        }
    }
    if let Some(at) = quoted {
        let told = bilingual(
            "引号在本行内没有结束；单元格内不能换行。",
            "The quotes do not end in this line; a cell has no line breaks.",
        );
        return Err((at, told));
    }
    cells.push((column, cell));
    let trimmed = |(column, cell): Cell| {
        let indent = cell.chars().take_while(|c| c.is_whitespace()).count();
        (column + indent, cell.trim().to_owned())
    };
    Ok(cells.into_iter().map(trimmed).collect())
}

/// How many cells there are up to the last one with anything in it: a sheet with a wider line somewhere has empty ones
/// behind.
pub(crate) fn filled(cells: &[Cell]) -> usize {
    cells.iter().rposition(|(_, cell)| !cell.is_empty()).map_or(0, |last| last + 1)
}

/// A spreadsheet writes its empty lines as commas, and a remark with a comma in it in quotes.
pub(crate) fn says_nothing(line: &str) -> bool {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"'));
    text.is_empty() || text.starts_with('#')
}

pub(crate) fn bilingual(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

/// A line of a [`table`]: its number, from 1, and as many cells as the table has columns.
pub(crate) type Row<const COLUMNS: usize> = (usize, [Cell; COLUMNS]);

/// The lines below a heading, which is `columns` and tells by what cells are parted. Every line has all of the columns.
///
/// # Errors
/// Everything that is wrong with it, up to [`PROBLEMS`].
pub(crate) fn table<const COLUMNS: usize>(
    text: &str,
    columns: &[&str; COLUMNS],
    most: usize,
) -> Result<Vec<Row<COLUMNS>>, Vec<SheetProblem>> {
    let mut lines = (1..).zip(text.strip_prefix('\u{FEFF}').unwrap_or(text).lines());
    let first = lines.find(|(_, content)| !says_nothing(content));
    let separator = first.and_then(|(_, content)| parted_by(content, columns));
    let (Some((line, _)), Some(separator)) = (first, separator) else {
        let heading = columns.join(" | ");
        let told = bilingual(
            &format!("第一行应为表头：{heading}（也可用逗号、分号或制表符分隔）。"),
            &format!("The first line is the heading: {heading}, or the same with commas, semicolons or tabs."),
        );
        return Err(vec![SheetProblem { line: first.map_or(1, |(line, _)| line), column: 1, text: told }]);
    };
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (line, content) in lines.filter(|(_, content)| !says_nothing(content)) {
        if problems.len() == PROBLEMS {
            break;
        }
        match row(content, separator) {
            Ok(Some(row)) => rows.push((line, row)),
            Ok(None) => {}
            Err((column, text)) => problems.push(SheetProblem { line, column, text }),
        }
    }
    if rows.len() > most {
        let told = bilingual(
            &format!("数据超过 {most} 行，请拆分为多个文件。"),
            &format!("There are more than {most} lines: make several files of it."),
        );
        problems.push(SheetProblem { line, column: 1, text: told });
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn parted_by(line: &str, columns: &[&str]) -> Option<char> {
    SEPARATORS.into_iter().find(|separator| {
        let heading = cells(line, *separator).unwrap_or_default();
        let names = heading[..filled(&heading)].iter().map(|(_, name)| name.as_str());
        names.eq(columns.iter().copied())
    })
}

fn row<const COLUMNS: usize>(line: &str, separator: char) -> Result<Option<[Cell; COLUMNS]>, Fault> {
    let mut cells = cells(line, separator)?;
    let filled = filled(&cells);
    if filled == 0 {
        return Ok(None);
    }
    // Behind the last one that says anything there are as many as a wider line has.
    cells.truncate(COLUMNS.max(filled));
    let row = cells.try_into().map_err(|_| {
        let told = bilingual(
            &format!("每行应有 {COLUMNS} 个字段，实际为 {filled} 个。"),
            &format!("A line has {COLUMNS} fields, and this one has {filled}."),
        );
        (1, told)
    })?;
    Ok(Some(row))
}

/// What a cell says, within its bounds.
pub(crate) fn line_of_text((column, text): &Cell, most: usize) -> Result<String, Fault> {
    if is_legible_line(text) && text.chars().count() <= most {
        return Ok(text.clone());
    }
    let told = bilingual(
        &format!("应有 1 至 {most} 个可见字符。"),
        &format!("There are 1 to {most} characters here, all of which can be seen."),
    );
    Err((*column, told))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [&str; 2] = ["who", "why"];

    fn read(text: &str) -> Result<Vec<Row<2>>, Vec<(usize, usize)>> {
        table(text, &COLUMNS, 3).map_err(|problems| problems.iter().map(|it| (it.line, it.column)).collect())
    }

    #[test]
    fn a_table_is_read_however_its_cells_are_parted() {
        let wanted = read("who | why\n甲 | 因,\"此\"").unwrap();
        assert_eq!(wanted, [(2, [(1, "甲".to_owned()), (5, "因,\"此\"".to_owned())])]);
        for sheet in [
            "\u{FEFF}who,why,\r\n甲,\"因,\"\"此\"\"\",\r\n,,\r\n",
            "who\twhy\n甲\t\"因,\"\"此\"\"\"",
            "# 注\nwho;why\n甲;\"因,\"\"此\"\"\"",
        ] {
            let rows = read(sheet).unwrap();
            let cells: Vec<&str> = rows[0].1.iter().map(|(_, cell)| cell.as_str()).collect();
            assert_eq!((rows.len(), cells), (1, vec!["甲", "因,\"此\""]), "{sheet:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert_eq!(read(""), Err(vec![(1, 1)]));
        assert_eq!(read("\nwho | when\n"), Err(vec![(2, 1)]));
        assert_eq!(read("who,why\n甲\n乙,因,余\n丙,\"因\n"), Err(vec![(2, 1), (3, 1), (4, 3)]));
        assert_eq!(read("who,why\n甲,因\n甲,因\n甲,因\n甲,因\n"), Err(vec![(1, 1)]));
        assert_eq!(read(&format!("who,why\n{}", "甲\n".repeat(1_000))).unwrap_err().len(), PROBLEMS);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(who[|,;\t]why\n)?[\\PC\n\",|]{0,80}") {
            let _ = table(&text, &COLUMNS, 3);
        }
    }
}
