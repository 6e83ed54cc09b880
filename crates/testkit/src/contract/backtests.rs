use app::{
    backtesting::BacktestOrder,
    ports::{BacktestFile, BacktestFiles, BacktestQueue, BacktestShelf, HourDone, PortError, Queue, SaveError},
};
use domain::{
    actor::Actor,
    backtest::{Backtest, BacktestOutcome, NewBacktest, TriedPack},
    change::Change,
    id::BacktestId,
    settings::BacktestRules,
};
use evidence::object::LogHour;
use jiff::{SignedDuration, Timestamp};

use super::{Drain, Outbox};
use crate::{
    Lane,
    samples::{NOON, reviewer},
};

fn ordering(minutes: i64) -> Change<Backtest> {
    let at = NOON + SignedDuration::from_mins(minutes);
    let new = NewBacktest {
        backtest_id: BacktestId::at(at),
        pack: TriedPack::Draft { pack_id: "shop".to_owned(), pack_version: 1, sha256: "0".repeat(64) },
        rules: vec!["games".to_owned()],
        from: NOON - SignedDuration::from_hours(3),
        until: NOON,
        reason: "新规则试算".to_owned(),
    };
    Backtest::order(new, &BacktestRules::default(), reviewer("li"), at).unwrap()
}

fn is_conflict(result: &Result<(), SaveError>) -> bool {
    matches!(result, Err(SaveError::VersionConflict))
}

/// Runs every check, where nothing was ordered.
pub async fn backtest_shelf(shelf: &dyn BacktestShelf, outbox: &dyn Outbox) {
    let ordered = ordering(0);
    let id = ordered.state.backtest_id;
    assert_eq!(shelf.backtest(id).await.unwrap(), None);
    shelf.save(&ordered).await.unwrap();
    assert!(is_conflict(&shelf.save(&ordered).await));

    assert_eq!(shelf.done(id).await.unwrap(), []);
    let hours: Vec<Timestamp> = ordered.state.each_hour().collect();
    for (hour, contents) in [(hours[2], 30), (hours[0], 10), (hours[1], 20), (hours[0], 99)] {
        shelf.note(id, &HourDone { hour, contents, hits: 1 }, NOON).await.unwrap();
    }
    let done = shelf.done(id).await.unwrap();
    let contents: Vec<u64> = done.iter().map(|done| done.contents).collect();
    assert_eq!(contents, [10, 20, 30], "in order, and what was noted first stands");
    assert_eq!(done.iter().map(|done| done.hour).collect::<Vec<_>>(), hours);

    let outcome = BacktestOutcome { contents: 60, hits: 3 };
    let finished = ordered.state.clone().end(Ok(outcome), Actor::function("backtester"), NOON).unwrap();
    let cancelled = ordered.state.clone().cancel(reviewer("wang"), NOON).unwrap();
    shelf.save(&finished).await.unwrap();
    assert!(is_conflict(&shelf.save(&cancelled).await), "of two changes of one version one is stored");
    assert_eq!(shelf.backtest(id).await.unwrap(), Some(finished.state.clone()));
    assert_eq!(outbox.events_of("BACKTESTS").await, [ordered.event, finished.event]);

    for minutes in [1, 2, 3] {
        shelf.save(&ordering(minutes)).await.unwrap();
    }
    let whole = shelf.list(100, None).await.unwrap();
    assert_eq!((whole.backtests.len(), whole.next), (4, None));
    assert!(whole.backtests.is_sorted_by(|a, b| a.backtest_id > b.backtest_id), "the latest first");
    let first = shelf.list(3, None).await.unwrap();
    let second = shelf.list(3, first.next.as_deref()).await.unwrap();
    assert_eq!([first.backtests, second.backtests].concat(), whole.backtests);
    assert!(second.next.is_none() && matches!(shelf.list(2, Some("x")).await, Err(PortError::Refused { .. })));
}

/// Runs every check.
pub async fn backtest_files(files: &dyn BacktestFiles) {
    let (id, other) = (BacktestId::at(NOON), BacktestId::at(NOON + SignedDuration::from_secs(1)));
    let hour = BacktestFile::Hour(LogHour::of(NOON));
    for file in [BacktestFile::Draft, BacktestFile::Rules, BacktestFile::Compiled, hour, BacktestFile::Result] {
        assert_eq!(files.read(id, file).await.unwrap(), None);
        assert_eq!(files.keep(id, file, file.name().as_bytes()).await.unwrap(), file.name().as_bytes());
        assert_eq!(files.keep(id, file, b"other").await.unwrap(), file.name().as_bytes(), "the first one stands");
        assert_eq!(files.read(id, file).await.unwrap(), Some(file.name().into_bytes()));
        assert_eq!(files.read(other, file).await.unwrap(), None);
    }
    assert!(files.link(id, NOON).await.unwrap().contains(&format!("backtests/{id}/result.json")));
}

/// Runs every check.
pub async fn backtest_queue(queue: &dyn BacktestQueue, drain: &dyn Drain) {
    let lane = Lane::Relay(Queue::Backtest);
    drain.drain(lane).await;
    let order = |hours| BacktestOrder {
        backtest_id: BacktestId::from_uuid(uuid::Uuid::from_u128(7)),
        hour: NOON + SignedDuration::from_hours(hours),
    };
    // More than two calls to the real queue hold.
    let sent: Vec<BacktestOrder> = (0..23).map(order).collect();
    queue.send(&sent).await.unwrap();
    let bodies = drain.drain(lane).await;
    let mut came: Vec<BacktestOrder> = bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    came.sort_by_key(|order| order.hour);
    assert_eq!(came, sent);
}
