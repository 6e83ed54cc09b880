use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{
    CommentDutyBook, CommentPage, CommentPut, CommentRecord, CommentShelf, ListError, OwnerRulesBook, PortError,
    SaveError,
};
use async_trait::async_trait;
use domain::{
    change::Change,
    comment_duty::{CommentDuty, DutyFact},
    event::Event,
    id::{AccountId, CommentId, PublicationId},
    owner_rules::OwnerRules,
};

use jiff::civil::Date;

use crate::{Faults, locked};

const WHAT: &str = "comment shelf";
const RULES: &str = "owner rules";
const DUTIES: &str = "comment duties";

/// Comments and owners' rules in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryComments {
    faults: Faults,
    tables: Arc<Mutex<Tables>>,
}

#[derive(Debug, Default)]
struct Tables {
    records: BTreeMap<CommentId, CommentRecord>,
    rules: BTreeMap<AccountId, OwnerRules>,
    duties: BTreeMap<(AccountId, Date), CommentDuty>,
    events: Vec<Event>,
    /// How many of the events the stream has given out.
    streamed: usize,
}

impl MemoryComments {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Every record, by identifier.
    #[must_use]
    pub fn all(&self) -> Vec<CommentRecord> {
        locked(&self.tables).records.values().cloned().collect()
    }

    /// The events that the stream has not given yet, in order.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut tables = locked(&self.tables);
        let from = tables.streamed;
        tables.streamed = tables.events.len();
        tables.events[from..].to_vec()
    }

    /// Every event ever stored, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        locked(&self.tables).events.clone()
    }

    /// Puts a record there: the state in which a test begins.
    pub fn put(&self, record: CommentRecord) {
        locked(&self.tables).records.insert(record.comment.comment_id, record);
    }
}

#[async_trait]
impl CommentShelf for MemoryComments {
    async fn put_new(&self, record: &CommentRecord) -> Result<CommentPut, PortError> {
        self.faults.around(WHAT, || {
            let records = &mut locked(&self.tables).records;
            if let Some(known) = records.get(&record.comment.comment_id) {
                return Ok(CommentPut::Exists(Box::new(known.clone())));
            }
            records.insert(record.comment.comment_id, record.clone());
            Ok(CommentPut::Stored)
        })
    }

    async fn save(&self, change: &Change<CommentRecord>) -> Result<(), SaveError> {
        self.save_settled(change, None).await
    }

    async fn save_settled(&self, change: &Change<CommentRecord>, fact: Option<&DutyFact>) -> Result<(), SaveError> {
        self.faults.around(WHAT, || {
            let mut tables = locked(&self.tables);
            let comment = &change.state.comment;
            let stored = tables.records.get(&comment.comment_id).map(|known| known.comment.version);
            if stored.map(|version| version + 1) != Some(comment.version) {
                return Err(SaveError::VersionConflict);
            }
            tables.records.insert(comment.comment_id, change.state.clone());
            if let Some(fact) = fact {
                let duty = tables.duties.entry((comment.account_id, fact.day)).or_default();
                *duty = duty.with(fact);
            }
            tables.events.push(change.event.clone());
            Ok(())
        })
    }

    async fn load(&self, comment_id: CommentId) -> Result<Option<CommentRecord>, PortError> {
        self.faults.around(WHAT, || Ok(locked(&self.tables).records.get(&comment_id).cloned()))
    }

    async fn list(
        &self,
        publication_id: PublicationId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<CommentPage, ListError> {
        self.faults.around(WHAT, || {
            let place = |record: &CommentRecord| (record.comment.received_at, record.comment.comment_id);
            let tables = locked(&self.tables);
            let below = |record: &&CommentRecord| record.comment.publication_id == publication_id;
            let mut comments: Vec<CommentRecord> = tables.records.values().filter(below).cloned().collect();
            comments.sort_by_key(|record| std::cmp::Reverse(place(record)));
            if let Some(cursor) = cursor {
                let last = cursor.parse::<CommentId>().map_err(|_| ListError::CursorUnknown)?;
                let last = tables.records.get(&last).filter(below).ok_or(ListError::CursorUnknown)?;
                comments.retain(|record| place(record) < place(last));
            }
            let more = comments.len() > limit;
            comments.truncate(limit);
            let next = comments.last().filter(|_| more).map(|record| record.comment.comment_id.to_string());
            Ok(CommentPage { comments, next })
        })
    }
}

#[async_trait]
impl CommentDutyBook for MemoryComments {
    async fn measure(&self, account_id: AccountId, since: Date) -> Result<CommentDuty, PortError> {
        self.faults.around(DUTIES, || {
            let tables = locked(&self.tables);
            Ok(tables.duties.range((account_id, since)..=(account_id, Date::MAX)).map(|(_, duty)| *duty).sum())
        })
    }
}

#[async_trait]
impl OwnerRulesBook for MemoryComments {
    async fn rules(&self, account_id: AccountId) -> Result<OwnerRules, PortError> {
        self.faults.around(RULES, || {
            let known = locked(&self.tables).rules.get(&account_id).cloned();
            Ok(known.unwrap_or_else(|| OwnerRules::of(account_id)))
        })
    }

    async fn save(&self, change: &Change<OwnerRules>) -> Result<(), SaveError> {
        self.faults.around(RULES, || {
            let mut tables = locked(&self.tables);
            let rules = &change.state;
            let stored = tables.rules.get(&rules.account_id).map_or(0, |known| known.version);
            if stored + 1 != rules.version {
                return Err(SaveError::VersionConflict);
            }
            tables.rules.insert(rules.account_id, rules.clone());
            tables.events.push(change.event.clone());
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Outbox for MemoryComments {
        async fn events_of(&self, owner: &str) -> Vec<Event> {
            self.events().into_iter().filter(|event| contract::owner_of(event) == owner).collect()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contracts() {
        let twin = MemoryComments::default();
        contract::comment_shelf(&twin, &twin).await;
        contract::owner_rules_book(&twin, &twin).await;
        contract::comment_duty_book(&twin, &twin).await;
    }
}
