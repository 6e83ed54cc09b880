//! Complaints: from the public's form to a receipt, and from the receipt to the state of things (R15.2).

mod evidence;
mod seen;

pub use evidence::{AnnouncedFile, FileState};

use std::sync::Arc;

use domain::{
    case::Case,
    complaint::{
        Complaint, ComplaintRefusal, ComplaintStatus, MOST_FILES, ReporterLanguage, Right, RightsNotice, Standing,
    },
    id::{AccountId, ComplaintId, made_at},
    personal::{Personal, Sealed},
    profile::{ComplaintReason, Profile},
    receipt::Receipt,
    settings::Settings,
    subject::Subject,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, CaseBoard, Clock, CommentShelf, ComplaintShelf, EvidenceIntake, IdentityVault, MediaNotes,
        PublicationShelf, SettingsSource, UploadForm,
    },
};

/// What somebody complains of.
#[derive(Debug, Clone)]
pub struct FileComplaint {
    /// Names the complaint and its receipt; a second try of the same filing has the same.
    pub operation_id: Uuid,
    pub about: About,
    /// From the profile's list.
    pub reason: String,
    pub description: String,
    pub language: ReporterLanguage,
    pub contact: Option<Personal<String>>,
    pub rights: Option<GivenRights>,
    /// At most [`MOST_FILES`].
    pub files: Vec<AnnouncedFile>,
    /// The account whose holder complains, where the platform knows.
    pub reporter_account: Option<AccountId>,
}

/// How the reporter says what it is about.
#[derive(Debug, Clone)]
pub enum About {
    Subject(Subject),
    /// As the platform shows it to the public.
    Link(String),
}

/// A notice of infringement as it is given.
#[derive(Debug, Clone)]
pub struct GivenRights {
    pub holder: Personal<String>,
    pub right: Right,
    pub standing: Standing,
    pub work: String,
}

/// What the reporter takes away.
#[derive(Debug, Clone)]
pub struct Filed {
    pub receipt: Receipt,
    pub filed_at: Timestamp,
    pub due_at: Timestamp,
    /// One for each file that was announced, in that order.
    pub forms: Vec<UploadForm>,
}

/// What the reporter reads later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComplaintView {
    pub status: ComplaintStatus,
    pub reason: String,
    pub language: ReporterLanguage,
    pub filed_at: Timestamp,
    pub due_at: Timestamp,
    /// How many files were announced, and how many of them have come.
    pub files: (usize, usize),
    /// The decider's reason, once there is one.
    pub outcome_reason: Option<String>,
}

