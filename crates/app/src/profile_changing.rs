//! Changes of name, avatar and bio (R2, R4): screened as content is; what is held waits for a person, and the old profile
//! stays until then.

use std::sync::Arc;

use domain::{
    account::Account,
    actor::Actor,
    credit::Moderation,
    enforcement::EnforcementKind,
    id::{AccountId, ProfileChangeId},
    profile::{Bilingual, Profile},
    public_profile::{Avatar, Concern, Fate, PublicProfile},
    publication::Part,
    settings::Settings,
    standing::Standing,
    statement::StatementOfReasons,
};
use jiff::Timestamp;
use screening::{
    engine::Engine,
    verdict::{Effect, Finding, Verdict},
};
use uuid::Uuid;

use crate::{
    error::AppError,
    naming::{NameRefusal, Naming},
    ports::{AccountLedger, Clock, EngineSource, RenameError, SettingsSource},
    removed_content::{self, RemovedContentWatch, Surface, WhatIsLookedFor},
    scrutiny,
};

/// The most findings that are kept with a change: a reviewer reads the first few.
const MOST_CONCERNS: usize = 20;

/// A statement names no more policies than a reviewer's decision may.
const MOST_POLICIES: usize = 5;

/// What the holder wants changed; what is `None` stays.
#[derive(Debug, Clone)]
pub struct ChangeProfile {
    /// Names the change; a second try of the same one meets the first.
    pub operation_id: Uuid,
    pub account_id: AccountId,
    /// The version of the account that was read.
    pub version: u64,
    pub display_name: Option<String>,
    /// `Some(None)` takes it away.
    pub avatar: Option<Option<Avatar>>,
    /// `Some(None)` takes it away.
    pub bio: Option<Option<String>>,
    pub actor: Actor,
}

/// Takes changes of profiles.
pub struct ProfileDesk {
    pub accounts: Arc<dyn AccountLedger>,
    pub naming: Naming,
    pub settings: Arc<dyn SettingsSource>,
    pub engines: Arc<dyn EngineSource>,
    pub removed: Arc<RemovedContentWatch>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

impl ProfileDesk {
    /// Applies the change, gives it to a person, or refuses it; which, the account says. A new name is the account's from
    /// here on, also while a person looks.
    ///
    /// # Errors
    /// When the account has changed since that version, is on its way out or not there, another change waits, the name
    /// cannot be carried, or a port does not work.
    pub async fn change(&self, command: ChangeProfile) -> Result<Account, AppError> {
        let change_id = ProfileChangeId::from_uuid(command.operation_id);
        let (account, settings, engine, removed) = futures::join!(
            self.accounts.load(command.account_id),
            self.settings.current(),
            self.engines.current(),
            self.removed.current()
        );
        let (account, settings) = (account?.ok_or(AppError::AccountNotFound)?, settings?);
        let (engine, removed) = (engine?, removed?);
        if account.profile_change.as_ref().is_some_and(|known| known.change_id == change_id) {
            return Ok(account);
        }
        let expected = command.version;
        if account.version != expected {
            return Err(AppError::VersionConflict { expected });
        }
        let (now, actor) = (self.clock.now(), command.actor.clone());
        if let Some(closing) = account.closed_by(now) {
            return Err(AppError::AccountSuspended { enforcement: Box::new(closing.clone()) });
        }
        let proposed = self.proposed(&account, command).await?;
        let mut verdict = screened(&engine, &settings, &account, &proposed, now);
        stop_copies(&mut verdict, &removed, &account, &proposed, now);
        let concerns = verdict.findings.iter().take(MOST_CONCERNS).map(concern).collect();
        let fate = self.fate(&account, &proposed, &verdict, &settings, now);
        let before = account.names_held();
        let change = account.clone().change_profile(change_id, proposed, concerns, fate, actor, now)?;
        let Some(change) = change else { return Ok(account) };
        match self.accounts.save_with_names(&change, &before).await {
            Ok(()) => Ok(change.state),
            Err(RenameError::NameTaken) => Err(NameRefusal::Taken.into()),
            Err(RenameError::VersionConflict) => Err(AppError::VersionConflict { expected }),
            Err(RenameError::Port(error)) => Err(error.into()),
        }
    }

    async fn proposed(&self, account: &Account, command: ChangeProfile) -> Result<PublicProfile, AppError> {
        let mut proposed = account.public_profile();
        if let Some(name) = command.display_name.filter(|name| *name != account.display_name) {
            proposed.display_name = self.naming.choose(&name, account.principal_kind).await?;
        }
        if let Some(avatar) = command.avatar {
            proposed.avatar = avatar;
        }
        if let Some(bio) = command.bio {
            proposed.bio = bio;
        }
        Ok(proposed)
    }

