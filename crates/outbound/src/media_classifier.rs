use std::{collections::BTreeMap, sync::Arc, time::Duration};

use app::ports::{Chance, Clock, FileToClassify, LINK_LASTS, MediaClassifier, PortError};
use async_trait::async_trait;
use domain::retention::Stage;
use serde::Deserialize;
use serde_json::json;

use crate::{
    client::{LONGEST_CALL, OutboundError, address, body, client, successful},
    retrying::Correspondent,
    signing::Signer,
};

const WHAT: &str = "media classifier";

/// A second try begins only when the first failed at once: what is slow is slow again.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest that one question can take: the last try begins before the patience is over.
pub const LONGEST_CLASSIFICATION: Duration = PATIENCE.saturating_add(LONGEST_CALL);

/// More labels nobody writes rules for.
const MOST_LABELS: usize = 100;

/// A classifier over HTTP: `POST <url>`, signed by the Standard Webhooks scheme, with
/// `{"type": "media.classify", "sha256", "link", "link_lasts_seconds"}`; it answers `{"scores": {"<label>": 0.0 to 1.0}}`.
#[derive(Clone)]
pub struct HttpMediaClassifier(Correspondent);

/// Further fields of an answer mean nothing to us.
#[derive(Deserialize)]
struct Answer {
    scores: BTreeMap<String, f64>,
}

impl HttpMediaClassifier {
    /// `secret` is `whsec_` and base64, as the classifier has it too.
    ///
    /// # Errors
    /// When `url` is no address of https (or of http, on the local stage), or the secret cannot be read.
    pub fn new(
        url: &str,
        secret: &str,
        stage: Stage,
        chance: Arc<dyn Chance>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OutboundError> {
        let (client, url, signer) = (client()?, address(WHAT, url, stage)?, Signer::new(secret)?);
        Ok(Self(Correspondent { what: WHAT, client, url, signer, chance, clock, patience: PATIENCE }))
    }
}

#[async_trait]
impl MediaClassifier for HttpMediaClassifier {
    async fn classify(&self, file: &FileToClassify<'_>) -> Result<BTreeMap<String, f64>, PortError> {
        let question = json!({
            "type": "media.classify",
            "sha256": file.sha256.to_string(),
            "link": file.link,
            "link_lasts_seconds": LINK_LASTS.as_secs(),
        });
        let response = successful(WHAT, self.0.ask(&file.sha256.to_string(), &question.to_string()).await?)?;
        let answer: Option<Answer> = serde_json::from_slice(&body(WHAT, response).await?).ok();
        let is_score = |score: &f64| (0.0..=1.0).contains(score);
        let scores = answer.map(|answer| answer.scores);
        scores
            .filter(|scores| scores.len() <= MOST_LABELS && scores.values().all(is_score))
            .ok_or_else(|| PortError::unavailable(WHAT, "the answer is no scores"))
    }
}
