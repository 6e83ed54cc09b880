//! What belongs together: the files below one folder `controls/rule-packs/<upload>/`. `rule-pack.yaml` says by hash which
//! content of each bank file it means, so that files of two uploads are never taken for one.

use screening::source::RULE_PACK;

/// Where operators put packs.
const PACKS: &str = "controls/rule-packs/";

/// A file below [`PACKS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UploadedFile<'a> {
    /// Ends with a slash.
    folder: &'a str,
    /// Below the folder.
    name: &'a str,
}

impl<'a> UploadedFile<'a> {
    /// `None` for a key that lies in no folder of its own.
    pub(super) fn of(key: &'a str) -> Option<Self> {
        let below = key.strip_prefix(PACKS)?;
        let (upload, name) = below.split_once('/')?;
        if upload.is_empty() || name.is_empty() {
            return None;
        }
        let folder = &key[..key.len() - name.len()];
        Some(Self { folder, name })
    }

    pub(super) fn is_rule_pack(&self) -> bool {
        self.name == RULE_PACK
    }

    /// The key of the file `name` of the same upload.
    pub(super) fn beside(&self, name: &str) -> String {
        format!("{}{name}", self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_an_upload() {
        let pack = UploadedFile::of("controls/rule-packs/shop 4/rule-pack.yaml").unwrap();
        assert!(pack.is_rule_pack());
        let bank = UploadedFile::of("controls/rule-packs/shop 4/banks/games.txt").unwrap();
        assert!(!bank.is_rule_pack());
        assert_eq!(bank.beside(RULE_PACK), "controls/rule-packs/shop 4/rule-pack.yaml");
        assert_eq!(pack.beside("banks/games.txt"), "controls/rule-packs/shop 4/banks/games.txt");
    }

    #[test]
    fn a_file_outside_of_a_folder_is_none() {
        for key in
            ["controls/rule-packs/rule-pack.yaml", "controls/rule-packs/a/", "controls/rule-packs//a", "controls/a/b"]
        {
            assert_eq!(UploadedFile::of(key), None, "{key}");
        }
    }
}
