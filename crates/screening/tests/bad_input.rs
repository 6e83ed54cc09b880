//! Texts that are made to hurt: the answer is right, and complete, whatever stands around the term.

use proptest::prelude::*;
use screening::{
    bank::Bank, contacts::ContactKind, engine::Engine, fingerprint::Fingerprint, normalise::Switches, pack::RulePack,
};

#[expect(clippy::unwrap_used, reason = "a pack that is right, and a test")]
fn engine() -> Engine {
    let yaml = "{id: t, version: 1, banks: {terms: [x]}, rules: [{id: found, version: 1, title: {zh: 有, en: found}, \
                policy: test, effect: hold, bank: terms, examples: {matches: [加微信], passes: []}}]}";
    let mut pack = RulePack::from_yaml(yaml).unwrap();
    let terms = vec!["加微信".to_owned(), "casino".to_owned()];
    pack.banks.insert("terms".to_owned(), Bank { normalise: Switches::all(), ..Bank::from(terms) });
    pack.compile().unwrap()
}

#[test]
fn floods_between_the_characters_hide_nothing() {
    let engine = engine();
    for flood in ["\u{200B}", "\u{0336}", "\u{202E}", "*", "🎰"] {
        let flood = flood.repeat(100_000);
        let text = format!("加{flood}微{flood}信");
        let verdict = engine.screen(&[&text]);
        assert_eq!(verdict.findings.len(), 1, "{:?}", flood.chars().next());
        assert_eq!((verdict.findings[0].spans[0].start, verdict.findings[0].spans[0].end), (0, text.len()));
    }
}

proptest! {
    #[test]
    fn a_mark_of_whatever_script_behind_each_character_hides_nothing(mark in "\\p{M}{1,3}") {
        let engine = engine();
        for term in ["加微信", "casino"] {
            let text: String = term.chars().flat_map(|c| [c.to_string(), mark.clone()]).collect();
            let verdict = engine.screen(&[&text]);
            prop_assert_eq!(verdict.findings.len(), 1, "{:?}", text);
            prop_assert_eq!((verdict.findings[0].spans[0].start, verdict.findings[0].spans[0].end), (0, text.len()));
        }
    }

    #[test]
    fn a_text_with_marks_has_the_fingerprint_of_the_text_without(mark in "\\p{M}{1,3}") {
        let text = "本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，老客户另有优惠，节假日照常营业。";
        let marked: String = text.chars().flat_map(|c| [c.to_string(), mark.clone()]).collect();
        prop_assert_eq!(Fingerprint::of(&marked), Fingerprint::of(text));
    }
}

#[test]
fn repetition_hides_nothing() {
    let text = "加".repeat(50_000) + &"微".repeat(50_000) + "信";
    assert_eq!(engine().screen(&[&text]).findings.len(), 1);
}

/// An engine that goes back would not come to an end; how the time grows is measured by `cargo xtask bench screening`.
#[test]
fn bombs_come_to_an_end() {
    let yaml = "{id: t, version: 1, banks: {terms: [x]}, rules: [{id: found, version: 1, title: {zh: 有, en: found}, \
                policy: test, effect: hold, bank: terms, examples: {matches: [aab], passes: []}}]}";
    let mut pack = RulePack::from_yaml(yaml).unwrap();
    let bank = Bank {
        normalise: Switches::all(),
        patterns: vec!["(a+)+b".to_owned(), "(加|微|信)*x".to_owned()],
        contacts: vec![ContactKind::Phone, ContactKind::Wechat, ContactKind::Qq, ContactKind::BankCard],
        ..Bank::from(vec!["aaaaab".to_owned()])
    };
    pack.banks.insert("terms".to_owned(), bank);
    let engine = pack.compile().unwrap();
    for unit in ["a", "加", "e\u{0301}\u{0302}\u{0303}", "\u{FDFA}", "a."] {
        assert!(engine.screen(&[&unit.repeat(100_000)]).findings.is_empty(), "{unit:?}");
    }
    let bomb = "a".repeat(100_000) + "b";
    assert_eq!(engine.screen(&[&bomb]).findings.len(), 1);
}

proptest! {
    #[test]
    fn whatever_stands_around_spans_are_places_of_the_text(text in "[加微信casino1 *，\u{200B}a-zжㄅ🎰]{0,60}") {
        for finding in engine().screen(&[&text]).findings {
            for span in finding.spans {
                prop_assert!(text.get(span.start..span.end).is_some_and(|found| !found.is_empty()));
                let units = text[..span.end].encode_utf16().count();
                prop_assert_eq!(units, span.utf16_end);
            }
        }
    }

    #[test]
    fn the_same_text_has_the_same_verdict(text in any::<String>()) {
        let engine = engine();
        prop_assert_eq!(engine.screen(&[&text]), engine.screen(&[&text]));
    }
}
