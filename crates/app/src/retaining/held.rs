//! What holds keep of the objects whose time has come (B1).
//!
//! The sweep itself asks, object by object, and S3's own legal hold is not used: that one can be taken off by whoever may
//! put it on, says nothing of why it is there, has to be put on every object of the scope, those included that are written
//! later, and needs the whole log to be read when a hold is placed. The sweep is the one place that deletes; it reads the
//! holds before each part that it deletes, and stops when it cannot.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    id::{AccountId, HoldId},
    legal_hold::{HoldScope, LegalHold},
};
use evidence::{object, reach::Reach, sweep::HeldObject};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    error::AppError,
    ports::{ExpiringObjects, HoldRegister, HoldsInForce, PortError, PrincipalRegister, RestingRow, StoredObject},
};

/// How many objects are looked into at a time: of a megabyte each, ten of them unpacked, they fit into the sweeper's memory.
const AT_A_TIME: usize = 4;

/// Asks the holds.
pub struct HoldCheck<H: ?Sized> {
    pub holds: Arc<H>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub objects: Arc<dyn ExpiringObjects>,
}

/// Objects by what becomes of them, each list in the order in which they came.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    pub free: Vec<StoredObject>,
    pub held: Vec<HeldObject>,
}

/// A hold and what it reaches by now.
pub(super) struct Reaching {
    hold_id: HoldId,
    reach: Reach,
}

/// The holds of `reaching` that keep the row.
pub(super) fn keeping_row(reaching: &[Reaching], row: &RestingRow) -> Vec<HoldId> {
    let keeps = |it: &&Reaching| it.reach.meets(row.first, row.last) || it.reach.names_in(&row.text);
    reaching.iter().filter(keeps).map(|it| it.hold_id).collect()
}

impl<H: HoldRegister + ?Sized> HoldCheck<H> {
    /// Sorts `objects` by the holds in force, and gives these.
    ///
    /// # Errors
    /// When the holds, the accounts of a principal that is held, or an object that has to be looked into cannot be read:
    /// then nothing may be deleted.
    pub async fn sort(&self, objects: &[StoredObject]) -> Result<(HoldsInForce, Sorted), AppError> {
        let (in_force, reaching) = self.in_force().await?;
        let looked = stream::iter(objects).map(|object| self.keeping(object, &reaching)).buffered(AT_A_TIME);
        let keeping: Vec<Vec<HoldId>> = looked.try_collect().await?;
        let mut sorted = Sorted::default();
        for (object, hold_ids) in objects.iter().zip(keeping) {
            if hold_ids.is_empty() {
                sorted.free.push(object.clone());
            } else {
                sorted.held.push(HeldObject { key: object.key.clone(), hold_ids });
            }
        }
        Ok((in_force, sorted))
    }

    /// The holds in force, and what each reaches.
    ///
    /// # Errors
    /// When the holds, or the accounts of a principal that is held, cannot be read: then nothing may be deleted.
    pub(super) async fn in_force(&self) -> Result<(HoldsInForce, Vec<Reaching>), AppError> {
        let in_force = self.holds.in_force().await?;
        let reaching = self.reaching(&in_force.holds).await?;
        Ok((in_force, reaching))
    }

    async fn reaching(&self, holds: &[LegalHold]) -> Result<Vec<Reaching>, AppError> {
        let mut reaching = BTreeMap::new();
        for hold in holds {
            let reach = match &hold.scope {
                HoldScope::Period { from, until } => Reach::of_period(*from, *until),
                _ => Reach::of_names(hold.names(&self.accounts_of(hold).await?)),
            };
            reaching.insert(hold.hold_id, Reaching { hold_id: hold.hold_id, reach });
        }
        Ok(reaching.into_values().collect())
    }

    /// The accounts that a held principal has by now.
    async fn accounts_of(&self, hold: &LegalHold) -> Result<Vec<AccountId>, PortError> {
        let Some(principal) = hold.principal() else { return Ok(Vec::new()) };
        let canonical = self.principals.canonical(principal).await?;
        self.principals.accounts_of(&canonical).await
    }

    /// The holds that keep the object.
    async fn keeping(&self, object: &StoredObject, reaching: &[Reaching]) -> Result<Vec<HoldId>, AppError> {
        let mut bytes = None;
        if reaching.iter().any(|it| it.reach.has_names()) {
            bytes = self.objects.read(object).await?;
        }
        let text = bytes.map(|bytes| object::lines(&bytes));
        let hour = object::hour(&object.key);
        let names = |it: &Reaching| match &text {
            Some(Ok(text)) => it.reach.names_in(text),
            // What cannot be read as a log object may be about anything, and is evidence of something.
            Some(Err(_)) => it.reach.has_names(),
            None => false,
        };
        let keeps = |it: &&Reaching| hour.is_none_or(|hour| it.reach.meets_hour(hour)) || names(it);
        Ok(reaching.iter().filter(keeps).map(|it| it.hold_id).collect())
    }
}
