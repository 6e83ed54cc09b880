//! Pictures of numbers, as SVG inside of the page: no script, nothing fetched, and the numbers are told to whoever sees none.
//! Colours are those of the style, so that both themes have theirs.

use jiff::civil::Date;
use maud::{Markup, html};

/// In pixels, which is what a widget is measured in.
const BAR: (usize, usize) = (240, 14);
const COLUMNS: (usize, usize) = (560, 110);
/// Room above the columns for the number of the bound, and below for the days.
const ABOVE: usize = 14;
const BELOW: usize = 16;
/// Room on the left for nothing and on the right for the bound.
const ASIDE: usize = 60;

/// The square that tells what a colour means.
pub(crate) fn key(class: &str) -> Markup {
    html! { svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true" { rect class=(class) width="10" height="10" {} } }
}

/// One bar of parts side by side, as long as `most` would fill it.
pub(crate) fn bar(parts: &[(&str, usize)], most: usize, told: &str) -> Markup {
    let (width, height) = BAR;
    let scaled = |count: usize| if count == 0 { 0 } else { (count * width / most.max(1)).max(2) };
    let ends = parts.iter().scan(0, |at, (class, count)| {
        let start = *at;
        *at += scaled(*count);
        Some((*class, start, *at - start))
    });
    html! {
        svg class="plot" role="img" aria-label=(told) width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
            title { (told) }
            @for (class, start, long) in ends {
                @if long > 0 { rect class=(class) x=(start) y="0" width=(long) height=(height) {} }
            }
        }
    }
}

/// A column a day, and a line at the most that there may be in one; none where that is nothing.
pub(crate) fn columns(days: &[(Date, u32)], most: u32, told: &str) -> Markup {
    let (width, height) = COLUMNS;
    let floor = height - BELOW;
    let top = days.iter().map(|(_, count)| *count).chain([most, 1]).max().unwrap_or(1) as usize;
    let at = |count: u32| floor - (count as usize * (floor - ABOVE)) / top;
    let step = (width - ASIDE) / days.len().max(1);
    let numbers: Vec<String> = days.iter().map(|(day, count)| format!("{day}: {count}")).collect();
    html! {
        svg class="plot" role="img" aria-label=(told) width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
            title { (told) " – " (numbers.join(", ")) }
            line class="p-axis" x1="0" y1=(floor) x2=(width - ASIDE) y2=(floor) {}
            @for (index, (day, count)) in days.iter().enumerate() {
                @let left = index * step;
                @if *count > 0 {
                    rect class=(if most > 0 && *count >= most { "p-late" } else { "p-later" })
                        x=(left + 4) y=(at(*count)) width=(step.saturating_sub(8)) height=(floor - at(*count)) {}
                    text x=(left + step / 2) y=(at(*count) - 3) text-anchor="middle" { (count) }
                }
                @if index % 2 == 1 {
                    text x=(left + step / 2) y=(height - 3) text-anchor="middle" { (format!("{:02}-{:02}", day.month(), day.day())) }
                }
            }
            @if most > 0 {
                line class="p-bound" x1="0" y1=(at(most)) x2=(width - ASIDE) y2=(at(most)) {}
                text x=(width - ASIDE + 4) y=(at(most) + 4) { "≤ " (most) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_a_bar_and_none_that_is_there_is_lost() {
        let drawn = bar(&[("p-late", 500), ("p-soon", 0), ("p-later", 1)], 1_000, "<b>").into_string();
        assert!(drawn.contains("class=\"p-late\" x=\"0\" y=\"0\" width=\"120\""), "{drawn}");
        assert!(
            drawn.contains("class=\"p-later\" x=\"120\" y=\"0\" width=\"2\""),
            "one of a thousand is seen: {drawn}"
        );
        assert!(!drawn.contains("p-soon") && drawn.contains("aria-label=\"&lt;b&gt;\""), "{drawn}");
        assert!(!bar(&[("p-late", 0)], 0, "").into_string().contains("rect"));
    }

    #[test]
    fn a_day_at_its_bound_is_marked_and_the_bound_drawn() {
        let day = jiff::civil::date(2026, 11, 23);
        let drawn = columns(&[(day, 2), (day, 5)], 5, "x").into_string();
        assert!(drawn.contains("\"p-late\"") && drawn.contains("\"p-later\"") && drawn.contains("≤ 5"), "{drawn}");
        assert!(drawn.contains("2026-11-23: 5"), "{drawn}");
        let free = columns(&[(day, u32::MAX), (day, 0)], 0, "x").into_string();
        assert!(!free.contains("p-bound") && !free.contains("\"p-late\""), "{free}");
        assert!(!columns(&[], 0, "x").into_string().contains("NaN"));
    }
}
