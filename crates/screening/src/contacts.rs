//! Ways to reach somebody outside: phone numbers, chat ids, bank cards. Digits count in every script and with
//! decorations between them.

use serde::{Deserialize, Serialize};

use crate::normalise::{
    Gap,
    walk::{Step, walk},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// A mainland mobile number, with or without 86.
    Phone,
    /// An id after a word for the service.
    Wechat,
    Qq,
    /// 16 to 19 digits with a right check digit (ISO/IEC 7812-1).
    BankCard,
}

impl std::fmt::Display for ContactKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Phone => "phone",
            Self::Wechat => "wechat",
            Self::Qq => "qq",
            Self::BankCard => "bank_card",
        })
    }
}

/// A contact in a text, in bytes of the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) kind: ContactKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Normalised.
    pub(crate) id: String,
}

/// Compared as repetitions are: `qq` is `q`.
const WECHAT_CUES: [&str; 8] = ["微信", "薇信", "威信", "v信", "vx", "wx", "wechat", "加v"];
const QQ_CUES: [&str; 4] = ["q", "扣扣", "扣", "企鹅"];
/// Between the cue and the id: `微信号是`.
const MOST_BETWEEN: usize = 3;

pub(crate) fn find(text: &str) -> Vec<Contact> {
    let mut steps = Vec::new();
    walk(text, |step| steps.push(step));
    let mut found = numbers(text, &steps);
    found.extend(ids(text, &steps));
    found
}

fn end(text: &str, step: Step) -> usize {
    step.start + text[step.start..].chars().next().map_or(0, char::len_utf8)
}

/// Digits that are written in a row, or parted by decorations.
fn numbers(text: &str, steps: &[Step]) -> Vec<Contact> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < steps.len() {
        let goes_on =
            |from: usize, step: &Step, i: usize| step.c.is_ascii_digit() && (i == from || step.gap <= Gap::Space);
        let length = steps[at..].iter().enumerate().take_while(|(i, step)| goes_on(0, step, *i)).count();
        if length >= 11 {
            numbers_in(text, &steps[at..at + length], &mut found);
        }
        at += length.max(1);
    }
    found
}

/// A row may hold several numbers: one starts and ends where something parts the digits.
fn numbers_in(text: &str, row: &[Step], found: &mut Vec<Contact>) {
    let mut free_from = 0;
    for first in 0..row.len() {
        if first < free_from || (first > 0 && row[first].gap == Gap::None) {
            continue;
        }
        let ends = |length: usize| {
            first + length == row.len() || row.get(first + length).is_some_and(|step| step.gap > Gap::None)
        };
        for length in [19, 18, 17, 16, 13, 11] {
            let Some(digits) = row.get(first..first + length).filter(|_| ends(length)) else { continue };
            let id: String = digits.iter().map(|step| step.c).collect();
            let kind = match length {
                11 if is_mobile(&id) => ContactKind::Phone,
                13 if id.starts_with("86") && is_mobile(&id[2..]) => ContactKind::Phone,
                16.. if is_card(&id) => ContactKind::BankCard,
                _ => continue,
            };
            found.push(Contact { kind, start: digits[0].start, end: end(text, digits[length - 1]), id });
            free_from = first + length;
            break;
        }
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && digits.as_bytes()[1] >= b'3'
}

/// The check digit, and the first digits of card schemes.
fn is_card(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            if at % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    digits.starts_with(['3', '4', '5', '6']) && sum.is_multiple_of(10)
}

fn ids(text: &str, steps: &[Step]) -> Vec<Contact> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < steps.len() {
        let cue = |cues: &[&str]| cues.iter().find(|cue| starts_with(&steps[at..], cue)).map(|cue| cue.chars().count());
        let next = if let Some(length) = cue(&WECHAT_CUES) {
            id(text, &steps[at + length..], ContactKind::Wechat).map(|contact| (contact, length))
        } else if let Some(length) = cue(&QQ_CUES) {
            id(text, &steps[at + length..], ContactKind::Qq).map(|contact| (contact, length))
        } else {
            None
        };
        match next {
            Some(((contact, used), length)) => {
                found.push(contact);
                at += length + used;
            }
            None => at += 1,
        }
    }
    found
}

fn starts_with(steps: &[Step], cue: &str) -> bool {
    let mut at = 0;
    cue.chars().all(|c| {
        at += 1;
        steps.get(at - 1).is_some_and(|step| step.c == c)
    })
}

/// The id after a cue and how many compared characters it took.
fn id(text: &str, steps: &[Step], kind: ContactKind) -> Option<(Contact, usize)> {
    const LONGEST: usize = 20;
    let is_part = |step: &Step| step.c.is_ascii_alphanumeric();
    let first = steps.iter().take(MOST_BETWEEN + 1).position(is_part)?;
    let rest = &steps[first..];
    let length = rest
        .iter()
        .take(LONGEST)
        .enumerate()
        .take_while(|(i, s)| is_part(s) && (*i == 0 || s.gap <= Gap::Separator))
        .count();
    let id: String = rest[..length].iter().map(|step| step.c).collect();
    let digits = id.bytes().filter(u8::is_ascii_digit).count();
    let fits = match kind {
        // A word without a digit is more likely a word.
        ContactKind::Wechat => (6..=20).contains(&id.len()) && digits >= 2,
        _ => (5..=11).contains(&id.len()) && digits == id.len() && !id.starts_with('0'),
    };
    let contact = || Contact { kind, start: rest[0].start, end: end(text, rest[length - 1]), id: id.clone() };
    fits.then(|| (contact(), first + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(ContactKind, String)> {
        find(text).into_iter().map(|contact| (contact.kind, contact.id)).collect()
    }

    #[test]
    fn numbers_are_found_as_they_are_written() {
        for text in
            ["电话13800138000", "１３８-００１３-８０００", "1️⃣3️⃣8️⃣00138000", "+86 138 0013 8000", "2024 13800138000"]
        {
            let found = kinds(text);
            assert!(
                found.iter().any(|(kind, id)| *kind == ContactKind::Phone && id.ends_with("13800138000")),
                "{text} {found:?}"
            );
        }
        assert_eq!(kinds("卡号 6222 0212 3456 7894").len(), usize::from(is_card("6222021234567894")));
        assert!(kinds("订单号 20240101123456789").is_empty());
    }

    #[test]
    fn an_id_needs_its_cue() {
        assert_eq!(kinds("加微信：abc12345"), [(ContactKind::Wechat, "abc12345".to_owned())]);
        assert_eq!(kinds("QQ群 123456"), [(ContactKind::Qq, "123456".to_owned())]);
        assert!(kinds("微信支付 123 元").is_empty());
        assert!(kinds("abc12345").is_empty());
    }

    #[test]
    fn a_card_has_a_right_check_digit() {
        assert!(is_card("4111111111111111"));
        assert!(!is_card("4111111111111112"));
    }
}
