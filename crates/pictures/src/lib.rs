//! Reads pictures of strangers, with bounds, and says what they look like ([`Looks`]).
//!
//! PNG, JPEG, WebP and GIF (its first frame). A picture is never trusted to be what it says: its first bytes tell the format,
//! its header the size, before anything is decoded; what cannot be read is a fact ([`Unreadable`]) and never a crash.
//! The decoders are those that the crate `image` uses, without what it puts around them.

mod brightness;
mod format;
mod gif;
mod jpeg;
mod png;
mod shrink;
mod webp;

use std::panic::{AssertUnwindSafe, catch_unwind};

use screening::pdq::{Looks, Plane};

pub use format::Format;

/// Of a file: more than any platform shows, and little enough to be held in memory several times over.
pub const MOST_BYTES: usize = 20 << 20;

/// What the formats allow, and the longest panorama.
pub const LONGEST_SIDE: usize = 16_384;

/// Fifty megapixels, as a good camera takes them: 450 MB while a JPEG of several scans is decoded, the most of all formats.
pub const MOST_PIXELS: usize = 50_000_000;

/// Why there is nothing to say about a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unreadable {
    #[error("the file has more than 20 MiB")]
    TooManyBytes,
    #[error("the file is no PNG, JPEG, WebP or GIF")]
    NotAPicture,
    #[error("the picture has more than 50 megapixels, or a side of more than 16 384")]
    TooManyPixels,
    /// Cut off, damaged, or made to break decoders.
    #[error("the picture cannot be decoded")]
    Broken,
}

/// What the picture in `bytes` looks like.
///
/// # Errors
/// When the file is too large, or no picture that can be read.
pub fn looks_of(bytes: &[u8]) -> Result<Looks, Unreadable> {
    plane_of(bytes).map(|plane| Looks::of(&plane))
}

fn plane_of(bytes: &[u8]) -> Result<Plane, Unreadable> {
    if bytes.len() > MOST_BYTES {
        return Err(Unreadable::TooManyBytes);
    }
    let draw = match Format::of(bytes).ok_or(Unreadable::NotAPicture)? {
        Format::Png => png::draw,
        Format::Jpeg => jpeg::draw,
        Format::Webp => webp::draw,
        Format::Gif => gif::draw,
    };
    // Decoders are large, and whoever sends a picture may have looked for the one byte that makes them panic.
    catch_unwind(AssertUnwindSafe(|| draw(bytes))).unwrap_or(Err(Unreadable::Broken))
}

/// The number of pixels, when it is one that is decoded.
fn allowed(width: usize, height: usize) -> Result<usize, Unreadable> {
    if width == 0 || height == 0 {
        return Err(Unreadable::Broken);
    }
    let pixels = width.checked_mul(height).filter(|pixels| *pixels <= MOST_PIXELS);
    pixels.filter(|_| width.max(height) <= LONGEST_SIDE).ok_or(Unreadable::TooManyPixels)
}
