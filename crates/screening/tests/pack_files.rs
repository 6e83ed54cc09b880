//! A pack as files: right ones are compiled, wrong ones are told everything that is wrong with them, with its place.

use std::collections::BTreeMap;

use screening::source::{Checked, Hashes, Manifest, Problem, sha256};

const YAML: &str = "\
id: shop
version: 4
banks:
  games:
    files:
      - { name: banks/games.txt, sha256: HASH }
  contact: [加微信]
rules:
  - id: gambling
    version: 1
    title: { zh: 赌博, en: gambling }
    policy: gambling
    effect: reject
    bank: games
    examples: { matches: [来玩百家乐], passes: [百家姓] }
  - id: steering
    version: 1
    title: { zh: 引流, en: steering }
    policy: spam
    effect: hold
    when: hits('contact') > 0
    examples: { matches: [请加微信], passes: [微信] }
";
const GAMES: &str = "# 棋牌\n百家乐\n龙虎斗\n";

fn check(yaml: &str, games: &[u8], hashes: Hashes) -> Result<Checked, Vec<Problem>> {
    let yaml = yaml.replace("HASH", &sha256(GAMES.as_bytes()));
    let files = BTreeMap::from([("banks/games.txt".to_owned(), games.to_vec())]);
    Manifest::read(yaml.as_bytes())?.check(&files, hashes)
}

/// Line and path of each problem.
#[expect(clippy::panic, reason = "a test says what it expected")]
fn problems(yaml: &str) -> Vec<(usize, String)> {
    let Err(problems) = check(yaml, GAMES.as_bytes(), Hashes::Required) else { panic!("accepted: {yaml}") };
    assert!(problems.iter().all(|problem| !problem.zh.is_empty() && !problem.en.is_empty()));
    problems.into_iter().map(|problem| (problem.line.unwrap_or_default(), problem.path)).collect()
}

#[test]
fn a_pack_with_its_files_is_compiled() {
    let checked = check(YAML, GAMES.as_bytes(), Hashes::Required).ok().unwrap();
    assert_eq!(checked.engine.screen(&["龙*虎*斗"]).rule_pack, "shop@4");
    assert_eq!(checked.engine.screen(&["龙*虎*斗"]).findings.len(), 1);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let wrong = YAML
        .replace("  contact: [加微信]", "  contact: ['', 加微信, 加微信]")
        .replace("    bank: games\n", "    bank: game\n")
        .replace("id: steering", "id: gambling")
        .replace("hits('contact') > 0", "hit('contact') >");
    assert_eq!(
        problems(&wrong),
        [
            (14, "rules[0].bank".to_owned()),
            (16, "rules[1].id".to_owned()),
            (21, "rules[1].when".to_owned()),
            (7, "banks.contact.terms[0]".to_owned()),
            (7, "banks.contact.terms[2]".to_owned()),
        ]
    );
}

#[test]
fn every_rule_of_the_wrong_form_is_told() {
    let wrong = YAML.replace("effect: reject", "effect: burn").replace("    policy: spam\n", "    polizy: spam\n");
    let found = problems(&(wrong + "more: 1\n"));
    assert_eq!(
        found.iter().map(|(_, path)| path.as_str()).collect::<Vec<_>>(),
        ["rules[0]", "rules[1].polizy", "more"]
    );
    assert!(found[0].0 >= 9 && found[1].0 >= 16 && found[2].0 == 23, "{found:?}");
}

#[test]
fn a_wrong_term_in_a_bank_file_is_told_with_its_line() {
    let games = "百家乐\n龙虎斗\n***\n百家乐\n";
    let yaml = YAML.replace(", sha256: HASH", "");
    let found = check(&yaml, games.as_bytes(), Hashes::IfGiven).err().unwrap();
    let places: Vec<_> = found.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(places, [("banks/games.txt", Some(3)), ("banks/games.txt", Some(4))]);
}

#[test]
fn hashes_of_pictures_and_files_come_from_lists_and_tables() {
    let (picture, file) = ("0f".repeat(32), "ab".repeat(32));
    let yaml =
        YAML.replace("sha256: HASH }", "holds: pictures }\n      - { name: banks/files.csv, holds: file_hashes }");
    let yaml = yaml.replace("matches: [来玩百家乐]", &format!("matches: ['pdq:{picture}', 'sha256:{file}']"));
    let check = |pictures: &str, table: &str| {
        let files = BTreeMap::from([
            ("banks/games.txt".to_owned(), pictures.as_bytes().to_vec()),
            ("banks/files.csv".to_owned(), table.as_bytes().to_vec()),
        ]);
        Manifest::read(yaml.as_bytes())?.check(&files, Hashes::IfGiven)
    };
    let checked = check(&format!("# 图\n{picture}\n"), &format!("sha256,note\n{file},x\n")).ok().unwrap();
    assert_eq!((checked.pack.banks["games"].pictures.len(), checked.pack.banks["games"].file_hashes.len()), (1, 1));
    let wrong = check("0f\n", "sha256\nxyz\n").err().unwrap();
    let places: Vec<_> = wrong.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(&places[..2], [("banks/games.txt", Some(1)), ("banks/files.csv", Some(2))]);
    let column = check(&picture, "term\nxyz\n").err().unwrap();
    assert!(column[0].en.contains("`sha256`"), "{}", column[0]);
}

