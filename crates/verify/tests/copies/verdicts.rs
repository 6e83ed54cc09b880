use evidence::{
    envelope::Envelope,
    object::LogHour,
    seal::{self, Seal},
};
use gatehouse_verify::{
    finding::{Kind, Language},
    keyring::Trust,
    report::Report,
    verify::{InputError, Scope, verify},
};
use jiff::SignedDuration;

use crate::sample::{Sample, Signer, start};

fn look(sample: &Sample) -> Report {
    verify(&sample.files, &sample.trust(), &sample.scope()).unwrap()
}

fn kinds(report: &Report) -> Vec<Kind> {
    report.findings.iter().map(|finding| finding.kind).collect()
}

#[test]
fn a_whole_copy_is_sound_also_after_a_sweep_r16_2() {
    let report = look(&Sample::of_twelve_hours());
    assert_eq!(report.findings, []);
    assert!(report.sound);
    assert_eq!((report.seals, report.counts.objects, report.counts.deleted_with_receipt), (12, 16, 4));
    assert_eq!((report.counts.records, report.counts.deleted_records, report.counts.papers), (32, 8, 4));
    assert_eq!(report.last_hour.as_deref(), Some("2026-11-24T07"));
}

#[test]
fn what_was_written_after_the_last_seal_is_no_fault() {
    let mut sample = Sample::of_twelve_hours();
    sample.log("late", 1);
    let report = look(&sample);
    assert_eq!((report.sound, report.counts.not_sealed_yet), (true, 1));
}

#[test]
fn what_came_late_is_in_the_seal_of_the_hour_that_wrote_it() {
    let mut sample = Sample::new();
    let late = sample.log("late", 1);
    let entry = late.entry();
    sample = Sample::new();
    sample.seal();
    let head = Envelope::open(&sample.files[&seal::key(start())]).unwrap();
    let second = Seal::next(Some(&head.seal.head(head.link)), start().next(), vec![entry], sample.at(70));
    sample.files.insert(seal::key(start().next()), sample.signer.envelope(&second));
    sample.files.insert(late.key, late.bytes);
    let report = look(&sample);
    assert_eq!((report.findings, report.counts.objects), (vec![], 1));
}

#[test]
fn an_object_of_a_sealed_hour_that_no_seal_knows_is_found() {
    let mut sample = Sample::of_twelve_hours();
    let (key, bytes) = sample.files.iter().find(|(key, _)| key.starts_with("content-log/")).unwrap();
    let (planted, bytes) = (key.replace(".ndjson", "0.ndjson"), bytes.clone());
    sample.files.insert(planted.clone(), bytes);
    sample.files.insert("content-log/readme.txt".to_owned(), vec![]);
    let report = look(&sample);
    assert_eq!(kinds(&report), [Kind::ObjectExtra, Kind::ObjectExtra]);
    assert_eq!(report.findings[0].place, planted);
}

#[test]
fn a_deletion_before_its_time_is_found_though_it_has_a_receipt() {
    let mut sample = Sample::new();
    sample.log("a", 1);
    sample.sweep(start());
    sample.seal();
    assert_eq!(kinds(&look(&sample)), [Kind::DeletedEarly]);
}

#[test]
fn a_deletion_that_nobody_wrote_down_is_found_and_one_that_broke_off_is_told_apart() {
    let mut sample = Sample::of_twelve_hours();
    let receipt = sample.files.keys().find(|key| key.ends_with(".receipt.json")).unwrap().clone();
    sample.files.remove(&receipt);
    let unfinished = [Kind::DeletionUnfinished, Kind::DeletionUnfinished, Kind::PaperMissing];
    assert_eq!(kinds(&look(&sample)), unfinished);
    let intent = receipt.replace("receipt.json", "intent.json");
    sample.files.remove(&intent);
    let missing = [Kind::ObjectMissing, Kind::ObjectMissing, Kind::PaperMissing, Kind::PaperMissing];
    assert_eq!(kinds(&look(&sample)), missing);
}

#[test]
fn a_receipt_that_was_made_up_deletes_nothing() {
    let mut honest = Sample::of_twelve_hours();
    let mut forger = Sample::of_twelve_hours();
    let kept = LogHour::of(start().start() + SignedDuration::from_hours(5));
    let before = forger.files.clone();
    forger.sweep(kept);
    let papers = forger.files.into_iter().filter(|(key, _)| !before.contains_key(key));
    honest.files.extend(papers);
    honest.files.retain(|key, _| !key.starts_with(&kept.prefix()));
    // The papers are of an hour that is not over, and prove nothing until it is sealed.
    assert_eq!(kinds(&look(&honest)), [Kind::ObjectMissing, Kind::ObjectMissing]);
}

