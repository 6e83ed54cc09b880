//! R11.1: a rule pack that an operator uploads is in force, whole, or refused; and there is a way back.

use std::sync::Arc;

use app::{
    control_files::ControlReport,
    ports::{ControlFile, EngineSource, PackForm, RulePackShelf},
    rule_packs::{PackEngines, RulePackCompiler, RulePackHistory},
};
use domain::event::EventBody;
use screening::{source::sha256, verdict::Effect};
use testkit::{Twins, When, samples};

use crate::world::until_done;

const TEXT: &str = "来玩云笺雀";

fn compiler(twins: &Twins) -> RulePackCompiler {
    RulePackCompiler {
        files: twins.control_files.clone(),
        shelf: twins.rule_packs.clone(),
        archive: twins.rule_packs.clone(),
        callers: twins.callers.clone(),
        clock: Arc::new(twins.clock.clone()),
    }
}

fn engines(twins: &Twins) -> PackEngines {
    PackEngines::new(twins.rule_packs.clone(), twins.rule_packs.clone(), twins.engines.clone(), |_| {})
}

fn history(twins: &Twins) -> RulePackHistory {
    RulePackHistory { shelf: twins.rule_packs.clone(), clock: Arc::new(twins.clock.clone()) }
}

/// A pack that rejects what its one bank file has, as an operator writes it.
pub(crate) fn yaml(version: u32, bank: &str) -> String {
    format!(
        "id: shop\nversion: {version}\nbanks:\n  games:\n    files:\n      - {{ name: banks/games.txt, sha256: {} }}\n\
         rules:\n  - id: gambling\n    version: 1\n    title: {{ zh: 赌博, en: gambling }}\n    policy: gambling\n    \
         effect: reject\n    bank: games\n    examples: {{ matches: [来玩百家乐], passes: [百家姓] }}\n",
        sha256(bank.as_bytes())
    )
}

/// The two files of an upload, put: the bank file and the pack.
pub(crate) fn uploaded(twins: &Twins, folder: &str, version: u32, bank: &str) -> [ControlFile; 2] {
    let put =
        |name: &str, content: String| twins.control_files.put(&format!("controls/rule-packs/{folder}/{name}"), content);
    [put("banks/games.txt", bank.to_owned()), put("rule-pack.yaml", yaml(version, bank))]
}

pub(crate) async fn publish(twins: &Twins, version: u32, bank: &str) {
    for file in uploaded(twins, &format!("shop-{version}"), version, bank) {
        let report = compiler(twins).take(&file).await.unwrap();
        assert!(report.is_none_or(|report| report.accepted));
    }
}

/// What the engine in force makes of the text, and by which pack.
async fn verdict(engines: &PackEngines) -> (Effect, String) {
    let verdict = engines.current().await.unwrap().screen(&[TEXT]);
    (verdict.effect, verdict.rule_pack)
}

fn places(report: &ControlReport) -> Vec<(&str, Option<usize>)> {
    report.problems.iter().map(|it| (it.file.as_deref().unwrap_or_default(), it.line)).collect()
}

#[tokio::test]
async fn an_upload_is_complete_in_whatever_order_its_files_come_r11_1() {
    for reversed in [false, true] {
        let twins = Twins::at(samples::NOON);
        let engines = engines(&twins);
        assert_eq!(verdict(&engines).await.0, Effect::Pass);
        let mut files = uploaded(&twins, "first", 1, "百家乐\n云笺雀\n");
        if reversed {
            files.reverse();
        }
        let mut accepted = Vec::new();
        for file in &files {
            accepted.extend(compiler(&twins).take(file).await.unwrap().map(|report| report.accepted));
        }
        assert!(accepted.iter().all(|accepted| *accepted), "all files lie there: {accepted:?}");
        let (effect, pack) = verdict(&engines).await;
        let in_force = twins.rule_packs.register().await.unwrap().in_force.unwrap();
        assert_eq!((effect, pack), (Effect::Reject, format!("shop@1+{}", &in_force.sha256[..12])));
        assert_eq!(twins.rule_packs.events().len(), 1, "judged twice, published once");
    }
}

