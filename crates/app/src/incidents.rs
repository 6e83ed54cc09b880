//! Incident mode: declared by the content safety lead, for a bounded time (R5.1).

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    actor::Actor,
    incident::{Incident, IncidentMeasure, IncidentMode},
    profile::Profile,
    publication::Part,
};
use jiff::{SignedDuration, Timestamp};
use screening::verdict::{Effect, Finding, Title, Verdict};

use crate::{
    error::AppError,
    ports::{Clock, IncidentShelf, SaveError, SettingsSource},
};

/// Two leads declare at the same moment: the second try follows the first.
const TRIES: usize = 3;

/// The name of the rule that a finding of an incident carries: no rule of a pack.
const RULE: &str = "incident-mode";

/// An incident as the lead declares it.
#[derive(Debug, Clone)]
pub struct DeclareIncident {
    /// Empty: the incident is over.
    pub measures: BTreeSet<IncidentMeasure>,
    pub reason: String,
    pub minutes: u32,
    pub actor: Actor,
}

/// Declares incidents, and shows what was declared.
pub struct IncidentDesk {
    pub shelf: Arc<dyn IncidentShelf>,
    pub settings: Arc<dyn SettingsSource>,
    pub clock: Arc<dyn Clock>,
    pub profile: Profile,
}

/// What was declared, and whether it lasts.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentView {
    pub mode: IncidentMode,
    pub is_on: bool,
}

impl IncidentDesk {
    /// # Errors
    /// When the shelf does not work.
    pub async fn show(&self) -> Result<IncidentView, AppError> {
        Ok(self.view(self.shelf.declared().await?))
    }

    /// In force everywhere within half a minute, in place of what was declared before.
    ///
    /// # Errors
    /// When a policy or a label is unknown, the incident would last longer than the settings allow, or a port does not work.
    pub async fn declare(&self, command: DeclareIncident) -> Result<IncidentView, AppError> {
        let DeclareIncident { measures, reason, minutes, actor } = command;
        for measure in &measures {
            if let IncidentMeasure::HoldPolicy { policy } = measure
                && self.profile.policy(policy).is_none()
            {
                return Err(AppError::PolicyUnknown { policy: policy.clone() });
            }
        }
        let settings = self.settings.current().await?;
        for measure in &measures {
            if let IncidentMeasure::HoldLabel { label } = measure
                && !settings.account_labels.rules.iter().any(|rule| rule.label == *label)
            {
                return Err(AppError::LabelUnknown { label: label.clone() });
            }
        }
        let mut expected = 0;
        for _ in 0..TRIES {
            let mode = self.shelf.declared().await?;
            expected = mode.version;
            let starts_at = self.clock.now();
            let incident = Incident {
                measures: measures.clone(),
                reason: reason.clone(),
                declared_by: actor.clone(),
                starts_at,
                ends_at: starts_at.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX),
            };
            let change = mode.declare(incident, settings.incident.longest_hours)?;
            match self.shelf.put(&change).await {
                Ok(()) => return Ok(self.view(change.state)),
                Err(SaveError::VersionConflict) => {}
                Err(SaveError::Port(error)) => return Err(error.into()),
            }
        }
        Err(AppError::VersionConflict { expected })
    }

    fn view(&self, mode: IncidentMode) -> IncidentView {
        let is_on = mode.at(self.clock.now()).is_some();
        IncidentView { mode, is_on }
    }
}

/// Holds what the incident holds, and says why.
pub(crate) fn raise(verdict: &mut Verdict, mode: &IncidentMode, parts: &[Part], labels: &[String], now: Timestamp) {
    let Some(incident) = mode.at(now) else { return };
    let policies: Vec<&str> = verdict.findings.iter().map(|finding| finding.policy.as_str()).collect();
    if verdict.effect >= Effect::Hold || !incident.holds(parts, &policies, labels) {
        return;
    }
    verdict.effect = Effect::Hold;
    verdict.findings.push(Finding {
        rule: RULE.to_owned(),
        rule_version: u32::try_from(mode.version).unwrap_or(u32::MAX),
        policy: RULE.to_owned(),
        effect: Effect::Hold,
        spans: Vec::new(),
        title: Title {
            zh: format!("应急管控期间先审后发：{}", incident.reason),
            en: format!("Held while an incident lasts: {}", incident.reason),
        },
        matched: Vec::new(),
        places_left_out: 0,
    });
}