    /// What is to become of the change. Nothing that the engine would have looked at is shown first and looked at later: a
    /// name that was shown cannot be taken back from those who read it.
    fn fate(
        &self,
        account: &Account,
        proposed: &PublicProfile,
        verdict: &Verdict,
        settings: &Settings,
        now: Timestamp,
    ) -> Fate {
        if verdict.effect == Effect::Reject {
            return Fate::Refuse { statement: Box::new(self.statement(verdict, now)) };
        }
        let is_suspended = account
            .enforcements
            .iter()
            .any(|measure| measure.kind == EnforcementKind::SuspendUpdates && measure.is_in_force(now));
        let is_pre_moderated = Standing::of(account, settings, now).moderation == Moderation::Pre;
        let has_new_picture = proposed.avatar.is_some() && proposed.avatar != account.avatar;
        let is_looked_at = verdict.effect > Effect::Pass
            || is_suspended
            || is_pre_moderated
            || (has_new_picture && settings.public_face.avatar_review);
        if is_looked_at {
            return Fate::Review { due_at: settings.public_face.profile_review_due_at(now) };
        }
        Fate::Apply
    }

    fn statement(&self, verdict: &Verdict, now: Timestamp) -> StatementOfReasons {
        let refusing: Vec<&Finding> = verdict.findings.iter().filter(|it| it.effect == Effect::Reject).collect();
        let mut policies: Vec<String> = refusing.iter().map(|finding| finding.policy.clone()).collect();
        policies.dedup();
        policies.truncate(MOST_POLICIES);
        let listed = |tell: fn(&Finding) -> String| {
            refusing.iter().take(MOST_CONCERNS).map(|finding| tell(finding)).collect::<Vec<_>>().join("; ")
        };
        let explanation = listed(|finding| format!("{} ({})", finding.title.zh, finding.title.en));
        let facts = listed(|finding| format!("{}@{}", finding.rule, finding.rule_version));
        StatementOfReasons::by_engine(policies, explanation, facts, &self.profile, now)
    }
}

/// What the engine says of the name with which `account` registers, and whether it was removed elsewhere (R2, R11.2): nothing,
/// or concerns for a person to look at.
///
/// # Errors
/// When a rule refuses it.
pub(crate) fn concerns_of_first_name(
    engine: &Engine,
    removed: &WhatIsLookedFor,
    settings: &Settings,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Concern>, NameRefusal> {
    let name = account.display_name.as_str();
    let mut verdict = assessed(engine, settings, account, &[name], now);
    let words = [Part::Text { text: name.to_owned() }];
    removed_content::stop(&mut verdict, removed, &words, Surface::Profile, now);
    let concerns = |least: Effect| {
        let weighty = verdict.findings.iter().filter(move |finding| finding.effect >= least);
        weighty.take(MOST_CONCERNS).map(concern).collect()
    };
    match verdict.effect {
        Effect::Reject => Err(NameRefusal::Refused(concerns(Effect::Reject))),
        Effect::Pass => Ok(Vec::new()),
        least => Ok(concerns(least)),
    }
}

/// What the engine says of the words, where they are new.
fn screened(
    engine: &Engine,
    settings: &Settings,
    account: &Account,
    proposed: &PublicProfile,
    now: Timestamp,
) -> Verdict {
    let current = account.public_profile();
    let has_new_words = proposed.display_name.text != current.display_name.text || proposed.bio != current.bio;
    // Name and bio together, for a text may be spread over both.
    let words = [proposed.display_name.text.as_str(), proposed.bio.as_deref().unwrap_or_default()];
    assessed(engine, settings, account, if has_new_words { words.as_slice() } else { &[] }, now)
}

fn assessed(engine: &Engine, settings: &Settings, account: &Account, words: &[&str], now: Timestamp) -> Verdict {
    let standing = Standing::of(account, settings, now);
    let mut facts = scrutiny::facts(account, &standing, settings, &[], &[], now);
    "profile".clone_into(&mut facts.content.kind);
    engine.assess(words, &facts)
}

/// Words and picture, where they are new: what was removed elsewhere does not come back as a profile (R11.2). Of the picture
/// the hash alone is known.
fn stop_copies(
    verdict: &mut Verdict,
    removed: &WhatIsLookedFor,
    account: &Account,
    proposed: &PublicProfile,
    now: Timestamp,
) {
    let current = account.public_profile();
    let name = (proposed.display_name.text != current.display_name.text).then_some(&proposed.display_name.text);
    let bio = proposed.bio.as_ref().filter(|_| proposed.bio != current.bio);
    let words: Vec<Part> = [name, bio].into_iter().flatten().map(|text| Part::Text { text: text.clone() }).collect();
    removed_content::stop(verdict, removed, &words, Surface::Profile, now);
    let avatar = proposed.avatar.as_ref().filter(|_| proposed.avatar != current.avatar);
    if let Some(file) = avatar.and_then(|avatar| avatar.sha256.parse().ok()) {
        removed_content::stop_file(verdict, removed, file, now);
    }
}

fn concern(finding: &Finding) -> Concern {
    Concern {
        rule: finding.rule.clone(),
        rule_version: finding.rule_version,
        policy: finding.policy.clone(),
        title: Bilingual { zh: finding.title.zh.clone(), en: finding.title.en.clone() },
    }
}