#[tokio::test]
async fn a_pack_before_its_bank_file_is_told_what_is_missing_and_answered_again() {
    let twins = Twins::at(samples::NOON);
    let bank = "百家乐\n";
    let pack = twins.control_files.put("controls/rule-packs/a/rule-pack.yaml", yaml(1, bank));
    let report = compiler(&twins).take(&pack).await.unwrap().unwrap();
    assert_eq!(
        (report.accepted, places(&report)),
        (false, vec![("rule-pack.yaml", Some(4)), ("rule-pack.yaml", Some(6))])
    );
    // Another file, and another content of that file, do not make it complete, and ask for no answer.
    for (name, content) in [("banks/other.txt", bank), ("banks/games.txt", "云笺雀\n")] {
        let file = twins.control_files.put(&format!("controls/rule-packs/a/{name}"), content);
        assert_eq!(compiler(&twins).take(&file).await.unwrap(), None, "{name}");
    }
    let file = twins.control_files.put("controls/rule-packs/a/banks/games.txt", bank);
    let report = compiler(&twins).take(&file).await.unwrap().unwrap();
    assert!(report.accepted, "{report:?}");
    assert_eq!(twins.control_files.reports().into_values().collect::<Vec<_>>(), [report]);
}

#[tokio::test]
async fn a_refused_pack_is_told_where_and_the_last_good_one_stays_r11_1() {
    let twins = Twins::at(samples::NOON);
    let engines = engines(&twins);
    publish(&twins, 1, "百家乐\n云笺雀\n").await;
    let (effect, pack) = verdict(&engines).await;
    let [_, good] = uploaded(&twins, "bad", 2, "百家乐\n\u{200B}\n百家乐\n");
    let example = yaml(2, "云笺雀\n");
    let unmet = twins.control_files.put("controls/rule-packs/unmet/rule-pack.yaml", example);
    let _ = twins.control_files.put("controls/rule-packs/unmet/banks/games.txt", "云笺雀\n");
    for (file, expected) in [
        (&good, vec![("banks/games.txt", Some(2)), ("banks/games.txt", Some(3))]),
        (&unmet, vec![("rule-pack.yaml", Some(14))]),
    ] {
        for _ in 0..2 {
            let report = compiler(&twins).take(file).await.unwrap().unwrap();
            assert_eq!((report.accepted, places(&report)), (false, expected.clone()), "{report:?}");
            assert!(report.problems.iter().all(|problem| !problem.zh.is_empty() && !problem.en.is_empty()));
        }
    }
    assert_eq!(verdict(&engines).await, (effect, pack));
    let refusals = twins.rule_packs.events().into_iter().filter_map(|event| match event.body {
        EventBody::RulePackRefused { problems, .. } => Some(problems),
        _ => None,
    });
    assert_eq!(refusals.collect::<Vec<_>>(), [2, 1], "one event for each upload");
}

#[tokio::test]
async fn rollback_is_one_call_and_history_is_kept_r11_1() {
    let twins = Twins::at(samples::NOON);
    let (engines, history) = (engines(&twins), history(&twins));
    publish(&twins, 1, "百家乐\n云笺雀\n").await;
    publish(&twins, 2, "百家乐\n").await;
    assert_eq!(verdict(&engines).await.0, Effect::Pass);
    let lead = samples::reviewer("lead");
    let register = history.activate(1, "版本 2 漏掉云笺雀", &lead).await.unwrap();
    assert_eq!((register.version_in_force(), verdict(&engines).await.0), (1, Effect::Reject));
    // Again is no change; what was never published cannot be put in force.
    assert_eq!(history.activate(1, "再来一次", &lead).await.unwrap(), register);
    assert!(history.activate(7, "没有", &lead).await.is_err());
    // A new version is greater than all before, also after a rollback.
    let [_, late] = uploaded(&twins, "late", 2, "百家乐\n云笺雀\n二八杠\n");
    let report = compiler(&twins).take(&late).await.unwrap().unwrap();
    assert_eq!(report.problems[0].path, "version");
    history.activate(0, "回到内置", &lead).await.unwrap();
    assert_eq!(verdict(&engines).await.1, "starter@1");
    let page = history.list(None, 1).await.unwrap();
    assert_eq!((page.packs[0].pack.pack_version, page.next_before), (2, Some(2)));
    let page = history.list(Some(2), 1).await.unwrap();
    assert_eq!((page.packs[0].pack.pack_version, page.next_before), (1, None));
    let names: Vec<_> = twins.rule_packs.events().iter().map(|event| event.body.name()).collect();
    let (published, activated) = ("rule_pack_published", "rule_pack_activated");
    assert_eq!(names, [published, published, activated, "rule_pack_refused", activated]);
}

