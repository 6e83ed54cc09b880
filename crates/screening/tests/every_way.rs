//! What packs can say, row by row: each switch on and off, permitted terms, states, tags, scopes, near misses, and what banks
//! have beside terms.

use screening::{
    bank::Bank,
    contacts::ContactKind,
    engine::Engine,
    facts::Facts,
    fingerprint::Fingerprint,
    normalise::Switches,
    pack::RulePack,
    verdict::{Effect, Verdict},
};

fn one_rule(more: &str) -> String {
    format!(
        "{{id: t, version: 1, banks: {{terms: [x]}}, rules: [{{id: found, version: 1, title: {{zh: 有, en: found}}, \
         policy: test, effect: hold, bank: terms, examples: {{matches: [x], passes: []}}{more}}}]}}"
    )
}

#[expect(clippy::unwrap_used, reason = "a pack that is right, and a test")]
fn engine_of(bank: Bank, permitted: &[&str]) -> Engine {
    let mut pack = RulePack::from_yaml(&one_rule("")).unwrap();
    pack.banks.insert("terms".to_owned(), bank);
    pack.permitted = permitted.iter().map(|term| (*term).to_owned()).collect();
    pack.compile().unwrap()
}

fn finds(engine: &Engine, text: &str) -> bool {
    !engine.screen(&[text]).findings.is_empty()
}

fn of(term: &str, normalise: Switches) -> Engine {
    engine_of(Bank { normalise, ..Bank::from(vec![term.to_owned()]) }, &[])
}

/// A switch, what is written, and the term that is meant by it.
type Row = (&'static str, fn(&mut Switches, bool), &'static [(&'static str, &'static str)]);

const ROWS: [Row; 15] = [
    (
        "compatibility",
        |all, on| all.compatibility = on,
        &[
            ("casino", "ｃａｓｉｎｏ"),
            ("casino", "ⓒⓐⓢⓘⓝⓞ"),
            ("casino", "𝐜𝐚𝐬𝐢𝐧𝐨"),
            ("casino", "🅲🅰🆂🅸🅽🅾"),
            ("加群123", "加群１２３"),
            ("加群123", "加群①②③"),
            ("加群123", "加群١٢٣"),
        ],
    ),
    ("case", |all, on| all.case = on, &[("casino", "CASINO"), ("casino", "Casino")]),
    ("traditional", |all, on| all.traditional = on, &[("赌博网", "賭博網"), ("发财会", "發財會")]),
    ("confusables", |all, on| all.confusables = on, &[("casino", "саsino"), ("casino", "cásinó")]),
    (
        "marks",
        |all, on| all.marks = on,
        &[("加微信", "加\u{200B}微\u{200D}信"), ("加微信", "加\u{0336}微\u{0336}信"), ("加微信", "加\u{FE0F}微信")],
    ),
    (
        "separators",
        |all, on| all.separators = on,
        &[("加微信", "加*微*信"), ("加微信", "加 微 信"), ("加微信", "加🎰微🎰信"), ("casino", "c.a.s.i.n.o")],
    ),
    ("repeats", |all, on| all.repeats = on, &[("加微信", "加加微信信"), ("加QQ群", "加QQQ群")]),
    ("leet", |all, on| all.leet = on, &[("casino", "c4sin0"), ("casino", "ca$ino")]),
    ("numerals", |all, on| all.numerals = on, &[("加群123", "加群一二三"), ("二八杠", "28杠")]),
    ("pinyin", |all, on| all.pinyin = on, &[("加微信", "jiaweixin"), ("加微信", "加wei信")]),
    ("initials", |all, on| all.initials = on, &[("加微信", "加w信")]),
    ("homophones", |all, on| all.homophones = on, &[("加微信", "加薇信"), ("加微信", "加威信")]),
    ("split", |all, on| all.split = on, &[("好的呀", "女子的呀")]),
    // These two find more when they are off.
    ("word_boundaries", |all, on| all.word_boundaries = !on, &[("ass", "a class here")]),
    ("common_words", |all, on| all.common_words = !on, &[("口交", "路口交通很堵")]),
];

