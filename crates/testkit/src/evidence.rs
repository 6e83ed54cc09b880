use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{
    ComplaintFileRemoval, EvidenceIntake, EvidenceRemoval, EvidenceView, PortError, UploadForm, UploadPlace, Uploaded,
    WantedUpload,
};
use async_trait::async_trait;
use domain::{
    id::{AccountId, ComplaintId},
    qualification::EvidenceType,
};
use jiff::Timestamp;

use crate::{Faults, locked};

const WHAT: &str = "evidence";

/// Documents in memory. It takes whatever is uploaded, as a store would that does not hold the upload against the form.
#[derive(Debug, Clone, Default)]
pub struct MemoryEvidence {
    faults: Faults,
    bucket: Arc<Mutex<Bucket>>,
}

#[derive(Debug, Default)]
struct Bucket {
    uploads: BTreeMap<UploadPlace, Vec<u8>>,
    kept: BTreeMap<UploadPlace, (EvidenceType, Vec<u8>)>,
}

impl MemoryEvidence {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// What whoever has the form does.
    pub fn upload(&self, place: impl Into<UploadPlace>, bytes: &[u8]) {
        locked(&self.bucket).uploads.insert(place.into(), bytes.to_vec());
    }

    #[must_use]
    pub fn kept(&self, place: impl Into<UploadPlace>) -> Option<Vec<u8>> {
        locked(&self.bucket).kept.get(&place.into()).map(|(_, bytes)| bytes.clone())
    }

    /// Whether anything of the account is there.
    #[must_use]
    pub fn holds_any_of(&self, account_id: AccountId) -> bool {
        let bucket = locked(&self.bucket);
        bucket.uploads.keys().chain(bucket.kept.keys()).any(|place| is_of(place, account_id))
    }
}

fn is_of(place: &UploadPlace, account_id: AccountId) -> bool {
    matches!(place, UploadPlace::Qualification(place) if place.account_id == account_id)
}

fn key(folder: &str, place: UploadPlace) -> String {
    match place {
        UploadPlace::Qualification(place) => format!("{folder}/{}/{}", place.account_id, place.qualification_id),
        UploadPlace::Complaint(place) => format!("{folder}/complaints/{}/{}", place.complaint_id, place.file),
    }
}

#[async_trait]
impl EvidenceIntake for MemoryEvidence {
    async fn form(&self, wanted: &WantedUpload) -> Result<UploadForm, PortError> {
        self.faults.around(WHAT, || {
            let fields = [
                ("key", key("uploads", wanted.place)),
                ("Content-Type", wanted.content_type.as_str().to_owned()),
                ("x-amz-meta-largest", wanted.largest.to_string()),
            ];
            Ok(UploadForm {
                url: "https://evidence.example".to_owned(),
                fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
                closes_at: wanted.closes_at,
            })
        })
    }

    async fn uploaded(&self, place: UploadPlace, most: usize) -> Result<Uploaded, PortError> {
        self.faults.around(WHAT, || {
            Ok(match locked(&self.bucket).uploads.get(&place) {
                None => Uploaded::Missing,
                Some(bytes) if bytes.len() > most => Uploaded::TooLarge,
                Some(bytes) => Uploaded::Bytes(bytes.clone()),
            })
        })
    }

    async fn keep(&self, place: UploadPlace, content_type: EvidenceType, bytes: Vec<u8>) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            locked(&self.bucket).kept.insert(place, (content_type, bytes));
            Ok(())
        })
    }
}

#[async_trait]
impl EvidenceView for MemoryEvidence {
    async fn link(&self, place: UploadPlace, _: Timestamp) -> Result<String, PortError> {
        Ok(format!("https://evidence.example/{}", key("evidence", place)))
    }
}

#[async_trait]
impl ComplaintFileRemoval for MemoryEvidence {
    async fn remove_files(&self, complaint_id: ComplaintId) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let of_another =
                |place: &UploadPlace| !matches!(place, UploadPlace::Complaint(it) if it.complaint_id == complaint_id);
            let mut bucket = locked(&self.bucket);
            bucket.uploads.retain(|place, _| of_another(place));
            bucket.kept.retain(|place, _| of_another(place));
            Ok(())
        })
    }
}

#[async_trait]
impl EvidenceRemoval for MemoryEvidence {
    async fn remove_all(&self, account_id: AccountId) -> Result<(), PortError> {
        self.faults.around(WHAT, || {
            let mut bucket = locked(&self.bucket);
            bucket.uploads.retain(|place, _| !is_of(place, account_id));
            bucket.kept.retain(|place, _| !is_of(place, account_id));
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::Uploader for MemoryEvidence {
        async fn upload(&self, place: UploadPlace, _: &UploadForm, bytes: &[u8]) {
            Self::upload(self, place, bytes);
        }

        async fn has_kept(&self, place: UploadPlace) -> Option<Vec<u8>> {
            self.kept(place)
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryEvidence::default();
        contract::evidence_store(&twin, &twin, &twin, &twin).await;
    }
}
