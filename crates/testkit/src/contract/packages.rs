use app::ports::{ContentLog, LogReader, PackageArchive, PackageShelf, PortError, SaveError};
use domain::{
    change::Change,
    evidence_package::{EvidencePackage, LogObjects, NewPackage, PackageScope, PersonalData},
    id::PackageId,
    legal_hold::HoldScope,
};
use evidence::object::{self, LogHour};
use jiff::{SignedDuration, Timestamp};

use super::Outbox;
use crate::samples::{self, NOON, reviewer};

fn ordering(minutes: i64) -> Change<EvidencePackage> {
    let at = NOON + SignedDuration::from_mins(minutes);
    let (from, until) = (NOON, NOON + SignedDuration::from_hours(1));
    let new = NewPackage {
        package_id: PackageId::at(at),
        scope: PackageScope { of: HoldScope::Period { from, until }, from, until },
        about: None,
        account_id: None,
        legal_basis: "（2026）调证字第 1 号".to_owned(),
        reason: "协助调查".to_owned(),
        personal_data: PersonalData::Sealed,
        log_objects: LogObjects::Enclosed,
    };
    EvidencePackage::order(new, reviewer("li"), at).unwrap()
}

fn is_conflict(result: &Result<(), SaveError>) -> bool {
    matches!(result, Err(SaveError::VersionConflict))
}

/// Runs every check, where nothing was ordered.
pub async fn package_shelf(shelf: &dyn PackageShelf, outbox: &dyn Outbox) {
    let ordered = ordering(0);
    let id = ordered.state.package_id;
    assert_eq!(shelf.package(id).await.unwrap(), None);
    shelf.save(&ordered).await.unwrap();
    assert!(is_conflict(&shelf.save(&ordered).await));
    let approved = ordered.state.clone().approve(reviewer("wang"), NOON).unwrap();
    let refused = ordered.state.clone().refuse("不予".to_owned(), reviewer("zhao"), NOON).unwrap();
    shelf.save(&approved).await.unwrap();
    assert!(is_conflict(&shelf.save(&refused).await), "of two changes of one version one is stored");
    assert_eq!(shelf.package(id).await.unwrap(), Some(approved.state.clone()));
    assert_eq!(outbox.events_of("EVIDENCE_PACKAGES").await, [ordered.event, approved.event]);

    for minutes in [1, 2, 3] {
        shelf.save(&ordering(minutes)).await.unwrap();
    }
    let whole = shelf.list(100, None).await.unwrap();
    assert_eq!((whole.packages.len(), whole.next), (4, None));
    assert!(whole.packages.is_sorted_by(|a, b| a.package_id > b.package_id), "the latest first");
    let first = shelf.list(3, None).await.unwrap();
    let second = shelf.list(3, first.next.as_deref()).await.unwrap();
    assert_eq!([first.packages, second.packages].concat(), whole.packages);
    assert!(second.next.is_none() && matches!(shelf.list(2, Some("x")).await, Err(PortError::Refused { .. })));
}

/// Runs every check.
pub async fn package_archive(archive: &dyn PackageArchive) {
    let id = PackageId::at(NOON);
    assert_eq!(archive.put(id, b"one").await.unwrap(), b"one");
    assert_eq!(archive.put(id, b"other").await.unwrap(), b"one", "the first one stands");
    assert!(archive.link(id, NOON).await.unwrap().contains(&archive.key(id)));
}

/// Runs every check on what `log` writes. `now` is what time it is there.
pub async fn log_reader(reader: &dyn LogReader, log: &dyn ContentLog, now: Timestamp) {
    let object = samples::log_object(&uuid::Uuid::now_v7().to_string(), now);
    log.write(&object).await.unwrap();
    assert!(reader.objects(LogHour::of(now)).await.unwrap().contains(&object.key));
    let bytes = reader.read(&object.key).await.unwrap().unwrap();
    assert_eq!(object::unpack(&bytes).unwrap().len(), 1);
    assert_eq!(reader.read("content-log/date=1970-01-01/hour=00/none").await.unwrap(), None);
    assert!(reader.objects(LogHour::of(Timestamp::UNIX_EPOCH)).await.unwrap().is_empty());
    assert!(reader.papers(Timestamp::UNIX_EPOCH).await.unwrap().is_empty());
}
