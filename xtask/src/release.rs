//! Builds for AWS and deploys with an environment of `samconfig.toml`.

use std::{env, process::Command};

use anyhow::{Result, ensure};

use crate::{environment, invoke, tools::environments::SAM, workspace::Workspace};

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Environment {
    Staging,
    Prod,
}

impl Environment {
    fn name(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }
}

/// `sam build` and `sam deploy`, with the user's own AWS credentials and region.
pub(crate) fn deploy(workspace: &Workspace, environment: Environment, dry_run: bool) -> Result<()> {
    let name = environment.name();
    let parameters = workspace.local(&format!("parameters-{name}.yaml"));
    println!("environment    {name}, as samconfig.toml says");
    println!("parameters     {}", parameters.display());
    println!("1. sam build   --config-env {name}   (every function, for Lambda, with cargo-lambda)");
    println!("2. sam deploy  --config-env {name}   (with the credentials and the region of your environment)");
    ensure!(
        parameters.is_file(),
        "{} is missing. It holds what only you know:\n  IdentityProviderUrl: https://…\n  IdentityProviderSecret: whsec_…\n  \
         CodeDeliveryUrl: https://…\n  CodeDeliverySecret: whsec_…\n  PlatformWebhookUrl: https://…\n  \
         PlatformWebhookSecret: whsec_…",
        parameters.display()
    );
    if dry_run {
        return Ok(());
    }
    SAM.ensure(workspace)?;
    for arguments in [["build", "--config-env", name], ["deploy", "--config-env", name]] {
        invoke::shown(sam(workspace).args(arguments))?;
    }
    Ok(())
}

/// With cargo-lambda and zig, which lie beside it, on the search path.
fn sam(workspace: &Workspace) -> Command {
    let program = SAM.program(workspace, "sam");
    let mut command = Command::new(&program);
    let path = environment::search_path();
    let folders = program.parent().map(Into::into).into_iter().chain(env::split_paths(&path));
    if let Ok(path) = env::join_paths(folders) {
        command.env("PATH", path);
    }
    command.current_dir(&workspace.root).env("SAM_CLI_TELEMETRY", "0");
    command
}