#[test]
fn each_switch_sees_through_its_own_disguise_and_not_when_it_is_off() {
    let mut wrong = Vec::new();
    for (name, set, texts) in ROWS {
        for (term, text) in texts {
            let (mut on, mut off) = (Switches::default(), Switches::default());
            set(&mut on, true);
            set(&mut off, false);
            for (switches, is, found) in [(on, "on", true), (off, "off", false)] {
                if finds(&of(term, switches), text) != found {
                    wrong.push(format!("{name} {is}: {term} in {text}"));
                }
            }
            // Whatever is switched, a term is found as it is written.
            for switches in [on, off] {
                assert!(finds(&of(term, switches), &format!("看 {term} 看")), "{name}: {term} as it is");
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn near_misses_are_passed_with_everything_on() {
    for (term, text) in [
        ("加微信", "他参加，微信群里的人都来了"),
        ("加微信", "加上微信支付"),
        ("ass", "the class passes"),
        ("casino", "occasion no"),
        ("赤裸聊", "一身赤裸，聊胜于无"),
        ("加QQ群", "加Q群"),
        ("二八杠", "第二，八杠铃"),
        ("口交", "十字路口交通"),
    ] {
        let found = finds(&of(term, Switches::default()), text);
        assert!(!found, "{term} in {text}");
    }
}

#[test]
fn what_is_permitted_swallows_what_stands_inside_it() {
    let bank = Bank { except: vec!["微信支付".to_owned()], ..Bank::from(vec!["微信".to_owned()]) };
    let engine = engine_of(bank, &["企业微信", "QQ微信群"]);
    for (text, found) in [
        ("加我微信", true),
        ("用微信支付", false),
        ("用微*信*支*付", false),
        ("下载企业微信", false),
        ("Q/Q/微信群", false),
        ("企业微信外再加微信", true),
        ("微信支付不行就加微信", true),
        ("微信支", true),
    ] {
        assert_eq!(finds(&engine, text), found, "{text}");
    }
}

/// By a rule with these further fields, of a text that its bank has.
#[expect(clippy::unwrap_used, reason = "a pack that is right, and a test")]
fn assessed(more: &str, facts: &Facts) -> Verdict {
    RulePack::from_yaml(&one_rule(more)).unwrap().compile().unwrap().assess(&["x"], facts)
}

#[test]
fn a_rule_does_as_its_state_says() {
    for (state, effect, findings, background, tags) in [
        ("live", Effect::Hold, 1, 0, 1),
        ("background", Effect::Pass, 0, 1, 0),
        ("draft", Effect::Pass, 0, 0, 0),
        ("expired", Effect::Pass, 0, 0, 0),
    ] {
        let verdict = assessed(&format!(", state: {state}, tags: [money]"), &Facts::default());
        assert_eq!(
            (verdict.effect, verdict.findings.len(), verdict.background.len(), verdict.tags.len()),
            (effect, findings, background, tags),
            "{state}"
        );
        assert_eq!(verdict.met_in_background().count(), background);
    }
}

#[test]
fn what_is_shown_of_the_background_is_bounded() {
    let rule = |number: usize| {
        format!(
            "{{id: r{number}, version: 1, title: {{zh: 有, en: found}}, policy: test, effect: hold, bank: terms, state: \
             background, examples: {{matches: [x], passes: []}}}}"
        )
    };
    let rules: Vec<String> = (0..100).map(rule).collect();
    let yaml = format!("{{id: t, version: 1, banks: {{terms: [x]}}, rules: [{}]}}", rules.join(", "));
    let engine = RulePack::from_yaml(&yaml).unwrap().compile().unwrap();
    let verdict = engine.screen(&[&"x, ".repeat(5_000)]);
    assert_eq!((verdict.effect, verdict.background.len()), (Effect::Pass, 30));
    assert!(verdict.background.iter().all(|finding| (finding.spans.len(), finding.places_left_out) == (1, 4_999)));
    assert!(serde_json::to_string(&verdict).unwrap().len() < 20_000);
}

#[test]
fn a_verdict_of_earlier_days_is_read() {
    let earlier = r#"{"effect":"pass","findings":[],"rule_pack":"t@1"}"#;
    let verdict: Verdict = serde_json::from_str(earlier).unwrap();
    assert_eq!((verdict.background.len(), verdict.tags.len()), (0, 0));
    assert_eq!(serde_json::to_string(&verdict).unwrap(), earlier);
}

#[test]
fn tags_of_all_live_rules_that_are_met_are_told_once() {
    let yaml = "{id: t, version: 1, banks: {terms: [x], others: [y]}, rules: [\
                {id: a, version: 1, title: {zh: 有, en: a}, policy: test, effect: pass, bank: terms, tags: [money, chat], \
                 examples: {matches: [x], passes: []}}, \
                {id: b, version: 1, title: {zh: 有, en: b}, policy: test, effect: pass, bank: others, tags: [chat, late], \
                 examples: {matches: [y], passes: []}}]}";
    let engine = RulePack::from_yaml(yaml).unwrap().compile().unwrap();
    assert_eq!(engine.screen(&["x y"]).tags, ["money", "chat", "late"]);
    assert_eq!(engine.screen(&["y"]).tags, ["chat", "late"]);
    assert_eq!(engine.screen(&["z"]).tags, Vec::<String>::new());
}

#[test]
fn a_rule_counts_where_its_scope_says() {
    let mut facts = Facts::default();
    "comment".clone_into(&mut facts.content.kind);
    facts.account.labels = vec!["media".to_owned(), "culture".to_owned()];
    "new".clone_into(&mut facts.account.grade);
    "c".clone_into(&mut facts.account.credit_level);
    for (scope, holds) in [
        ("{}", true),
        ("{kinds: [comment]}", true),
        ("{kinds: [publication, profile]}", false),
        ("{labels: [culture, sports]}", true),
        ("{labels: [sports]}", false),
        ("{grades: [new]}", true),
        ("{grades: [large]}", false),
        ("{credit_levels: [c, d]}", true),
        ("{credit_levels: [a]}", false),
        ("{kinds: [comment], credit_levels: [a]}", false),
        ("{kinds: [comment], labels: [media], grades: [new], credit_levels: [c]}", true),
    ] {
        let found = !assessed(&format!(", scope: {scope}"), &facts).findings.is_empty();
        assert_eq!(found, holds, "{scope}");
    }
}

#[test]
fn conditions_ask_what_the_reference_says() {
    let yaml = |when: &str| {
        format!(
            "{{id: t, version: 1, banks: {{a: [甲甲, 甲乙], b: [丙丙]}}, rules: [{{id: found, version: 1, title: {{zh: 有, en: \
             found}}, policy: test, effect: hold, when: \"{when}\", examples: {{matches: [x], passes: []}}}}]}}"
        )
    };
    let mut facts = Facts::default();
    facts.account.age_days = 3;
    facts.time.weekday = 7;
    for (when, text, holds) in [
        ("hits('a') == 3 && terms('a') == 2", "甲甲 x 甲乙 x 甲甲", true),
        ("hits('b') == 0 && terms('b') == 0", "甲甲", true),
        ("distance('a', 'b') == 3", "甲甲xxx丙丙", true),
        ("distance('a', 'b') == 0", "丙丙甲甲", true),
        ("distance('a', 'b') == -1", "甲甲", true),
        ("links == ['a.example']", "看 https://A.example/x", true),
        ("account.age_days < 7 && time.weekday == 7", "x", true),
        ("content.news", "x", false),
        ("size(account.labels) > 0 && account.labels[0] == 'media'", "x", false),
        ("media_score('adult') > 0.0", "x", false),
    ] {
        let engine = RulePack::from_yaml(&yaml(when)).unwrap().compile().unwrap();
        assert_eq!(engine.assess(&[text], &facts).effect == Effect::Hold, holds, "{when} of {text}");
    }
}

#[test]
fn a_host_is_found_with_all_that_is_under_it() {
    let engine = engine_of(Bank { hosts: vec!["Bad.example".to_owned()], ..Bank::default() }, &[]);
    for (text, found) in [
        ("看 https://bad.example/a?b", true),
        ("看www.BAD.example。", true),
        ("badexample.com", false),
        ("notbad.example", false),
        ("bad.example.org", false),
    ] {
        assert_eq!(finds(&engine, text), found, "{text}");
    }
}

#[test]
fn contacts_are_found_by_their_kind() {
    // Numbers that are nobody's: a range for tests, and a card with a right check digit that no bank issues.
    for (kind, text, other) in [
        (ContactKind::Phone, "电话 138-0013-8000", "电话 120-0013-8000"),
        (ContactKind::Wechat, "微信：abc_12345", "微信很好用"),
        (ContactKind::Qq, "QQ 123456789", "QQ很好用"),
        (ContactKind::BankCard, "卡号 4111 1111 1111 1111", "卡号 4111 1111 1111 1112"),
    ] {
        let engine = engine_of(Bank { contacts: vec![kind], ..Bank::default() }, &[]);
        assert!(finds(&engine, text), "{kind}: {text}");
        assert!(!finds(&engine, other), "{kind}: {other}");
    }
}

#[test]
fn a_pattern_is_matched_as_it_is_written() {
    let engine = engine_of(Bank { patterns: vec![r"vx\d{3,}".to_owned()], ..Bank::default() }, &[]);
    assert!(finds(&engine, "加vx1234") && !finds(&engine, "加VX1234") && !finds(&engine, "加vx12"));
}

#[test]
fn a_text_is_known_again_by_its_fingerprint_in_a_bank() {
    let text = "本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，老客户另有优惠，\
                节假日照常营业，请提前三天预约，以便我们安排人手与材料，谢谢大家一直以来的支持与信任。";
    let engine = engine_of(Bank { fingerprints: vec![Fingerprint::of(text)], ..Bank::default() }, &[]);
    assert!(finds(&engine, text) && finds(&engine, &text.replace('，', " * ")), "the same, and in disguise");
    assert!(finds(&engine, &text.replace("三天", "五天")), "nearly the same");
    assert!(!finds(&engine, "本店今日休息，明日照常营业。"));
}
