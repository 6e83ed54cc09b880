//! Ways to write a term that its bank asks for: initials of the pinyin, numerals, characters as their parts.

use std::{collections::HashMap, sync::OnceLock};

use super::{fold::is_han, readings::readings, switches::Switches, walk::walk};

/// The most ways of one kind that one term is written in; a longer term has each character replaced alone first.
const MOST_WAYS: usize = 64;

/// For each character, the ways to write it as its parts.
fn parts(c: char) -> &'static [&'static str] {
    static TABLE: OnceLock<HashMap<char, Vec<&'static str>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let lines = include_str!("../../tables/components.txt").lines();
        lines
            .filter_map(|line| {
                let mut words = line.split(' ');
                Some((words.next()?.chars().next()?, words.collect()))
            })
            .collect()
    });
    table.get(&c).map_or(&[], Vec::as_slice)
}

const NUMERALS: [(char, &str); 10] = [
    ('0', "零〇"),
    ('1', "一壹幺"),
    ('2', "二贰两"),
    ('3', "三叁"),
    ('4', "四肆"),
    ('5', "五伍"),
    ('6', "六陆"),
    ('7', "七柒"),
    ('8', "八捌"),
    ('9', "九玖"),
];

fn numerals(c: char) -> Vec<String> {
    NUMERALS
        .iter()
        .flat_map(|(digit, han)| {
            if c == *digit {
                han.chars().map(String::from).collect()
            } else if han.contains(c) {
                vec![digit.to_string()]
            } else {
                Vec::new()
            }
        })
        .collect()
}

fn initials(c: char) -> Vec<String> {
    if !is_han(c) {
        return Vec::new();
    }
    let mut letters: Vec<String> = readings(c).filter_map(|reading| reading.get(..1).map(str::to_owned)).collect();
    letters.dedup();
    letters
}

/// The term with some characters replaced: first each alone, then all, then the rest until there are enough.
fn replaced(term: &[char], ways_of: impl Fn(char) -> Vec<String>, all_may_go: bool) -> Vec<String> {
    let ways: Vec<Vec<String>> = term.iter().map(|c| ways_of(*c)).collect();
    let can: Vec<usize> = (0..term.len()).filter(|at| !ways[*at].is_empty()).collect();
    let mut out = Vec::new();
    for &at in &can {
        for way in &ways[at] {
            let alone = term.iter().enumerate().map(|(i, c)| if i == at { way.clone() } else { c.to_string() });
            out.push(alone.collect());
        }
    }
    let most = 1_u32 << can.len().min(6);
    for mask in 1..most {
        let whole = mask.count_ones() as usize == term.len();
        if mask.count_ones() < 2 || out.len() >= MOST_WAYS || (whole && !all_may_go) {
            continue;
        }
        let chosen = |at: usize| can.iter().take(6).position(|c| *c == at).is_some_and(|bit| mask & (1 << bit) != 0);
        let some = term.iter().enumerate().map(|(i, c)| if chosen(i) { ways[i][0].clone() } else { c.to_string() });
        out.push(some.collect());
    }
    out
}

/// The further ways to write a folded term, each normalised.
pub(crate) fn spellings(term: &[char], switches: &Switches) -> Vec<String> {
    let mut out = Vec::new();
    if switches.numerals {
        out.extend(replaced(term, numerals, true));
    }
    if switches.initials && term.len() > 2 {
        out.extend(replaced(term, initials, false));
    }
    if switches.split {
        out.extend(replaced(term, |c| parts(c).iter().map(|way| (*way).to_owned()).collect(), true));
    }
    let mut folded: Vec<String> = out
        .iter()
        .map(|way| {
            let mut folded = String::new();
            walk(way, |step| folded.push(step.c));
            folded
        })
        .collect();
    folded.sort_unstable();
    folded.dedup();
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(term: &str, switches: Switches) -> Vec<String> {
        spellings(&term.chars().collect::<Vec<_>>(), &switches)
    }

    #[test]
    fn a_bank_gets_only_what_it_asks_for() {
        assert!(of("加微信", Switches::default()).is_empty());
        let initials = of("加微信", Switches { initials: true, ..Switches::default() });
        assert!(initials.contains(&"加w信".to_owned()) && initials.contains(&"加wx".to_owned()));
        assert!(!initials.contains(&"jwx".to_owned()));
        let split = of("加微信", Switches { split: true, ..Switches::default() });
        assert!(split.contains(&"加微人言".to_owned()), "{split:?}");
        let numerals = of("加1群", Switches { numerals: true, ..Switches::default() });
        assert!(numerals.contains(&"加一群".to_owned()));
    }

    #[test]
    fn a_long_term_has_few_ways() {
        let many = of("信用卡套现银行卡出租办理证件代开发票", Switches::all());
        assert!(many.len() < 4 * MOST_WAYS, "{}", many.len());
    }
}
