//! What people decided on what rules on trial have met.

use std::collections::{BTreeMap, HashMap};

use domain::{publication::Settlement, subject::Subject};
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{
    Backtester,
    tally::{Met, Tally},
};
use crate::ports::PortError;

/// How many rows are read at a time.
const AT_A_TIME: usize = 16;

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    /// Let it pass.
    Allowed,
    /// Refused it, or took it away.
    Refused,
    /// No person has decided on it.
    Undecided,
    /// The row is not there any more.
    Gone,
}

/// How people decided on the hits that were looked up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    pub looked_up: u64,
    pub allowed: u64,
    pub refused: u64,
    pub undecided: u64,
    pub gone: u64,
}

impl Reviewed {
    pub(super) fn count(&mut self, decided: Decided) {
        self.looked_up += 1;
        *(match decided {
            Decided::Allowed => &mut self.allowed,
            Decided::Refused => &mut self.refused,
            Decided::Undecided => &mut self.undecided,
            Decided::Gone => &mut self.gone,
        }) += 1;
    }
}

impl Backtester {
    /// Looks up what became of the hits that are kept by name.
    pub(super) async fn reviewed(&self, tally: &Tally) -> Result<HashMap<Met, Decided>, PortError> {
        let kept = tally.rules.values().flat_map(|rule| &rule.looked_up);
        let met: BTreeMap<_, Met> = kept.map(|(id, met)| (*id, *met)).collect();
        let decided = stream::iter(met.into_values())
            .map(|met| async move { Ok::<_, PortError>((met, self.decided(met).await?)) });
        decided.buffer_unordered(AT_A_TIME).try_collect().await
    }

    async fn decided(&self, met: Met) -> Result<Decided, PortError> {
        let settlement = match met.subject {
            Subject::Publication(id) => {
                let latest = self.publications.load(id).await?;
                let record = match latest {
                    Some(record) if record.publication.edition == met.edition => Some(record),
                    Some(_) => self.publications.edition(id, met.edition).await?,
                    None => None,
                };
                record.map(|record| record.publication.settlement)
            }
            Subject::Comment(id) => self.comments.load(id).await?.map(|record| record.comment.settlement),
            Subject::Account(_) => None,
        };
        Ok(settlement.map_or(Decided::Gone, |settlement| said(settlement.as_ref())))
    }
}

/// Whoever is refused is told why; whoever is let pass is told nothing.
fn said(settlement: Option<&Settlement>) -> Decided {
    match settlement {
        None => Decided::Undecided,
        Some(settlement) if settlement.statement.is_some() => Decided::Refused,
        Some(_) => Decided::Allowed,
    }
}
