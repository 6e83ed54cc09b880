//! Evidence packages (R16.1, B3): ordered, approved by another person, built from the record with what proves it, signed,
//! and handed over, each step on record.

mod builder;
mod desk;
mod media;

pub use builder::{PackageBuilder, PackageWork};
pub use desk::{OrderPackage, PackageDesk, PackageLink};
