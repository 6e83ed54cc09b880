use app::{
    control_files::ControlReport,
    ports::{ControlContent, ControlFiles},
};
use async_trait::async_trait;

/// Puts files as an operator does, and reads reports as one does.
#[async_trait]
pub trait Operator: Send + Sync {
    /// Gives the version, when the bucket keeps versions.
    async fn put(&self, key: &str, content: &[u8]) -> Option<String>;

    async fn report(&self, key: &str) -> Option<ControlReport>;
}

/// Runs every check.
pub async fn control_files(files: &dyn ControlFiles, operator: &dyn Operator) {
    let key = "controls/settings/settings.yaml";
    assert_eq!(files.read(key, None, 10).await.unwrap(), ControlContent::Gone);
    let first = operator.put(key, b"version: 2").await;
    let second = operator.put(key, b"version: 33").await;
    // Each put is read as it was, whatever was put since.
    assert_eq!(files.read(key, first.as_deref(), 10).await.unwrap(), ControlContent::Bytes(b"version: 2".to_vec()));
    assert_eq!(files.read(key, second.as_deref(), 10).await.unwrap(), ControlContent::TooLarge);
    assert_eq!(files.read(key, None, 11).await.unwrap(), ControlContent::Bytes(b"version: 33".to_vec()));
    let newest = files.newest(key).await.unwrap().unwrap();
    assert!(newest.version_id == second && !newest.etag.is_empty() && !newest.etag.contains('"'), "{newest:?}");
    assert_eq!(files.newest("controls/settings/none.yaml").await.unwrap(), None);
    operator.put("controls/settings/empty 一.yaml", b"").await;
    let empty = files.read("controls/settings/empty 一.yaml", None, 0).await.unwrap();
    assert_eq!(empty, ControlContent::Bytes(vec![]));

    let report = ControlReport {
        kind: "settings".to_owned(),
        file: key.to_owned(),
        etag: "0123".to_owned(),
        accepted: true,
        version: Some(2),
        problems: vec![],
    };
    for _ in 0..2 {
        files.answer(&report).await.unwrap();
        assert_eq!(operator.report(&report.key()).await, Some(report.clone()));
    }
}
