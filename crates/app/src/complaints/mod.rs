//! Complaints: from the public's form to a receipt, and from the receipt to the state of things (R15.2).

mod admission;
mod contest;
mod evidence;
mod seen;

pub use admission::Admission;
pub use evidence::{AnnouncedFile, FileState};

use std::sync::Arc;

use domain::{
    case::Case,
    complaint::{
        Complaint, ComplaintRefusal, ComplaintStatus, MOST_FILES, ReporterLanguage, Right, RightsNotice, Standing,
        WordsDigest,
    },
    id::{AccountId, ComplaintId, made_at},
    personal::{Personal, Sealed},
    profile::{ComplaintReason, Profile},
    receipt::Receipt,
    reporter::{BadFaith, ReporterKey},
    settings::Settings,
    subject::Subject,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    error::AppError,
    ports::{
        AccountLedger, CaseBoard, Clock, CommentShelf, ComplaintShelf, EvidenceIntake, IdentityVault, IntakeLedger,
        IntakeSecrets, MediaNotes, PublicationShelf, ReporterBook, SettingsSource, UploadForm,
    },
    reporting::must_not_cool_down,
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
    pub contest: Option<ContestView>,
    /// That a reviewer found it to be in bad faith, and until when nothing is taken from the reporter.
    pub bad_faith: Option<(BadFaith, Option<Timestamp>)>,
}

/// Where a reporter's "that is wrong" stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestView {
    pub filed_at: Timestamp,
    pub is_answered: bool,
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
    pub ledger: Arc<dyn IntakeLedger>,
    pub secrets: Arc<dyn IntakeSecrets>,
    pub reporters: Arc<dyn ReporterBook>,
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
        let reporter = self.reporter(&command).await?;
        let (seen, sealed, about, heard) = futures::join!(
            self.seen(&subject, command.reporter_account, now),
            self.sealed(complaint_id, command.contact.as_ref(), command.rights),
            admission::counted(&*self.ledger, subject, self.clock.now()),
            self.heard(reporter.as_ref(), &settings)
        );
        let snapshot = match seen {
            Ok(snapshot) => snapshot,
            // It was there when an earlier try of the same filing took it.
            Err(refused) => return self.known(command.operation_id, &settings).await?.ok_or(refused),
        };
        let ((contact, rights), about) = (sealed?, about?);
        heard?;
        let complaint = Complaint {
            complaint_id,
            version: 1,
            receipt: Receipt::of_operation(command.operation_id).digest(),
            subject,
            reason: reason.id.clone(),
            policy: reason.policy.clone(),
            words: WordsDigest::of(&command.description),
            in_flood: about > u64::from(settings.complaints.flood_from),
            description: command.description,
            language: command.language,
            contact,
            reporter,
            rights,
            files: command.files.into_iter().map(AnnouncedFile::announced).collect(),
            reporter_account: command.reporter_account,
            filed_at: now,
            due_at: settings.clocks.complaint_due_at(now),
            case_id: None,
        };
        self.board.file(&complaint.clone().file(), &snapshot).await?;
        self.filed(command.operation_id, &complaint, &settings).await
    }

    /// Whether what the write filed, if it did, was said in these words.
    ///
    /// # Errors
    /// When the board does not work.
    pub async fn is_sent_again(&self, operation_id: Uuid, description: &str) -> Result<bool, AppError> {
        let filed = self.board.complaint(ComplaintId::of_operation(operation_id)).await?;
        Ok(filed.is_none_or(|complaint| complaint.words == WordsDigest::of(description)))
    }

    /// What has become of the complaint.
    ///
    /// # Errors
    /// When the receipt opens none, or the board does not work.
    pub async fn status(&self, receipt: &Receipt) -> Result<ComplaintView, AppError> {
        let complaint = self.complaint(receipt).await?;
        let case = match complaint.case_id {
            Some(case_id) => self.board.case(case_id).await?,
            None => None,
        };
        let record = match &complaint.reporter {
            Some(key) => self.reporters.reporter(key).await?,
            None => None,
        };
        let bad_faith =
            record.and_then(|record| Some((record.finding(complaint.complaint_id)?.clone(), record.cooling_until)));
        let contest = case
            .as_ref()
            .and_then(|case| case.contest.as_ref())
            .map(|contest| ContestView { filed_at: contest.filed_at, is_answered: contest.answered_by.is_some() });
        Ok(ComplaintView {
            contest,
            bad_faith,
            status: case.as_ref().map_or(ComplaintStatus::Received, Case::complaint_status),
            reason: complaint.reason,
            language: complaint.language,
            filed_at: complaint.filed_at,
            due_at: complaint.due_at,
            files: (complaint.files.len(), complaint.files.iter().filter(|file| file.kept_at.is_some()).count()),
            outcome_reason: case.and_then(|case| case.decision).map(|decision| decision.reason),
        })
    }

    /// The holder of an account is known by it, anybody else by the contact that they leave.
    async fn reporter(&self, command: &FileComplaint) -> Result<Option<ReporterKey>, AppError> {
        Ok(match (command.reporter_account, &command.contact) {
            (Some(account_id), _) => Some(ReporterKey::of_account(account_id)),
            (None, Some(contact)) => Some(ReporterKey::of_contact(contact, &self.secrets.secret().await?)),
            (None, None) => None,
        })
    }

    async fn heard(&self, reporter: Option<&ReporterKey>, settings: &Settings) -> Result<(), AppError> {
        let Some(key) = reporter else { return Ok(()) };
        let needed = settings.complaints.bad_faith_to_cool_down;
        must_not_cool_down(key, &*self.board, &*self.reporters, needed, self.clock.now()).await
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
