//! The starter pack does as its examples say.

use screening::pack::RulePack;

#[test]
fn every_rule_of_the_starter_pack_finds_its_examples() {
    let pack = RulePack::from_yaml(include_str!("../../../rules/starter/rule-pack.yaml")).unwrap();
    assert!(pack.rules.len() >= 60, "{}", pack.rules.len());
    assert_eq!(pack.run_examples(&pack.compile().unwrap()), Ok(()));
}
