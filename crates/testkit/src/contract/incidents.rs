use app::ports::{IncidentShelf, IncidentSource, SaveError};
use domain::{
    change::Change,
    incident::{Incident, IncidentMeasure, IncidentMode, PartKind},
};
use futures::future::join_all;
use jiff::SignedDuration;

use super::Outbox;
use crate::samples::{NOON, reviewer};

/// Runs every check, on a shelf where nothing was declared.
pub async fn incident_shelf(shelf: &dyn IncidentShelf, source: &dyn IncidentSource, outbox: &dyn Outbox) {
    assert_eq!(*source.current().await.unwrap(), IncidentMode::default());
    assert_eq!(shelf.declared().await.unwrap(), IncidentMode::default());
    let mut events = Vec::new();
    for hours in [1, 2] {
        let change = declaring(&shelf.declared().await.unwrap(), hours);
        shelf.put(&change).await.unwrap();
        assert_eq!(shelf.declared().await.unwrap(), change.state);
        events.push(change.event);
    }
    let stale = shelf.put(&declaring(&IncidentMode::default(), 3)).await;
    assert!(matches!(stale, Err(SaveError::VersionConflict)), "{stale:?}");
    assert_eq!(outbox.events_of("INCIDENT_MODE").await, events);
    let changes = [3, 4, 5].map(|hours| (shelf.declared(), hours));
    let changes = join_all(changes.map(async |(mode, hours)| declaring(&mode.await.unwrap(), hours))).await;
    let results = join_all(changes.iter().map(|change| shelf.put(change))).await;
    let declared: Vec<_> = changes.iter().zip(&results).filter(|(_, result)| result.is_ok()).collect();
    assert_eq!(declared.len(), 1, "{results:?}");
    assert_eq!(shelf.declared().await.unwrap(), declared[0].0.state);
}

fn declaring(mode: &IncidentMode, hours: i64) -> Change<IncidentMode> {
    let measures = [
        IncidentMeasure::HoldAll,
        IncidentMeasure::HoldPolicy { policy: "gambling".to_owned() },
        IncidentMeasure::HoldPart { part: PartKind::Image },
        IncidentMeasure::StopComments,
    ];
    let incident = Incident {
        measures: measures.into(),
        reason: "突发事件".to_owned(),
        declared_by: reviewer("lead"),
        starts_at: NOON,
        ends_at: NOON + SignedDuration::from_hours(hours),
    };
    mode.declare(incident, 72).unwrap()
}
