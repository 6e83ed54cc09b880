//! Starts the emulator and the stand-in, and asks whether they are well.

use std::{
    fs,
    process::{Child, Command},
    time::Duration,
};

use anyhow::{Result, bail};

use super::{
    bootstraps::Build,
    port,
    processes::{self, Part},
    record::{ADMIN_KEY, Run},
};
use crate::{environment, invoke, progress, tools::environments::MINISTACK, workspace::Workspace};

/// The region of the local stack: MiniStack's own, where nothing has to be said twice.
pub(crate) const REGION: &str = "us-east-1";

/// How long a start may take; it takes half a second.
const PATIENCE: Duration = Duration::from_mins(1);

/// The number of the emulator's process when it runs and answers.
pub(crate) fn healthy_emulator(workspace: &Workspace, run: &Run) -> Option<u32> {
    let process = processes::running(workspace).into_iter().find(|process| process.part == Part::Emulator)?;
    emulator_answers(run).then_some(process.id)
}

fn emulator_answers(run: &Run) -> bool {
    port::get(run.port, "/_ministack/ready").is_some_and(|(status, _)| status == 200)
}

pub(crate) fn stand_in_answers(run: &Run) -> bool {
    port::get(run.port + 1, "/health").is_some_and(|(status, _)| status == 200)
}

/// Starts MiniStack on the loopback interface, with signatures and policies enforced, and returns its process's number.
pub(crate) fn start(workspace: &Workspace, run: &Run) -> Result<u32> {
    port::require_free(run.port)?;
    let step = progress::step(format!("starting the emulator on port {}", run.port));
    // Function code is unpacked here: what a run before left is half written at worst.
    let scratch = workspace.local("tmp");
    if scratch.exists() {
        fs::remove_dir_all(&scratch)?;
    }
    let scratch = workspace.local_folder("tmp")?;
    let state = workspace.local_folder("state")?;
    // Functions inherit the emulator's whole environment: it begins with none, and so without anybody's credentials.
    let mut command = Command::new(MINISTACK.program(workspace, "ministack"));
    command
        .env_clear()
        .current_dir(&state)
        .env("PATH", environment::search_path())
        .env("HOME", &state)
        .env("TMPDIR", &scratch)
        .env("LANG", "C.UTF-8")
        .env("AUTH", "true")
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", run.port.to_string())
        // In the queues' URLs: "localhost" may be ::1 to some resolver, where nobody listens.
        .env("MINISTACK_HOST", "127.0.0.1")
        .env("MINISTACK_REGION", REGION)
        .env("STATE_DIR", &state)
        .env("IOT_MTLS_ENABLED", "0")
        .env("AWS_ACCESS_KEY_ID", ADMIN_KEY)
        .env("AWS_SECRET_ACCESS_KEY", &run.admin_secret)
        // A function finds its services here; it gets the credentials of its own role.
        .env("AWS_ENDPOINT_URL", run.endpoint());
    let log = workspace.log("ministack")?;
    let child = processes::start(&mut command, &log)?;
    let id = child.id();
    if !comes_up(child, || emulator_answers(run)) {
        bail!("the emulator does not come up; the end of {}:\n{}", log.display(), invoke::tail(&log, 20));
    }
    step.done();
    Ok(id)
}

/// Starts the stand-in for the identity provider and the platform's webhook endpoint.
pub(crate) fn start_stand_in(workspace: &Workspace, run: &Run, build: &Build) -> Result<()> {
    port::require_free(run.port + 1)?;
    let step = progress::step(format!("starting the stand-in on port {}", run.port + 1));
    let mut command = Command::new(&build.stand_in);
    command.env_clear().args(["--port", &(run.port + 1).to_string(), "--secret", &run.webhook_secret]);
    let log = workspace.log("stand-in")?;
    let child = processes::start(&mut command, &log)?;
    if !comes_up(child, || stand_in_answers(run)) {
        bail!("the stand-in does not come up; the end of {}:\n{}", log.display(), invoke::tail(&log, 20));
    }
    step.done();
    Ok(())
}

/// Waits until it answers; `false` when it ended or took too long.
fn comes_up(mut child: Child, answers: impl Fn() -> bool) -> bool {
    let mut ended = false;
    let up = progress::wait_until(PATIENCE, || {
        ended = matches!(child.try_wait(), Ok(Some(_)));
        ended || answers()
    });
    up && !ended
}
