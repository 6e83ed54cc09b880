//! The local stack, and things on it that are a test's own.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use app::{
    control_files::ControlReport,
    ports::{Clock, Queue, SystemClock, UploadForm, UploadPlace},
};
use async_trait::async_trait;
use aws::{Aws, Endpoint, LetterBoxUrls, RelayQueueUrls, observe::Observer};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use aws_sdk_kms::types::{KeySpec, KeyUsageType};
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_types::SdkConfig;
use domain::event::Event;
use jiff::Timestamp;
use testkit::{
    Lane,
    contract::{Drain, LetterBoxes, MediaUploader, Operator, Outbox, Uploader},
};
use uuid::Uuid;

/// What `cargo xtask up` tells of the stack, as far as it is of use here.
#[derive(serde::Deserialize)]
struct Told {
    endpoint: String,
    region: String,
    admin: Admin,
}

#[derive(serde::Deserialize)]
struct Admin {
    access_key_id: String,
    secret_access_key: String,
}

pub(crate) struct Stack {
    pub(crate) aws: Aws,
    pub(crate) observer: Observer,
    config: SdkConfig,
}

/// The key of a table; the template says the same (`infra/stacks/data.yaml`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Rows,
    RowsAndQueueIndex,
    RowsAndCommentsIndex,
    RowsAndAcceptedIndex,
    KeyAlone,
}

impl Shape {
    /// Its indexes: the name of each, and the index's keys.
    const fn indexes(self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self {
            Self::RowsAndQueueIndex => &[
                ("queue-index", "queue_pk", "queue_sk"),
                ("priority-index", "queue_pk", "priority_sk"),
                ("rest-index", "rest_pk", "rest_sk"),
            ],
            Self::RowsAndCommentsIndex => &[("comments-index", "list_pk", "list_sk")],
            Self::RowsAndAcceptedIndex => {
                &[("accepted-index", "accepted_pk", "accepted_sk"), ("rest-index", "rest_pk", "rest_sk")]
            }
            Self::Rows | Self::KeyAlone => &[],
        }
    }
}

/// A lock ends after what the stack's own clock says, so that these tests cannot live in a time of their own.
#[expect(clippy::disallowed_methods, reason = "the stack compares with the machine's clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap()
}

/// The system's clock, as functions have it.
pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn name() -> String {
    format!("gatehouse-contract-{}", Uuid::now_v7().simple())
}

