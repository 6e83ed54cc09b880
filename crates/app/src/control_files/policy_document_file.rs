//! `controls/policy-documents/…`: a version of a policy document (R5.2). Its text is a file of its own, which lies in
//! [`TEXTS`] before the control file is put, and is kept under its hash when the version is accepted.

use data_encoding::HEXLOWER;
use domain::{
    actor::Actor,
    policy_document::{Acceptance, PolicyDocument},
    profile::Bilingual,
};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{ControlDocument, ControlProblem, Judgement, TRIES, others_were_always_faster};
use crate::{
    error::AppError,
    ports::{Clock, ControlContent, ControlFiles, PolicyDocumentShelf, SaveError},
};

/// Where operators put the texts. A file here is no control, and is answered by the one that names it.
pub(super) const TEXTS: &str = "controls/policy-documents/texts/";

/// A dozen fields, most of them short.
pub(super) const MOST_BYTES: usize = 16 * 1024;

/// The service agreements of the large platforms have some 30 000 characters, 100 kB; with markup ten times that.
const MOST_BYTES_OF_A_TEXT: usize = 1024 * 1024;

/// What the file says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyDocumentFile {
    document_id: String,
    version: u32,
    title: Bilingual,
    /// The name of the text's file in [`TEXTS`].
    text: String,
    sha256: String,
    effective_at: Timestamp,
    grace_hours: u32,
    #[serde(default)]
    acceptance: Acceptance,
}

pub(super) struct PolicyDocumentJudge<'a> {
    pub files: &'a dyn ControlFiles,
    pub shelf: &'a dyn PolicyDocumentShelf,
    pub clock: &'a dyn Clock,
}

impl PolicyDocumentJudge<'_> {
    pub(super) async fn judge(&self, actor: &Actor, document: &ControlDocument) -> Result<Judgement, AppError> {
        let version = document.number("version");
        let said: PolicyDocumentFile = match document.to() {
            Ok(said) => said,
            Err(problems) => return Ok(Judgement::refused(version, problems)),
        };
        let PolicyDocumentFile { document_id, version, title, text, sha256, effective_at, grace_hours, acceptance } =
            said;
        let wanted = PolicyDocument { document_id, version, sha256, title, effective_at, grace_hours, acceptance };
        let refused = |problems| Ok(Judgement::refused(Some(version), problems));
        let findings = wanted.validate();
        if !findings.is_empty() {
            return refused(document.problems(&findings));
        }
        for _ in 0..TRIES {
            // The same version again: it was put, and its text is kept.
            if self.shelf.stored(&wanted.document_id, version).await?.is_some_and(|stored| stored == wanted) {
                return Ok(Judgement::accepted(version));
            }
            let register = self.shelf.register().await?;
            let change = match register.put(wanted.clone(), actor.clone(), self.clock.now()) {
                Ok(change) => change,
                Err(findings) => return refused(document.problems(&findings)),
            };
            match self.text(document, &text, &wanted.sha256).await? {
                // Before the version that names it, so that no version is without its text.
                Ok(text) => self.shelf.keep_text(&wanted.sha256, &text).await?,
                Err(problem) => return refused(vec![problem]),
            }
            match self.shelf.put(&change, &wanted).await {
                Ok(()) => return Ok(Judgement::accepted(version)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(others_were_always_faster(version.into()))
    }

    /// The text, if it is there and is the one that the hash means.
    async fn text(
        &self,
        document: &ControlDocument,
        name: &str,
        sha256: &str,
    ) -> Result<Result<Vec<u8>, ControlProblem>, AppError> {
        let problem = |path: &str, zh: &str, en: &str| Ok(Err(document.problem(path, zh, en)));
        let is_name =
            (1..=200).contains(&name.len()) && !name.contains(['/', '\\']) && !name.chars().any(char::is_control);
        if !is_name {
            return problem(
                "text",
                "应为 controls/policy-documents/texts/ 中的文件名。",
                "It must be the name of a file in controls/policy-documents/texts/.",
            );
        }
        match self.files.read(&format!("{TEXTS}{name}"), None, MOST_BYTES_OF_A_TEXT).await? {
            ControlContent::Gone => problem(
                "text",
                "正文文件不存在，请先上传正文，再上传本文件。",
                "The text is not there; put it first, then this file again.",
            ),
            ControlContent::TooLarge => problem("text", "正文超过 1 MiB。", "The text is larger than 1 MiB."),
            ControlContent::Bytes(bytes) => {
                let found = HEXLOWER.encode(&Sha256::digest(&bytes));
                if found == sha256 {
                    return Ok(Ok(bytes));
                }
                problem(
                    "sha256",
                    &format!("与正文不符，正文的 SHA-256 为 {found}。"),
                    &format!("It is not that of the text, which is {found}."),
                )
            }
        }
    }
}
