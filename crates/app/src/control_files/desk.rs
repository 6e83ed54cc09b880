use std::sync::Arc;

use super::{
    ControlDocument, ControlProblem, ControlReport, Judgement, actor_of, blacklist_file, group_file,
    policy_document_file::{self, PolicyDocumentJudge},
    protected_names_file, settings_file,
};
use crate::{
    blacklisting::BlacklistDesk,
    error::AppError,
    grouping::Grouping,
    ports::{
        CallerRegister, Clock, ControlContent, ControlFile, ControlFiles, PolicyDocumentShelf, ProtectedNameShelf,
        SettingsShelf,
    },
};

/// Takes the operators' files.
pub struct ControlDesk {
    pub files: Arc<dyn ControlFiles>,
    pub settings: Arc<dyn SettingsShelf>,
    pub policy_documents: Arc<dyn PolicyDocumentShelf>,
    pub protected_names: Arc<dyn ProtectedNameShelf>,
    pub blacklist: BlacklistDesk,
    pub groups: Grouping,
    /// Events know those who put files as they know callers: by pseudonym.
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

/// The folders below `controls/` whose files this desk takes. The bucket tells of each of them by a line of its own.
pub const FOLDERS: [&str; 5] = ["settings", "policy-documents", "protected-names", "blacklist", "groups"];

/// What a file controls, by the folder below `controls/` that it was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Settings,
    PolicyDocuments,
    ProtectedNames,
    Blacklist,
    Groups,
}

impl Kind {
    fn named(folder: &str) -> Option<Self> {
        match folder {
            "settings" => Some(Self::Settings),
            "policy-documents" => Some(Self::PolicyDocuments),
            "protected-names" => Some(Self::ProtectedNames),
            "blacklist" => Some(Self::Blacklist),
            "groups" => Some(Self::Groups),
            _ => None,
        }
    }

    const fn most_bytes(self) -> usize {
        match self {
            Self::Settings => settings_file::MOST_BYTES,
            Self::PolicyDocuments => policy_document_file::MOST_BYTES,
            Self::ProtectedNames => protected_names_file::MOST_BYTES,
            Self::Blacklist => blacklist_file::MOST_BYTES,
            Self::Groups => group_file::MOST_BYTES,
        }
    }
}

impl ControlDesk {
    /// Judges the file, puts it in force if it is good, and answers with the report. `None` for a file that asks for no
    /// answer: one that is gone, or the text of a policy document. Safe to call again after any failure: the same file
    /// comes to the same report.
    ///
    /// # Errors
    /// When a port does not work. A file that is wrong is no error but a report that says so.
    pub async fn take(&self, file: &ControlFile) -> Result<Option<ControlReport>, AppError> {
        let below = file.key.strip_prefix("controls/").unwrap_or_default();
        let Some((folder, name)) = below.split_once('/') else {
            return Err(AppError::Message("the object does not lie in a folder below controls/".to_owned()));
        };
        if file.key.starts_with(policy_document_file::TEXTS) || name.is_empty() {
            return Ok(None);
        }
        let Some(judgement) = self.judged(file, Kind::named(folder)).await? else { return Ok(None) };
        let report = ControlReport {
            kind: folder.to_owned(),
            file: file.key.clone(),
            etag: file.etag.clone(),
            accepted: judgement.problems.is_empty(),
            version: judgement.version,
            problems: judgement.problems,
        }
        .in_order();
        self.files.answer(&report).await?;
        Ok(Some(report))
    }

    async fn judged(&self, file: &ControlFile, kind: Option<Kind>) -> Result<Option<Judgement>, AppError> {
        let refused =
            |zh: &str, en: &str| Ok(Some(Judgement::refused(None, vec![ControlProblem::of_the_file(zh, en)])));
        let Some(kind) = kind else {
            return refused(
                &format!("controls/ 下没有此类控制文件：可用 {}。", FOLDERS.join("、")),
                &format!("There is no such folder below controls/: {}.", FOLDERS.join(", ")),
            );
        };
        let most = kind.most_bytes();
        let bytes = match self.files.read(&file.key, file.version_id.as_deref(), most).await? {
            ControlContent::Bytes(bytes) => bytes,
            ControlContent::Gone => return Ok(None),
            ControlContent::TooLarge => {
                let kib = most / 1024;
                return refused(&format!("文件超过 {kib} KiB。"), &format!("The file is larger than {kib} KiB."));
            }
        };
        let actor = actor_of(&*self.callers, &file.put_by).await?;
        let clock = &*self.clock;
        let judgement = match kind {
            Kind::Settings => match ControlDocument::read(&bytes) {
                Ok(document) => settings_file::judge(&*self.settings, clock, &actor, &document).await?,
                Err(problem) => Judgement::refused(None, vec![problem]),
            },
            Kind::PolicyDocuments => match ControlDocument::read(&bytes) {
                Ok(document) => {
                    let judge = PolicyDocumentJudge { files: &*self.files, shelf: &*self.policy_documents, clock };
                    judge.judge(&actor, &document).await?
                }
                Err(problem) => Judgement::refused(None, vec![problem]),
            },
            Kind::ProtectedNames => protected_names_file::judge(&*self.protected_names, clock, &actor, &bytes).await?,
            Kind::Blacklist => blacklist_file::judge(&self.blacklist, &actor, &bytes).await?,
            Kind::Groups => group_file::judge(&self.groups, &actor, &bytes).await?,
        };
        Ok(Some(judgement))
    }
}