#[test]
fn a_bank_file_of_another_upload_is_refused() {
    let found = check(YAML, "百家乐\n".as_bytes(), Hashes::Required).err().unwrap();
    assert_eq!((found[0].path.as_str(), found[0].line), ("banks.games.files[0]", Some(6)));
    let without = check(&YAML.replace(", sha256: HASH", ""), GAMES.as_bytes(), Hashes::Required).err().unwrap();
    assert!(without[0].en.contains(&sha256(GAMES.as_bytes())), "{}", without[0]);
}

#[test]
fn an_example_that_does_not_hold_is_told_with_its_place() {
    let found = problems(
        &YAML.replace("matches: [来玩百家乐], passes: [百家姓]", "matches: [百家姓], passes: [百家乐, 龙虎斗]"),
    );
    let paths: Vec<_> = found.iter().map(|(_, path)| path.as_str()).collect();
    assert_eq!(paths, ["rules[0].examples.matches[0]", "rules[0].examples.passes[0]", "rules[0].examples.passes[1]"]);
    assert!(found.iter().all(|(line, _)| *line == 15), "{found:?}");
}

#[test]
fn files_outside_the_folder_are_refused() {
    for name in ["../games.txt", "/etc/x.txt", "a/../b.txt", "banks/games.exe", "."] {
        let found = problems(&YAML.replace("banks/games.txt", name));
        assert_eq!(found[0].1, "banks.games.files[0]", "{name}");
    }
}

#[test]
fn what_is_made_to_hurt_is_refused() {
    let bomb = (1..20).fold("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, n| {
        text + &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(","))
    });
    let cycle = "id: &a [*a]\n".to_owned();
    let deep = format!("id: {}", "[".repeat(50_000));
    let twice = YAML.replace("version: 4", "version: 4\nversion: 5");
    let large = " ".repeat((4 << 20) + 1);
    for hostile in [bomb, cycle, deep, twice, large, String::new(), "\u{0}".to_owned()] {
        assert!(Manifest::read(hostile.as_bytes()).is_err(), "{}", hostile.chars().take(40).collect::<String>());
    }
    assert!(Manifest::read(b"id: \xFF").is_err());
}

#[test]
fn more_than_a_million_terms_are_refused() {
    let games = (0..1_000_001).fold(String::new(), |games, number| games + "词" + &number.to_string() + "\n");
    let yaml = YAML.replace(", sha256: HASH", "");
    let found = check(&yaml, games.as_bytes(), Hashes::IfGiven).err().unwrap();
    assert_eq!(found[0].path, "banks");
    assert!(found[0].en.contains("more than a million"));
}

#[test]
fn bombs_in_patterns_and_conditions_are_refused_with_their_place() {
    let bombs = ["(a{1000}){1000}", r"(\w{500}){500}", "((((((a{20}){20}){20}){20}){20}){20})"];
    for bomb in bombs {
        let yaml = YAML.replace("contact: [加微信]", &format!("contact: {{ terms: [加微信], patterns: ['{bomb}'] }}"));
        assert_eq!(problems(&yaml)[0].1, "banks.contact.patterns[0]", "{bomb}");
    }
    let wide = vec!["hits('contact') > 0"; 400].join(" && ");
    let nested = "links.all(a, links.all(b, links.all(c, links.all(d, a == d))))".to_owned();
    for bomb in [wide, nested] {
        let found = problems(&YAML.replace("hits('contact') > 0", &bomb));
        assert_eq!(found[0].1, "rules[1].when", "{}", bomb.chars().take(40).collect::<String>());
    }
}

#[test]
fn one_bank_file_in_two_banks_is_no_mistake_and_one_id_for_two_rules_is() {
    let both = YAML.replace(
        "  contact: [加微信]",
        "  contact: { files: [{ name: banks/games.txt, sha256: HASH }], terms: [加微信] }",
    );
    assert!(check(&both, GAMES.as_bytes(), Hashes::Required).is_ok());
    let twice = YAML.replace("id: steering", "id: gambling");
    assert_eq!(problems(&twice), [(16, "rules[1].id".to_owned())]);
}

#[test]
fn a_permitted_term_is_judged_as_any_other() {
    let long = "长".repeat(501);
    for permitted in ["['***']", "['']", "[百家姓, '\u{200B}']", &format!("[{long}]")] {
        let wrong = YAML.replace("banks:\n", &format!("permitted: {permitted}\nbanks:\n"));
        let at = usize::from(permitted.starts_with("[百"));
        assert_eq!(problems(&wrong), [(3, format!("permitted[{at}]"))], "{permitted}");
        let pack =
            screening::pack::RulePack::from_yaml("{id: a, version: 1, banks: {b: [加微信]}, rules: []}").unwrap();
        let permitted =
            vec![if at == 1 { "\u{200B}".to_owned() } else { permitted.trim_matches(['[', ']', '\'']).to_owned() }];
        assert!(screening::pack::RulePack { permitted, ..pack }.compile().is_err());
    }
}

#[test]
fn permitted_terms_count() {
    let pack = screening::pack::RulePack::from_yaml("{id: a, version: 1, banks: {b: [加微信]}, rules: []}").unwrap();
    let permitted = (0..1_000_000).map(|number| number.to_string()).collect();
    let refused = screening::pack::RulePack { permitted, ..pack }.compile().err();
    assert_eq!(refused, Some(screening::pack::PackError::TooManyTerms(1_000_001)));
}

#[test]
fn an_example_that_leaves_the_condition_without_an_answer_is_no_example() {
    let unanswered = "account.labels[0] == 'media'";
    let wrong = YAML.replace("hits('contact') > 0", &format!("\"{unanswered}\""));
    let path = |list: &str| (22, format!("rules[1].examples.{list}[0]"));
    assert_eq!(problems(&wrong), [path("matches"), path("passes")]);
}
