//! Digits and signs for letters in Latin words.

/// The letter that a sign stands for; letters that one sign stands for are one letter, as `i` and `l` for `1`.
pub(crate) fn skeleton(c: char) -> Option<char> {
    Some(match c.to_ascii_lowercase() {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '2' => 'z',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '6' | '9' => 'g',
        '7' | '+' => 't',
        '8' => 'b',
        c @ 'a'..='z' => c,
        _ => return None,
    })
}

/// The longest word that is looked at: terms are shorter.
const LONGEST: usize = 32;

/// The words of a text that mix letters with such signs: where each starts and ends, and its skeleton. At least one
/// letter, so that numbers are numbers.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, usize, String)> + '_ {
    let bytes = text.as_bytes();
    let in_word = |byte: &u8| skeleton(char::from(*byte)).is_some();
    let mut at = 0;
    std::iter::from_fn(move || {
        // Most text has few digits: they are looked for first, and the word around them then.
        while let Some(found) = next_sign(&bytes[at..]) {
            let start = at + found - bytes[at..at + found].iter().rev().take_while(|byte| in_word(byte)).count();
            let end = at + found + bytes[at + found..].iter().take_while(|byte| in_word(byte)).count();
            at = end;
            // `c4sino!`: what ends a sentence is no letter of its last word.
            let word = text[start..end].trim_end_matches(['!', '+', '|']);
            let mixed = word.bytes().any(|byte| byte.is_ascii_alphabetic())
                && word.bytes().any(|byte| SIGNS[usize::from(byte)]);
            if mixed && word.len() <= LONGEST {
                return Some((start, start + word.len(), word.chars().filter_map(skeleton).collect()));
            }
        }
        None
    })
}

/// Looks at blocks first, which the compiler turns into a few instructions each.
fn next_sign(bytes: &[u8]) -> Option<usize> {
    // Without a jump, because then the compiler sees sixteen bytes at once.
    let is_sign = |b: u8| {
        u8::from(b.wrapping_sub(b'0') < 10)
            | u8::from(b == b'@')
            | u8::from(b == b'$')
            | u8::from(b == b'!')
            | u8::from(b == b'|')
            | u8::from(b == b'+')
    };
    let blocks = bytes.chunks_exact(32).take_while(|block| block.iter().fold(0, |any, b| any | is_sign(*b)) == 0);
    let without = blocks.count() * 32;
    bytes[without..].iter().position(|byte| SIGNS[usize::from(*byte)]).map(|at| without + at)
}

/// The bytes that stand for a letter and are none.
const SIGNS: [bool; 256] = {
    let mut signs = [false; 256];
    let all = b"0123456789@$!|+";
    let mut at = 0;
    while at < all.len() {
        signs[all[at] as usize] = true;
        at += 1;
    }
    signs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_digits_have_a_skeleton() {
        let found: Vec<_> = words("买c451n0的 2024 v14gr4! plain l04n").map(|(_, _, word)| word).collect();
        assert_eq!(found, ["casino", "viagra", "ioan"]);
    }
}
