use app::ports::{PortError, ReporterBook, SaveError};
use async_trait::async_trait;
use domain::{
    change::Change,
    id::ComplaintId,
    reporter::{Reporter, ReporterKey},
};

use crate::{
    Cases,
    cases::conflict,
    failure::failed,
    layout::{STATE, attribute, key, put_event, put_first, put_next, state, text},
    transaction::{put, transact},
};

const WHAT: &str = "reporter book";

pub(crate) fn reporter_pk(reporter: &ReporterKey) -> String {
    format!("REPORTER#{}", reporter.as_str())
}

#[async_trait]
impl ReporterBook for Cases {
    async fn reporter(&self, reporter: &ReporterKey) -> Result<Option<Reporter>, PortError> {
        self.row(key(reporter_pk(reporter), STATE)).await?.map(|item| crate::layout::doc(WHAT, item)).transpose()
    }

    async fn save(&self, change: &Change<Reporter>) -> Result<(), SaveError> {
        let reporter = &change.state;
        let pk = reporter_pk(&reporter.reporter_key);
        let item = state(WHAT, &pk, reporter.version, reporter)?;
        let row = match reporter.version {
            1 => put_first(&self.table, item),
            version => put_next(&self.table, item, version),
        };
        let writes = vec![put(row), put(put_event(WHAT, &self.table, &pk, &change.event)?)];
        transact(&self.client, WHAT, writes).await.map_err(conflict)
    }

    async fn complaints_of(&self, reporter: &ReporterKey, limit: usize) -> Result<Vec<ComplaintId>, PortError> {
        let prefix = "COMPLAINT#";
        let request = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :reporter AND begins_with(sk, :complaint)")
            .expression_attribute_values(":reporter", text(reporter_pk(reporter)))
            .expression_attribute_values(":complaint", text(prefix))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let id = |item| {
            let id = attribute(WHAT, item, "sk")?.trim_start_matches(prefix).parse();
            id.map_err(|error| PortError::corrupt(WHAT, error))
        };
        found.items().iter().map(id).collect()
    }
}
