//! Who takes part.

use std::sync::LazyLock;

use domain::actor::Actor;

/// The two reviewers.
pub(crate) const REVIEWERS: [usize; 2] = [0, 1];
/// The content safety lead, who agrees to severe steps and judges appeals.
pub(crate) const LEAD: usize = 2;

/// All in one role: what keeps them apart is that they are different persons.
static PEOPLE: LazyLock<[Actor; 3]> = LazyLock::new(|| {
    ["li", "wang", "zhao"].map(|name| Actor::caller(&format!("arn:aws:sts::1:assumed-role/staff/caller_{name}")))
});

pub(crate) fn person(who: usize) -> &'static Actor {
    &PEOPLE[who]
}

/// The place of `actor` among the people.
pub(crate) fn who_is(actor: &Actor) -> Option<usize> {
    PEOPLE.iter().position(|person| person == actor)
}
