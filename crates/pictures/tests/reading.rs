//! Pictures of every format, and files that are made to hurt. The pictures are drawn by formula; one photograph-like scene in
//! several formats, and another one. The hashes are what the reference implementation says of them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic is the report")]

use std::{fs, path::PathBuf};

use pictures::{MOST_BYTES, Unreadable, looks_of};
use proptest::prelude::*;
use screening::pdq::{Looks, NEAR, PdqHash};

const SCENE: &str = "c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041";

/// Each file, and the reference's hash of it.
const REFERENCE: [(&str, &str); 15] = [
    ("another.jpg", "a1691c4a313ce4cea1ce438fc9ac3d52c1b99cad81560be51ea7a35ede8c636d"),
    ("scene-alpha.png", "c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041"),
    ("scene-animated.gif", "a35b1c81f5811d81af5abf33d5ea077a393984ac09f7ab56de72aa85b281d841"),
    ("scene-animated.webp", "c1dab4a3d7a91d432f5b5f0351ea1e32b9b9acac0977ab56d672aa857a81c041"),
    ("scene-cmyk.jpg", "cdda14a3d7a93d432b5b5f0351ea1e32b9b9acac09772b56d672aa85fa81c041"),
    ("scene-flipped-small.png", "548d41f094f4de165a0f4ad604bf43676cecf9f954227e038327ffd0abd41514"),
    ("scene-grey.png", "cdda14a3d7a98d432b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041"),
    ("scene-lossless.webp", "c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041"),
    ("scene-marked.png", "015fdfa1d7ab8c432fc85e0755e0043abdf8a4af09772b56d672bb85f2815841"),
    ("scene-progressive.jpg", "c1da5ca3d7ab8d432b5b7f0351ca1e32b9f9acac09772b56d672aa85fa814041"),
    ("scene-turned.jpg", "10461df600d68d751c96a237451e414bf6c665e663e8f647abc0ff8bdf388358"),
    ("scene.gif", "a35b1c81f5811d81af5abf33d5ea077a393984ac09f7ab56de72aa85b281d841"),
    ("scene.jpg", "cdda94a3d7a91d432b5a7f0351ea1e32b9b9acac09772b56d672aa85fa81c041"),
    ("scene.png", "c9da14a3d7a98dc32b5b7f0351ea1e32b9b9acac0977ab56d672aa85fa814041"),
    ("scene.webp", "edda5ca3d5a9bd432b5a7e0351ea16323979acac0977ab56d672aa85fa814041"),
];

fn file(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name)).unwrap()
}

fn looks(name: &str) -> Looks {
    looks_of(&file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn a_picture_has_the_hash_that_others_give_it() {
    for (name, hash) in REFERENCE {
        let known: PdqHash = hash.parse().unwrap();
        let distance = looks(name).upright().distance(known);
        // Decoders round differently.
        assert!(distance <= 10, "{name}: {distance} bits from the reference");
    }
}

#[test]
fn one_scene_is_found_in_every_format_and_another_one_is_not() {
    let known: PdqHash = SCENE.parse().unwrap();
    for (name, _) in REFERENCE {
        let distance = looks(name).distance(known).unwrap();
        match name {
            "another.jpg" => assert!(distance > 80, "{name}: {distance}"),
            // Reduced to 256 colours, soft gradients become steps.
            "scene.gif" | "scene-animated.gif" => assert!(distance <= 60, "{name}: {distance}"),
            // A word across a fifth of a small picture.
            "scene-marked.png" => assert!(distance <= 60, "{name}: {distance}"),
            _ => assert!(distance <= NEAR, "{name}: {distance}"),
        }
    }
}

#[test]
fn a_file_that_is_cut_off_is_broken() {
    for (name, _) in REFERENCE {
        let whole = file(name);
        for part in [2, 3] {
            let cut = &whole[..whole.len() / part];
            // The frame of an animation that counts may be whole.
            if !name.contains("animated") {
                assert_eq!(looks_of(cut), Err(Unreadable::Broken), "{name}, one of {part} parts");
            }
        }
    }
}

#[test]
fn what_a_file_calls_itself_says_nothing() {
    assert_eq!(looks_of(b""), Err(Unreadable::NotAPicture));
    assert_eq!(looks_of("今天天气很好".as_bytes()), Err(Unreadable::NotAPicture));
    assert_eq!(looks_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Err(Unreadable::NotAPicture));
    // The beginning of one format and the rest of another.
    for (name, _) in REFERENCE {
        for start in [&b"\x89PNG\r\n\x1A\n"[..], b"\xFF\xD8\xFF", b"RIFF\0\0\0\0WEBP", b"GIF89a"] {
            let mixed = [start, &file(name)[16..]].concat();
            let _ = looks_of(&mixed);
        }
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    assert_eq!(looks_of(&vec![0; MOST_BYTES + 1]), Err(Unreadable::TooManyBytes));
}

/// A few bytes that claim to be four thousand megapixels.
#[test]
fn a_bomb_is_refused_by_its_header() {
    let mut png = file("scene.png");
    png[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
    let sum = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(looks_of(&png), Err(Unreadable::TooManyPixels));

    let mut jpeg = file("scene.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(looks_of(&jpeg), Err(Unreadable::TooManyPixels));

    let mut gif = file("scene.gif");
    gif[6..10].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(looks_of(&gif), Err(Unreadable::TooManyPixels));

    for (name, place) in [("scene.webp", 26), ("scene-lossless.webp", 21)] {
        let mut webp = file(name);
        webp[place..place + 4].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x0F]);
        assert_eq!(looks_of(&webp), Err(Unreadable::TooManyPixels), "{name}");
    }
}

/// An animation states a small screen, and the picture in its frame is a large one.
#[test]
fn a_bomb_inside_of_an_animation_is_refused_by_its_own_header() {
    let mut webp = file("scene-animated.webp");
    let start = webp.windows(3).position(|bytes| bytes == [0x9D, 0x01, 0x2A]).unwrap();
    webp[start + 3..start + 7].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    assert_eq!(looks_of(&webp), Err(Unreadable::TooManyPixels));
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_file_is_read_or_refused_and_never_a_crash(
        which in 0..REFERENCE.len(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = file(REFERENCE[which].0);
        for (place, byte) in &places {
            let at = place.index(bytes.len());
            bytes[at] = *byte;
        }
        let _ = looks_of(&bytes);
        let _ = looks_of(&bytes[..length.index(bytes.len())]);
    }
}
