//! ISO 7064 MOD 11-2, the check character of every number that follows GB 11643.

/// Check characters by remainder.
const CHECK: &[u8; 11] = b"10X98765432";

/// The check character of `digits` (ASCII digits; their number is the standard's affair).
pub(super) fn check_character(digits: &[u8]) -> u8 {
    // The weight of position i (from the left, of 17) is 2^(17 - i) mod 11; Horner's rule gives the same sum.
    let sum = digits.iter().fold(0_u32, |sum, d| (sum + u32::from(d - b'0')) * 2 % 11);
    CHECK[sum as usize]
}