#[test]
fn seals_that_were_cut_off_at_the_end_are_missed_when_the_auditor_says_until_when() {
    let mut sample = Sample::of_twelve_hours();
    sample.files.pop_last().unwrap();
    let last = sample.files.keys().rfind(|key| !key.contains("keys")).unwrap().clone();
    sample.files.remove(&last);
    let report = look(&sample);
    let missing = report.findings.iter().filter(|finding| finding.kind == Kind::SealMissing).count();
    assert!(missing >= 1, "{report:?}");
    let trusting = verify(&sample.files, &Trust { named: vec![], brought: vec![sample.signer.key] }, &Scope::default());
    assert!(trusting.unwrap().findings.iter().all(|finding| finding.kind != Kind::SealMissing));
}

#[test]
fn a_copy_may_begin_later_when_the_auditor_says_so() {
    let mut sample = Sample::of_twelve_hours();
    let from = LogHour::of(start().start() + SignedDuration::from_hours(4));
    let mut hour = start();
    while hour < from {
        sample.files.remove(&seal::key(hour));
        sample.files.retain(|key, _| !key.starts_with(&hour.prefix()));
        hour = hour.next();
    }
    assert_eq!(kinds(&look(&sample)), [Kind::SealMissing]);
    let asked = Scope { from: Some(from), ..sample.scope() };
    assert_eq!(verify(&sample.files, &sample.trust(), &asked).unwrap().findings, []);
    let earlier = LogHour::of(from.start() - SignedDuration::from_hours(1));
    let asked = Scope { from: Some(earlier), ..asked };
    assert_eq!(kinds(&verify(&sample.files, &sample.trust(), &asked).unwrap()), [Kind::SealMissing]);
}

#[test]
fn a_chain_that_somebody_else_signed_anew_is_found_whatever_key_they_name() {
    let mut sample = Sample::of_twelve_hours();
    let other = Signer::new();
    sample.files.insert(other.key.object_key(), other.key.to_pem().into_bytes());
    let key = seal::key(start());
    let seal = Envelope::open(&sample.files[&key]).unwrap().seal;
    sample.files.insert(key, other.envelope(&seal));
    let report = look(&sample);
    assert!(kinds(&report).contains(&Kind::KeyNotTrusted), "{report:?}");
    let trusting = Trust { named: vec![sample.signer.key.key_id(), other.key.key_id()], brought: vec![] };
    let report = verify(&sample.files, &trusting, &sample.scope()).unwrap();
    assert_eq!(kinds(&report), [Kind::ChainBroken], "the signature of the first is part of the second");
}

#[test]
fn keys_change_from_one_seal_to_the_next() {
    let mut sample = Sample::new();
    let old = sample.signer.key.key_id();
    sample.seal();
    sample.signer = Signer::new();
    sample.files.insert(sample.signer.key.object_key(), sample.signer.key.to_pem().into_bytes());
    sample.seal();
    let both = Trust { named: vec![old, sample.signer.key.key_id()], brought: vec![] };
    assert_eq!(verify(&sample.files, &both, &sample.scope()).unwrap().findings, []);
    assert!(kinds(&look(&sample)).contains(&Kind::KeyNotTrusted));
}

#[test]
fn a_lock_that_ends_before_the_duty_is_found_when_the_auditor_names_the_period() {
    let sample = Sample::of_twelve_hours();
    let six_months = domain::retention::RetentionPeriod::parse("P6M", domain::retention::Stage::Prod).unwrap();
    let asked = Scope { period: Some(six_months), ..sample.scope() };
    let report = verify(&sample.files, &sample.trust(), &asked).unwrap();
    assert_eq!(kinds(&report), vec![Kind::LockTooShort; 20]);
}

#[test]
fn without_seals_or_trust_there_is_no_verdict() {
    let sample = Sample::of_twelve_hours();
    let nobody = verify(&sample.files, &Trust::default(), &Scope::default());
    assert!(matches!(nobody, Err(InputError::NoTrust)));
    let nothing = verify(&crate::sample::Files::new(), &sample.trust(), &Scope::default());
    assert!(matches!(nothing, Err(InputError::NoSeals)));
}

#[test]
fn every_finding_has_a_name_in_both_languages() {
    for kind in Kind::ALL {
        assert!(!kind.told(Language::En).is_empty() && !kind.told(Language::Zh).is_ascii(), "{kind:?}");
    }
    let sound = look(&Sample::of_twelve_hours());
    assert!(sound.told(Language::En).ends_with("sound: the copy is what was sealed\n"));
    assert!(sound.told(Language::Zh).ends_with("完好：副本与封存一致\n"));
}
