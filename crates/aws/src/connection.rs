use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    Accounts, AssessmentTable, AuthorityReportObjects, AuthorityReportTable, BacktestObjects, BacktestOrderQueue,
    BacktestRows, Blacklist, Callers, CaseCalendar, Cases, Challenges, CircuitBreaker, Comments, ContentLogBucket,
    ContentLogQueue, ContentReviews, ControlFileBucket, DeregistrationCalendar, EventQueues, EvidenceBucket,
    FilingObjects, FilingRows, Groups, Idempotency, IncidentTable, IndexVersions, KmsActivityVault, KmsPrincipalIndex,
    KmsSealSigner, KmsVault, LegalHoldRows, LetterBoxUrls, LockMode, LogObjects, LogVersions, MediaNoteRows,
    MediaObjects, MediaOrderQueue, PackObjects, PackageObjects, PackageRows, PolicyDocumentArchive,
    PolicyDocumentTable, Principals, ProtectedNameRows, PublicationMeter, Publications, QualificationCalendar,
    ReceiptObjects, ReconciliationRows, RelayDeadLetters, RelayQueueUrls, RemovedContentTable, RetentionWatermark,
    RulePackTable, SealLedgerRows, SealObjects, SettingsTable, SettledPrintObjects, SqsLetterBoxes, SweepOrderQueue,
    TriggerQueue,
    cached::{A_MOMENT, HALF_A_MINUTE},
    later::{DynamoDb, Kms, S3, Sqs},
    transport::transport,
};
use app::ports::Clock;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_types::SdkConfig;
use domain::{resting::RowKind, retention::RetentionPeriod};
use jiff::SignedDuration;

/// Within a region a connection takes milliseconds; what takes longer is better tried anew.
const CONNECT: Duration = Duration::from_secs(1);

/// One try. `DynamoDB`, SQS and KMS answer in milliseconds.
const TRY: Duration = Duration::from_secs(3);

/// All tries of one call with their pauses: ends before the shortest timeout of a function (10 s). A request that makes
/// several calls can take longer than that while AWS is slow; its caller is answered by the gateway then, with a 5xx, and
/// the same request under the same key comes to the same end.
const TRIES_TOGETHER: Duration = Duration::from_secs(8);

/// One try of S3, which moves megabytes and deletes a thousand versions at once, in functions that have 30 s and more.
const S3_TRY: Duration = Duration::from_secs(8);

/// All tries of S3.
const S3_TRIES_TOGETHER: Duration = Duration::from_secs(25);

/// With the first: enough for a throttle or a connection that died while the function was frozen.
const TRIES: u32 = 3;

/// AWS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("the CA bundle {path} cannot be read", path = path.display())]
    CaBundle { path: PathBuf, source: std::io::Error },
    #[error("{0} is missing")]
    Variable(&'static str),
    #[error("the trusted roots cannot be used")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The way to AWS: one HTTP client and one set of credentials for all services, a client for each service that is asked
/// for. No request is made before an adapter makes one.
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    dynamodb: DynamoDb,
    s3: S3,
    sqs: Sqs,
    kms: Kms,
}

/// Where to speak to AWS, and as whom. It does not print.
#[derive(Clone)]
pub struct Endpoint {
    /// Of a local stack; none for AWS itself.
    pub url: Option<String>,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
}

