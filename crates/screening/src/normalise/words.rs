//! Common words, to see that a hit is the meeting of two of them and not the term.

use std::cmp::Ordering;

use super::table::number_at;

/// Two characters of 16 bits each, sorted.
static WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));

fn is_word(a: char, b: char) -> bool {
    let (a, b) = (u32::from(a), u32::from(b));
    a <= 0xFFFF && b <= 0xFFFF && holds((a << 16) | b)
}

fn holds(word: u32) -> bool {
    let (mut from, mut to) = (0, WORDS.len() / 4);
    while from < to {
        let middle = usize::midpoint(from, to);
        match number_at(WORDS, middle).cmp(&word) {
            Ordering::Equal => return true,
            Ordering::Less => from = middle + 1,
            Ordering::Greater => to = middle,
        }
    }
    false
}

/// Whether the characters of a hit are all used up by words of two characters, the first of which starts before the
/// hit and the last of which ends after it: `路[口交]通`.
pub(crate) fn meet_inside(before: Option<char>, hit: &[char], after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    if !hit.len().is_multiple_of(2) {
        return false;
    }
    let mut chars: Vec<char> = Vec::with_capacity(hit.len() + 2);
    chars.push(before);
    chars.extend_from_slice(hit);
    chars.push(after);
    chars.chunks_exact(2).all(|pair| is_word(pair[0], pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_that_meet_are_no_term() {
        let inside =
            |before, hit: &str, after| meet_inside(Some(before), &hit.chars().collect::<Vec<_>>(), Some(after));
        assert!(inside('路', "口交", '通'));
        assert!(inside('成', "套现", '货'));
        assert!(!inside('要', "套现", '货'));
        assert!(!meet_inside(None, &['口', '交'], Some('通')));
    }
}
