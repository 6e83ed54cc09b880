//! One file out of many: a ZIP archive without compression, in the one form that this module writes.
//!
//! Whoever is handed the file opens it with what they have; whoever verifies it reads it strictly: names in order, no
//! times, no attributes, nothing before, between or after. So no byte of it can be another unnoticed, and an archive can be
//! written in one way alone (PKWARE APPNOTE 6.3.10, the fields that its version 2.0 needs).

use std::collections::BTreeMap;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Version 2.0; names are in UTF-8.
const VERSION: u16 = 20;
const FLAGS: u16 = 1 << 11;
/// 1 January 1980, where ZIP's calendar begins: the times that matter are inside.
const DATE: u16 = 0x21;

/// Why there is no archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    #[error("it is too large for an archive: 4 GB, 65 535 files, names of 65 535 bytes")]
    TooLarge,
    #[error("it is no archive in the form that this program writes")]
    Form,
}

/// The archive of these files, by name.
///
/// # Errors
/// When there is too much.
pub fn write(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, ArchiveError> {
    let too_large = |_| ArchiveError::TooLarge;
    let count = u16::try_from(files.len()).map_err(too_large)?;
    let (mut bytes, mut central) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let offset = u32::try_from(bytes.len()).map_err(too_large)?;
        let size = u32::try_from(content.len()).map_err(too_large)?;
        let length = u16::try_from(name.len()).map_err(too_large)?;
        let common = Common { crc: crc32fast::hash(content), size, length };
        put32(&mut bytes, LOCAL);
        common.put(&mut bytes);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(content);
        put32(&mut central, CENTRAL);
        put16(&mut central, VERSION);
        common.put(&mut central);
        // Comment, disk, attributes inside and outside: none.
        for _ in 0..3 {
            put16(&mut central, 0);
        }
        put32(&mut central, 0);
        put32(&mut central, offset);
        central.extend_from_slice(name.as_bytes());
    }
    let offset = u32::try_from(bytes.len()).map_err(too_large)?;
    let size = u32::try_from(central.len()).map_err(too_large)?;
    bytes.append(&mut central);
    put32(&mut bytes, END);
    for field in [0, 0, count, count] {
        put16(&mut bytes, field);
    }
    put32(&mut bytes, size);
    put32(&mut bytes, offset);
    put16(&mut bytes, 0);
    Ok(bytes)
}

/// The files of an archive.
///
/// # Errors
/// When it is not one as [`write()`] writes it, to the last byte.
pub fn read(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
    let mut files = BTreeMap::new();
    let mut rest = archive;
    while let Some((&signature, after)) = rest.split_first_chunk::<4>() {
        if u32::from_le_bytes(signature) != LOCAL {
            break;
        }
        let header = after.get(..26).ok_or(ArchiveError::Form)?;
        let field = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let (size, length) = (field(14) as usize, usize::from(u16::from_le_bytes([header[22], header[23]])));
        let name = after.get(26..26 + length).ok_or(ArchiveError::Form)?;
        let end = (26 + length).checked_add(size).ok_or(ArchiveError::Form)?;
        let content = after.get(26 + length..end).ok_or(ArchiveError::Form)?;
        let name = std::str::from_utf8(name).map_err(|_| ArchiveError::Form)?;
        files.insert(name.to_owned(), content.to_vec());
        rest = &after[end..];
    }
    // Everything else there is to say about the form is said by writing it anew.
    if write(&files)? == archive { Ok(files) } else { Err(ArchiveError::Form) }
}

/// What both headers of a file say.
struct Common {
    crc: u32,
    size: u32,
    length: u16,
}

impl Common {
    fn put(&self, bytes: &mut Vec<u8>) {
        // Version to extract, flags, stored, time, date.
        for field in [VERSION, FLAGS, 0, 0, DATE] {
            put16(bytes, field);
        }
        for field in [self.crc, self.size, self.size] {
            put32(bytes, field);
        }
        put16(bytes, self.length);
        // No extra field.
        put16(bytes, 0);
    }
}

fn put16(bytes: &mut Vec<u8>, field: u16) {
    bytes.extend_from_slice(&field.to_le_bytes());
}

fn put32(bytes: &mut Vec<u8>, field: u32) {
    bytes.extend_from_slice(&field.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> BTreeMap<String, Vec<u8>> {
        [("index.html", "<p>一页</p>"), ("a/b.json", "{}"), ("空", "")]
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
            .into()
    }

    #[test]
    fn what_is_archived_comes_back() {
        let archive = write(&files()).unwrap();
        assert_eq!(read(&archive), Ok(files()));
        assert_eq!(read(&write(&BTreeMap::new()).unwrap()), Ok(BTreeMap::new()));
    }

    #[test]
    fn no_bit_of_an_archive_can_be_another_without_another_content() {
        let archive = write(&files()).unwrap();
        for at in 0..archive.len() {
            for bit in 0..8 {
                let mut changed = archive.clone();
                changed[at] ^= 1 << bit;
                assert_ne!(read(&changed), Ok(files()), "byte {at}, bit {bit}");
            }
        }
        for wrong in [&archive[1..], &archive[..archive.len() - 1], &[archive.as_slice(), b"x"].concat(), b""] {
            assert_eq!(read(wrong), Err(ArchiveError::Form));
        }
    }
}
