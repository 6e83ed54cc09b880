//! News is for accounts with a valid news licence (R8). What is needed is in the account's own row and in the settings,
//! which the publish path has read already, so that the gate costs no round trip; and the licence is asked at the moment
//! of the publication, so that one that has expired opens it no longer, whether or not anybody has noted that.

use domain::{
    account::Account,
    publication::Declaration,
    qualification::{QualificationKind, QualificationState},
    settings::{Settings, WithoutLicence},
};
use jiff::{Timestamp, civil::Date};
use screening::verdict::{Effect, Finding, Title, Verdict};

use crate::error::AppError;

/// The name of the rule that a finding of the gate carries: no rule of a pack.
const RULE: &str = "news-licence";

/// The policy that news without a licence breaks, in the profile and for rules that detect news by its words.
const POLICY: &str = "unlicensed_news";

/// The licence that an account has, which is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LicenceStanding {
    /// Of the one that ends last; `None` when there is none.
    pub state: Option<QualificationState>,
    pub expires_on: Option<Date>,
}

/// What the gate says of one publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewsGate {
    /// It is no news, or the account is licensed.
    Open,
    /// It is not taken.
    Refused(LicenceStanding),
    /// It is not shown until a person has looked.
    Held,
}

impl NewsGate {
    #[must_use]
    pub fn of(account: &Account, settings: &Settings, declared: &[Declaration], now: Timestamp) -> Self {
        let licence = QualificationKind::NEWS_LICENCE;
        if !declared.contains(&Declaration::News) || account.is_qualified(licence, now) {
            return Self::Open;
        }
        if settings.news.without_licence == WithoutLicence::Hold {
            return Self::Held;
        }
        let licences = account.qualifications.iter().filter(|known| known.kind.as_str() == licence);
        let last = licences.max_by_key(|known| known.term.expires_on);
        Self::Refused(LicenceStanding {
            state: last.map(|known| known.state_at(now)),
            expires_on: last.map(|known| known.term.expires_on),
        })
    }

    pub(crate) fn refusal(self) -> Option<AppError> {
        match self {
            Self::Refused(standing) => Some(AppError::NewsLicenceRequired(standing)),
            Self::Open | Self::Held => None,
        }
    }

    /// Holds what is to be held, and says so in a finding.
    pub(crate) fn hold(self, verdict: &mut Verdict, settings_version: u32) {
        if self != Self::Held || verdict.effect >= Effect::Hold {
            return;
        }
        verdict.effect = Effect::Hold;
        verdict.findings.push(Finding {
            rule: RULE.to_owned(),
            rule_version: settings_version,
            policy: POLICY.to_owned(),
            effect: Effect::Hold,
            spans: Vec::new(),
            places_left_out: 0,
            title: Title {
                zh: "未持有效新闻许可发布新闻".to_owned(),
                en: "News from an account without a valid news licence".to_owned(),
            },
            matched: Vec::new(),
        });
    }
}
