//! Files as offices open them: UTF-8 with a byte-order mark, lines that end as on their machines, and no cell that a
//! spreadsheet takes for a formula.

use std::collections::BTreeMap;

use domain::{
    filing::{FilingRow, FilingStep},
    grade::AccountClass,
    group::AccountGroup,
    id::GroupId,
};
use serde::Serialize;

use super::{Figure, NO_PROVINCE};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) fn of_accounts(rows: &[&FilingRow]) -> Vec<Vec<String>> {
    let head = ["登记编号", "时间", "事项", "账号标识", "省级行政区", "名称", "主体类型", "分类", "分级", "账号组"];
    let row = |row: &&FilingRow| {
        vec![
            row.event_id.to_string(),
            row.at.to_string(),
            step(row.step).to_owned(),
            row.account_id.to_string(),
            row.province.clone().unwrap_or_else(|| NO_PROVINCE.to_owned()),
            row.display_name.clone(),
            code(&row.principal_kind),
            class(row.class).0.to_owned(),
            code(&row.grade),
            row.group_id.map(|group_id| group_id.to_string()).unwrap_or_default(),
        ]
    };
    sheet(&head, rows.iter().map(row))
}

pub(super) fn of_groups(rows: &[&FilingRow], groups: &BTreeMap<GroupId, AccountGroup>) -> Vec<Vec<String>> {
    let head = ["账号组", "名称", "范围", "账号标识", "账号名称", "时间", "登记编号"];
    let row = |row: &&FilingRow| {
        let group = row.group_id.and_then(|group_id| groups.get(&group_id));
        vec![
            row.group_id.map(|group_id| group_id.to_string()).unwrap_or_default(),
            group.map(|group| group.name.clone()).unwrap_or_default(),
            group.map(|group| group.scope.clone()).unwrap_or_default(),
            row.account_id.to_string(),
            row.display_name.clone(),
            row.at.to_string(),
            row.event_id.to_string(),
        ]
    };
    sheet(&head, rows.iter().map(row))
}

pub(super) fn of_figures(figures: &[Figure]) -> Vec<Vec<String>> {
    let row = |figure: &Figure| {
        let (class, _) = class(figure.class);
        vec![figure.province.clone(), class.to_owned(), step(figure.step).to_owned(), figure.count.to_string()]
    };
    sheet(&["省级行政区", "分类", "事项", "数量"], figures.iter().map(row))
}

fn sheet(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    let head = head.iter().map(|cell| (*cell).to_owned()).collect();
    std::iter::once(head).chain(rows).collect()
}

/// The sheet as bytes (RFC 4180).
pub(super) fn written(sheet: &[Vec<String>]) -> Vec<u8> {
    let mut bytes = BYTE_ORDER_MARK.to_vec();
    for row in sheet {
        let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
        bytes.extend_from_slice(cells.join(",").as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// A cell in quotes where it must be. What begins as a formula does gets an apostrophe, which spreadsheets do not show.
fn cell(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", guarded.replace('"', "\"\"")) } else { guarded }
}

const fn step(step: FilingStep) -> &'static str {
    match step {
        FilingStep::Filed => "备案",
        FilingStep::Corrected => "变更",
        FilingStep::Withdrawn => "注销",
    }
}

/// In Chinese, and what figures are sorted by.
pub(super) const fn class(class: AccountClass) -> (&'static str, &'static str) {
    match class {
        AccountClass::Official => ("公务", "1"),
        AccountClass::Media => ("媒体", "2"),
        AccountClass::Organisation => ("机构", "3"),
        AccountClass::Individual => ("个人", "4"),
    }
}

fn code(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_read_by_an_office_and_runs_nothing() {
        let sheet = vec![vec!["名称".to_owned(), "=HYPERLINK(\"x\")".to_owned(), "a,b\n\"c\"".to_owned()]];
        let bytes = written(&sheet);
        assert!(bytes.starts_with(BYTE_ORDER_MARK));
        let text = String::from_utf8(bytes[3..].to_vec()).unwrap();
        assert_eq!(text, "名称,\"'=HYPERLINK(\"\"x\"\")\",\"a,b\n\"\"c\"\"\"\r\n");
    }
}
