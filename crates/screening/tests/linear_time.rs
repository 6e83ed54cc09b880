//! Time grows with a text and no faster, whatever the text is made of. Ratios of one run: ten times the text may take ten
//! times as long, and what grows with its square would take a hundred times.

use std::time::{Duration, Instant};

use screening::{
    bank::Bank, contacts::ContactKind, engine::Engine, fingerprint::Fingerprint, normalise::Switches,
    normalise::skeleton, pack::RulePack,
};

#[expect(clippy::unwrap_used, reason = "a pack that is right, and a test")]
fn engine() -> Engine {
    let yaml = "{id: t, version: 1, banks: {terms: [x]}, rules: [{id: found, version: 1, title: {zh: 有, en: found}, \
                policy: test, effect: hold, bank: terms, when: 'hits(\"terms\") > 0', \
                examples: {matches: [加微信], passes: []}}]}";
    let mut pack = RulePack::from_yaml(yaml).unwrap();
    let bank = Bank {
        normalise: Switches::all(),
        // A bomb for engines that go back: none here.
        patterns: vec!["(a+)+b".to_owned(), "(加|微|信)*x".to_owned()],
        hosts: vec!["bad.example".to_owned()],
        contacts: vec![ContactKind::Phone, ContactKind::Wechat, ContactKind::Qq, ContactKind::BankCard],
        ..Bank::from(vec!["加微信".to_owned(), "casino".to_owned(), "aaaaab".to_owned(), "赌".to_owned()])
    };
    pack.banks.insert("terms".to_owned(), bank);
    pack.compile().unwrap()
}

/// The shorter of two.
fn time(run: impl Fn()) -> Duration {
    let once = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    once().min(once())
}

/// A short run says nothing on a busy machine.
const LEAST: Duration = Duration::from_millis(2);

fn assert_linear(what: &str, unit: &str, run: impl Fn(&str)) {
    // 20 and 200 KB, ten times what the longest publication has.
    let (short, long) = (unit.repeat(20_000 / unit.len()), unit.repeat(200_000 / unit.len()));
    let (one, ten) = (time(|| run(&short)), time(|| run(&long)));
    assert!(ten < one.max(LEAST) * 40, "{what} of {unit:?}: {one:?} and {ten:?} for ten times as much");
}

const UNITS: [&str; 18] = [
    "\u{200B}",
    "\u{0336}",
    "\u{202E}",
    "\u{FE0F}",
    "e\u{0301}\u{0302}\u{0303}\u{0304}",
    "*",
    " ",
    "，",
    "\n",
    "a",
    "1",
    "加",
    "加*微*",
    "㎏",
    "\u{FDFA}",
    "1️⃣",
    "微信a1",
    "a.",
];

#[test]
fn screening_takes_time_as_the_text_is_long() {
    let engine = engine();
    for unit in UNITS {
        assert_linear("screening", unit, |text| drop(std::hint::black_box(engine.screen(&[text]))));
    }
}

#[test]
fn a_hit_after_a_flood_costs_no_more_than_the_flood() {
    let engine = engine();
    for flood in ["\u{200B}", "\u{0336}", "\u{202E}", "*", " ", "加"] {
        let text =
            |length: usize| format!("加{}微信 {}赌", flood.repeat(length / flood.len()), "aaaaa".repeat(length / 5));
        let (short, long) = (text(20_000), text(200_000));
        let screened = |text: &String| time(|| drop(std::hint::black_box(engine.screen(&[text]))));
        let (one, ten) = (screened(&short), screened(&long));
        assert!(ten < one.max(LEAST) * 40, "{flood:?}: {one:?} and {ten:?}");
    }
}

#[test]
fn names_and_fingerprints_take_time_as_the_text_is_long() {
    for unit in ["\u{200B}", "\u{0336}", "*", "加", "\u{FDFA}"] {
        assert_linear("the skeleton", unit, |text| drop(std::hint::black_box(skeleton(text))));
        assert_linear("the fingerprint", unit, |text| drop(std::hint::black_box(Fingerprint::of(text))));
    }
}
