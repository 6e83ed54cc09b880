/// Bits that nobody can guess.
pub trait Chance: Send + Sync {
    fn bytes(&self) -> [u8; 16];
}
