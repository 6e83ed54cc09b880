//! A transition: the new state and the event that tells of it.

use crate::event::Event;

/// What a transition gives: the state after it, one version higher, and the event of that version.
/// Both are stored in one transaction, on the condition that the stored version is still the one before.
#[derive(Debug, Clone, PartialEq)]
pub struct Change<S> {
    pub state: S,
    pub event: Event,
}
