use std::collections::HashMap;

use super::{Print, Sketch, TextPrint};
use crate::{
    media::{FileHash, Seen},
    pdq::{Looks, NEAR, PdqHash},
};

/// One print of what was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    pub print: Print,
    /// What it was removed by: the sixteen bytes of a decision's identifier.
    pub cause: [u8; 16],
    /// Unix second from which it is no longer looked for.
    pub until: i64,
}

/// How something is like what was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Edited.
    Near,
    /// The same: of a text, but for what no reader compares: case, width, separators, marks.
    Same,
}

/// Removals, indexed.
#[derive(Debug, Default)]
pub struct Removals {
    all: Vec<Removal>,
    texts: HashMap<[u8; 32], Vec<u32>>,
    /// Place and value of the telling part of each sketch, with its text, in order.
    sketches: Vec<(u32, u32)>,
    files: HashMap<FileHash, Vec<u32>>,
    /// Looked at one by one: fifty thousand take a millisecond, and a picture takes longer to read.
    pictures: Vec<(PdqHash, u32)>,
}

impl Removals {
    #[must_use]
    pub fn new(all: Vec<Removal>) -> Self {
        let mut removals = Self::default();
        for (number, removal) in (0_u32..).zip(&all) {
            match &removal.print {
                Print::Text(TextPrint { sha256, sketch }) => {
                    removals.texts.entry(*sha256).or_default().push(number);
                    removals.sketches.extend(sketch.iter().flat_map(telling).map(|key| (key, number)));
                }
                Print::Picture(looks, file) => {
                    removals.pictures.push((*looks, number));
                    removals.files.entry(*file).or_default().push(number);
                }
                Print::File(file) => removals.files.entry(*file).or_default().push(number),
            }
        }
        removals.sketches.sort_unstable();
        removals.all = all;
        removals
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    #[must_use]
    pub fn all(&self) -> &[Removal] {
        &self.all
    }

    fn counted(&self, number: u32, counts: impl Fn(&Removal) -> bool) -> Option<&Removal> {
        self.all.get(number as usize).filter(|removal| counts(removal))
    }

    /// The text that `print` is most like, among those that `counts` counts.
    #[must_use]
    pub fn find_text(&self, print: &TextPrint, counts: impl Fn(&Removal) -> bool) -> Option<(Likeness, &Removal)> {
        let counted = |number: &u32| self.counted(*number, &counts);
        let same = self.texts.get(&print.sha256).into_iter().flatten().find_map(counted);
        if let Some(text) = same {
            return Some((Likeness::Same, text));
        }
        let sketch = print.sketch.as_ref()?;
        let is_like = |removal: &&Removal| match &removal.print {
            Print::Text(TextPrint { sketch: Some(other), .. }) => other.is_like(sketch),
            _ => false,
        };
        telling(sketch)
            .flat_map(|key| {
                let first = self.sketches.partition_point(|(known, _)| *known < key);
                self.sketches[first..].iter().take_while(move |(known, _)| *known == key)
            })
            .filter_map(|(_, number)| counted(number))
            .find(is_like)
            .map(|text| (Likeness::Near, text))
    }

    /// The file or picture that what was seen of a part is most like, among those that `counts` counts.
    #[must_use]
    pub fn find_media(&self, seen: &Seen, counts: impl Fn(&Removal) -> bool) -> Option<(Likeness, &Removal)> {
        if let Some(known) = seen.files.iter().find_map(|file| self.find_file(*file, &counts)) {
            return Some((Likeness::Same, known));
        }
        let found = seen.pictures.iter().find_map(|looks| self.find_picture(looks, &counts))?;
        Some((Likeness::Near, found))
    }

    /// The file with that hash, among those that `counts` counts.
    #[must_use]
    pub fn find_file(&self, file: FileHash, counts: impl Fn(&Removal) -> bool) -> Option<&Removal> {
        self.files.get(&file).into_iter().flatten().find_map(|number| self.counted(*number, &counts))
    }

    fn find_picture(&self, looks: &Looks, counts: impl Fn(&Removal) -> bool) -> Option<&Removal> {
        let mut near =
            self.pictures.iter().filter(|(known, _)| looks.distance(*known).is_some_and(|bits| bits <= NEAR));
        near.find_map(|(_, number)| self.counted(*number, &counts))
    }
}

/// Place and value of the telling part of a sketch.
fn telling(sketch: &Sketch) -> impl Iterator<Item = u32> + '_ {
    (0_u32..).zip(&sketch.0[..Sketch::TELLING]).map(|(place, value)| place << 16 | u32::from(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，老客户另有优惠，\
                        节假日照常营业，请提前三天预约，以便我们安排人手与材料，谢谢大家一直以来的支持与信任。";
    const OTHER: &str = "今天的会议讨论了下一季度的计划，各部门先后发言，主任最后作了总结，要求大家按时完成任务，\
                         并在月底之前把材料交到办公室，由专人统一整理归档，不得遗漏。";

    fn all(prints: Vec<Print>) -> Removals {
        let causes = (0_u8..).zip(prints);
        Removals::new(causes.map(|(number, print)| Removal { print, cause: [number; 16], until: 100 }).collect())
    }

    fn removed(texts: &[&str]) -> Removals {
        all(texts.iter().map(|text| Print::Text(TextPrint::of(text).unwrap())).collect())
    }

    fn found(texts: &Removals, text: &str) -> Option<(Likeness, u8)> {
        let (likeness, known) = texts.find_text(&TextPrint::of(text)?, |text| text.until > 50)?;
        Some((likeness, known.cause[0]))
    }

    #[test]
    fn a_text_in_disguise_is_the_same() {
        let disguised = TEXT.replace('，', " * ").replace('店', "店\u{200B}");
        assert_eq!(found(&removed(&[OTHER, TEXT]), &disguised), Some((Likeness::Same, 1)));
    }

    #[test]
    fn edited_copies_are_near() {
        let texts = removed(&[OTHER, TEXT]);
        let (first, second) = TEXT.split_at(TEXT.char_indices().nth(45).unwrap().0);
        for edited in [
            TEXT.replace("三天", "五天").replace("来电", "到店"),
            format!("{TEXT}加微信 abc12345"),
            format!("各位朋友大家好，{TEXT}"),
            format!("{second}{first}"),
            TEXT.replace("价格公道，", "").replace("时间灵活，", ""),
        ] {
            assert_eq!(found(&texts, &edited), Some((Likeness::Near, 1)), "{edited}");
        }
    }

    #[test]
    fn another_text_and_a_short_one_are_not_found() {
        let texts = removed(&[TEXT, "这家店真不错下次还会再来的"]);
        assert_eq!(texts.len(), 2);
        assert_eq!(found(&texts, OTHER), None);
        assert_eq!(TextPrint::of("大家好"), None);
        // Long enough to be the same, and too short to be near.
        assert_eq!(found(&removed(&["加我微信领取免费课程资料"]), "加我微信领取免费课程材料"), None);
        assert_eq!(
            found(&removed(&["加我微信领取免费课程资料"]), "加我微信领取免费课程资料"),
            Some((Likeness::Same, 0))
        );
    }

    #[test]
    fn what_does_not_count_does_not_hide_what_does() {
        let texts = removed(&[TEXT, TEXT]);
        let of = |cause: u8| {
            let print = TextPrint::of(TEXT).unwrap();
            texts.find_text(&print, |text| text.cause[0] == cause).map(|(likeness, text)| (likeness, text.cause[0]))
        };
        assert_eq!((of(0), of(1), of(2)), (Some((Likeness::Same, 0)), Some((Likeness::Same, 1)), None));
    }

    /// Whose first bits are turned over.
    fn hash(bits: u32) -> PdqHash {
        let mut bytes = [0b1100_1010_u8; 32];
        for bit in 0..bits {
            bytes[bit as usize / 8] ^= 1 << (bit % 8);
        }
        PdqHash::from_bytes(bytes)
    }

    #[test]
    fn a_picture_is_found_by_its_looks_whichever_way_it_is_turned_and_a_file_by_its_hash() {
        let known = all(vec![Print::Picture(hash(0), FileHash([1; 32])), Print::File(FileHash([2; 32]))]);
        let find = |seen: &Seen| known.find_media(seen, |_| true).map(|(likeness, of)| (likeness, of.cause[0]));
        let turned = |bits: u32, quality: u8| {
            let mut hashes = [hash(128); 8];
            hashes[5] = hash(bits);
            Seen { pictures: vec![Looks { hashes, quality }], ..Seen::default() }
        };
        assert_eq!(find(&turned(31, 100)), Some((Likeness::Near, 0)));
        assert_eq!(find(&turned(32, 100)), None);
        assert_eq!(find(&turned(0, 10)), None, "there is too little in it to tell");
        let files = |byte: u8| Seen { files: vec![FileHash([9; 32]), FileHash([byte; 32])], ..Seen::default() };
        assert_eq!(
            [1, 2, 3].map(|byte| find(&files(byte))),
            [Some((Likeness::Same, 0)), Some((Likeness::Same, 1)), None]
        );
        assert!(known.find_media(&files(1), |removal| removal.cause[0] == 1).is_none());
    }
}
