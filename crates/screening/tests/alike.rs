//! Terms of one bank that are compared alike, and terms that say a character twice: each of them is found, whichever else is
//! in the bank.

use screening::{bank::Bank, engine::Engine, normalise::Switches, pack::RulePack};

const YAML: &str = "{id: t, version: 1, banks: {terms: [x]}, rules: [{id: found, version: 1, title: {zh: 有, en: found}, \
                    policy: test, effect: hold, bank: terms, examples: {matches: [x], passes: []}}]}";

#[expect(clippy::unwrap_used, reason = "a pack that is right, and a test")]
fn engine(bank: Bank) -> Engine {
    let mut pack = RulePack::from_yaml(YAML).unwrap();
    pack.banks.insert("terms".to_owned(), bank);
    pack.compile().unwrap()
}

fn of(terms: &[&str]) -> Engine {
    engine(terms.iter().map(|term| (*term).to_owned()).collect::<Vec<_>>().into())
}

fn finds(engine: &Engine, text: &str) -> bool {
    !engine.screen(&[text]).findings.is_empty()
}

#[test]
fn a_stricter_term_does_not_hide_one_that_is_compared_like_it() {
    for (terms, texts) in [
        (["加QQ群", "加Q群"], ["请加Q群", "请加QQ群"]),
        (["加Q群", "加QQ群"], ["请加Q群", "请加QQ群"]),
        (["onlinecasino", "online casino"], ["an online casino", "an onlinecasino"]),
        (["online casino", "onlinecasino"], ["an online casino", "an onlinecasino"]),
        (["a bc d", "ab cd"], ["see a bc d", "see ab cd"]),
    ] {
        let engine = of(&terms);
        for text in texts {
            let findings = engine.screen(&[text]).findings;
            assert_eq!(findings.len(), 1, "{terms:?} {text}");
            assert_eq!(findings[0].spans.len(), 1, "one place, whichever term it is: {terms:?} {text}");
        }
    }
    let normalise = Switches { case: false, ..Switches::default() };
    let as_written = engine(Bank { normalise, ..Bank::from(vec!["vipcard".to_owned(), "VIPCARD".to_owned()]) });
    assert!(finds(&as_written, "a vipcard") && finds(&as_written, "a VIPCARD"));
}

#[test]
fn terms_without_end_that_are_compared_alike_are_few_to_compare() {
    let marks: Vec<String> = ('\u{2600}'..'\u{26FF}').map(|mark| format!("联系{mark}客服")).collect();
    let engine = engine(marks.into());
    assert_eq!(engine.screen(&["联系客服"]).findings[0].spans.len(), 1);
}

#[test]
fn what_parts_a_doubled_character_does_not_hide_the_term() {
    let engine = of(&["加QQ群", "时时彩", "发发发", "时时彩票票", "free casino"]);
    for text in [
        "加/Q/Q/群",
        "加Q/Q群",
        "加 Q Q 群",
        "加QQQ群",
        "时*时*彩",
        "时·时彩",
        "时时时彩",
        "发*发*发",
        "发发*发",
        "发*发发",
        "时/时彩票票",
        "时时彩票/票",
        "f r e e c a s i n o",
    ] {
        assert!(finds(&engine, text), "{text}");
    }
    for text in ["加Q群", "加/Q/群", "时彩", "时*彩", "发发", "发*发", "时。时候到了，彩票店关门", "fre casino"]
    {
        assert!(!finds(&engine, text), "{text}");
    }
}

#[test]
fn a_bank_that_minds_repetitions_minds_them_where_they_are_parted() {
    let normalise = Switches { repeats: false, ..Switches::default() };
    let engine = engine(Bank { normalise, ..Bank::from(vec!["时时彩".to_owned()]) });
    assert!(finds(&engine, "时时彩") && finds(&engine, "时*时*彩"));
    assert!(!finds(&engine, "时时*时*彩") && !finds(&engine, "时*彩"));
}
