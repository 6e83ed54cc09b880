//! What browsers send, and how it maps to a complaint.

use app::complaints::{About, FileComplaint, GivenRights};
use domain::{
    complaint::{ReporterLanguage, Right, Standing},
    personal::Personal,
    subject::{Subject, SubjectType},
};
use lambda::problem::{Code, Language, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The form of a complaint, as it comes back when something was wrong with it. It may hold a contact, so it does not print.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct ComplaintForm {
    /// The link of what is complained of, or its identifier.
    #[schema(required, min_length = 1, max_length = 2_048)]
    pub(super) about: String,
    #[schema(required, min_length = 1)]
    pub(super) reason: String,
    #[schema(required, min_length = 1, max_length = 2_000)]
    pub(super) description: String,
    /// Of a right: who holds it.
    #[schema(max_length = 200)]
    pub(super) holder: String,
    pub(super) right: String,
    pub(super) standing: String,
    #[schema(max_length = 1_000)]
    pub(super) work: String,
    /// Kept encrypted.
    #[schema(max_length = 200)]
    pub(super) contact: String,
    /// Of the page, for whoever has no script: good when it has waited.
    pub(super) ticket: String,
    /// The proof of work, as of `POST /v1/complaints`.
    pub(super) altcha: String,
}

/// A receipt, with what is to be done about the complaint.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct ReceiptForm {
    #[schema(required, min_length = 1, max_length = 80)]
    pub(super) receipt: String,
    /// Of evidence: the type of a file that is to come.
    pub(super) announce: String,
    /// Of a contest: why it is wrong.
    #[schema(max_length = 2_000)]
    pub(super) grounds: String,
}

impl ComplaintForm {
    pub(super) fn names_a_right(&self) -> bool {
        !self.holder.trim().is_empty() || !self.work.trim().is_empty()
    }

    /// What lets it in: the work when it was done, else the ticket.
    pub(super) fn proof(&self) -> &str {
        if self.altcha.is_empty() { &self.ticket } else { &self.altcha }
    }

    /// # Errors
    /// When something is missing, or longer than it may be.
    pub(super) fn command(&self, operation_id: Uuid, language: Language) -> Result<FileComplaint, Problem> {
        let within = |text: &str, most: usize| text.chars().count() <= most;
        let description = self.description.trim().replace("\r\n", "\n");
        let fits = within(&description, 2_000) && within(&self.contact, 200) && within(&self.holder, 200);
        if description.is_empty() || !fits || !within(&self.work, 1_000) || !within(&self.about, 2_048) {
            return Err(Problem::new(Code::InvalidBody));
        }
        Ok(FileComplaint {
            operation_id,
            about: self.about()?,
            reason: self.reason.clone(),
            description,
            language: match language {
                Language::Zh => ReporterLanguage::Zh,
                Language::En => ReporterLanguage::En,
            },
            contact: given(&self.contact).map(Personal::new),
            rights: self.rights()?,
            files: vec![],
            reporter_account: None,
        })
    }

    fn about(&self) -> Result<About, Problem> {
        let text = self.about.trim();
        let by_id =
            [("acct_", SubjectType::Account), ("pub_", SubjectType::Publication), ("cmt_", SubjectType::Comment)];
        match by_id.iter().find(|(prefix, _)| text.starts_with(prefix)) {
            Some((_, subject_type)) => {
                Subject::parse(*subject_type, text).map(About::Subject).map_err(|_| Problem::new(Code::SubjectNotFound))
            }
            None => Ok(About::Link(text.to_owned())),
        }
    }

    fn rights(&self) -> Result<Option<GivenRights>, Problem> {
        if !self.names_a_right() {
            return Ok(None);
        }
        let right = match self.right.as_str() {
            "copyright" => Right::Copyright,
            "trademark" => Right::Trademark,
            "patent" => Right::Patent,
            "portrait" => Right::Portrait,
            "reputation" => Right::Reputation,
            "other" => Right::Other,
            _ => return Err(Problem::new(Code::RightsHolderRequired)),
        };
        let (Some(holder), Some(work)) = (given(&self.holder), given(&self.work)) else {
            return Err(Problem::new(Code::RightsHolderRequired));
        };
        let standing = if self.standing == "agent" { Standing::Agent } else { Standing::Owner };
        Ok(Some(GivenRights { holder: Personal::new(holder), right, standing, work }))
    }
}

fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
