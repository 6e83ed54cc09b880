//! Scorers from the training to the finding: trained, shipped in a pack, loaded, asked by a rule, explained.

use std::{collections::BTreeMap, sync::LazyLock};

use proptest::prelude::*;
use screening::{
    engine::Engine,
    normalise::normalise,
    scorer::Scorer,
    source::{Checked, Hashes, Manifest, Problem, sha256},
    training::{Labelled, Options, TrainingError, cross_validated, train},
    verdict::Effect,
};

/// Made up: who sells what, in how many words.
fn texts() -> Vec<Labelled> {
    let goods = ["发票", "证件", "学历", "驾照", "银行卡", "微信号", "实名号", "收款码", "老号", "论文"];
    let places = ["公园", "图书馆", "菜市场", "学校", "车站", "医院", "餐馆", "海边", "山上", "博物馆"];
    let mut texts = Vec::new();
    let mut push = |label: &str, text: String| texts.push(Labelled { text, label: label.to_owned() });
    for (good, place) in goods.iter().zip(places) {
        push("ads", format!("长期代办{good}，价格从优，加微信详谈"));
        push("ads", format!("出售{good}。要的私聊，量大优惠"));
        push("ads", format!("专业办理{good}包过，联系V信"));
        push("ordinary", format!("周末和家人去{place}走了走，天气很好"));
        push("ordinary", format!("{place}今天人不多，排队只用了十分钟"));
        push("ordinary", format!("有人知道{place}几点关门吗？谢谢"));
    }
    texts
}

fn options() -> Options {
    Options { id: "shop".to_owned(), bits: 12, ..Options::default() }
}

static SCORER: LazyLock<Vec<u8>> =
    LazyLock::new(|| train(&texts(), Vec::new(), &options()).map_or_else(|_| Vec::new(), |scorer| scorer.to_bytes()));

const YAML: &str = "\
id: shop
version: 1
banks:
  contact: [加微信]
scorers:
  shop: { name: shop.scorer, sha256: HASH }
rules:
  - id: advertising
    version: 1
    title: { zh: 疑似广告, en: looks like an advertisement }
    policy: spam
    effect: hold
    when: score('ads') > 0.8
    examples: { matches: [代办驾照证件，加微信详谈], passes: [今天公园人不多] }
";

fn check(yaml: &str, scorer: &[u8]) -> Result<Checked, Vec<Problem>> {
    let yaml = yaml.replace("HASH", &sha256(scorer));
    let manifest = Manifest::read(yaml.as_bytes())?;
    assert!(manifest.files().iter().any(|file| file.name == "shop.scorer"), "whoever fetches files fetches scorers");
    manifest.check(&BTreeMap::from([("shop.scorer".to_owned(), scorer.to_vec())]), Hashes::Required)
}

#[test]
fn a_rule_asks_a_scorer_and_its_finding_says_why() {
    let engine = check(YAML, &SCORER).ok().unwrap().engine;
    let text = "本店长期代办各类证件，欢迎加微信";
    let verdict = engine.screen(&["好天气", text]);
    assert_eq!(verdict.effect, Effect::Hold, "{:?}", Scorer::from_bytes(&SCORER).unwrap().score(text));
    let finding = &verdict.findings[0];
    assert!(!finding.spans.is_empty() && finding.spans.len() <= 5);
    for (span, matched) in finding.spans.iter().zip(&finding.matched) {
        assert_eq!(span.part, 1, "the part that has the score");
        assert_eq!(matched.bank, "score:ads");
        let (score, weight) = matched.entry.split_once(" +").unwrap();
        assert!(score.parse::<f64>().unwrap() > 0.8 && weight.parse::<f64>().unwrap() > 0.0, "{}", matched.entry);
        assert!(normalise(text).contains(&matched.normalised), "{}", matched.normalised);
    }
    assert!(finding.matched.iter().any(|matched| matched.normalised.contains("代办")), "{finding:?}");
}

#[test]
fn disguises_do_not_help_against_a_scorer() {
    let scorer = Scorer::from_bytes(&SCORER).unwrap();
    let ads = |text: &str| scorer.score(text)[0];
    assert!(ads("專業辦理駕照包過，联系Ｖ信") > 0.9);
    assert!(ads("专*业*办*理*驾*照*包*过") > 0.9);
    assert!(ads("周末和家人去公园走了走") < 0.1);
    assert_eq!(scorer.score(""), [0.0, 1.0], "nothing is ordinary");
}

