use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_s3::config::SharedHttpClient;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::{
    Accounts, Cases, ContentLogBucket, ContentLogQueue, EventQueues, Idempotency, KmsPrincipalIndex, KmsVault,
    LockMode, LogVersions, Publications, ReceiptObjects, RelayDeadLetters, RelayQueueUrls, RetentionWatermark,
    SweepOrderQueue, trust,
};

/// Within a region a connection takes milliseconds; what takes longer is better tried anew.
const CONNECT: Duration = Duration::from_secs(1);

/// One try, so that three of them and their pauses end within the timeout of a function (15 s and more).
const TRY: Duration = Duration::from_secs(4);

/// With the first: enough for a throttle or a connection that died while the function was frozen.
const TRIES: u32 = 3;

/// AWS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("the CA bundle {path} cannot be read", path = path.display())]
    CaBundle { path: PathBuf, source: std::io::Error },
    #[error("the trusted roots cannot be used")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The way to AWS: one HTTP client and one set of credentials for all services, a client for each service that is asked
/// for. No request is made before an adapter makes one.
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    kms: OnceLock<aws_sdk_kms::Client>,
}

/// Where a local stack answers, and as whom to speak to it.
#[cfg(feature = "observe")]
#[derive(Clone)]
pub struct Endpoint {
    pub url: String,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl Aws {
    /// Region, credentials and endpoint (`AWS_ENDPOINT_URL`) are those of the environment, as in every SDK. `ca_bundle`
    /// is what `AWS_CA_BUNDLE` says, which the Rust SDK does not read: a PEM file whose roots replace the built-in ones.
    ///
    /// # Errors
    /// When the bundle cannot be read.
    pub async fn connect(ca_bundle: Option<&Path>) -> Result<Self, ConnectError> {
        let config = aws_config::defaults(BehaviorVersion::latest()).load().await;
        Self::over(&config, ca_bundle)
    }

    /// Speaks to `endpoint` and reads nothing of the environment.
    ///
    /// # Errors
    /// When the built-in roots cannot be used.
    #[cfg(feature = "observe")]
    pub fn at(endpoint: &Endpoint) -> Result<Self, ConnectError> {
        use aws_sdk_s3::config::{Credentials, Region, SharedCredentialsProvider};
        let credentials = Credentials::new(&endpoint.access_key_id, &endpoint.secret_access_key, None, None, "given");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(endpoint.region.clone()))
            .endpoint_url(&endpoint.url)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        Self::over(&config, None)
    }

    fn over(config: &SdkConfig, ca_bundle: Option<&Path>) -> Result<Self, ConnectError> {
        let plain = config.endpoint_url().is_some_and(|url| url.starts_with("http://"));
        let http: SharedHttpClient = if plain {
            Builder::new().build_http()
        } else {
            let provider = Provider::Rustls(CryptoMode::AwsLc);
            Builder::new().tls_provider(provider).tls_context(trust::context(ca_bundle)?).build_https()
        };
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(TRY).build();
        let config = config
            .to_builder()
            .http_client(http)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES))
            .build();
        let (dynamodb, s3, sqs, kms) = Default::default();
        Ok(Self { config, dynamodb, s3, sqs, kms })
    }

    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(&self.config)).clone()
    }

    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let client = || {
            // A local endpoint has no DNS for bucket names.
            let path_style = self.config.endpoint_url().is_some();
            let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(path_style).build();
            aws_sdk_s3::Client::from_conf(config)
        };
        self.s3.get_or_init(client).clone()
    }

    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        self.sqs.get_or_init(|| aws_sdk_sqs::Client::new(&self.config)).clone()
    }

    pub(crate) fn kms(&self) -> aws_sdk_kms::Client {
        self.kms.get_or_init(|| aws_sdk_kms::Client::new(&self.config)).clone()
    }

    #[must_use]
    pub fn accounts(&self, table: &str) -> Accounts {
        Accounts::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn publications(&self, table: &str) -> Publications {
        Publications::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn cases(&self, table: &str) -> Cases {
        Cases::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn idempotency(&self, table: &str) -> Idempotency {
        Idempotency::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn watermark(&self, table: &str) -> RetentionWatermark {
        RetentionWatermark::new(self.dynamodb(), table)
    }

    #[must_use]
    pub fn content_log(&self, bucket: &str, lock: LockMode) -> ContentLogBucket {
        ContentLogBucket::new(self.s3(), bucket, lock)
    }

    #[must_use]
    pub fn expiring_objects(&self, bucket: &str) -> LogVersions {
        LogVersions::new(self.s3(), bucket)
    }

    #[must_use]
    pub fn sweep_receipts(&self, bucket: &str) -> ReceiptObjects {
        ReceiptObjects::new(self.s3(), bucket)
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
    pub fn sweep_queue(&self, url: &str) -> SweepOrderQueue {
        SweepOrderQueue::new(self.sqs(), url)
    }

    #[must_use]
    pub fn dead_letters(&self, url: &str) -> RelayDeadLetters {
        RelayDeadLetters::new(self.sqs(), url)
    }

    #[must_use]
    pub fn vault(&self, key_id: &str) -> KmsVault {
        KmsVault::new(self.kms(), key_id)
    }

    #[must_use]
    pub fn principal_index(&self, key_id: &str) -> KmsPrincipalIndex {
        KmsPrincipalIndex::new(self.kms(), key_id)
    }
}
