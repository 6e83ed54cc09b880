//! What an account may count on, from its grade and its credit (R6.2, R7.2): how what it publishes is moderated, how much
//! of it, and whether readers may comment. Computed on the publish path from the account's own row, so that it costs no
//! round trip and cannot be out of date.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    account::Account,
    credit::{Credit, CreditLevel, Moderation},
    grade::{AccountClass, Grade},
    settings::Settings,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub class: AccountClass,
    pub grade: Grade,
    pub credit_level: CreditLevel,
    pub moderation: Moderation,
    /// Of a thousand publications that pass, how many a person looks at all the same.
    pub sampling_per_mille: u16,
    /// Cases with a higher one come first.
    pub review_priority: u8,
    /// Without it, as many as the holder likes.
    pub publications_per_hour: Option<u32>,
    /// Whether readers may comment.
    pub comments: bool,
    /// The account's principal is on the blacklist.
    pub is_listed: bool,
    /// The settings that say so.
    pub settings_version: u32,
}

/// How content that no rule objects to is treated all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scrutiny {
    None,
    /// Shown, and looked at by a person.
    Sampled,
    /// Not shown until a person has looked.
    PreModerated,
}

impl Standing {
    #[must_use]
    pub fn of(account: &Account, settings: &Settings, now: Timestamp) -> Self {
        let credit_level = Credit::of(account, &settings.credit, now).level;
        let (level, grade) = (settings.credit.rules(credit_level), settings.grading.treatment(account.grade));
        // An account whose principal is on the blacklist waits for a person's decision (R13.2).
        let moderation = if account.principal_listing.is_some() { Moderation::Pre } else { level.moderation };
        Self {
            class: AccountClass::of(account.principal_kind),
            grade: account.grade,
            credit_level,
            moderation,
            sampling_per_mille: level.sampling_per_mille.max(grade.sampling_per_mille),
            review_priority: grade.review_priority,
            publications_per_hour: level.publications_per_hour,
            comments: level.comments,
            is_listed: account.principal_listing.is_some(),
            settings_version: settings.version,
        }
    }

    /// As it is for the comments below what the account publishes (R12.2).
    #[must_use]
    pub fn for_comments(self, settings: &Settings) -> Self {
        let of_standing = settings.comments.moderation(self.credit_level);
        Self {
            // A listing of the principal holds comments as well.
            moderation: if self.is_listed { Moderation::Pre } else { of_standing },
            sampling_per_mille: settings.comments.sampling_per_mille(self.grade),
            ..self
        }
    }

    /// How the content of that identifier is treated: the same one always the same, so that a retry is no second draw.
    #[must_use]
    pub fn scrutiny(&self, content: Uuid) -> Scrutiny {
        match self.moderation {
            Moderation::Pre => Scrutiny::PreModerated,
            // The identifier is a hash, so that its tail is drawn evenly.
            Moderation::Post if content.as_u128() % 1_000 < u128::from(self.sampling_per_mille) => Scrutiny::Sampled,
            Moderation::Post => Scrutiny::None,
        }
    }
}
