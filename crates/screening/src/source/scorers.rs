//! Judges the scorers of a pack, and what its rules ask of them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{Hashes, check::Check};
use crate::{condition::Condition, pack::RulePack, scorer::Scorer};

impl Check<'_> {
    /// Reads the scorers of the pack from their files.
    pub(super) fn scorers(&mut self, pack: &mut RulePack, files: &BTreeMap<String, Vec<u8>>, hashes: Hashes) {
        let mut seen: HashMap<String, String> = HashMap::new();
        for (name, of) in &mut pack.scorers {
            let path = format!("scorers.{name}");
            if !of.file.has_usable_name() || !of.file.is_of(&["scorer"]) {
                self.add(
                    &path,
                    "文件名必须是 .scorer 的相对路径。",
                    "The name must be a relative path of a .scorer file.",
                );
                continue;
            }
            let Some(bytes) = self.bytes(&path, &of.file, files, hashes) else { continue };
            let scorer = match Scorer::from_bytes(bytes) {
                Ok(scorer) => scorer,
                Err(error) => {
                    self.add(
                        &path,
                        &format!("文件 {} 不是可用的评分模型：{error}", of.file.name),
                        &format!("The file {:?} is not usable as a scorer: {error}.", of.file.name),
                    );
                    continue;
                }
            };
            for label in scorer.labels() {
                if let Some(other) = seen.insert(label.clone(), name.clone()) {
                    self.add(
                        &path,
                        &format!("标签 {label} 已见于评分模型 {other}。"),
                        &format!("The scorer {other:?} has the label {label:?} already."),
                    );
                }
            }
            of.scorer = Some(Arc::new(scorer));
        }
    }

    /// Whether there is a scorer for what a condition asks.
    pub(super) fn labels(&mut self, pack: &RulePack, when: &str, path: &str) {
        for label in Condition::labels(when) {
            if !pack.has_label(&label) {
                self.add(
                    path,
                    &format!("没有含标签 {label} 的评分模型。"),
                    &format!("There is no scorer with the label {label:?}."),
                );
            }
        }
    }
}
