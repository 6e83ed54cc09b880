//! From the ways in which libraries name a place in a body to JSON pointers (RFC 6901).

use serde_path_to_error::{Path, Segment};

/// One step further down, escaped.
pub(super) fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
}

pub(super) fn of_serde(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => push(&mut pointer, &index.to_string()),
            Segment::Map { key } => push(&mut pointer, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// `items[0].parts[1].text` → `/items/0/parts/1/text`. Fields of wire types are named as in JSON.
pub(super) fn of_garde(path: &garde::Path) -> String {
    let mut pointer = String::new();
    for step in path.to_string().split(['.', '[']) {
        let step = step.trim_end_matches(']');
        if !step.is_empty() {
            push(&mut pointer, step);
        }
    }
    pointer
}
