//! Real texts, in batches.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Stage, TEXTS, accounts::Cast};
use crate::{
    principals::unique,
    texts::{Labelled, Texts},
};

/// Items of a batch: the platform sends its posts as they come, some dozens a call.
const BATCH: usize = 40;

const EFFECTS: [&str; 4] = ["pass", "review", "hold", "reject"];

/// What became of the texts.
pub(super) struct Published {
    /// Publications by effect, in each label.
    verdicts: BTreeMap<String, BTreeMap<String, usize>>,
    /// Of all that were accepted.
    pub ids: BTreeSet<String>,
    took: Duration,
}

impl Published {
    pub(super) fn count(&self, effect: &str) -> usize {
        self.verdicts.values().filter_map(|effects| effects.get(effect)).sum()
    }

    pub(super) fn total(&self) -> usize {
        self.verdicts.values().flat_map(BTreeMap::values).sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "a few hundred texts, for people")]
    pub(super) fn per_second(&self) -> f64 {
        self.total() as f64 / self.took.as_secs_f64()
    }
}

/// The body of a publication of one text.
pub(super) fn text(account_id: &str, reference: &str, text: &str) -> Value {
    json!({ "account_id": account_id, "reference": reference, "parts": [{ "type": "text", "text": text }] })
}

pub(super) async fn publish(stage: &Stage, cast: &Cast) -> Result<Published> {
    let teller = &stage.teller;
    teller.chapter("They publish · 批量发布");
    let texts = Texts::gather(TEXTS)?;
    let own = texts.texts.len() - texts.real;
    teller.line(&match texts.real {
        0 => format!("{own} texts of the repository's own sample; real ones are not at {}", texts.folder.display()),
        real => format!("{real} real posts and comments from {}, {own} of our own writing", texts.folder.display()),
    });
    let (run, start) = (unique("story"), Instant::now());
    let mut published = Published { verdicts: BTreeMap::new(), ids: BTreeSet::new(), took: Duration::ZERO };
    for (number, batch) in texts.texts.chunks(BATCH).enumerate() {
        // The person publishes every second batch.
        let account = if number % 2 == 0 { &cast.company } else { &cast.person };
        send(stage, &mut published, account, &format!("{run}-{number}"), batch).await?;
        teller.progress(&format!("{} of {} texts", published.ids.len(), texts.texts.len()));
    }
    published.took = start.elapsed();
    teller.line(&format!(
        "{} batches of up to {BATCH} in {:.1} s, a verdict for each text",
        texts.texts.len().div_ceil(BATCH),
        published.took.as_secs_f64()
    ));
    table(stage, &published);
    ensure!(published.count("reject") > 0, "the starter pack found nothing in {} texts", published.total());
    Ok(published)
}

async fn send(stage: &Stage, published: &mut Published, account: &str, batch: &str, texts: &[Labelled]) -> Result<()> {
    let item = |(at, labelled): (usize, &Labelled)| text(account, &format!("{batch}-{at}"), &labelled.text);
    let items: Vec<Value> = texts.iter().enumerate().map(item).collect();
    let body = json!({ "items": items });
    let answer = stage.stack.platform().post(&stage.stack.platform_api, "/v1/publications", &body).await?;
    let answer = answer.expect(200)?;
    let answers = answer["items"].as_array().context("a batch is answered item by item")?;
    ensure!(answers.len() == texts.len(), "{} items were answered with {}", texts.len(), answers.len());
    for (answer, labelled) in answers.iter().zip(texts) {
        ensure!(answer["status"] == 201, "an item was answered with {answer}");
        let publication = &answer["publication"];
        let effect = publication["verdict"]["effect"].as_str().context("a verdict has an effect")?.to_owned();
        let id = publication["publication_id"].as_str().context("a publication has an id")?.to_owned();
        published.ids.insert(id);
        *published.verdicts.entry(labelled.label.clone()).or_default().entry(effect).or_default() += 1;
    }
    Ok(())
}

fn table(stage: &Stage, published: &Published) {
    let head: Vec<&str> = ["label · 标注"].into_iter().chain(EFFECTS).collect();
    let count = |effects: &BTreeMap<String, usize>, effect: &str| effects.get(effect).copied().unwrap_or(0).to_string();
    let row = |(label, effects): (&String, &BTreeMap<String, usize>)| {
        [label.clone()].into_iter().chain(EFFECTS.map(|effect| count(effects, effect))).collect()
    };
    stage.teller.table(&head, &published.verdicts.iter().map(row).collect::<Vec<_>>());
    stage.teller.line("(the starter pack knows plain terms only; what it lets pass is for better rules to find)");
}
