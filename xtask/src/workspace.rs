//! Where things are: the checkout, and what xtask keeps in its `.local` folder.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use crate::invoke;

pub(crate) struct Workspace {
    pub root: PathBuf,
    local: PathBuf,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().context("xtask lies in no workspace")?;
        // Canonical, so that the processes started from here are known again by their path.
        let root = root.canonicalize().with_context(|| format!("cannot open the workspace {}", root.display()))?;
        let local = root.join(".local");
        fs::create_dir_all(&local)?;
        Ok(Self { root, local })
    }

    /// A path in `.local`.
    pub(crate) fn local(&self, path: &str) -> PathBuf {
        self.local.join(path)
    }

    /// A folder in `.local`, made when it is not there.
    pub(crate) fn local_folder(&self, path: &str) -> Result<PathBuf> {
        let folder = self.local(path);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    pub(crate) fn log(&self, name: &str) -> Result<PathBuf> {
        Ok(self.local_folder("logs")?.join(format!("{name}.log")))
    }

    /// Holds other runs of xtask in this checkout off as long as the file is open; the system lets go of it however the
    /// process ends.
    pub(crate) fn lock(&self) -> Result<fs::File> {
        let file = fs::File::create(self.local("lock"))?;
        if file.try_lock().is_err() {
            bail!("another `cargo xtask` is bringing the local stack up or down; try again when it is done");
        }
        Ok(file)
    }

    /// Cargo's target folder, which may be anywhere.
    pub(crate) fn target(&self) -> Result<PathBuf> {
        #[derive(serde::Deserialize)]
        struct Metadata {
            target_directory: PathBuf,
        }
        let mut cargo = invoke::cargo(self);
        cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: Metadata = serde_json::from_slice(&invoke::output(&mut cargo)?)?;
        Ok(metadata.target_directory)
    }
}

/// Writes a file whole or not at all, for its owner alone: those of the local stack hold keys.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    let write = || {
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)
    };
    write().with_context(|| format!("cannot write {}", beside.display()))?;
    fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
}
