//! Texts that people are to read as they are written.

/// Whether the text holds nothing that is not seen or that turns the direction of writing, and something that is seen.
#[must_use]
pub fn is_legible_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(is_hostile) && !is_overpainted(text)
}

/// As [`is_legible_line`], of a text that may have several lines.
#[must_use]
pub fn is_legible_text(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(|c| c != '\n' && is_hostile(c)) && !is_overpainted(text)
}

/// Controls, zero-width marks, marks of direction, separators of lines, fillers that look like nothing, tags, and what
/// means something in one font alone or nowhere (private use, noncharacters).
fn is_hostile(c: char) -> bool {
    let is_noncharacter = u32::from(c) & 0xFFFE == 0xFFFE;
    c.is_control()
        || is_noncharacter
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}'
            | '\u{3164}' | '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E007F}'
            | '\u{F0000}'..='\u{10FFFF}')
}

/// How many marks one letter carries in any language that writes names: Vietnamese two, Hebrew and Arabic three.
const MOST_MARKS: usize = 3;

/// Whether a letter carries so many marks that they cover its neighbours, and lines above and below.
fn is_overpainted(text: &str) -> bool {
    let is_mark = |c: char| {
        matches!(c,
            '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
    };
    let mut marks = 0;
    text.chars().any(|c| {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        marks > MOST_MARKS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_or_turns_the_writing_is_refused() {
        for hostile in [
            '\0',
            '\t',
            '\u{7F}',
            '\u{34F}',
            '\u{200B}',
            '\u{200F}',
            '\u{202E}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{E001}',
            '\u{FDD0}',
            '\u{FEFF}',
            '\u{FFFF}',
            '\u{1D173}',
            '\u{E0041}',
            '\u{F0000}',
            '\u{1FFFE}',
        ] {
            let text = format!("江边的{hostile}钓鱼人");
            assert!(!is_legible_line(&text) && !is_legible_text(&text), "{hostile:?}");
        }
        for blank in ["", " ", "\u{3000}"] {
            assert!(!is_legible_line(blank) && !is_legible_text(blank), "{blank:?}");
        }
    }

    #[test]
    fn a_letter_under_a_heap_of_marks_is_refused() {
        let heap = format!("江边的钓鱼人a{}", "\u{301}".repeat(4));
        assert!(!is_legible_line(&heap) && !is_legible_text(&heap));
        assert!(is_legible_line("Việt e\u{302}\u{323}") && is_legible_line("שָּׁ"));
    }

    #[test]
    fn what_people_write_is_taken() {
        for text in ["江边的钓鱼人", "Café №5", "人民日報", "سلام", "晴天☀️", "a b"] {
            assert!(is_legible_line(text) && is_legible_text(text), "{text}");
        }
        assert!(is_legible_text("第一行\n第二行") && !is_legible_line("第一行\n第二行"));
    }
}
