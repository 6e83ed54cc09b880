//! Incident mode (R5.1): for a bounded time more is held than the rules say, and comments may be stopped. It ends by itself:
//! whoever reads it asks for the time.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
    publication::Part,
};

/// What is done while an incident lasts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum IncidentMeasure {
    /// Everything is held.
    HoldAll,
    /// What a rule of that policy finds anything in is held.
    HoldPolicy { policy: String },
    /// What has a part of that kind is held.
    HoldPart { part: PartKind },
    /// What accounts of that label publish is held.
    HoldLabel { label: String },
    /// Readers do not comment.
    StopComments,
}

/// The kind of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    Text,
    Image,
    Audio,
    Video,
    Link,
}

impl PartKind {
    #[must_use]
    pub const fn of(part: &Part) -> Self {
        match part {
            Part::Text { .. } => Self::Text,
            Part::Image { .. } => Self::Image,
            Part::Audio { .. } => Self::Audio,
            Part::Video { .. } => Self::Video,
            Part::Link { .. } => Self::Link,
        }
    }
}

/// An incident that somebody declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub measures: BTreeSet<IncidentMeasure>,
    /// Why, for those whose content is held.
    pub reason: String,
    pub declared_by: Actor,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

/// What was declared last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentMode {
    /// Counts the declarations; guards every write.
    pub version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<Incident>,
}

/// Why an incident is not declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IncidentRefusal {
    #[error("the incident would end in the past")]
    EndsInThePast,
    #[error("the incident would last longer than {hours} hours")]
    TooLong { hours: u32 },
}

impl IncidentMode {
    /// The incident that lasts at `now`.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Option<&Incident> {
        self.incident.as_ref().filter(|incident| now < incident.ends_at && !incident.measures.is_empty())
    }

    /// Declares `incident` in place of what was declared before; one without measures is the end of that.
    ///
    /// # Errors
    /// When it would be over already, or last longer than the settings allow.
    pub fn declare(&self, incident: Incident, longest_hours: u32) -> Result<Change<Self>, IncidentRefusal> {
        let Incident { starts_at, ends_at, .. } = incident;
        if ends_at <= starts_at {
            return Err(IncidentRefusal::EndsInThePast);
        }
        if ends_at.duration_since(starts_at) > SignedDuration::from_hours(longest_hours.into()) {
            return Err(IncidentRefusal::TooLong { hours: longest_hours });
        }
        let version = self.version + 1;
        let body = EventBody::IncidentDeclared { incident: Box::new(incident.clone()) };
        let event = Event::new(version, incident.declared_by.clone(), body, starts_at);
        Ok(Change { state: Self { version, incident: Some(incident) }, event })
    }
}

impl Incident {
    /// Whether content of these parts, in which rules of these policies have found something, of an account with these
    /// labels is held.
    #[must_use]
    pub fn holds(&self, parts: &[Part], policies: &[&str], labels: &[String]) -> bool {
        self.measures.iter().any(|measure| match measure {
            IncidentMeasure::HoldAll => true,
            IncidentMeasure::HoldPolicy { policy } => policies.contains(&policy.as_str()),
            IncidentMeasure::HoldPart { part } => parts.iter().any(|it| PartKind::of(it) == *part),
            IncidentMeasure::HoldLabel { label } => labels.contains(label),
            IncidentMeasure::StopComments => false,
        })
    }

    #[must_use]
    pub fn stops_comments(&self) -> bool {
        self.measures.contains(&IncidentMeasure::StopComments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: Timestamp = Timestamp::UNIX_EPOCH;

    fn incident(hours: i64, measures: impl IntoIterator<Item = IncidentMeasure>) -> Incident {
        Incident {
            measures: measures.into_iter().collect(),
            reason: "突发事件".to_owned(),
            declared_by: Actor::caller("lead"),
            starts_at: BEGIN,
            ends_at: BEGIN + SignedDuration::from_hours(hours),
        }
    }

    #[test]
    fn an_incident_ends_by_itself() {
        let mode = IncidentMode::default().declare(incident(2, [IncidentMeasure::HoldAll]), 72).unwrap().state;
        let after = |minutes| BEGIN + SignedDuration::from_mins(minutes);
        assert!(mode.at(after(119)).is_some());
        assert!(mode.at(after(120)).is_none());
    }

    #[test]
    fn an_incident_without_measures_is_the_end_of_the_one_before() {
        let mode = IncidentMode::default().declare(incident(2, [IncidentMeasure::HoldAll]), 72).unwrap().state;
        let over = mode.declare(incident(1, []), 72).unwrap();
        assert_eq!((over.state.at(BEGIN), over.event.version), (None, 2));
    }

    #[test]
    fn the_time_is_bounded() {
        let declare = |hours| IncidentMode::default().declare(incident(hours, [IncidentMeasure::HoldAll]), 72);
        assert_eq!(declare(0).unwrap_err(), IncidentRefusal::EndsInThePast);
        assert_eq!(declare(73).unwrap_err(), IncidentRefusal::TooLong { hours: 72 });
        assert!(declare(72).is_ok());
    }

    #[test]
    fn a_category_is_held_and_no_other() {
        let text = [Part::Text { text: "晴".to_owned() }];
        let picture = [Part::Image { url: "s3://a".to_owned(), object: None }];
        let gambling = incident(1, [IncidentMeasure::HoldPolicy { policy: "gambling".to_owned() }]);
        assert!(gambling.holds(&text, &["spam", "gambling"], &[]));
        assert!(!gambling.holds(&text, &["spam"], &[]));
        let pictures = incident(1, [IncidentMeasure::HoldPart { part: PartKind::Image }]);
        assert!(pictures.holds(&picture, &[], &[]) && !pictures.holds(&text, &[], &[]));
        let media = incident(1, [IncidentMeasure::HoldLabel { label: "media".to_owned() }]);
        let labelled = |label: &str| media.holds(&text, &[], &[label.to_owned()]);
        assert!(labelled("media") && !labelled("individual"));
        let comments = incident(1, [IncidentMeasure::StopComments]);
        assert!(comments.stops_comments() && !comments.holds(&text, &[], &[]));
    }
}
