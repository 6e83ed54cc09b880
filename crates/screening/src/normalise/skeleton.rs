//! What a name is compared as, when the question is whether a reader would take one name for another.

use super::fold::{Folded, fold};

/// The name without width, case, traditional forms, confusables, marks and separators, after the table that texts are
/// folded with; and with the digits and letters that are drawn alike as one (UTS 39: `0` and `o`; `1`, `i` and `l`).
/// Repetition stays: unlike in a text, `天天快报` and `天快报` are two names. Empty when the name holds nothing that
/// could be compared.
#[must_use]
pub fn skeleton(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match fold(c) {
            Folded::One(c) => out.push(drawn_as(c)),
            Folded::Many(chars) => out.extend(chars.chars().map(drawn_as)),
            Folded::Nothing | Folded::Between(_) => {}
        }
    }
    out
}

const fn drawn_as(folded: char) -> char {
    match folded {
        '0' => 'o',
        '1' | 'i' => 'l',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_a_reader_takes_for_one_another_have_one_skeleton() {
        for (one, other) in [
            ("人民日报", "人 民·日\u{200B}報"),
            ("ＷeＣhat", "wechat"),
            ("Pаypal", "PAYPAL"),
            ("AI日报", "Al日报"),
            ("g00gle", "Google"),
            ("①号频道", "1号频道"),
            ("人̶民̶日̶报̶", "人民日报"),
        ] {
            assert_eq!(skeleton(one), skeleton(other), "{one} {other}");
        }
    }

    #[test]
    fn names_that_differ_stay_apart() {
        for (one, other) in
            [("天天快报", "天快报"), ("QQ音乐", "Q音乐"), ("频道2", "频道3"), ("人民日报", "人民日晚报")]
        {
            assert_ne!(skeleton(one), skeleton(other), "{one} {other}");
        }
    }

    #[test]
    fn decoration_alone_is_no_name() {
        assert_eq!(skeleton("🎰 · \u{200B}！"), "");
    }

    proptest! {
        #[test]
        fn the_skeleton_of_a_skeleton_is_itself(name in any::<String>()) {
            let once = skeleton(&name);
            prop_assert_eq!(skeleton(&once), once);
        }

        #[test]
        fn what_no_reader_sees_changes_nothing(name in "\\PC{0,20}", at in 0_usize..20, mark in "[\u{200B}\u{2060}\u{FEFF} ·_*]|\\p{M}") {
            let at = name.char_indices().map(|(at, _)| at).nth(at).unwrap_or(name.len());
            let mut disguised = name.clone();
            disguised.insert_str(at, &mark);
            prop_assert_eq!(skeleton(&disguised), skeleton(&name));
        }
    }
}
