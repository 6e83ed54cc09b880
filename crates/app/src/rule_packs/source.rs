//! An upload as one sequence of bytes, so that a release which cannot read a compiled pack compiles it anew: for each file the
//! length of its name, its name, the length of its content, its content. Lengths are little-endian, of eight bytes;
//! `rule-pack.yaml` comes first.

use std::collections::BTreeMap;

use screening::{
    engine::Engine,
    source::{Checked, Hashes, Manifest, RULE_PACK},
};

pub(super) fn bundled(yaml: &[u8], files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut add = |bytes: &[u8]| {
        out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        out.extend_from_slice(bytes);
    };
    add(RULE_PACK.as_bytes());
    add(yaml);
    for (name, content) in files {
        add(name.as_bytes());
        add(content);
    }
    out
}

/// The engine of a bundle, or why there is none.
pub(super) fn compiled(bundle: &[u8]) -> Result<Engine, String> {
    checked(bundle).map(|checked| checked.engine)
}

/// The pack of a bundle with its engine, or why there is none.
pub(crate) fn checked(bundle: &[u8]) -> Result<Checked, String> {
    let mut left = bundle;
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    while !left.is_empty() {
        let (name, content) = next(&mut left).zip(next(&mut left)).ok_or("the source is cut off")?;
        let name = String::from_utf8(name.to_vec()).map_err(|error| error.to_string())?;
        files.insert(name, content.to_vec());
    }
    let yaml = files.remove(RULE_PACK).ok_or("the source is empty")?;
    let checked = Manifest::read(&yaml).and_then(|manifest| manifest.check(&files, Hashes::IfGiven));
    checked.map_err(|problems| problems.first().map(ToString::to_string).unwrap_or_default())
}

fn next<'a>(left: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = left.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (bytes, rest) = rest.split_at_checked(length)?;
    *left = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "id: a\nversion: 1\nbanks: { games: { files: [{ name: games.txt }] } }\nrules: []\n";

    #[test]
    fn what_was_bundled_is_compiled_and_what_is_cut_off_is_not() {
        let files = BTreeMap::from([("games.txt".to_owned(), "百家乐\n".as_bytes().to_vec())]);
        let bundle = bundled(YAML.as_bytes(), &files);
        assert_eq!(compiled(&bundle).ok().unwrap().screen(&[""]).rule_pack, "a@1");
        for end in 0..bundle.len() {
            assert!(compiled(&bundle[..end]).is_err(), "{end}");
        }
    }
}
