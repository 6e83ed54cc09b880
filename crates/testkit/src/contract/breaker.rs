use app::ports::CircuitBreaker;
use domain::{enforcement::EnforcementKind, id::DecisionId};
use jiff::civil::date;

use crate::samples::NOON;

/// Runs every check.
pub async fn circuit_breaker(breaker: &dyn CircuitBreaker) {
    let day = date(2026, 11, 23);
    let kind = EnforcementKind::SuspendUpdates;
    let admit = async |kind, most, decision| breaker.admit(kind, day, most, decision).await.unwrap();
    let [first, second, third] = [(); 3].map(|()| DecisionId::at(NOON));
    assert!(!admit(kind, 0, first).await, "nothing is admitted where nothing may be");
    assert!(admit(kind, 2, first).await, "to be told no takes no place");
    assert!(admit(kind, 2, first).await, "it is the same one");
    assert!(admit(kind, 2, second).await);
    assert!(!admit(kind, 2, third).await);
    assert!(admit(kind, 1, second).await, "what was admitted is, whatever the bound is now");
    assert!(admit(EnforcementKind::RestrictFunction, 1, third).await, "each kind has a count of its own");
    let tomorrow = day.tomorrow().unwrap();
    assert!(breaker.admit(kind, tomorrow, 1, third).await.unwrap());
    let kinds = [kind, EnforcementKind::RestrictFunction, EnforcementKind::Close];
    let days = [day.yesterday().unwrap(), day, tomorrow];
    let counted = breaker.admitted(&kinds, &days).await.unwrap();
    let wanted = [((kind, day), 2), ((kind, tomorrow), 1), ((EnforcementKind::RestrictFunction, day), 1)];
    assert_eq!(counted, wanted.into(), "those that were told no are not counted");
    assert_eq!(breaker.admitted(&[kind], &[tomorrow]).await.unwrap(), [((kind, tomorrow), 1)].into());
}
