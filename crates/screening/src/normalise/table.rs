//! Reads the tables of the build where they lie in the binary.

/// The number at an index of a table of 32-bit little-endian numbers, as `build.rs` writes them.
#[inline]
pub(super) fn number_at(table: &[u8], index: usize) -> u32 {
    match table.get(index * 4..).and_then(<[u8]>::first_chunk) {
        Some(bytes) => u32::from_le_bytes(*bytes),
        None => 0,
    }
}
