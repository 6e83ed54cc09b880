//! Normalisation: what a text is compared as. One table says for each character what it is compared as, one walk
//! applies it and remembers where each compared character stood, so that what is found can be shown in the original.

use std::sync::LazyLock;

pub(crate) mod fold;
pub(crate) mod leet;
pub(crate) mod readings;
mod skeleton;
pub(crate) mod spelling;
pub(crate) mod switches;
mod table;
pub(crate) mod walk;
pub(crate) mod words;

pub use skeleton::skeleton;
pub use switches::Switches;
pub use walk::{Gap, normalise};

/// Tells the tables of this build from others: the CRC-32 of all that normalised terms depend on.
pub(crate) fn tables() -> u32 {
    static TABLES: LazyLock<u32> = LazyLock::new(|| {
        let mut hasher = crc32fast::Hasher::new();
        for table in fold::tables() {
            hasher.update(&table);
        }
        for table in readings::tables() {
            hasher.update(table);
        }
        hasher.finalize()
    });
    *TABLES
}

/// Whether nothing of a text is left to compare.
pub(crate) fn is_nothing(text: &str) -> bool {
    let mut any = false;
    walk::walk(text, |_| any = true);
    !any
}
