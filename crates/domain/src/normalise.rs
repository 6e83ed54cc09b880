//! How numbers are written, before they are judged.

/// ASCII forms of full-width characters, upper case, without white space and hyphens of any kind.
pub(crate) fn ascii_forms(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            // Full-width forms stand 0xFEE0 above their ASCII twins.
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            other => other,
        })
        // U+2010 to U+2015 are the hyphens and dashes that word processors make of a hyphen.
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing_more(text in "\\PC{0,24}") {
            let once = ascii_forms(&text);
            prop_assert_eq!(ascii_forms(&once), once);
        }
    }
}
