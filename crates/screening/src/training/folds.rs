//! Which texts are measured together: near duplicates, so that nothing is measured on what it has seen.

use std::collections::HashMap;

use super::{FOLDS, Labelled};
use crate::{fingerprint::mix, normalise::normalise};

/// So many characters in a row are looked up.
const SHINGLE: usize = 5;

/// The fold of each text.
pub(super) fn of(texts: &[Labelled], seed: u64) -> Vec<usize> {
    let groups = groups(texts);
    let salt = mix(seed);
    let fold = |group: usize| usize::try_from(mix(group as u64 ^ salt) % FOLDS as u64).unwrap_or_default();
    groups.into_iter().map(fold).collect()
}

/// The first text that each text is a near duplicate of, itself where there is none: texts that share more than half of
/// the shingles of the shorter one.
fn groups(texts: &[Labelled]) -> Vec<usize> {
    let mut first_with: HashMap<String, usize> = HashMap::new();
    let mut sizes = Vec::with_capacity(texts.len());
    let mut group: Vec<usize> = (0..texts.len()).collect();
    for (number, text) in texts.iter().enumerate() {
        let shingles = shingles(&text.text);
        sizes.push(shingles.len());
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for shingle in shingles {
            let first = *first_with.entry(shingle).or_insert(number);
            if first != number {
                *shared.entry(first).or_default() += 1;
            }
        }
        for (other, count) in shared {
            if count * 2 > sizes[other].min(sizes[number]) {
                let (a, b) = (root(&mut group, other), root(&mut group, number));
                group[a.max(b)] = a.min(b);
            }
        }
    }
    (0..texts.len()).map(|number| root(&mut group, number)).collect()
}

fn root(group: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while group[at] != at {
        group[at] = group[group[at]];
        at = group[at];
    }
    at
}

fn shingles(text: &str) -> Vec<String> {
    let chars: Vec<char> = normalise(text).chars().filter(|c| *c != ' ').collect();
    let mut all: Vec<String> =
        chars.windows(SHINGLE.min(chars.len().max(1))).map(|part| part.iter().collect()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_duplicates_are_in_one_group() {
        let texts =
            ["今天天气很好，出去走走", "今天天气很好！出去走走吧", "长期代开各类证件", "今 天 天 气 很 好 出去走走"];
        let texts: Vec<Labelled> =
            texts.iter().map(|text| Labelled { text: (*text).to_owned(), label: String::new() }).collect();
        assert_eq!(groups(&texts), [0, 0, 2, 0]);
    }
}
