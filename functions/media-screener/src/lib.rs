//! Looks at the media of publications that wait in the media queue, and concludes a publication with its last part
//! (R2, R11.1).

use std::{path::Path, sync::Arc};

use app::{
    media_screening::{Breaker, Looked, MediaOrder, MediaScreener},
    ports::{Clock, MediaClassifier, SystemClock},
    removed_content::RemovedContentWatch,
    rule_packs::PackEngines,
    written_pack::WrittenPack,
};
use domain::{profile::Profile, retention::Stage};
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};
use serde_json::json;

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub publications_table: String,
    pub operations_table: String,
    pub artefacts_bucket: String,
    pub media_bucket: String,
    pub stage: Stage,
    /// Address and secret of a classifier, where there is one.
    pub classifier: Option<(String, String)>,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (publications, media) = (read.text("PUBLICATIONS_TABLE"), read.text("MEDIA_BUCKET"));
            let (operations, artefacts) = (read.text("OPERATIONS_TABLE"), read.text("ARTEFACTS_BUCKET"));
            let (url, secret) = (read.optional("MEDIA_CLASSIFIER_URL"), read.optional("MEDIA_CLASSIFIER_SECRET"));
            let stage = read.parsed("STAGE");
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                publications_table: publications?,
                operations_table: operations?,
                artefacts_bucket: artefacts?,
                media_bucket: media?,
                stage: stage?,
                // An address without a secret asks for the secret.
                classifier: match url {
                    Some(url) => Some((url, secret.or_else(|| read.text("MEDIA_CLASSIFIER_SECRET"))?)),
                    None => None,
                },
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub screener: MediaScreener,
}

impl Deps {
    /// # Errors
    /// When the trust store cannot be read, or the classifier's address is not one that the stage may use.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let built_in = Arc::new(WrittenPack::starter());
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let packs = Arc::new(aws.rule_packs(&config.operations_table, clock.clone()));
        let archive = Arc::new(aws.pack_objects(&config.artefacts_bucket));
        let engines = PackEngines::new(packs, archive, built_in, lambda::rule_packs::tell_of_a_pack_that_is_not_loaded);
        let removed = RemovedContentWatch::new(
            Arc::new(aws.removed_content(&config.operations_table, clock.clone())),
            Arc::new(aws.settled_prints(&config.artefacts_bucket)),
            lambda::removed_content::tell_of_prints_that_are_not_loaded,
        );
        let classifier = match &config.classifier {
            Some((url, secret)) => {
                let chance = Arc::new(aws::SystemChance);
                let http = outbound::HttpMediaClassifier::new(url, secret, config.stage, chance, clock.clone())?;
                Some(Arc::new(Breaker::before(Arc::new(http), clock.clone())) as Arc<dyn MediaClassifier>)
            }
            None => None,
        };
        let screener = MediaScreener {
            shelf: Arc::new(aws.publications(&config.publications_table)),
            notes: Arc::new(aws.media_notes(&config.publications_table)),
            bucket: Arc::new(aws.media(&config.media_bucket)),
            engines: Arc::new(engines),
            removed: Arc::new(removed),
            incidents: Arc::new(aws.incidents(&config.operations_table, clock.clone())),
            classifier,
            clock,
            profile: Profile::cn_2017(),
        };
        Ok(Self { screener })
    }
}

/// Looks at the media in one part.
///
/// # Errors
/// When the message is no order, or a port does not work: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let order: MediaOrder = record.json()?;
    lambda::fact("publication.id", order.publication_id.to_string());
    lambda::fact("part", order.part);
    let looked = match deps.screener.look(&order).await? {
        Looked::Noted => "noted",
        Looked::NotAwaited => "not_awaited",
        Looked::Concluded(status) => {
            lambda::fact("publication.status", json!(status));
            "concluded"
        }
    };
    lambda::fact("media", looked);
    Ok(())
}
