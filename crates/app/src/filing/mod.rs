//! Monthly files for the office (R7.1, R7.2, R7.3): accounts by province, groups, the management system, and the figures of the
//! month. A month that is over gives the same files however often they are made.

mod sheet;

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    filing::{FilingRow, FilingStep, Month},
    grade::AccountClass,
    group::AccountGroup,
    id::GroupId,
};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    error::AppError,
    ports::{Clock, FilingBook, FilingFiles, GroupRegister, PolicyDocumentSource, SettingsSource},
};

/// The most rows of one run: a platform of twenty million accounts files fewer in a month, and they fit in memory.
const MOST: usize = 100_000;

/// The file of those whose document names no province.
const NO_PROVINCE: &str = "00";

/// Makes the files.
pub struct FilingDesk {
    pub book: Arc<dyn FilingBook>,
    pub groups: Arc<dyn GroupRegister>,
    pub settings: Arc<dyn SettingsSource>,
    pub documents: Arc<dyn PolicyDocumentSource>,
    pub files: Arc<dyn FilingFiles>,
    pub clock: Arc<dyn Clock>,
}

/// A file that was made, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FiledFile {
    pub key: String,
    pub rows: usize,
    /// SHA-256, hex: the same whenever the same month is filed again.
    pub sha256: String,
}

/// A file before it is put.
struct File {
    key: String,
    rows: usize,
    content_type: &'static str,
    bytes: Vec<u8>,
}

impl FilingDesk {
    /// Makes the files of a month that is over, and puts them.
    ///
    /// # Errors
    /// When the month is not over, has more rows than a run takes, or a port does not work.
    pub async fn make(&self, month: Month) -> Result<Vec<FiledFile>, AppError> {
        let files = self.files(month).await?;
        let made = files.iter().map(told).collect();
        for file in files {
            self.files.put(&file.key, file.content_type, file.bytes).await?;
        }
        Ok(made)
    }

    /// What [`make`](Self::make) would make; nothing is put.
    ///
    /// # Errors
    /// As `make`.
    pub async fn rehearse(&self, month: Month) -> Result<Vec<FiledFile>, AppError> {
        Ok(self.files(month).await?.iter().map(told).collect())
    }

    async fn files(&self, month: Month) -> Result<Vec<File>, AppError> {
        if !month.is_over(self.clock.now()) {
            return Err(AppError::MonthNotOver);
        }
        let mut rows = self.book.rows(month, MOST).await?.ok_or(AppError::FilingTooLarge)?;
        rows.sort_by_key(|row| (row.at, row.event_id));
        let mut files = Vec::new();
        for (province, rows) in by_province(&rows) {
            let folder = format!("filings/{}/{province}", month.name());
            files.extend(both(&format!("{folder}/accounts"), &sheet::of_accounts(&rows), &json!(rows))?);
        }
        let groups = self.groups_in(&rows).await?;
        let members: Vec<&FilingRow> = rows.iter().filter(|row| row.group_id.is_some()).collect();
        let folder = format!("filings/{}", month.name());
        let listed: Vec<Value> = members.iter().map(|row| member(row, &groups)).collect();
        files.extend(both(&format!("{folder}/groups"), &sheet::of_groups(&members, &groups), &json!(listed))?);
        let figures = figures(&rows);
        files.extend(both(&format!("{folder}/figures"), &sheet::of_figures(&figures), &json!(figures))?);
        files.push(self.management_system(&folder).await?);
        Ok(files)
    }

    async fn groups_in(&self, rows: &[FilingRow]) -> Result<BTreeMap<GroupId, AccountGroup>, AppError> {
        let mut groups = BTreeMap::new();
        for group_id in rows.iter().filter_map(|row| row.group_id) {
            if !groups.contains_key(&group_id)
                && let Some(group) = self.groups.group(group_id).await?
            {
                groups.insert(group_id, group);
            }
        }
        Ok(groups)
    }

    /// How accounts are graded and governed (R7.2), as it is now; named by its version, for it changes when settings do.
    async fn management_system(&self, folder: &str) -> Result<File, AppError> {
        let (settings, documents) = futures::try_join!(self.settings.current(), self.documents.current())?;
        let system = json!({ "settings": &*settings, "policy_documents": &*documents });
        Ok(File {
            key: format!("{folder}/management-system-{}.json", settings.version),
            rows: 1,
            content_type: "application/json",
            bytes: written(&system)?,
        })
    }
}

fn told(file: &File) -> FiledFile {
    let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&file.bytes));
    FiledFile { key: file.key.clone(), rows: file.rows, sha256 }
}

/// The sheet and the JSON of one list.
fn both(name: &str, sheet: &[Vec<String>], list: &Value) -> Result<[File; 2], AppError> {
    let rows = sheet.len() - 1;
    Ok([
        File {
            key: format!("{name}.csv"),
            rows,
            content_type: "text/csv; charset=utf-8",
            bytes: sheet::written(sheet),
        },
        File { key: format!("{name}.json"), rows, content_type: "application/json", bytes: written(list)? },
    ])
}

fn written(value: &Value) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec_pretty(value).map_err(|error| AppError::Message(error.to_string()))
}

fn by_province(rows: &[FilingRow]) -> BTreeMap<&str, Vec<&FilingRow>> {
    let mut provinces: BTreeMap<&str, Vec<&FilingRow>> = BTreeMap::new();
    for row in rows {
        provinces.entry(row.province.as_deref().unwrap_or(NO_PROVINCE)).or_default().push(row);
    }
    provinces
}

fn member(row: &FilingRow, groups: &BTreeMap<GroupId, AccountGroup>) -> Value {
    let group = row.group_id.and_then(|group_id| groups.get(&group_id));
    json!({
        "group_id": row.group_id,
        "name": group.map(|group| &group.name),
        "scope": group.map(|group| &group.scope),
        "account_id": row.account_id,
        "display_name": row.display_name,
        "at": row.at,
        "event_id": row.event_id,
    })
}

/// How many accounts of a class took a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    pub province: String,
    pub class: AccountClass,
    pub step: FilingStep,
    pub count: u64,
}

fn figures(rows: &[FilingRow]) -> Vec<Figure> {
    let mut counts: BTreeMap<(String, &'static str, FilingStep), (AccountClass, u64)> = BTreeMap::new();
    for row in rows {
        let province = row.province.clone().unwrap_or_else(|| NO_PROVINCE.to_owned());
        counts.entry((province, sheet::class(row.class).1, row.step)).or_insert((row.class, 0)).1 += 1;
    }
    let figure = |((province, _, step), (class, count))| Figure { province, class, step, count };
    counts.into_iter().map(figure).collect()
}
