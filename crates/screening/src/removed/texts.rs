use std::collections::HashMap;

use super::{Print, Sketch};

/// A text that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedText {
    pub print: Print,
    /// What it was removed by: the sixteen bytes of a decision's identifier.
    pub cause: [u8; 16],
    /// Unix second from which it is no longer looked for.
    pub until: i64,
}

/// How a text is like one that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Edited.
    Near,
    /// The same but for what no reader compares: case, width, separators, marks.
    Same,
}

/// Removed texts, indexed.
#[derive(Debug, Default)]
pub struct RemovedTexts {
    all: Vec<RemovedText>,
    same: HashMap<[u8; 32], Vec<u32>>,
    /// Place and value of the telling part of each sketch, with its text, in order.
    near: Vec<(u32, u32)>,
}

impl RemovedTexts {
    #[must_use]
    pub fn new(all: Vec<RemovedText>) -> Self {
        let mut same: HashMap<[u8; 32], Vec<u32>> = HashMap::with_capacity(all.len());
        let mut near = Vec::new();
        for (number, text) in (0_u32..).zip(&all) {
            same.entry(text.print.sha256).or_default().push(number);
            let sketch = text.print.sketch.iter();
            near.extend(sketch.flat_map(telling).map(|key| (key, number)));
        }
        near.sort_unstable();
        Self { all, same, near }
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
    pub fn all(&self) -> &[RemovedText] {
        &self.all
    }

    /// The text that `print` is most like, among those that `counts` counts.
    #[must_use]
    pub fn find(&self, print: &Print, counts: impl Fn(&RemovedText) -> bool) -> Option<(Likeness, &RemovedText)> {
        let counted = |number: &u32| self.all.get(*number as usize).filter(|text| counts(text));
        let same = self.same.get(&print.sha256).into_iter().flatten().find_map(counted);
        if let Some(text) = same {
            return Some((Likeness::Same, text));
        }
        let sketch = print.sketch.as_ref()?;
        let is_like = |text: &&RemovedText| text.print.sketch.as_ref().is_some_and(|other| other.is_like(sketch));
        telling(sketch)
            .flat_map(|key| {
                let first = self.near.partition_point(|(known, _)| *known < key);
                self.near[first..].iter().take_while(move |(known, _)| *known == key)
            })
            .filter_map(|(_, number)| counted(number))
            .find(is_like)
            .map(|text| (Likeness::Near, text))
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

    fn removed(texts: &[&str]) -> RemovedTexts {
        let all = texts.iter().enumerate().map(|(number, text)| RemovedText {
            print: Print::of(text).unwrap(),
            cause: [u8::try_from(number).unwrap(); 16],
            until: 100,
        });
        RemovedTexts::new(all.collect())
    }

    fn found(texts: &RemovedTexts, text: &str) -> Option<(Likeness, u8)> {
        let (likeness, known) = texts.find(&Print::of(text)?, |text| text.until > 50)?;
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
        assert_eq!(Print::of("大家好"), None);
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
            let print = Print::of(TEXT).unwrap();
            texts.find(&print, |text| text.cause[0] == cause).map(|(likeness, text)| (likeness, text.cause[0]))
        };
        assert_eq!((of(0), of(1), of(2)), (Some((Likeness::Same, 0)), Some((Likeness::Same, 1)), None));
    }
}
