//! The pictures, sounds and films that the records of a package name.

use std::collections::{BTreeMap, BTreeSet};

use domain::{media::MediaObject, publication::Part};
use evidence::{
    digest::Digest,
    package::{MEDIA, MediaFile, MediaState},
    record::{LogRecord, PUBLICATION},
};

use crate::ports::{Fetched, MediaBucket, PortError};

/// What was fetched, and what is said of it.
#[derive(Debug, Default)]
pub(super) struct Media {
    /// By the key in the bucket.
    pub listed: Vec<MediaFile>,
    /// By their place in the package.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Fetches what publications among the records name, as far as `room` goes, in bytes. What is not there any more, or is
/// another file than the record says, is told of and is not in the package.
pub(super) async fn fetched(bucket: &dyn MediaBucket, records: &[LogRecord], room: usize) -> Result<Media, PortError> {
    let (mut media, mut left) = (Media::default(), room);
    for (key, named) in named(records)? {
        let (state, path) = match bucket.read(&key, left).await? {
            Fetched::Missing => (MediaState::Missing, None),
            Fetched::TooLarge => (MediaState::TooLarge, None),
            Fetched::Found(bytes) => {
                let hash = Digest::of(&bytes).to_string();
                match &named {
                    Some(named) if !named.eq_ignore_ascii_case(&hash) => (MediaState::Altered, None),
                    named => {
                        let path = format!("{MEDIA}{hash}{}", ending(&key));
                        left = left.saturating_sub(bytes.len());
                        media.files.insert(path.clone(), bytes);
                        let state = if named.is_some() { MediaState::Enclosed } else { MediaState::Unproven };
                        (state, Some(path))
                    }
                }
            }
        };
        media.listed.push(MediaFile { key, named, state, path });
    }
    Ok(media)
}

/// Every file that is named, with the hash that the record has of it.
fn named(records: &[LogRecord]) -> Result<BTreeSet<(String, Option<String>)>, PortError> {
    let mut named = BTreeSet::new();
    for record in records.iter().filter(|record| record.kind == PUBLICATION) {
        let parts: Vec<Part> = serde_json::from_value(record.data["parts"].clone())
            .map_err(|error| PortError::corrupt("a log record", error))?;
        for part in &parts {
            let objects = part.object().into_iter().chain(part.key_frames());
            named.extend(objects.map(|MediaObject { key, sha256 }| (key.clone(), sha256.clone())));
        }
    }
    Ok(named)
}

/// `.jpg` of `uploads/a.jpg`, so that whoever opens the package sees what it is; nothing where it is no short word.
fn ending(key: &str) -> String {
    let name = key.rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((_, end)) if (1..=5).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            format!(".{}", end.to_ascii_lowercase())
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_kept_where_it_is_one() {
        for (key, kept) in [
            ("uploads/a.jpg", ".jpg"),
            ("uploads/b.c.MP4", ".mp4"),
            ("uploads/a", ""),
            ("uploads/x.y/z", ""),
            ("uploads/a.", ""),
            ("uploads/a.jp/../g", ""),
            ("uploads/a.html5x", ""),
        ] {
            assert_eq!(ending(key), kept, "{key}");
        }
    }
}
