//! How well edited copies of a text are found, and how often different texts are taken for copies:
//! `cargo run -p screening --example copies [-- DIR]`, where DIR holds `posts.jsonl` (`GATEHOUSE_DATA` or `../shared/data`
//! without it). The edits are made up here, by a generator that always makes the same ones.

use std::{env, fs, path::PathBuf};

use screening::removed::{Likeness, Print, Removal, Removals, TextPrint};

const TEXTS: usize = 300;
const FILLING: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动";

/// `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % most.max(1) as u64).unwrap_or(0)
    }

    fn filling(&mut self) -> char {
        let all: Vec<char> = FILLING.chars().collect();
        all[self.below(all.len())]
    }
}

type Edit = fn(&str, &mut Dice) -> String;

const EDITS: [(&str, Edit); 8] = [
    ("words replaced, one in sixty characters", words),
    ("an eighth cut out", cut),
    ("a contact added at the end", contact),
    ("a heading added", heading),
    ("two parts swapped", swapped),
    ("a picture after every seventh character", pictures),
    ("a character inserted, one in twenty", inserted),
    ("all of the first four, words twice", all),
];

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

fn words(text: &str, dice: &mut Dice) -> String {
    let mut text = chars(text);
    for _ in 0..(text.len() / 60).max(1) {
        let (at, length) = (dice.below(text.len() - 3), 1 + dice.below(3));
        for c in &mut text[at..at + length] {
            *c = dice.filling();
        }
    }
    text.into_iter().collect()
}

fn cut(text: &str, dice: &mut Dice) -> String {
    let mut text = chars(text);
    let length = (text.len() / 8).max(3);
    let at = dice.below(text.len() - length);
    text.drain(at..at + length);
    text.into_iter().collect()
}

fn contact(text: &str, dice: &mut Dice) -> String {
    let id: String = (0..8).map(|_| char::from(b"abcdefghkmn0123456789"[dice.below(21)])).collect();
    format!("{text} 加微信{id}")
}

fn heading(text: &str, dice: &mut Dice) -> String {
    let all = ["各位朋友们大家好，", "【最新消息】看到请转发：", "刚刚有人发给我的，"];
    format!("{}{text}", all[dice.below(3)])
}

fn swapped(text: &str, dice: &mut Dice) -> String {
    let text = chars(text);
    let (first, second) = text.split_at(text.len() / 4 + dice.below(text.len() / 2));
    second.iter().chain(first).collect()
}

fn pictures(text: &str, _: &mut Dice) -> String {
    text.chars().enumerate().flat_map(|(at, c)| [Some(c), (at % 7 == 3).then_some('🔥')]).flatten().collect()
}

fn inserted(text: &str, dice: &mut Dice) -> String {
    let mut text = chars(text);
    for _ in 0..(text.len() / 20).max(1) {
        let at = dice.below(text.len());
        text.insert(at, dice.filling());
    }
    text.into_iter().collect()
}

fn all(text: &str, dice: &mut Dice) -> String {
    let text = words(&cut(text, dice), dice);
    heading(&contact(&words(&text, dice), dice), dice)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[expect(clippy::disallowed_methods, reason = "where the data is, as the README of the data says")]
    let folder = env::args().nth(1).or_else(|| env::var("GATEHOUSE_DATA").ok()).unwrap_or("../shared/data".to_owned());
    let posts = fs::read_to_string(PathBuf::from(folder).join("posts.jsonl"))?;
    let mut texts: Vec<String> = Vec::new();
    for line in posts.lines() {
        let post: serde_json::Value = serde_json::from_str(line)?;
        let text = post["text"].as_str().unwrap_or_default().to_owned();
        if TextPrint::of(&text).is_some_and(|print| print.sketch.is_some()) && !texts.contains(&text) {
            texts.push(text);
        }
    }
    let known = |texts: &[String]| {
        let removed = texts.iter().zip(0_u128..).map(|(text, number)| Removal {
            print: Print::Text(TextPrint::of(text).expect("it is long enough")),
            cause: number.to_be_bytes(),
            until: i64::MAX,
        });
        Removals::new(removed.collect())
    };
    let step = (texts.len() / TEXTS).max(1);
    let some: Vec<String> = texts.iter().step_by(step).take(TEXTS).cloned().collect();
    println!("{} posts with a sketch, {} of them edited", texts.len(), some.len());
    let removed = known(&some);
    for (name, edit) in EDITS {
        let mut dice = Dice(7);
        let found = some.iter().zip(0_u128..).filter(|(text, number)| {
            let copy = TextPrint::of(&edit(text, &mut dice));
            copy.is_some_and(|copy| removed.find_text(&copy, |text| text.cause == number.to_be_bytes()).is_some())
        });
        println!("{:>5} ‰  {name}", found.count() * 1_000 / some.len());
    }
    let removed = known(&texts);
    let mut near = 0;
    for (text, number) in texts.iter().zip(0_u128..) {
        let print = TextPrint::of(text).expect("it is long enough");
        // Each pair once.
        near += (number + 1..texts.len() as u128)
            .filter(|other| {
                let found = removed.find_text(&print, |text| text.cause == other.to_be_bytes());
                found.is_some_and(|(likeness, _)| likeness == Likeness::Near)
            })
            .count();
    }
    println!("{near} of {} pairs of different posts are near each other", texts.len() * (texts.len() - 1) / 2);
    Ok(())
}
