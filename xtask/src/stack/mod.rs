//! The local stack: MiniStack with the functions deployed, and the stand-in for the world around them.

pub(crate) mod bootstraps;
pub(crate) mod deployment;
pub(crate) mod emulator;
mod port;
mod processes;
pub(crate) mod record;

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use anyhow::{Context as _, Result, bail};
use bootstraps::Build;
use processes::Part;
use record::{Deployed, Run, Stack};

use crate::{
    environment,
    tools::environments::{MINISTACK, SAM},
    workspace::Workspace,
};

/// Brings the stack up, or makes sure that it is. Whatever a run before left half done is found by looking at what runs
/// and answers, and mended or begun anew.
pub(crate) fn up(workspace: &Workspace) -> Result<Stack> {
    let _lock = workspace.lock()?;
    MINISTACK.ensure(workspace)?;
    SAM.ensure(workspace)?;
    let build = bootstraps::build(workspace)?;
    let (mut run, emulator) = ensure_emulator(workspace, &build)?;
    if build.stand_in_changed || !emulator::stand_in_answers(&run) {
        processes::stop(workspace, &[Part::StandIn])?;
        emulator::start_stand_in(workspace, &run, &build)?;
    }
    let infrastructure = infrastructure(&run, &build);
    let wanted = Some(Deployed { emulator, infrastructure, code: build.code });
    if run.deployed == wanted
        && let Some(stack) = Stack::load(workspace).filter(|stack| deployment::is_there(&run, stack))
    {
        return Ok(stack);
    }
    // Until it is done nothing counts as deployed: what Ctrl-C leaves is a half made stack.
    run.deployed = None;
    run.save(workspace)?;
    deployment::deploy(workspace, &run, &build)?;
    let stack = deployment::describe(workspace, &run)?;
    run.deployed = wanted;
    run.save(workspace)?;
    Ok(stack)
}

/// The emulator that runs, if it is whole, on the right port, and filled from the same templates; a new and empty one
/// otherwise. MiniStack 1.5.33 cannot update a nested stack that has outputs of kind `Arn`, so that a change of the
/// infrastructure begins anew; one of the functions alone is deployed over what is there, and the data stays.
fn ensure_emulator(workspace: &Workspace, build: &Build) -> Result<(Run, u32)> {
    let chosen = environment::chosen_port()?;
    let known = Run::load(workspace);
    let port = chosen.or(known.as_ref().map(|run| run.port)).unwrap_or(port::DEFAULT);
    if let Some(run) = known
        && run.port == port
        && run.deployed.is_some_and(|deployed| deployed.infrastructure == infrastructure(&run, build))
        && let Some(id) = emulator::healthy_emulator(workspace, &run)
    {
        return Ok((run, id));
    }
    processes::stop(workspace, &[Part::Emulator, Part::StandIn, Part::Function])?;
    let run = Run::new(port)?;
    run.save(workspace)?;
    let id = emulator::start(workspace, &run)?;
    Ok((run, id))
}

/// The fingerprint of the templates and their parameters.
fn infrastructure(run: &Run, build: &Build) -> u64 {
    let mut hasher = DefaultHasher::new();
    (build.templates, deployment::parameters(run)).hash(&mut hasher);
    hasher.finish()
}

/// Stops everything that `up` started.
pub(crate) fn down(workspace: &Workspace, wipe: bool) -> Result<()> {
    let _lock = workspace.lock()?;
    let stopped = processes::stop(workspace, &[Part::Emulator, Part::StandIn, Part::Function])?;
    // Its addresses and keys are good for nothing now; a port that was chosen is forgotten too.
    let mut gone = vec!["stack.json", "run.json"];
    if wipe {
        gone.extend(["build", "logs", "state", "tmp"]);
    }
    for name in gone {
        let path = workspace.local(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", path.display()));
            }
            _ => {}
        }
    }
    println!("{}", if stopped { "the local stack is down, and its data gone" } else { "the local stack was not up" });
    Ok(())
}

/// The stack that is up now, if one is.
pub(crate) fn running(workspace: &Workspace) -> Option<(Run, Stack)> {
    let run = Run::load(workspace)?;
    let emulator = run.deployed?.emulator;
    let stack = Stack::load(workspace)?;
    (emulator::healthy_emulator(workspace, &run) == Some(emulator)).then_some((run, stack))
}

/// # Errors
/// When the stack is not up: variables that lead nowhere would be worse than none.
pub(crate) fn print_environment(workspace: &Workspace) -> Result<()> {
    let (_, stack) = running(workspace).context("the local stack is not up: `cargo xtask up`")?;
    stack.print_environment();
    Ok(())
}

pub(crate) fn status(workspace: &Workspace) {
    for process in processes::running(workspace) {
        if process.part != Part::Function {
            println!("{:<13} process {}", format!("{:?}", process.part).to_lowercase(), process.id);
        }
    }
    match running(workspace) {
        Some((run, stack)) => {
            stack.print_addresses();
            if !emulator::stand_in_answers(&run) {
                println!("the stand-in does not answer: `cargo xtask up` starts it again");
            }
        }
        None => println!("the local stack is not up, or only half: `cargo xtask up`"),
    }
}

/// Puts a control file as the operator does, and prints the report.
pub(crate) fn control(workspace: &Workspace, kind: &str, file: &std::path::Path) -> Result<()> {
    let Some((run, stack)) = running(workspace) else { bail!("the local stack is not up: `cargo xtask up`") };
    let name = file.file_name().context("this names no file")?.to_string_lossy();
    let operator = &stack.identities.get("operator").context("the stack has no operator")?.credentials;
    let mut python = deployment::local_tool(workspace, "python", &run);
    python.env("AWS_ACCESS_KEY_ID", &operator.access_key_id);
    python.env("AWS_SECRET_ACCESS_KEY", &operator.secret_access_key);
    python.args(["-c", include_str!("../python/control.py")]);
    python.arg(stack.buckets.get("artefacts").context("the stack has no artefacts bucket")?);
    python.arg(format!("controls/{kind}/{name}")).arg(std::path::absolute(file)?);
    crate::invoke::shown(&mut python)
}

/// Prints the functions' log lines.
pub(crate) fn logs(workspace: &Workspace, function: Option<&str>, follow: bool, minutes: u32) -> Result<()> {
    let Some((run, _)) = running(workspace) else { bail!("the local stack is not up: `cargo xtask up`") };
    let mut python = deployment::local_tool(workspace, "python", &run);
    python.args(["-c", include_str!("../python/logs.py")]);
    python.arg(format!("/aws/lambda/gatehouse-local-{}", function.unwrap_or_default()));
    python.arg(minutes.to_string()).arg(if follow { "follow" } else { "once" });
    crate::invoke::shown(&mut python)
}
