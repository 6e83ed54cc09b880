//! Texts of strangers on a page: every character that is not seen, or that turns the direction of writing, is made visible,
//! and nothing of a text can be taken for markup.

use maud::{Markup, html};

/// How much of a text is shown before somebody asks for the rest: more than anybody reads at once.
pub(crate) const SHOWN: usize = 20_000;

/// A place of a text that is marked, with what is said of it. Half open, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) why: String,
}

/// A short text in a line of its own, which cannot turn the writing around it.
pub(crate) fn line(text: &str) -> Markup {
    html! { bdi class="t" { (visible(text)) } }
}

/// A text with its marked places, up to [`SHOWN`] characters unless it is to be `whole`. Gives how many are left out.
pub(crate) fn marked(text: &str, marks: &[Mark], whole: bool) -> (Markup, usize) {
    let end = if whole { text.len() } else { text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at) };
    let shown = &text[..end];
    let pieces = pieces(shown, marks);
    let markup = html! {
        bdi class="t" dir="auto" {
            @for (piece, why) in pieces {
                @match why {
                    Some(why) => mark title=(why) { (visible(piece)) },
                    None => (visible(piece)),
                }
            }
        }
    };
    (markup, text[end..].chars().count())
}

/// The text cut where a mark begins or ends; places that overlap are one.
fn pieces<'a>(text: &'a str, marks: &[Mark]) -> Vec<(&'a str, Option<String>)> {
    let fits = |mark: &&Mark| {
        mark.start < mark.end && text.is_char_boundary(mark.start) && mark.end.min(text.len()) > mark.start
    };
    let mut sorted: Vec<Mark> = marks.iter().filter(fits).cloned().collect();
    sorted.sort_by_key(|mark| (mark.start, mark.end));
    let mut merged: Vec<Mark> = Vec::new();
    for mark in sorted {
        let end = text.floor_char_boundary(mark.end);
        match merged.last_mut() {
            Some(last) if mark.start < last.end => {
                last.end = last.end.max(end);
                if !last.why.contains(&mark.why) {
                    last.why = format!("{}; {}", last.why, mark.why);
                }
            }
            _ => merged.push(Mark { end, ..mark }),
        }
    }
    let (mut pieces, mut at) = (Vec::new(), 0);
    for Mark { start, end, why } in merged {
        if at < start {
            pieces.push((&text[at..start], None));
        }
        pieces.push((&text[start..end], Some(why)));
        at = end;
    }
    if at < text.len() {
        pieces.push((&text[at..], None));
    }
    pieces
}

fn visible(text: &str) -> Markup {
    html! {
        @for run in text.split_inclusive(is_odd) {
            @let (plain, odd) = match run.chars().next_back().filter(|c| is_odd(*c)) {
                Some(odd) => (&run[..run.len() - odd.len_utf8()], Some(odd)),
                None => (run, None),
            };
            (plain)
            @match odd {
                Some('\n') => br;,
                Some(odd) => span class="odd" { "U+" (format!("{:04X}", u32::from(odd))) },
                None => {},
            }
        }
    }
}

/// A new line, and whatever is not seen as it is written.
fn is_odd(c: char) -> bool {
    c == '\n' || !domain::legible::is_legible_line(&format!("x{c}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(start: usize, end: usize, why: &str) -> Mark {
        Mark { start, end, why: why.to_owned() }
    }

    #[test]
    fn markup_of_strangers_is_text() {
        let hostile = "<script>alert(1)</script><cwdb-action action=\"call\">\"'&";
        let shown = line(hostile).into_string();
        assert!(!shown.contains("<script") && !shown.contains("<cwdb-action"), "{shown}");
        assert!(shown.contains("&lt;script&gt;"));
    }

    #[test]
    fn what_is_not_seen_is_made_visible() {
        let shown = line("a\u{202E}b\0c\u{200B}").into_string();
        for code in ["U+202E", "U+0000", "U+200B"] {
            assert!(shown.contains(code), "{shown}");
        }
        assert!(!shown.contains(['\u{202E}', '\0', '\u{200B}']));
        assert!(line("一\n二").into_string().contains("一<br>二"));
    }

    #[test]
    fn marks_fall_on_characters_and_overlap_without_harm() {
        let text = "今天来玩百家乐吧";
        let (shown, left) = marked(text, &[mark(12, 21, "gambling@1"), mark(15, 24, "other@2")], false);
        let shown = shown.into_string();
        assert!(shown.contains("<mark title=\"gambling@1; other@2\">百家乐吧</mark>"), "{shown}");
        assert_eq!(left, 0);
        // Places that no text has are left out.
        let (shown, _) = marked(text, &[mark(1, 2, "x"), mark(500, 600, "y"), mark(9, 3, "z")], false);
        assert!(!shown.into_string().contains("<mark"));
        let (shown, _) = marked(text, &[mark(21, 900, "tail")], false);
        assert!(shown.into_string().contains(">吧</mark>"));
    }

    #[test]
    fn a_very_long_text_is_cut_and_says_so() {
        let text = "字".repeat(SHOWN + 5);
        let (_, left) = marked(&text, &[], false);
        assert_eq!(left, 5);
        assert_eq!(marked(&text, &[], true).1, 0);
    }
}
