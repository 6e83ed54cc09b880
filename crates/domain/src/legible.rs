//! Texts that people are to read as they are written.

/// Whether the text holds nothing that is not seen or that turns the direction of writing, and something that is seen.
#[must_use]
pub fn is_legible_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(is_hostile)
}

/// As [`is_legible_line`], of a text that may have several lines.
#[must_use]
pub fn is_legible_text(text: &str) -> bool {
    !text.trim().is_empty() && !text.chars().any(|c| c != '\n' && is_hostile(c))
}

/// Controls, zero-width marks, marks of direction, separators of lines, fillers that look like nothing, and tags.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_or_turns_the_writing_is_refused() {
        for hostile in
            ['\0', '\t', '\u{7F}', '\u{200B}', '\u{200F}', '\u{202E}', '\u{2066}', '\u{FEFF}', '\u{3164}', '\u{E0041}']
        {
            let text = format!("江边的{hostile}钓鱼人");
            assert!(!is_legible_line(&text) && !is_legible_text(&text), "{hostile:?}");
        }
        for blank in ["", " ", "\u{3000}"] {
            assert!(!is_legible_line(blank) && !is_legible_text(blank), "{blank:?}");
        }
    }

    #[test]
    fn what_people_write_is_taken() {
        for text in ["江边的钓鱼人", "Café №5", "人民日報", "سلام", "晴天☀️", "a b"] {
            assert!(is_legible_line(text) && is_legible_text(text), "{text}");
        }
        assert!(is_legible_text("第一行\n第二行") && !is_legible_line("第一行\n第二行"));
    }
}