impl Stack {
    pub(crate) fn up() -> Self {
        let endpoint = told();
        let credentials = Credentials::new(&endpoint.access_key_id, &endpoint.secret_access_key, None, None, "test");
        let aws = Aws::at(&endpoint).unwrap();
        let observer = Observer::new(&endpoint).unwrap();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(endpoint.region))
            .credentials_provider(SharedCredentialsProvider::new(credentials));
        config.set_endpoint_url(endpoint.url);
        Self { aws, observer, config: config.build() }
    }

    pub(crate) fn endpoint_at(url: &str) -> Endpoint {
        Endpoint {
            url: Some(url.to_owned()),
            region: "us-east-1".to_owned(),
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
            session_token: None,
        }
    }

    pub(crate) async fn table(&self, shape: Shape) -> String {
        let name = name();
        let attribute = |name: &str| {
            let definition = AttributeDefinition::builder().attribute_name(name);
            definition.attribute_type(ScalarAttributeType::S).build().unwrap()
        };
        let element = |name: &str, kind: KeyType| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
        };
        let mut request = aws_sdk_dynamodb::Client::new(&self.config)
            .create_table()
            .table_name(&name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk"))
            .key_schema(element("pk", KeyType::Hash));
        if shape != Shape::KeyAlone {
            request = request.attribute_definitions(attribute("sk")).key_schema(element("sk", KeyType::Range));
        }
        let mut defined = BTreeSet::new();
        for (name, hash, range) in shape.indexes() {
            let index = GlobalSecondaryIndex::builder()
                .index_name(*name)
                .key_schema(element(hash, KeyType::Hash))
                .key_schema(element(range, KeyType::Range))
                .projection(Projection::builder().projection_type(ProjectionType::All).build())
                .build();
            for key in [hash, range] {
                if defined.insert(*key) {
                    request = request.attribute_definitions(attribute(key));
                }
            }
            request = request.global_secondary_indexes(index.unwrap());
        }
        request.send().await.unwrap();
        name
    }

    pub(crate) async fn bucket(&self) -> String {
        let name = name();
        self.s3().create_bucket().bucket(&name).object_lock_enabled_for_bucket(true).send().await.unwrap();
        name
    }

    pub(crate) async fn unversioned_bucket(&self) -> String {
        let name = name();
        self.s3().create_bucket().bucket(&name).send().await.unwrap();
        name
    }

    pub(crate) fn uploader(&self, bucket: &str) -> BucketUploader<'_> {
        BucketUploader { client: self.s3(), observer: &self.observer, bucket: bucket.to_owned() }
    }

    /// Deletes as one deletes who names no version.
    pub(crate) async fn mark_deleted(&self, bucket: &str, key: &str) {
        self.s3().delete_object().bucket(bucket).key(key).send().await.unwrap();
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    pub(crate) async fn queue(&self) -> String {
        let client = aws_sdk_sqs::Client::new(&self.config);
        client.create_queue().queue_name(name()).send().await.unwrap().queue_url.unwrap()
    }

    /// The receipt handle of a message, which stays invisible for so many seconds.
    pub(crate) async fn receive(&self, url: &str, seconds: i32) -> Option<String> {
        let request = aws_sdk_sqs::Client::new(&self.config).receive_message().queue_url(url);
        let answer = request.visibility_timeout(seconds).send().await.unwrap();
        answer.messages?.pop()?.receipt_handle
    }

    pub(crate) async fn queues(&self) -> Queues {
        let client = aws_sdk_sqs::Client::new(&self.config);
        let mut urls = Vec::new();
        for _ in 0..10 {
            urls.push(client.create_queue().queue_name(name()).send().await.unwrap().queue_url.unwrap());
        }
        let mut url = move || urls.pop().unwrap();
        Queues {
            observer: Observer::new(&told()).unwrap(),
            verification: url(),
            triage: url(),
            enforcement: url(),
            notification: url(),
            record: url(),
            backtest: url(),
            content_log: url(),
            sweep: url(),
            media: url(),
            dead_letters: url(),
        }
    }

    pub(crate) fn operator(&self, bucket: &str) -> BucketOperator<'_> {
        BucketOperator { client: self.s3(), observer: &self.observer, bucket: bucket.to_owned() }
    }

    pub(crate) async fn sealing_key(&self) -> String {
        self.key(KeySpec::SymmetricDefault, KeyUsageType::EncryptDecrypt).await
    }

    /// What an auditor reads: one call of KMS.
    pub(crate) async fn opened(&self, key: &str, owner: &str, sealed: &str) -> String {
        let sealed = data_encoding::BASE64.decode(sealed.as_bytes()).unwrap();
        let request = aws_sdk_kms::Client::new(&self.config).decrypt().key_id(key).encryption_context("owner", owner);
        let answer = request.ciphertext_blob(aws_sdk_kms::primitives::Blob::new(sealed)).send().await.unwrap();
        String::from_utf8(answer.plaintext.unwrap().into_inner()).unwrap()
    }

    pub(crate) async fn index_key(&self) -> String {
        self.key(KeySpec::Hmac256, KeyUsageType::GenerateVerifyMac).await
    }

    pub(crate) async fn signing_key(&self) -> String {
        self.key(KeySpec::EccNistP256, KeyUsageType::SignVerify).await
    }

    async fn key(&self, spec: KeySpec, usage: KeyUsageType) -> String {
        let request = aws_sdk_kms::Client::new(&self.config).create_key().key_spec(spec).key_usage(usage);
        request.send().await.unwrap().key_metadata.unwrap().arn.unwrap()
    }

    pub(crate) fn outbox(&self, table: &str) -> TableOutbox<'_> {
        TableOutbox { observer: &self.observer, table: table.to_owned() }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests find the stack by the environment, as the README says")]
fn told() -> Endpoint {
    let at_root = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.local/stack.json");
    let path = std::env::var_os("GATEHOUSE_STACK").map_or_else(at_root, PathBuf::from);
    let json = std::fs::read(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. These tests need the local stack: start it with `cargo xtask up`, or name its stack.json in \
             GATEHOUSE_STACK",
            path.display()
        )
    });
    let told: Told = serde_json::from_slice(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Endpoint {
        url: Some(told.endpoint),
        region: told.region,
        access_key_id: told.admin.access_key_id,
        secret_access_key: told.admin.secret_access_key,
        session_token: None,
    }
}

/// Puts files into a bucket and reads reports from it.
pub(crate) struct BucketOperator<'a> {
    client: aws_sdk_s3::Client,
    observer: &'a Observer,
    bucket: String,
}

#[async_trait]
impl Operator for BucketOperator<'_> {
    async fn put(&self, key: &str, content: &[u8]) -> Option<String> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).body(content.to_vec().into());
        request.send().await.unwrap().version_id
    }

    async fn report(&self, key: &str) -> Option<ControlReport> {
        let bytes = self.observer.object(&self.bucket, key).await.ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// Puts uploads where their forms say, and reads what is kept. The forms themselves are tried end to end.
pub(crate) struct BucketUploader<'a> {
    client: aws_sdk_s3::Client,
    observer: &'a Observer,
    bucket: String,
}

