//! `cargo xtask train`: scorers from labelled texts. The work is done by an example of `crates/screening`.

use std::{env, path::PathBuf};

use anyhow::Result;

use crate::{invoke, screening, workspace::Workspace};

#[derive(clap::Args)]
pub(crate) struct Train {
    /// Where the texts are
    folder: PathBuf,
    /// Where the scorer goes; its model card goes beside it
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// A file of the folder that counts; all of them without it
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// What the scorer calls itself
    #[arg(long, default_value = "scorer")]
    id: String,
    #[arg(long, default_value_t = 1)]
    version: u32,
    /// The label of ordinary texts
    #[arg(long, default_value = "ordinary", value_name = "LABEL")]
    rest: String,
    /// The inverse of the regularisation: more of it trusts the texts more
    #[arg(long)]
    strength: Option<f64>,
    /// 2 to this power is the number of weights of each label: 18 where the scorer has up to six labels
    #[arg(long)]
    bits: Option<u32>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(workspace: &Workspace, train: &Train) -> Result<()> {
    let mut run = screening::built(workspace, "screening", "train")?;
    // The program runs in the workspace's own folder, and the operator may not be there.
    run.arg(screening::folder(&train.folder)?).arg(env::current_dir()?.join(&train.output));
    for name in &train.only {
        run.args(["--only", name]);
    }
    run.args(["--id", &train.id, "--version", &train.version.to_string(), "--rest", &train.rest]);
    run.args(["--seed", &train.seed.to_string()]);
    if let Some(strength) = train.strength {
        run.args(["--strength", &strength.to_string()]);
    }
    if let Some(bits) = train.bits {
        run.args(["--bits", &bits.to_string()]);
    }
    invoke::shown(&mut run)
}