#[tokio::test]
async fn two_uploads_at_once_never_mix_r11_1() {
    let twins = Twins::at(samples::NOON);
    // In folders of their own, under one version: one is published, the other is told.
    let one = uploaded(&twins, "one", 1, "百家乐\n云笺雀\n");
    let other = uploaded(&twins, "other", 1, "百家乐\n二八杠\n");
    let (a, b) = (compiler(&twins), compiler(&twins));
    let (a, b) = futures::join!(a.take(&one[1]), b.take(&other[1]));
    let accepted: Vec<bool> = [a, b].into_iter().map(|report| report.unwrap().unwrap().accepted).collect();
    assert_eq!(accepted.iter().filter(|accepted| **accepted).count(), 1, "{accepted:?}");
    // In one folder, file by file in turn: the bank file of the one is not taken for that of the other.
    let put =
        |name: &str, content: String| twins.control_files.put(&format!("controls/rule-packs/both/{name}"), content);
    let mine = put("rule-pack.yaml", yaml(2, "百家乐\n"));
    let _ = put("banks/games.txt", "百家乐\n二八杠\n云笺雀\n".to_owned());
    let report = compiler(&twins).take(&mine).await.unwrap().unwrap();
    assert_eq!(
        (report.accepted, places(&report)),
        (false, vec![("rule-pack.yaml", Some(4)), ("rule-pack.yaml", Some(6))])
    );
    let theirs = put("rule-pack.yaml", yaml(2, "百家乐\n二八杠\n云笺雀\n"));
    assert!(compiler(&twins).take(&theirs).await.unwrap().unwrap().accepted);
    assert_eq!(verdict(&engines(&twins)).await.0, Effect::Reject);
}

#[tokio::test]
async fn a_pack_that_cannot_be_loaded_leaves_the_last_good_one_in_force() {
    let twins = Twins::at(samples::NOON);
    let warm = engines(&twins);
    publish(&twins, 1, "百家乐\n云笺雀\n").await;
    let (_, first) = verdict(&warm).await;
    publish(&twins, 2, "百家乐\n").await;
    let second = twins.rule_packs.register().await.unwrap().in_force.unwrap().sha256;
    for form in [PackForm::Compiled, PackForm::Source] {
        twins.rule_packs.spoil(&second, form, None);
    }
    // The process that has the first, and one that starts now.
    for engines in [&warm, &engines(&twins)] {
        assert_eq!(verdict(engines).await.1, first);
        // It is not asked for again with every request.
        twins.faults.reset();
        assert_eq!(verdict(engines).await.1, first);
        assert_eq!(twins.faults.calls(), 1, "the register alone");
    }
    // Behind the built-in pack there is nothing to go back to but the built-in pack.
    history(&twins).activate(0, "", &samples::platform()).await.unwrap();
    assert_eq!(verdict(&warm).await.1, "starter@1");
    history(&twins).activate(2, "", &samples::platform()).await.unwrap();
    assert_eq!(verdict(&warm).await.1, "starter@1");
}

#[tokio::test]
async fn a_pack_that_another_release_compiled_is_made_from_its_source() {
    let twins = Twins::at(samples::NOON);
    publish(&twins, 1, "百家乐\n云笺雀\n").await;
    let before = verdict(&engines(&twins)).await;
    let pack = twins.rule_packs.register().await.unwrap().in_force.unwrap();
    twins.rule_packs.spoil(&pack.sha256, PackForm::Compiled, Some(b"GATEPACK of another format".to_vec()));
    assert_eq!(verdict(&engines(&twins)).await, before);
}

#[tokio::test]
async fn a_crash_between_any_two_calls_leaves_one_pack_and_one_report() {
    let run = async |strike: Option<(usize, When)>| {
        let twins = Twins::at(samples::NOON);
        let mut files = uploaded(&twins, "good", 1, "百家乐\n").to_vec();
        files.extend(uploaded(&twins, "bad", 2, "\u{200B}\n"));
        if let Some((call, when)) = strike {
            twins.faults.strike(call, when);
        }
        for file in &files {
            until_done(async || compiler(&twins).take(file).await).await;
        }
        let calls = twins.faults.calls();
        twins.faults.reset();
        let events: Vec<_> = twins.rule_packs.events().into_iter().map(|event| (event.version, event.body)).collect();
        (events, twins.control_files.reports(), verdict(&engines(&twins)).await, calls)
    };
    let (events, reports, in_force, calls) = run(None).await;
    assert_eq!((events.len(), reports.len()), (2, 2));
    for when in [When::Before, When::After] {
        for call in 1..=calls {
            let (again, reported, verdict, _) = run(Some((call, when))).await;
            let all = (&again, &reported, &verdict);
            assert_eq!(all, (&events, &reports, &in_force), "call {call} failed {when:?} its effect");
        }
    }
}