#[test]
fn a_loaded_pack_scores_as_the_compiled_one() {
    let checked = check(YAML, &SCORER).ok().unwrap();
    let bytes = checked.pack.artefact(&checked.engine).unwrap();
    let loaded = Engine::load(&bytes).unwrap();
    for text in ["长期代办各类证件", "公园今天人不多", "代办证件 加微信"] {
        assert_eq!(loaded.screen(&[text]), checked.engine.screen(&[text]), "{text}");
    }
    assert!(Engine::load(&bytes[..bytes.len() - 1]).is_err());
}

#[test]
fn the_same_texts_make_the_same_scorer() {
    assert_eq!(train(&texts(), Vec::new(), &options()).unwrap().to_bytes(), *SCORER);
}

#[test]
fn a_card_says_what_the_scorer_is_worth() {
    let scorer = Scorer::from_bytes(&SCORER).unwrap();
    let card = scorer.card();
    assert_eq!((card.id.as_str(), card.rest.as_str(), card.texts["ads"]), ("shop", "ordinary", 30));
    assert!(card.accuracy.macro_f1 > 0.8, "{}", card.accuracy.macro_f1);
    assert_eq!(card.accuracy.thresholds.len(), 8, "four shares of ordinary texts for each of two labels");
}

#[test]
fn what_is_measured_has_not_been_seen() {
    // Labels at random: who remembered the texts would be right, who has not seen them cannot be.
    let noise: Vec<Labelled> = texts()
        .into_iter()
        .enumerate()
        .map(|(at, text)| Labelled { label: if at * 7 % 4 < 2 { "ads" } else { "ordinary" }.to_owned(), ..text })
        .collect();
    let scores = cross_validated(&noise, &options()).unwrap();
    let right = noise.iter().zip(&scores).filter(|(text, scores)| (scores[0] > 0.5) == (text.label == "ads")).count();
    assert!(right < noise.len() * 3 / 4, "{right} of {}", noise.len());
}

#[test]
fn what_cannot_be_learned_is_refused() {
    let refused = |texts: &[Labelled], options: &Options| train(texts, Vec::new(), options).err();
    let rest = Options { rest: "fine".to_owned(), ..options() };
    assert_eq!(refused(&texts(), &rest), Some(TrainingError::NoRest("fine".to_owned())));
    assert_eq!(refused(&texts()[3..6], &options()), Some(TrainingError::Labels(1)));
    assert_eq!(refused(&texts()[..6], &options()), Some(TrainingError::Few("ads".to_owned())));
    assert_eq!(refused(&texts(), &Options { bits: 30, ..options() }), Some(TrainingError::Bits(30)));
    assert!(matches!(refused(&texts(), &Options { bits: 20, ..options() }), Some(TrainingError::Large(_))));
}

/// Line and path of the first problem.
#[expect(clippy::panic, reason = "a test says what it expected")]
fn problem(yaml: &str, scorer: &[u8]) -> (usize, String) {
    let Err(problems) = check(yaml, scorer) else { panic!("accepted: {yaml}") };
    assert!(problems.iter().all(|problem| !problem.zh.is_empty() && !problem.en.is_empty()));
    (problems[0].line.unwrap_or_default(), problems[0].path.clone())
}

#[test]
fn a_scorer_that_is_wrong_is_told_with_its_place() {
    assert_eq!(problem(YAML, b"no scorer"), (6, "scorers.shop".to_owned()));
    assert_eq!(problem(&YAML.replace("score('ads')", "score('adds')"), &SCORER), (13, "rules[0].when".to_owned()));
    let twice = YAML.replace("rules:", "  twice: { name: shop.scorer, sha256: HASH }\nrules:");
    assert_eq!(problem(&twice, &SCORER), (7, "scorers.twice".to_owned()));
    let unsealed = YAML.replace(", sha256: HASH", "");
    assert_eq!(problem(&unsealed, &SCORER), (6, "scorers.shop".to_owned()));
    let computed = YAML.replace("score('ads')", "score(content.kind)");
    assert_eq!(problem(&computed, &SCORER), (13, "rules[0].when".to_owned()));
}

proptest! {
    #[test]
    fn a_damaged_scorer_is_refused(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bytes = SCORER.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(Scorer::from_bytes(&bytes).is_err());
    }

    #[test]
    fn a_scorer_that_is_cut_off_is_refused(length in any::<prop::sample::Index>()) {
        prop_assert!(Scorer::from_bytes(&SCORER[..length.index(SCORER.len())]).is_err());
    }

    #[test]
    fn scores_are_shares_of_one(text in any::<String>()) {
        let scores = Scorer::from_bytes(&SCORER).unwrap().score(&text);
        prop_assert!((scores.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));
    }
}
