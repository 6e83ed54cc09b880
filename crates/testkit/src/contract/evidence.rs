use app::ports::{
    ComplaintFilePlace, ComplaintFileRemoval, EvidenceIntake, EvidencePlace, EvidenceRemoval, UploadForm, UploadPlace,
    Uploaded, WantedUpload,
};
use async_trait::async_trait;
use domain::{
    id::{AccountId, ComplaintId, QualificationId},
    qualification::EvidenceType,
};
use jiff::SignedDuration;

use crate::samples::NOON;

/// Sends files as whoever has a form does, and looks at what is kept as a reviewer does.
#[async_trait]
pub trait Uploader: Send + Sync {
    async fn upload(&self, place: UploadPlace, form: &UploadForm, bytes: &[u8]);

    async fn has_kept(&self, place: UploadPlace) -> Option<Vec<u8>>;
}

fn place(account_id: AccountId) -> UploadPlace {
    EvidencePlace { account_id, qualification_id: QualificationId::at(NOON) }.into()
}

fn wanted(place: UploadPlace) -> WantedUpload {
    WantedUpload {
        place,
        content_type: EvidenceType::Pdf,
        sha256: Some("0".repeat(64)),
        largest: 1_024,
        now: NOON,
        closes_at: NOON + SignedDuration::from_mins(15),
    }
}

/// Runs every check.
pub async fn evidence_store(
    intake: &dyn EvidenceIntake,
    removal: &dyn EvidenceRemoval,
    files: &dyn ComplaintFileRemoval,
    uploader: &dyn Uploader,
) {
    let (account_id, neighbour) = (AccountId::at(NOON), AccountId::at(NOON));
    let (ours, second, other) = (place(account_id), place(account_id), place(neighbour));

    let form = intake.form(&wanted(ours)).await.unwrap();
    assert_eq!(form.closes_at, NOON + SignedDuration::from_mins(15));
    assert_eq!(form.fields["Content-Type"], "application/pdf");
    let key = &form.fields["key"];
    assert!(key.contains(&account_id.to_string()) && key.starts_with("uploads/"), "{key}");
    assert_ne!(intake.form(&wanted(second)).await.unwrap().fields["key"], *key);

    assert_eq!(intake.uploaded(ours, 10).await.unwrap(), Uploaded::Missing);
    uploader.upload(ours, &form, b"%PDF-1.7 a").await;
    assert_eq!(intake.uploaded(ours, 10).await.unwrap(), Uploaded::Bytes(b"%PDF-1.7 a".to_vec()));
    assert_eq!(intake.uploaded(ours, 9).await.unwrap(), Uploaded::TooLarge);
    // The last upload is the one that counts, and nothing is kept that nobody has said to keep.
    uploader.upload(ours, &form, b"%PDF-1.7 b").await;
    assert_eq!(intake.uploaded(ours, 10).await.unwrap(), Uploaded::Bytes(b"%PDF-1.7 b".to_vec()));
    assert_eq!(uploader.has_kept(ours).await, None);

    for _ in 0..2 {
        intake.keep(ours, EvidenceType::Pdf, b"%PDF-1.7 b".to_vec()).await.unwrap();
    }
    uploader.upload(ours, &form, b"%PDF-1.7 c").await;
    assert_eq!(uploader.has_kept(ours).await, Some(b"%PDF-1.7 b".to_vec()), "apart from later uploads");

    intake.keep(second, EvidenceType::Png, b"second".to_vec()).await.unwrap();
    intake.keep(other, EvidenceType::Jpeg, b"other".to_vec()).await.unwrap();
    for _ in 0..2 {
        removal.remove_all(account_id).await.unwrap();
        assert_eq!([uploader.has_kept(ours).await, uploader.has_kept(second).await], [None, None]);
        assert_eq!(intake.uploaded(ours, 10).await.unwrap(), Uploaded::Missing);
    }
    assert_eq!(uploader.has_kept(other).await, Some(b"other".to_vec()), "another account's stay");

    // What comes with a complaint lies apart, file by file, and need not be announced with its hash.
    let complaint_id = ComplaintId::at(NOON);
    let [first, next] = [0, 1].map(|file| UploadPlace::from(ComplaintFilePlace { complaint_id, file }));
    let form = intake.form(&WantedUpload { sha256: None, ..wanted(first) }).await.unwrap();
    assert!(form.fields["key"].contains(&complaint_id.to_string()), "{form:?}");
    uploader.upload(first, &form, b"%PDF-1.7 d").await;
    assert_eq!(intake.uploaded(first, 10).await.unwrap(), Uploaded::Bytes(b"%PDF-1.7 d".to_vec()));
    assert_eq!(intake.uploaded(next, 10).await.unwrap(), Uploaded::Missing);
    intake.keep(first, EvidenceType::Pdf, b"%PDF-1.7 d".to_vec()).await.unwrap();
    assert_eq!(uploader.has_kept(first).await, Some(b"%PDF-1.7 d".to_vec()));
    let neighbour = UploadPlace::from(ComplaintFilePlace { complaint_id: ComplaintId::at(NOON), file: 0 });
    intake.keep(neighbour, EvidenceType::Pdf, b"%PDF-1.7 e".to_vec()).await.unwrap();
    for _ in 0..2 {
        files.remove_files(complaint_id).await.unwrap();
        assert_eq!(uploader.has_kept(first).await, None);
        assert_eq!(intake.uploaded(first, 10).await.unwrap(), Uploaded::Missing);
    }
    assert_eq!(uploader.has_kept(neighbour).await, Some(b"%PDF-1.7 e".to_vec()), "another complaint's stay");
}