/// Takes complaints from the public.
pub struct ComplaintDesk {
    pub board: Arc<dyn CaseBoard>,
    pub complaints: Arc<dyn ComplaintShelf>,
    pub accounts: Arc<dyn AccountLedger>,
    pub shelf: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub notes: Arc<dyn MediaNotes>,
    pub vault: Arc<dyn IdentityVault>,
    pub evidence: Arc<dyn EvidenceIntake>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl ComplaintDesk {
    /// Stores the complaint with a snapshot of what it is about; its event sends it to triage. Three round trips at most:
    /// what it is about, what belongs to that, the complaint.
    ///
    /// # Errors
    /// When there is no such subject, the public does not see it, it was taken away or is the reporter's own, the link is
    /// not the platform's, the reason is unknown or asks for more or less, or a port does not work.
    pub async fn file(&self, command: FileComplaint) -> Result<Filed, AppError> {
        // The time of the write and not of the try: a second try is told the same.
        let now = made_at(command.operation_id).unwrap_or_else(|| self.clock.now());
        let reason = self.reason_for(&command)?;
        let settings = self.settings.current().await?;
        let subject = match &command.about {
            About::Subject(subject) => *subject,
            About::Link(link) => settings.complaints.subject_of(link).ok_or(ComplaintRefusal::LinkUnknown)?,
        };
        if command.files.len() > MOST_FILES {
            return Err(ComplaintRefusal::TooManyFiles.into());
        }
        let complaint_id = ComplaintId::of_operation(command.operation_id);
        let (seen, sealed) = futures::join!(
            self.seen(&subject, command.reporter_account, now),
            self.sealed(complaint_id, command.contact.as_ref(), command.rights)
        );
        let snapshot = match seen {
            Ok(snapshot) => snapshot,
            // It was there when an earlier try of the same filing took it.
            Err(refused) => return self.known(command.operation_id, &settings).await?.ok_or(refused),
        };
        let (contact, rights) = sealed?;
        let complaint = Complaint {
            complaint_id,
            version: 1,
            receipt: Receipt::of_operation(command.operation_id).digest(),
            subject,
            reason: reason.id.clone(),
            policy: reason.policy.clone(),
            description: command.description,
            language: command.language,
            contact,
            rights,
            files: command.files.into_iter().map(AnnouncedFile::announced).collect(),
            reporter_account: command.reporter_account,
            filed_at: now,
            due_at: self.profile.complaint_due_at(now),
            case_id: None,
        };
        self.board.file(&complaint.clone().file(), &snapshot).await?;
        self.filed(command.operation_id, &complaint, &settings).await
    }

    /// What has become of the complaint.
    ///
    /// # Errors
    /// When the receipt opens none, or the board does not work.
    pub async fn status(&self, receipt: &Receipt) -> Result<ComplaintView, AppError> {
        let complaint = self.board.complaint_by_receipt(&receipt.digest()).await?.ok_or(AppError::ComplaintNotFound)?;
        let case = match complaint.case_id {
            Some(case_id) => self.board.case(case_id).await?,
            None => None,
        };
        Ok(ComplaintView {
            status: case.as_ref().map_or(ComplaintStatus::Received, Case::complaint_status),
            reason: complaint.reason,
            language: complaint.language,
            filed_at: complaint.filed_at,
            due_at: complaint.due_at,
            files: (complaint.files.len(), complaint.files.iter().filter(|file| file.kept_at.is_some()).count()),
            outcome_reason: case.and_then(|case| case.decision).map(|decision| decision.reason),
        })
    }

    fn reason_for(&self, command: &FileComplaint) -> Result<&ComplaintReason, ComplaintRefusal> {
        let reason = self.profile.complaint_reason(&command.reason).ok_or(ComplaintRefusal::ReasonUnknown)?;
        let can_be_reached = command.contact.is_some() || command.reporter_account.is_some();
        match (reason.asks_rights_holder, command.rights.is_some()) {
            (true, false) => Err(ComplaintRefusal::RightsHolderRequired),
            (true, true) if !can_be_reached => Err(ComplaintRefusal::RightsHolderRequired),
            (false, true) => Err(ComplaintRefusal::RightsHolderNotAsked),
            (true, true) | (false, false) => Ok(reason),
        }
    }

    /// Contact and holder of the right, each under a seal of its own.
    async fn sealed(
        &self,
        complaint_id: ComplaintId,
        contact: Option<&Personal<String>>,
        rights: Option<GivenRights>,
    ) -> Result<(Option<Sealed>, Option<RightsNotice>), AppError> {
        let owner = complaint_id.to_string();
        let contact = async {
            match contact {
                Some(contact) => self.vault.seal(&owner, contact).await.map(Some),
                None => Ok(None),
            }
        };
        let rights = async {
            match rights {
                Some(GivenRights { holder, right, standing, work }) => {
                    let holder = self.vault.seal(&owner, &holder).await?;
                    Ok(Some(RightsNotice { holder, right, standing, work }))
                }
                None => Ok(None),
            }
        };
        Ok(futures::try_join!(contact, rights)?)
    }

    /// The answer to the same filing at an earlier try, if there was one.
    async fn known(&self, operation_id: Uuid, settings: &Settings) -> Result<Option<Filed>, AppError> {
        match self.board.complaint(ComplaintId::of_operation(operation_id)).await? {
            Some(complaint) => self.filed(operation_id, &complaint, settings).await.map(Some),
            None => Ok(None),
        }
    }

    async fn filed(&self, operation_id: Uuid, complaint: &Complaint, settings: &Settings) -> Result<Filed, AppError> {
        let receipt = Receipt::of_operation(operation_id);
        let forms = (0..complaint.files.len()).map(|file| self.form(complaint, file, settings));
        let forms = futures::future::try_join_all(forms).await?;
        Ok(Filed { receipt, filed_at: complaint.filed_at, due_at: complaint.due_at, forms })
    }
}

impl From<ComplaintRefusal> for AppError {
    fn from(refusal: ComplaintRefusal) -> Self {
        Self::Complaint(refusal)
    }
}