#[async_trait]
impl Uploader for BucketUploader<'_> {
    async fn upload(&self, _: UploadPlace, form: &UploadForm, bytes: &[u8]) {
        assert!(form.url.ends_with(&self.bucket), "{}", form.url);
        let request = self.client.put_object().bucket(&self.bucket).key(&form.fields["key"]);
        request.body(bytes.to_vec().into()).send().await.unwrap();
    }

    async fn has_kept(&self, place: UploadPlace) -> Option<Vec<u8>> {
        let key = match place {
            UploadPlace::Qualification(place) => format!("evidence/{}/{}", place.account_id, place.qualification_id),
            UploadPlace::Complaint(place) => format!("evidence/complaints/{}/{}", place.complaint_id, place.file),
        };
        self.observer.object(&self.bucket, &key).await.ok()
    }
}

#[async_trait]
impl MediaUploader for BucketOperator<'_> {
    async fn put(&self, key: &str, content: &[u8]) {
        let _ = Operator::put(self, key, content).await;
    }
}

/// What the stream of a table carries: its event rows, as the stream's filter picks them.
pub(crate) struct TableOutbox<'a> {
    observer: &'a Observer,
    table: String,
}

#[async_trait]
impl Outbox for TableOutbox<'_> {
    async fn events_of(&self, owner: &str) -> Vec<Event> {
        let rows = self.observer.rows(&self.table).await.unwrap();
        let of_owner = |row: &&serde_json::Value| row["pk"].as_str().is_some_and(|pk| pk.ends_with(owner));
        let events = rows.iter().filter(of_owner).filter(|row| row["kind"] == "event");
        let mut events: Vec<Event> =
            events.map(|row| serde_json::from_str(row["event"].as_str().unwrap()).unwrap()).collect();
        events.sort_by_key(|event| event.version);
        events
    }
}

pub(crate) struct Queues {
    observer: Observer,
    verification: String,
    triage: String,
    enforcement: String,
    notification: String,
    record: String,
    pub(crate) backtest: String,
    pub(crate) content_log: String,
    pub(crate) sweep: String,
    pub(crate) media: String,
    pub(crate) dead_letters: String,
}

impl Queues {
    pub(crate) fn relay(&self) -> RelayQueueUrls {
        RelayQueueUrls {
            verification: self.verification.clone(),
            triage: self.triage.clone(),
            enforcement: self.enforcement.clone(),
            notification: self.notification.clone(),
            record: self.record.clone(),
            backtest: self.backtest.clone(),
        }
    }
}

#[async_trait]
impl Drain for Queues {
    async fn drain(&self, lane: Lane) -> Vec<String> {
        let url = match lane {
            Lane::Relay(Queue::Verification) => &self.verification,
            Lane::Relay(Queue::Triage) => &self.triage,
            Lane::Relay(Queue::Enforcement) => &self.enforcement,
            Lane::Relay(Queue::Notification) => &self.notification,
            Lane::Relay(Queue::Record) => &self.record,
            Lane::Relay(Queue::Backtest) => &self.backtest,
            Lane::ContentLog => &self.content_log,
            Lane::Sweep => &self.sweep,
            Lane::Media => &self.media,
            Lane::DeadLetters => &self.dead_letters,
        };
        self.observer.take_all(url).await.unwrap().into_iter().map(|message| message.body).collect()
    }
}

/// Two dead-letter queues, one of them with a queue before it.
pub(crate) struct LetterBoxWorld {
    observer: Observer,
    enforcement: String,
    schedule: String,
    queue: String,
}

impl LetterBoxWorld {
    pub(crate) fn boxes(&self) -> Vec<LetterBoxUrls> {
        vec![
            LetterBoxUrls { name: "enforcement", letters: self.enforcement.clone(), queue: Some(self.queue.clone()) },
            LetterBoxUrls { name: "schedule", letters: self.schedule.clone(), queue: None },
        ]
    }
}

impl Stack {
    pub(crate) async fn letter_boxes(&self) -> LetterBoxWorld {
        LetterBoxWorld {
            observer: Observer::new(&told()).unwrap(),
            enforcement: self.queue().await,
            schedule: self.queue().await,
            queue: self.queue().await,
        }
    }
}

#[async_trait]
impl LetterBoxes for LetterBoxWorld {
    async fn bury(&self, name: &str, body: &str) {
        let url = if name == "enforcement" { &self.enforcement } else { &self.schedule };
        self.observer.send(url, body).await.unwrap();
    }

    async fn came_back(&self) -> Vec<String> {
        let messages = self.observer.peek(&self.queue).await.unwrap();
        messages.into_iter().map(|message| message.body).collect()
    }
}
