//! What an account's standing means for the screening of what it publishes (R6.2, R7.2): the facts that rules may ask
//! about, and the verdict that is never milder than the standing.

use domain::{
    account::{Account, AccountStatus},
    account_label::labels_of,
    credit::strike_weight,
    publication::{Declaration, Part},
    retention::SHANGHAI,
    settings::Settings,
    standing::{Scrutiny, Standing},
};
use jiff::Timestamp;
use screening::{
    facts::{AccountFacts, ContentFacts, Facts, MediaScores, TimeFacts},
    verdict::{Effect, Finding, Title, Verdict},
};
use uuid::Uuid;

use crate::media_screening::verdict;

/// The name of the rule that a finding of the standing carries: no rule of a pack.
const RULE: &str = "account-standing";

/// The name of the rule that a finding carries whose edition follows one that a person refused.
const AFTER_REFUSAL: &str = "edited-after-refusal";

/// What rules may ask about a publication of `account`.
pub(crate) fn facts(
    account: &Account,
    standing: &Standing,
    settings: &Settings,
    parts: &[Part],
    declared: &[Declaration],
    now: Timestamp,
) -> Facts {
    Facts {
        account: AccountFacts {
            age_days: now.duration_since(account.registered_at).as_hours() / 24,
            verified: account.status == AccountStatus::Active,
            strikes: i64::from(strike_weight(account, &settings.credit, now)),
            labels: labels_of(account, &settings.account_labels.rules, now)
                .into_iter()
                .map(|rule| rule.label.clone())
                .collect(),
            qualifications: account.qualified_for(now),
            grade: standing.grade.as_str().to_owned(),
            credit_level: standing.credit_level.as_str().to_owned(),
        },
        ..facts_of_content("publication", parts, declared, now)
    }
}

/// What rules may ask about content of `kind` (`publication`, `comment`) of which nothing else is known.
pub(crate) fn facts_of_content(kind: &str, parts: &[Part], declared: &[Declaration], at: Timestamp) -> Facts {
    let local = at.to_zoned_datetime(SHANGHAI.clone());
    let of_part = |part: &Part| match part {
        Part::Text { .. } => "text",
        Part::Image { .. } => "image",
        Part::Audio { .. } => "audio",
        Part::Video { .. } => "video",
        Part::Link { .. } => "link",
    };
    Facts {
        content: ContentFacts {
            kind: kind.to_owned(),
            parts: parts.iter().map(|part| of_part(part).to_owned()).collect(),
            news: declared.contains(&Declaration::News),
        },
        media: verdict::unseen(parts),
        media_scores: MediaScores::None,
        account: AccountFacts::default(),
        time: TimeFacts { hour: i64::from(local.hour()), weekday: i64::from(local.weekday().to_monday_one_offset()) },
    }
}

/// Raises the verdict to what the standing asks for; says so in a finding, so that nobody wonders why.
pub(crate) fn raise(verdict: &mut Verdict, standing: &Standing, content: Uuid) {
    let (effect, title) = match standing.scrutiny(content) {
        Scrutiny::None => return,
        Scrutiny::Sampled => (
            Effect::Review,
            Title {
                zh: format!("按账号等级抽查（信用 {}）", standing.credit_level.as_str()),
                en: format!("Sampled by the account's standing (credit {})", standing.credit_level.as_str()),
            },
        ),
        Scrutiny::PreModerated => (
            Effect::Hold,
            Title {
                zh: format!("该账号先审后发（信用 {}）", standing.credit_level.as_str()),
                en: format!("The account is moderated before publication (credit {})", standing.credit_level.as_str()),
            },
        ),
    };
    raise_to(verdict, effect, RULE, standing.settings_version, title);
}

/// A person refused an earlier edition, so a person looks at the next one: changing a letter brings nothing back.
pub(crate) fn hold_what_follows_a_refusal(verdict: &mut Verdict, standing: &Standing) {
    let title = Title {
        zh: "此前的版本被人工拒绝，修改后须经人工审核".to_owned(),
        en: "A person refused an earlier edition, so a person looks at this one".to_owned(),
    };
    raise_to(verdict, Effect::Hold, AFTER_REFUSAL, standing.settings_version, title);
}

fn raise_to(verdict: &mut Verdict, effect: Effect, rule: &str, rule_version: u32, title: Title) {
    if effect <= verdict.effect {
        return;
    }
    verdict.effect = effect;
    verdict.findings.push(Finding {
        rule: rule.to_owned(),
        rule_version,
        policy: rule.to_owned(),
        effect,
        spans: Vec::new(),
        places_left_out: 0,
        title,
        matched: Vec::new(),
    });
}
