use app::ports::{Clock as _, IntakeLedger, RateCounter, SystemClock};
use domain::{
    id::AccountId,
    intake_secret::IntakeSecret,
    proof_of_work::{Challenge, verify},
    subject::Subject,
};
use futures::future::join_all;
use jiff::SignedDuration;
use uuid::Uuid;

/// Runs every check. The rows of a store go by its own clock, so that `now` is the present.
pub async fn intake_ledger(ledger: &dyn IntakeLedger) {
    let now = SystemClock.now();
    let until = now + SignedDuration::from_hours(1);
    let about = RateCounter::About(Subject::Account(AccountId::at(now)), 7);
    let mut counts: Vec<u64> =
        join_all((0..10).map(|_| ledger.count(&about, until))).await.into_iter().map(Result::unwrap).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=10).collect::<Vec<_>>(), "each gets a number of its own");
    let other = RateCounter::About(Subject::Account(AccountId::at(now)), 7);
    assert_eq!(ledger.count(&other, until).await.unwrap(), 1);

    let secret = IntakeSecret::new([1; 32]);
    let proof = || {
        let chance = *Uuid::now_v7().as_bytes();
        verify(&Challenge::new(&secret, chance, 3, 10, now).solved().unwrap(), &secret, now).unwrap()
    };
    let (first, second, [mine, yours]) = (proof(), proof(), [(); 2].map(|()| Uuid::now_v7()));
    assert_eq!(ledger.spend(&first, mine, until).await.unwrap(), mine);
    assert_eq!(ledger.spend(&first, mine, until).await.unwrap(), mine, "a second try of the same write");
    assert_eq!(ledger.spend(&first, yours, until).await.unwrap(), mine, "replayed");
    assert_eq!(ledger.spend(&second, yours, until).await.unwrap(), yours);
    let at_once = proof();
    let owners: Vec<Uuid> = (0..5).map(|_| Uuid::now_v7()).collect();
    let let_in = join_all(owners.iter().map(|owner| ledger.spend(&at_once, *owner, until))).await;
    let let_in: Vec<Uuid> = let_in.into_iter().map(Result::unwrap).collect();
    assert!(let_in.iter().all(|it| *it == let_in[0]), "of many at once, one: {let_in:?}");
}
