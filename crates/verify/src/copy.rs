//! What is looked at: files under the names that they have in the bucket.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// A copy of some of the bucket's prefixes.
pub trait Copy {
    /// The keys that begin with `prefix` (which ends with a slash), in order.
    ///
    /// # Errors
    /// When the copy cannot be read.
    fn keys(&self, prefix: &str) -> io::Result<Vec<String>>;

    /// The bytes under a key that [`keys`](Self::keys) gave.
    ///
    /// # Errors
    /// When they cannot be read.
    fn read(&self, key: &str) -> io::Result<Vec<u8>>;
}

/// A folder, as `aws s3 sync` makes it.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Copy for Folder {
    fn keys(&self, prefix: &str) -> io::Result<Vec<String>> {
        let mut keys = Vec::new();
        let start = self.0.join(prefix);
        if start.exists() {
            walk(&start, prefix, &mut keys)?;
        }
        keys.sort();
        Ok(keys)
    }

    fn read(&self, key: &str) -> io::Result<Vec<u8>> {
        fs::read(self.0.join(key))
    }
}

/// Adds the files below `folder`, whose key is `prefix`. A link counts as what it leads to.
fn walk(folder: &Path, prefix: &str, keys: &mut Vec<String>) -> io::Result<()> {
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            walk(&path, &format!("{prefix}{name}/"), keys)?;
        } else {
            keys.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

/// Files in memory.
impl Copy for BTreeMap<String, Vec<u8>> {
    fn keys(&self, prefix: &str) -> io::Result<Vec<String>> {
        let from = self.range(prefix.to_owned()..);
        Ok(from.take_while(|(key, _)| key.starts_with(prefix)).map(|(key, _)| key.clone()).collect())
    }

    fn read(&self, key: &str) -> io::Result<Vec<u8>> {
        self.get(key).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
