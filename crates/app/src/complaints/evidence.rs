//! Evidence: announced, sent to the store by a signed form, and kept when the reporter says that it has come.

use domain::{
    case::{Case, CaseState},
    complaint::{Complaint, ComplaintFile, ComplaintRefusal},
    qualification::EvidenceType,
    receipt::Receipt,
    settings::Settings,
};
use sha2::{Digest as _, Sha256};

use super::ComplaintDesk;
use crate::{
    ended,
    error::AppError,
    ports::{ComplaintFilePlace, SaveError, UploadForm, Uploaded, WantedUpload},
    qualifying::EvidenceFault,
};

/// Two confirmations of one complaint at once: the second one reads what the first has kept.
const TRIES: usize = 5;

/// A file that is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncedFile {
    pub content_type: EvidenceType,
    /// Of the bytes, 64 lower-case hexadecimal digits, where the reporter's program can tell.
    pub sha256: Option<String>,
}

/// Where a file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// It has come and is kept.
    Kept,
    /// It has not: another form for it.
    Awaited(UploadForm),
}

impl AnnouncedFile {
    pub(super) fn announced(self) -> ComplaintFile {
        ComplaintFile { content_type: self.content_type, sha256: self.sha256, kept_at: None }
    }
}

impl ComplaintDesk {
    /// Announces more files, keeps those that have come, and gives a form for each that has not. Nothing changes when it is
    /// called again.
    ///
    /// # Errors
    /// When the receipt opens no complaint, it takes evidence no longer, a file is not what was announced (those before it
    /// are kept, and it can be sent again), or a port does not work.
    pub async fn evidence(&self, receipt: &Receipt, more: Vec<AnnouncedFile>) -> Result<Vec<FileState>, AppError> {
        let settings = self.settings.current().await?;
        let mut complaint = self.open_for_evidence(receipt, &settings).await?;
        if !more.is_empty() {
            complaint = self.announce(receipt, complaint, more).await?;
        }
        let mut states = Vec::with_capacity(complaint.files.len());
        for at in 0..complaint.files.len() {
            let is_kept =
                complaint.files[at].kept_at.is_some() || self.take_in(receipt, &complaint, at, &settings).await?;
            states.push(if is_kept {
                FileState::Kept
            } else {
                FileState::Awaited(self.form(&complaint, at, &settings).await?)
            });
        }
        Ok(states)
    }

    /// Where the files stand, with a form for each that is not kept; nothing is looked at.
    ///
    /// # Errors
    /// When the receipt opens no complaint, it takes evidence no longer, or a port does not work.
    pub async fn files(&self, receipt: &Receipt) -> Result<Vec<FileState>, AppError> {
        let settings = self.settings.current().await?;
        let complaint = self.open_for_evidence(receipt, &settings).await?;
        let mut states = Vec::with_capacity(complaint.files.len());
        for (at, file) in complaint.files.iter().enumerate() {
            states.push(match file.kept_at {
                Some(_) => FileState::Kept,
                None => FileState::Awaited(self.form(&complaint, at, &settings).await?),
            });
        }
        Ok(states)
    }

    /// A form for the announced file.
    pub(super) async fn form(
        &self,
        complaint: &Complaint,
        file: usize,
        settings: &Settings,
    ) -> Result<UploadForm, AppError> {
        let (now, rules) = (self.clock.now(), &settings.complaints);
        let ComplaintFile { content_type, sha256, .. } = complaint.files[file].clone();
        let wanted = WantedUpload {
            place: ComplaintFilePlace { complaint_id: complaint.complaint_id, file }.into(),
            content_type,
            sha256,
            largest: rules.largest_evidence(),
            now,
            closes_at: rules.form_closes_at(now).min(rules.evidence_until(complaint.filed_at)),
        };
        Ok(self.evidence.form(&wanted).await?)
    }

    async fn open_for_evidence(&self, receipt: &Receipt, settings: &Settings) -> Result<Complaint, AppError> {
        let complaint = self.complaint(receipt).await?;
        let case = match complaint.case_id {
            Some(case_id) => self.board.case(case_id).await?,
            None => None,
        };
        let is_decided = case.is_some_and(|case: Case| case.state == CaseState::Decided);
        if is_decided || self.clock.now() >= settings.complaints.evidence_until(complaint.filed_at) {
            return Err(ComplaintRefusal::EvidenceClosed.into());
        }
        Ok(complaint)
    }

    async fn announce(
        &self,
        receipt: &Receipt,
        mut complaint: Complaint,
        more: Vec<AnnouncedFile>,
    ) -> Result<Complaint, AppError> {
        let more: Vec<ComplaintFile> = more.into_iter().map(AnnouncedFile::announced).collect();
        for _ in 0..TRIES {
            let change = complaint.announce(more.clone(), self.clock.now())?;
            match self.complaints.save(&change).await {
                Ok(()) => return Ok(change.state),
                Err(SaveError::VersionConflict) => complaint = self.complaint(receipt).await?,
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: complaint.version })
    }

    /// Whether the file has come: then it is held against what was announced, and kept.
    async fn take_in(
        &self,
        receipt: &Receipt,
        complaint: &Complaint,
        at: usize,
        settings: &Settings,
    ) -> Result<bool, AppError> {
        let place = ComplaintFilePlace { complaint_id: complaint.complaint_id, file: at };
        let bytes = match self.evidence.uploaded(place.into(), settings.complaints.largest_evidence()).await? {
            Uploaded::Missing => return Ok(false),
            Uploaded::TooLarge => return Err(AppError::EvidenceMismatch(EvidenceFault::TooLarge)),
            Uploaded::Bytes(bytes) => bytes,
        };
        let file = &complaint.files[at];
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes));
        if file.sha256.as_ref().is_some_and(|announced| *announced != sha256) {
            return Err(AppError::EvidenceMismatch(EvidenceFault::WrongChecksum));
        }
        if !file.content_type.is_that_of(&bytes) {
            return Err(AppError::EvidenceMismatch(EvidenceFault::WrongType));
        }
        self.evidence.keep(place.into(), file.content_type, bytes).await?;
        let mut complaint = complaint.clone();
        for _ in 0..TRIES {
            let Some(change) = complaint.keep_file(at, sha256.clone(), self.clock.now()) else { return Ok(true) };
            match self.complaints.save(&change).await {
                Ok(()) => return Ok(true),
                Err(SaveError::VersionConflict) => complaint = self.complaint(receipt).await?,
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected: complaint.version })
    }

    pub(super) async fn complaint(&self, receipt: &Receipt) -> Result<Complaint, AppError> {
        let digest = receipt.digest();
        match self.board.complaint_by_receipt(&digest).await? {
            Some(complaint) => Ok(complaint),
            None => Err(ended::complaint(&*self.board, &digest).await),
        }
    }
}
