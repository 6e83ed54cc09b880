//! Single changes at random, every one of which must be found.

use std::collections::BTreeMap;

use evidence::{envelope::Envelope, seal};
use gatehouse_verify::verify::verify;

use crate::{
    chance::Chance,
    sample::{Files, Sample, Signer},
};

/// How many, in a usual run. `MUTATIONS=10000` in the environment of the build tries more.
const TRIES: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    FlipABit,
    Drop,
    SwapTwo,
    Truncate,
    Append,
    Rename,
    SignAnew,
    RemoveAnHour,
}

const CHANGES: [Change; 8] = [
    Change::FlipABit,
    Change::Drop,
    Change::SwapTwo,
    Change::Truncate,
    Change::Append,
    Change::Rename,
    Change::SignAnew,
    Change::RemoveAnHour,
];

/// Changes `files` and says what was changed; `None` when the change came to nothing.
fn change(files: &mut Files, change: Change, other: &Signer, chance: &mut Chance) -> Option<String> {
    let keys: Vec<String> = files.keys().cloned().collect();
    let key = chance.one_of(&keys).clone();
    let length = files[&key].len();
    match change {
        Change::FlipABit => {
            let (byte, bit) = (chance.below(length), chance.below(8));
            files.get_mut(&key)?[byte] ^= 1 << bit;
        }
        Change::Drop => drop(files.remove(&key)),
        Change::SwapTwo => {
            let second = chance.one_of(&keys);
            if files[&key] == files[second] {
                return None;
            }
            let (a, b) = (files[&key].clone(), files[second].clone());
            files.insert(key.clone(), b);
            files.insert(second.clone(), a);
        }
        Change::Truncate => files.get_mut(&key)?.truncate(chance.below(length)),
        Change::Append => files.get_mut(&key)?.push(u8::try_from(chance.below(256)).ok()?),
        Change::Rename => {
            let bytes = files.remove(&key)?;
            files.insert(format!("{key}.bak"), bytes);
        }
        Change::SignAnew => {
            let seals: Vec<&String> = keys.iter().filter(|key| is_seal(key)).collect();
            let key = (*chance.one_of(&seals)).clone();
            let seal = Envelope::open(&files[&key]).ok()?.seal;
            files.insert(key, other.envelope(&seal));
        }
        Change::RemoveAnHour => {
            // As somebody does who wants the hour never to have been: its seal and what it speaks of.
            let seals: Vec<&String> = keys.iter().filter(|key| is_seal(key)).collect();
            let key = (*chance.one_of(&seals)).clone();
            for entry in Envelope::open(&files.remove(&key)?).ok()?.seal.entries {
                files.remove(&entry.key);
            }
        }
    }
    Some(key)
}

fn is_seal(key: &str) -> bool {
    key.starts_with(seal::PREFIX) && !key.starts_with(seal::KEYS)
}

#[test]
fn every_single_change_is_found_r16_1() {
    let sample = Sample::of_twelve_hours();
    let (trust, scope, other) = (sample.trust(), sample.scope(), Signer::new());
    assert!(verify(&sample.files, &trust, &scope).unwrap().sound);
    let tries = option_env!("MUTATIONS").map_or(TRIES, |text| text.parse().unwrap());
    let (mut chance, mut found) = (Chance(16), BTreeMap::<Change, usize>::new());
    while found.values().sum::<usize>() < tries {
        let kind = *chance.one_of(&CHANGES);
        let mut files = sample.files.clone();
        let Some(place) = change(&mut files, kind, &other, &mut chance) else { continue };
        let report = verify(&files, &trust, &scope).unwrap();
        assert!(!report.sound, "{kind:?} at {place} was not found");
        *found.entry(kind).or_default() += 1;
    }
    assert_eq!(found.len(), CHANGES.len(), "every kind of change was tried: {found:?}");
    println!("found: {found:?}");
}
