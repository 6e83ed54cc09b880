//! What S3 tells a queue of an object that was put, as far as it is of use to us.

use std::fmt;

use app::ports::{ControlFile, PutBy};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// A notification: what happened to some objects, or that S3 tried the queue when it was told to use it.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Notification {
    Told {
        #[serde(rename = "Records")]
        records: Vec<Told>,
    },
    Trial {
        #[serde(rename = "Event")]
        event: TrialEvent,
    },
}

#[derive(Deserialize)]
pub enum TrialEvent {
    #[serde(rename = "s3:TestEvent")]
    Test,
}

/// What happened to one object.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    event_name: String,
    user_identity: UserIdentity,
    s3: Place,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIdentity {
    principal_id: String,
}

#[derive(Deserialize)]
struct Place {
    object: Object,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    /// As in a query: percent-encoded, a space as `+`.
    key: String,
    e_tag: String,
    #[serde(default)]
    version_id: Option<String>,
}

/// The key is none that S3 has.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyError;

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key of the object is not UTF-8 or is longer than 1 024 bytes")
    }
}

impl std::error::Error for KeyError {}

impl Told {
    /// The file that was put; `None` when something else happened to it.
    ///
    /// # Errors
    /// When its key is none that S3 has: not UTF-8, or longer than 1 024 bytes.
    pub fn file(self) -> Result<Option<ControlFile>, KeyError> {
        if !self.event_name.starts_with("ObjectCreated:") {
            return Ok(None);
        }
        let Object { key, e_tag: etag, version_id } = self.s3.object;
        let key = key.replace('+', " ");
        let key = percent_decode_str(&key).decode_utf8().map_err(|_| KeyError)?.into_owned();
        if key.len() > 1024 {
            return Err(KeyError);
        }
        Ok(Some(ControlFile { key, version_id, etag, put_by: PutBy::of(&self.user_identity.principal_id) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, key: &str) -> Told {
        serde_json::from_value(serde_json::json!({
            "eventName": name,
            "userIdentity": { "principalId": "AWS:AIDAOPERATOR" },
            "s3": { "object": { "key": key, "eTag": "0123" } },
        }))
        .expect("a record")
    }

    #[test]
    fn a_key_is_as_the_operator_wrote_it() {
        let file =
            told("ObjectCreated:Put", "controls/settings/%E4%B8%80+%2B+1.yaml").file().expect("a key").expect("put");
        assert_eq!(file.key, "controls/settings/一 + 1.yaml");
        assert_eq!(file.put_by, PutBy { principal: "AWS:AIDAOPERATOR".to_owned(), session: None });
    }

    #[test]
    fn what_is_taken_away_asks_for_nothing() {
        assert_eq!(told("ObjectRemoved:Delete", "controls/settings/a.yaml").file().expect("a key"), None);
    }

    #[test]
    fn a_key_that_s3_does_not_have_is_refused() {
        for key in ["controls/settings/%FF".to_owned(), "a".repeat(1_025)] {
            assert_eq!(told("ObjectCreated:Put", &key).file(), Err(KeyError), "{key}");
        }
    }
}
