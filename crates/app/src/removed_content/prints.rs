use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use domain::{
    id::DecisionId,
    publication::Part,
    removed_content::{BankedRemoval, KnownBy, MOST_RECENT, RemovedPrint},
};
use screening::{
    media::FileHash,
    pdq::LEAST_QUALITY,
    removed::{Print, Removal, Sketch, TextPrint},
};

use crate::media_screening::{MediaNote, Sighting};

/// A print, and the parts of the publication that it is of.
pub(super) struct PartPrint {
    pub print: TextPrint,
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
        if let Some(print) = TextPrint::of(text).filter(|print| prints.iter().all(|known| known.print != *print)) {
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

/// The prints of what was seen of media: of each picture in which there is something to see, and of each file that is
/// none. Key frames come last, and of many an even choice: some will do to know a film again.
pub(super) fn prints_of_media(notes: &[MediaNote]) -> Vec<Print> {
    let (mut files, mut frames): (Vec<Print>, Vec<Print>) = (Vec::new(), Vec::new());
    for note in notes {
        for (at, sighting) in note.sightings.iter().enumerate() {
            let Some(print) = print_of_sighting(sighting) else { continue };
            let into = if at == 0 { &mut files } else { &mut frames };
            if !into.contains(&print) {
                into.push(print);
            }
        }
    }
    frames.retain(|frame| !files.contains(frame));
    files.truncate(MOST_RECENT);
    let room = (MOST_RECENT - files.len()).min(frames.len());
    let chosen = (0..room).map(|at| frames[at * frames.len() / room].clone());
    files.extend(chosen);
    files
}

fn print_of_sighting(sighting: &Sighting) -> Option<Print> {
    match sighting {
        Sighting::Seen { sha256, looks: None, .. } => Some(Print::File(*sha256)),
        // One colour, or one dot: anybody's.
        Sighting::Seen { sha256, looks: Some(looks), .. } => {
            (looks.quality >= LEAST_QUALITY).then(|| Print::Picture(looks.upright(), *sha256))
        }
        _ => None,
    }
}

/// As the register keeps it.
pub(super) fn at_rest(print: &Print, removal: &BankedRemoval) -> RemovedPrint {
    let bytes = |sketch: &Sketch| sketch.0.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let known_by = match print {
        Print::Text(TextPrint { sha256, sketch }) => KnownBy::Text {
            sha256: HEX.encode(sha256),
            sketch: sketch.as_ref().map(|sketch| HEX.encode(&bytes(sketch))),
        },
        Print::Picture(pdq, file) => KnownBy::Picture { pdq: pdq.to_string(), file: file.to_string() },
        Print::File(file) => KnownBy::File { file: file.to_string() },
    };
    RemovedPrint { known_by, cause: removal.cause, until: removal.until }
}

/// As the engine looks for it; `None` of what is no print.
pub(super) fn looked_for(print: &RemovedPrint) -> Option<Removal> {
    let file = |file: &str| file.parse::<FileHash>().ok();
    let print_of = match &print.known_by {
        KnownBy::Picture { pdq, file: of } => Print::Picture(pdq.parse().ok()?, file(of)?),
        KnownBy::File { file: of } => Print::File(file(of)?),
        KnownBy::Text { sha256, sketch } => {
            let sha256 = HEX.decode(sha256.as_bytes()).ok()?.try_into().ok()?;
            let sketch = match sketch {
                Some(sketch) => Some(sketch_of(&HEX.decode(sketch.as_bytes()).ok()?)?),
                None => None,
            };
            Print::Text(TextPrint { sha256, sketch })
        }
    };
    Some(Removal { print: print_of, cause: cause_bytes(print.cause), until: print.until.as_second() })
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
    use domain::{
        id::{CommentId, PublicationId},
        subject::Subject,
    };
    use screening::{
        facts::MediaScores,
        pdq::{Looks, PdqHash},
    };
    use uuid::Uuid;

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
            subject: Subject::Comment(CommentId::from_uuid(Uuid::nil())),
            prints: 1,
            until: jiff::Timestamp::UNIX_EPOCH,
            withdrawn: false,
        };
        let text = |text| Print::Text(TextPrint::of(text).unwrap());
        let (picture, file) = (Print::Picture("c9".repeat(32).parse().unwrap(), hash(1)), Print::File(hash(2)));
        for print in [text(long), text("加我微信领取免费课程资料"), picture, file] {
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

    fn hash(byte: u8) -> FileHash {
        FileHash([byte; 32])
    }

    fn seen(byte: u8, quality: Option<u8>) -> Sighting {
        let looks = quality.map(|quality| Box::new(Looks { hashes: [PdqHash::default(); 8], quality }));
        Sighting::Seen { sha256: hash(byte), looks, scores: MediaScores::None }
    }

    fn note(part: usize, sightings: Vec<Sighting>) -> MediaNote {
        MediaNote { publication_id: PublicationId::from_uuid(Uuid::nil()), edition: 1, part, sightings }
    }

    #[test]
    fn pictures_and_files_have_a_print_and_a_blank_picture_has_none() {
        let altered = Sighting::Altered { sha256: hash(9) };
        let notes = [
            note(0, vec![seen(1, Some(100))]),
            note(1, vec![seen(2, Some(0))]),
            note(2, vec![seen(3, None), seen(4, Some(80)), altered]),
            note(3, vec![Sighting::Missing]),
        ];
        let picture = |byte| Print::Picture(PdqHash::default(), hash(byte));
        assert_eq!(prints_of_media(&notes), [picture(1), Print::File(hash(3)), picture(4)]);
    }

    #[test]
    fn of_many_frames_some_are_banked_from_begin_to_end() {
        let mut film = vec![seen(255, None)];
        film.extend((0..200).map(|frame| seen(frame, Some(100))));
        let prints = prints_of_media(&[note(0, film)]);
        assert_eq!((prints.len(), &prints[0]), (MOST_RECENT, &Print::File(hash(255))));
        let frames: Vec<u8> = prints[1..]
            .iter()
            .map(|print| match print {
                Print::Picture(_, file) => file.0[0],
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!((frames[0], frames[62]), (0, 196));
        assert!(frames.is_sorted());
    }
}
