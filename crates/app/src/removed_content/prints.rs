use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use domain::{
    id::DecisionId,
    publication::Part,
    removed_content::{BankedRemoval, RemovedPrint},
};
use screening::removed::{Print, RemovedText, Sketch};

/// A print, and the parts of the publication that it is of.
pub(super) struct PartPrint {
    pub print: Print,
    pub parts: Vec<usize>,
}

/// The prints of what is written or said: of each part, and of all of them together, so that it does not help to divide
/// a text otherwise. Links are no content of the publication's own, and pictures have prints of another kind.
pub(super) fn prints_of(parts: &[Part]) -> Vec<PartPrint> {
    let own = |part: &Part| !matches!(part, Part::Link { .. });
    let words: Vec<(usize, &str)> = parts
        .iter()
        .enumerate()
        .filter(|(_, part)| own(part))
        .filter_map(|(number, part)| Some((number, part.words()?)))
        .collect();
    let mut prints: Vec<PartPrint> = Vec::new();
    let mut add = |text: &str, parts: Vec<usize>| {
        if let Some(print) = Print::of(text).filter(|print| prints.iter().all(|known| known.print != *print)) {
            prints.push(PartPrint { print, parts });
        }
    };
    for (number, text) in &words {
        add(text, vec![*number]);
    }
    if words.len() > 1 {
        let whole: Vec<&str> = words.iter().map(|(_, text)| *text).collect();
        add(&whole.join("\n"), words.iter().map(|(number, _)| *number).collect());
    }
    prints
}

/// As the register keeps it.
pub(super) fn at_rest(print: &Print, removal: &BankedRemoval) -> RemovedPrint {
    let bytes = |sketch: &Sketch| sketch.0.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    RemovedPrint {
        sha256: HEX.encode(&print.sha256),
        sketch: print.sketch.as_ref().map(|sketch| HEX.encode(&bytes(sketch))),
        cause: removal.cause,
        until: removal.until,
    }
}

/// As the engine looks for it; `None` of what is no print of a text.
pub(super) fn looked_for(print: &RemovedPrint) -> Option<RemovedText> {
    let sha256 = HEX.decode(print.sha256.as_bytes()).ok()?.try_into().ok()?;
    let sketch = match &print.sketch {
        Some(sketch) => Some(sketch_of(&HEX.decode(sketch.as_bytes()).ok()?)?),
        None => None,
    };
    let (cause, until) = (cause_bytes(print.cause), print.until.as_second());
    Some(RemovedText { print: Print { sha256, sketch }, cause, until })
}

fn sketch_of(bytes: &[u8]) -> Option<Sketch> {
    let (values, rest) = bytes.as_chunks::<2>();
    let values: Vec<u16> = values.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
    values.try_into().ok().filter(|_| rest.is_empty()).map(Sketch)
}

pub(super) fn cause_bytes(cause: DecisionId) -> [u8; 16] {
    *cause.uuid().as_bytes()
}

pub(super) fn cause_of(bytes: [u8; 16]) -> DecisionId {
    DecisionId::from_uuid(uuid::Uuid::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text { text: text.to_owned() }
    }

    fn parts_of(parts: &[Part]) -> Vec<Vec<usize>> {
        prints_of(parts).into_iter().map(|print| print.parts).collect()
    }

    #[test]
    fn a_print_comes_back_as_it_was() {
        let long = "本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，老客户另有优惠，节假日照常营业";
        let removal = BankedRemoval {
            cause: cause_of([7; 16]),
            publication_id: domain::id::PublicationId::from_uuid(uuid::Uuid::nil()),
            prints: 1,
            until: jiff::Timestamp::UNIX_EPOCH,
            withdrawn: false,
        };
        for written in [long, "加我微信领取免费课程资料"] {
            let print = Print::of(written).unwrap();
            let back = looked_for(&at_rest(&print, &removal)).unwrap();
            assert_eq!((back.print, back.cause, back.until), (print, [7; 16], 0));
        }
    }

    #[test]
    fn each_part_and_the_whole_have_a_print_and_greetings_have_none() {
        let advert = text("加我微信领取免费课程资料");
        assert_eq!(parts_of(&[text("大家好"), advert.clone()]), [vec![1], vec![0, 1]]);
        assert_eq!(parts_of(&[advert.clone(), advert.clone()]), [vec![0], vec![0, 1]]);
        assert_eq!(parts_of(&[advert, Part::Link { url: "https://example.org/a-long-address".to_owned() }]), [vec![0]]);
        assert_eq!(parts_of(&[text("加我微信领取"), text("免费课程资料")]), [vec![0, 1]]);
        assert_eq!(parts_of(&[text("大家好")]), Vec::<Vec<usize>>::new());
    }
}
