//! Unguessable bits, from the operating system.

use std::time::Duration;

use app::ports::Chance;
use aws_lc_rs::rand;

/// The operating system's.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn bytes(&self) -> [u8; 16] {
        bits()
    }
}

/// # Panics
/// When the machine has no chance to give: then nothing may be sealed or named.
fn bits<const N: usize>() -> [u8; N] {
    let mut bits = [0; N];
    rand::fill(&mut bits).expect("the operating system gives random bytes");
    bits
}

/// A name for one request, 32 characters.
pub(crate) fn token() -> String {
    data_encoding::HEXLOWER.encode(&bits::<16>())
}

/// Somewhere between nothing and `longest`, so that those who met do not meet again.
pub(crate) fn jitter(longest: Duration) -> Duration {
    longest * u32::from(bits::<1>()[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_requests_have_the_same_name() {
        assert_ne!(token(), token());
    }

    #[test]
    fn a_pause_is_never_longer_than_asked() {
        let longest = Duration::from_millis(30);
        assert!((0..100).all(|_| jitter(longest) <= longest));
    }
}
