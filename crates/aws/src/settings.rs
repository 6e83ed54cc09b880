use std::sync::Arc;

use app::ports::{Clock, PortError, SaveError, SettingsShelf, SettingsSource};
use async_trait::async_trait;
use domain::{change::Change, settings::Settings};
use jiff::SignedDuration;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::{
    cached::Cached,
    failure::failed,
    later::DynamoDb,
    layout::{Item, doc, key, put_after, put_event, put_first, row, version_key},
    transaction::{TransactionError, put, transact},
};

const WHAT: &str = "settings";
const PK: &str = "SETTINGS";

/// The settings in the operations table; [`SettingsSource`] reads them at most twice a minute.
#[derive(Debug)]
pub struct SettingsTable {
    client: DynamoDb,
    table: String,
    cached: Cached<Settings>,
}

impl SettingsTable {
    pub(crate) fn new(client: DynamoDb, table: &str, (clock, fresh): (Arc<dyn Clock>, SignedDuration)) -> Self {
        Self { client, table: table.to_owned(), cached: Cached::new(clock, fresh) }
    }

    async fn read(&self, key: Item) -> Result<Option<Settings>, PortError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key)).consistent_read(true);
        let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
        let stored = found.item.map(|item| doc::<Value>(WHAT, item)).transpose()?;
        stored.map(of_any_release).transpose()
    }

    async fn read_current(&self) -> Result<Settings, PortError> {
        Ok(self.read(key(PK, "CURRENT")).await?.unwrap_or_default())
    }
}

/// More fields than a release adds.
const MOST_UNKNOWN: usize = 200;

/// The document without what this release does not know. A file with such a field is refused; a document that a later release
/// has accepted must not keep everything from working when the one before is deployed again, or still runs beside it.
fn of_any_release(mut document: Value) -> Result<Settings, PortError> {
    for _ in 0..MOST_UNKNOWN {
        let error = match serde_path_to_error::deserialize::<_, Settings>(&document) {
            Ok(settings) => return Ok(settings),
            Err(error) => error,
        };
        let message = error.inner().to_string();
        // Serde says in no other way which field it was.
        let field = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
        if !field.is_some_and(|field| remove(&mut document, error.path(), field)) {
            return Err(PortError::corrupt(WHAT, error));
        }
        tracing::warn!(field, "the settings in force have a field that this release does not know");
    }
    Err(PortError::corrupt(WHAT, "more unknown fields than a release adds"))
}

/// Takes `field` out of the object at `path`, which may name the field itself. Whether it was there.
fn remove(document: &mut Value, path: &Path, field: &str) -> bool {
    let step = |segment: &Segment| match segment {
        Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
        Segment::Seq { index } => index.to_string(),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    let steps: Vec<String> = path.iter().map(step).collect();
    [steps.len(), steps.len().saturating_sub(1)].into_iter().any(|length| {
        let place: String = steps[..length].iter().flat_map(|step| ["/", step]).collect();
        let object = document.pointer_mut(&place).and_then(Value::as_object_mut);
        object.is_some_and(|object| object.remove(field).is_some())
    })
}

#[async_trait]
impl SettingsSource for SettingsTable {
    async fn current(&self) -> Result<Arc<Settings>, PortError> {
        self.cached.get(self.read_current()).await
    }
}

#[async_trait]
impl SettingsShelf for SettingsTable {
    async fn in_force(&self) -> Result<Settings, PortError> {
        self.read_current().await
    }

    async fn stored(&self, version: u32) -> Result<Option<Settings>, PortError> {
        let starter = || Some(Settings::default()).filter(|starter| starter.version == version);
        Ok(self.read(version_key(PK, version)).await?.or_else(starter))
    }

    async fn put(&self, change: &Change<Settings>, follows: u32) -> Result<(), SaveError> {
        let version = change.state.version;
        let current = row(WHAT, key(PK, "CURRENT"), version.into(), &change.state)?;
        // The starter document is in force where there is no row.
        let moved = if follows == Settings::default().version {
            put_first(&self.table, current)
        } else {
            put_after(&self.table, current, follows.into())
        };
        let kept = row(WHAT, version_key(PK, version), version.into(), &change.state)?;
        let event = put_event(WHAT, &self.table, PK, &change.event)?;
        let writes = vec![put(moved), put(put_first(&self.table, kept)), put(event)];
        transact(&self.client, WHAT, writes).await.map_err(|error| match error {
            TransactionError::Conditions(_) => SaveError::VersionConflict,
            TransactionError::Port(error) => error.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_later_release_has_added_is_left_out_and_the_rest_is_as_it_was() {
        let mut known = Settings { version: 7, ..Settings::default() };
        known.account_caps.media = 9;
        let mut document = json!(known);
        document["weather"] = json!({ "rain": [1, { "of": "tomorrow" }] });
        document["account_caps"]["aliens"] = json!(3);
        document["credit"]["e"]["publications_per_day"] = json!({ "most": 5 });
        document["qualifications"]["professional_kinds"][0]["colour"] = json!("red");
        assert_eq!(of_any_release(document).unwrap(), known);
    }

    #[test]
    fn what_is_wrong_is_no_settings() {
        for (section, wrong) in [("account_caps", json!(3)), ("account_caps", json!({ "media": "many" }))] {
            let mut document = json!(Settings::default());
            document[section] = wrong;
            assert!(of_any_release(document).is_err());
        }
        assert!(of_any_release(json!("none")).is_err());
    }
}
