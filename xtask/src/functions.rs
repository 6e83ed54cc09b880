//! The functions, as the folders in `functions/` name them.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::workspace::Workspace;

pub(crate) struct Function {
    /// The package and its folder, such as `accounts-api`.
    pub package: String,
}

/// What a function answers to, and so what its reply must look like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    Api,
    Batch,
    Schedule,
    /// Called by people.
    Direct,
}

impl Function {
    /// The name in the template, such as `AccountsApiFunction`.
    pub(crate) fn logical_id(&self) -> String {
        let words = self.package.split('-').map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        });
        words.collect::<String>() + "Function"
    }

    pub(crate) fn trigger(&self) -> Trigger {
        match self.package.as_str() {
            "deadline-clock" | "log-sealer" | "reconciler" | "retention-planner" => Trigger::Schedule,
            "operator-desk" => Trigger::Direct,
            package if package.ends_with("-api") => Trigger::Api,
            _ => Trigger::Batch,
        }
    }
}

/// All of them, by name.
pub(crate) fn all(workspace: &Workspace) -> Result<Vec<Function>> {
    let folder = workspace.root.join("functions");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            found.push(Function { package: entry.file_name().to_string_lossy().into_owned() });
        }
    }
    found.sort_by(|one, other| one.package.cmp(&other.package));
    ensure!(!found.is_empty(), "no function in {}", folder.display());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_names_a_function_after_its_package() {
        let function = Function { package: "retention-planner".into() };
        assert_eq!(function.logical_id(), "RetentionPlannerFunction");
    }
}