impl Endpoint {
    fn told(read: impl Fn(&'static str) -> Option<String>) -> Result<Self, ConnectError> {
        let needed = |name| read(name).ok_or(ConnectError::Variable(name));
        Ok(Self {
            url: read("AWS_ENDPOINT_URL"),
            region: needed("AWS_REGION")?,
            access_key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret_access_key: needed("AWS_SECRET_ACCESS_KEY")?,
            session_token: read("AWS_SESSION_TOKEN"),
        })
    }
}

fn timeouts(one: Duration, all: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(one).operation_timeout(all).build()
}

impl Aws {
    /// Region, credentials and endpoint (`AWS_ENDPOINT_URL`) are those that Lambda gives a function in its environment,
    /// for as long as the process lives. Other places are not looked at: a chain of them costs a start more than all the
    /// rest. `ca_bundle` is what `AWS_CA_BUNDLE` says, which the Rust SDK does not read: a PEM file whose roots replace
    /// the built-in ones.
    ///
    /// # Errors
    /// When the bundle cannot be read, or the region or the credentials are missing.
    #[expect(
        clippy::disallowed_methods,
        reason = "as every SDK reads the standard variables, whatever a function's own are"
    )]
    pub fn connect(ca_bundle: Option<&Path>) -> Result<Self, ConnectError> {
        let told = Endpoint::told(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))?;
        Self::through(told, ca_bundle)
    }

    /// Speaks to `endpoint` and reads nothing of the environment.
    ///
    /// # Errors
    /// When the built-in roots cannot be used.
    #[cfg(feature = "observe")]
    pub fn at(endpoint: &Endpoint) -> Result<Self, ConnectError> {
        Self::through(endpoint.clone(), None)
    }

    fn through(endpoint: Endpoint, ca_bundle: Option<&Path>) -> Result<Self, ConnectError> {
        let Endpoint { url, region, access_key_id, secret_access_key, session_token } = endpoint;
        let credentials = Credentials::new(access_key_id, secret_access_key, session_token, None, "environment");
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(transport(ca_bundle)?);
        config.set_endpoint_url(url);
        Ok(Self::over(&config.build()))
    }

    fn over(config: &SdkConfig) -> Self {
        let config = config
            .to_builder()
            .timeout_config(timeouts(TRY, TRIES_TOGETHER))
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
            .build();
        let (of_dynamodb, of_s3, of_sqs, of_kms) = (config.clone(), config.clone(), config.clone(), config.clone());
        let dynamodb = DynamoDb::new(move || aws_sdk_dynamodb::Client::new(&of_dynamodb));
        let sqs = Sqs::new(move || aws_sdk_sqs::Client::new(&of_sqs));
        let s3 = S3::new(move || {
            // A local endpoint has no DNS for bucket names.
            let path_style = of_s3.endpoint_url().is_some();
            let config = aws_sdk_s3::config::Builder::from(&of_s3)
                .force_path_style(path_style)
                .timeout_config(timeouts(S3_TRY, S3_TRIES_TOGETHER))
                .build();
            aws_sdk_s3::Client::from_conf(config)
        });
        let kms = Kms::new(move || aws_sdk_kms::Client::new(&of_kms));
        Self { config, dynamodb, s3, sqs, kms }
    }

    /// For how long what every request reads is used again: settings, rule packs, incidents.
    fn fresh(&self) -> SignedDuration {
        if self.config.endpoint_url().is_some() { A_MOMENT } else { HALF_A_MINUTE }
    }

    pub(crate) fn dynamodb(&self) -> DynamoDb {
        self.dynamodb.clone()
    }

    pub(crate) fn s3(&self) -> S3 {
        self.s3.clone()
    }

    pub(crate) fn sqs(&self) -> Sqs {
        self.sqs.clone()
    }

    pub(crate) fn kms(&self) -> Kms {
        self.kms.clone()
    }

    #[must_use]
    pub fn accounts(&self, table: &str) -> Accounts {
        Accounts::new(self.dynamodb(), table)
    }

    /// In the accounts table.
    #[must_use]
    pub fn challenges(&self, table: &str) -> Challenges {
        Challenges::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn principals(&self, table: &str) -> Principals {
        Principals::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn blacklist(&self, table: &str) -> Blacklist {
        Blacklist::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn circuit_breaker(&self, table: &str) -> CircuitBreaker {
        CircuitBreaker::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn deregistration_calendar(&self, table: &str) -> DeregistrationCalendar {
        DeregistrationCalendar::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn qualification_calendar(&self, table: &str) -> QualificationCalendar {
        QualificationCalendar::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn evidence(&self, bucket: &str) -> EvidenceBucket {
        EvidenceBucket::new(self.s3(), self.config.credentials_provider(), bucket)
    }

    #[must_use]
    pub fn groups(&self, table: &str) -> Groups {
        Groups::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn publication_meter(&self, table: &str) -> PublicationMeter {
        PublicationMeter::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn publications(&self, table: &str) -> Publications {
        Publications::new(self.dynamodb(), table)
    }

    /// In the publications table.
    #[must_use]
    pub fn media_notes(&self, table: &str) -> MediaNoteRows {
        MediaNoteRows::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn media(&self, bucket: &str) -> MediaObjects {
        MediaObjects::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn comments(&self, table: &str) -> Comments {
        Comments::new(self.dynamodb(), table)
    }

    /// In the operations table; read again by `clock`.
    #[must_use]
    pub fn assessments(&self, table: &str, clock: Arc<dyn Clock>) -> AssessmentTable {
        AssessmentTable::new(self.dynamodb(), table, (clock, self.fresh()))
    }

    #[must_use]
    pub fn cases(&self, table: &str) -> Cases {
        Cases::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn authority_reports(&self, table: &str) -> AuthorityReportTable {
        AuthorityReportTable::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn authority_report_files(&self, bucket: &str) -> AuthorityReportObjects {
        AuthorityReportObjects::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn case_calendar(&self, table: &str) -> CaseCalendar {
        CaseCalendar::new(self.dynamodb(), table)
    }

    /// In the cases table.
    #[must_use]
    pub fn intake(&self, table: &str) -> crate::IntakeRows {
        crate::IntakeRows::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn intake_secret(&self, key_id: &str) -> crate::KmsIntakeSecret {
        crate::KmsIntakeSecret::new(self.kms(), key_id)
    }

    #[must_use]
    pub fn idempotency(&self, table: &str) -> Idempotency {
        Idempotency::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn watermark(&self, table: &str) -> RetentionWatermark {
        RetentionWatermark::new(self.dynamodb(), table, "RETENTION")
    }

    /// Up to where the sweep of rows of that kind is planned.
    #[must_use]
    pub fn row_watermark(&self, table: &str, rows: RowKind) -> RetentionWatermark {
        let of = match rows {
            RowKind::Publications => "RETENTION_PUBLICATIONS",
            RowKind::Complaints => "RETENTION_COMPLAINTS",
        };
        RetentionWatermark::new(self.dynamodb(), table, of)
    }

    /// Up to where the record was compared and whole.
    #[must_use]
    pub fn reconciled_mark(&self, table: &str) -> RetentionWatermark {
        RetentionWatermark::new(self.dynamodb(), table, "RECONCILED")
    }

    /// In the operations table.
    #[must_use]
    pub fn reconciliation(&self, table: &str) -> ReconciliationRows {
        ReconciliationRows::new(self.dynamodb(), table)
    }

    /// Reads again by `clock`.
    #[must_use]
    pub fn settings(&self, table: &str, clock: Arc<dyn Clock>) -> SettingsTable {
        SettingsTable::new(self.dynamodb(), table, (clock, self.fresh()))
    }

    /// Reads again by `clock`.
    #[must_use]
    pub fn policy_documents(&self, table: &str, clock: Arc<dyn Clock>) -> PolicyDocumentTable {
        PolicyDocumentTable::new(self.dynamodb(), table, (clock, self.fresh()))
    }

    #[must_use]
    pub fn policy_document_archive(&self, table: &str, bucket: &str) -> PolicyDocumentArchive {
        PolicyDocumentArchive::new(self.dynamodb(), table, self.s3(), bucket)
    }

    /// Reads again by `clock`.
    #[must_use]
    pub fn rule_packs(&self, table: &str, clock: Arc<dyn Clock>) -> RulePackTable {
        RulePackTable::new(self.dynamodb(), table, (clock, self.fresh()))
    }

    /// Reads again by `clock`.
    #[must_use]
    pub fn removed_content(&self, table: &str, clock: Arc<dyn Clock>) -> RemovedContentTable {
        RemovedContentTable::new(self.dynamodb(), table, (clock, self.fresh()))
    }

    #[must_use]
    pub fn settled_prints(&self, bucket: &str) -> SettledPrintObjects {
        SettledPrintObjects::new(self.s3(), bucket)
    }

    /// Reads again by `clock`.
    #[must_use]
    pub fn incidents(&self, table: &str, clock: Arc<dyn Clock>) -> IncidentTable {
        IncidentTable::new(self.dynamodb(), table, (clock, self.fresh()))
    }

    #[must_use]
    pub fn pack_objects(&self, bucket: &str) -> PackObjects {
        PackObjects::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn control_files(&self, bucket: &str) -> ControlFileBucket {
        ControlFileBucket::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn protected_names(&self, table: &str) -> ProtectedNameRows {
        ProtectedNameRows::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn content_log(&self, bucket: &str, lock: LockMode) -> ContentLogBucket {
        ContentLogBucket::new(self.s3(), bucket, lock)
    }

    #[must_use]
    pub fn expiring_objects(&self, bucket: &str) -> LogVersions {
        LogVersions::new(self.s3(), bucket)
    }

    /// In the operations table.
    #[must_use]
    pub fn legal_holds(&self, table: &str) -> LegalHoldRows {
        LegalHoldRows::new(self.dynamodb(), table)
    }

    /// In the operations table.
    #[must_use]
    pub fn packages(&self, table: &str) -> PackageRows {
        PackageRows::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn package_objects(&self, bucket: &str) -> PackageObjects {
        PackageObjects::new(self.s3(), bucket)
    }

    /// In the operations table.
    #[must_use]
    pub fn backtests(&self, table: &str) -> BacktestRows {
        BacktestRows::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn backtest_objects(&self, bucket: &str) -> BacktestObjects {
        BacktestObjects::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn backtest_queue(&self, url: &str) -> BacktestOrderQueue {
        BacktestOrderQueue::new(self.sqs(), url)
    }

    #[must_use]
    pub fn log_objects(&self, bucket: &str) -> LogObjects {
        LogObjects::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn sweep_receipts(&self, bucket: &str) -> ReceiptObjects {
        ReceiptObjects::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn seal_ledger(&self, table: &str) -> SealLedgerRows {
        SealLedgerRows::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn seals(&self, bucket: &str, lock: LockMode, period: RetentionPeriod) -> SealObjects {
        SealObjects::new(self.s3(), bucket, lock, period)
    }

    #[must_use]
    pub fn seal_signer(&self, key_id: &str) -> KmsSealSigner {
        KmsSealSigner::new(self.kms(), key_id)
    }

    #[must_use]
    pub fn relay_queues(&self, urls: RelayQueueUrls) -> EventQueues {
        EventQueues::new(self.sqs(), urls)
    }

    #[must_use]
    pub fn log_queue(&self, url: &str) -> ContentLogQueue {
        ContentLogQueue::new(self.sqs(), url)
    }

    #[must_use]
    pub fn content_reviews(&self, url: &str) -> ContentReviews {
        ContentReviews::new(self.sqs(), url)
    }

    #[must_use]
    pub fn media_queue(&self, url: &str) -> MediaOrderQueue {
        MediaOrderQueue::new(self.sqs(), url)
    }

    #[must_use]
    pub fn trigger_queue(&self, url: &str) -> TriggerQueue {
        TriggerQueue::new(self.sqs(), url)
    }

    #[must_use]
    pub fn sweep_queue(&self, url: &str) -> SweepOrderQueue {
        SweepOrderQueue::new(self.sqs(), url)
    }

    #[must_use]
    pub fn dead_letters(&self, url: &str) -> RelayDeadLetters {
        RelayDeadLetters::new(self.sqs(), url)
    }

    #[must_use]
    pub fn filing_rows(&self, table: &str) -> FilingRows {
        FilingRows::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn filing_objects(&self, bucket: &str) -> FilingObjects {
        FilingObjects::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn letter_boxes(&self, boxes: Vec<LetterBoxUrls>) -> SqsLetterBoxes {
        SqsLetterBoxes::new(self.sqs(), boxes)
    }

    #[must_use]
    pub fn vault(&self, key_id: &str) -> KmsVault {
        KmsVault::new(self.kms(), key_id)
    }

    #[must_use]
    pub fn activity_vault(&self, key_id: &str) -> KmsActivityVault {
        KmsActivityVault::new(self.vault(key_id))
    }

    #[must_use]
    pub fn callers(&self, table: &str, sealing_key_id: &str, index_key_id: &str) -> Callers {
        Callers::new(self.dynamodb(), self.kms(), table, sealing_key_id, index_key_id)
    }

    #[must_use]
    pub fn principal_index(&self, key_id: &str, versions: &IndexVersions) -> KmsPrincipalIndex {
        KmsPrincipalIndex::new(&self.kms(), key_id, versions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_environment_does_not_say_is_named() {
        let said = [("AWS_REGION", "cn-north-1"), ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")];
        let read =
            |name: &'static str| said.iter().find(|(said, _)| *said == name).map(|(_, value)| (*value).to_owned());
        let error = Endpoint::told(read).err().unwrap();
        assert_eq!(error.to_string(), "AWS_SECRET_ACCESS_KEY is missing");
    }
}
