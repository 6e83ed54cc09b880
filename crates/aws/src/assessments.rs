use std::sync::Arc;

use app::ports::{AssessmentRegister, AssessmentSource, Clock, PortError, SaveError};
use async_trait::async_trait;
use domain::{assessment::Assessments, change::Change};
use jiff::SignedDuration;

use crate::{
    cached::Cached,
    failure::failed,
    later::DynamoDb,
    layout::{doc, key, put_event, put_first, put_next, row},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "assessments";
const PK: &str = "ASSESSMENTS";
const CURRENT: &str = "CURRENT";

/// The register in the operations table; for those who only ask, read at most twice a minute.
#[derive(Debug)]
pub struct AssessmentTable {
    client: DynamoDb,
    table: String,
    cached: Cached<Assessments>,
}

impl AssessmentTable {
    pub(crate) fn new(client: DynamoDb, table: &str, (clock, fresh): (Arc<dyn Clock>, SignedDuration)) -> Self {
        Self { client, table: table.to_owned(), cached: Cached::new(clock, fresh) }
    }

    async fn read(&self) -> Result<Assessments, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key(PK, CURRENT)));
        let found = request.consistent_read(true).send().await.map_err(|error| failed(WHAT, &error))?;
        found.item.map_or_else(|| Ok(Assessments::default()), |item| doc(WHAT, item))
    }
}

#[async_trait]
impl AssessmentSource for AssessmentTable {
    async fn current(&self) -> Result<Arc<Assessments>, PortError> {
        self.cached.get(self.read()).await
    }
}

#[async_trait]
impl AssessmentRegister for AssessmentTable {
    async fn register(&self) -> Result<Assessments, PortError> {
        self.read().await
    }

    async fn save(&self, change: &Change<Assessments>) -> Result<(), SaveError> {
        let version = change.state.version;
        let item = row(WHAT, key(PK, CURRENT), version, &change.state)?;
        let register = match version {
            1 => put_first(&self.table, item),
            version => put_next(&self.table, item, version),
        };
        let writes = vec![put(register), put(put_event(WHAT, &self.table, PK, &change.event)?)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }
}
