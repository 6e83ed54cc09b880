//! The processes of the local stack. They are known by the path they run from, below this checkout's `.local`, and not by
//! files with numbers: such a file is wrong after a crash, and the number may by then be somebody else's.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{progress, workspace::Workspace};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Emulator,
    StandIn,
    /// A function that the emulator started, and that may outlive it.
    Function,
}

pub(super) struct Process {
    pub id: u32,
    pub part: Part,
}

/// Those that run now.
pub(super) fn running(workspace: &Workspace) -> Vec<Process> {
    let parts = [
        (workspace.local("venv-ministack/bin/"), Part::Emulator),
        (workspace.local("build/stand-in"), Part::StandIn),
        (workspace.local("tmp/"), Part::Function),
    ];
    let part_of = |program: &str| {
        let found = parts.iter().find(|(path, _)| program.starts_with(&*path.to_string_lossy()));
        found.map(|(_, part)| *part)
    };
    let all = all_programs().into_iter();
    all.filter_map(|(id, program)| Some(Process { id, part: part_of(&program)? })).collect()
}

/// The number and the command line of every process. One that has ended and waits for its parent has none.
fn all_programs() -> Vec<(u32, String)> {
    if let Ok(entries) = fs::read_dir("/proc") {
        let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
        return numbers.filter_map(|id| Some((id, command_line(id)?))).collect();
    }
    let listed = Command::new("ps").args(["-axo", "pid=,args="]).output();
    let text = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let split = |line: &str| {
        let (id, program) = line.trim().split_once(' ')?;
        Some((id.parse().ok()?, program.trim().to_owned()))
    };
    text.lines().filter_map(split).collect()
}

/// What a process was started as, with spaces between the arguments.
pub(super) fn command_line(id: u32) -> Option<String> {
    if let Ok(bytes) = fs::read(format!("/proc/{id}/cmdline")) {
        let text = String::from_utf8_lossy(&bytes).replace('\0', " ");
        return Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    let output = Command::new("ps").args(["-o", "args=", "-p", &id.to_string()]).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|text| !text.is_empty())
}

/// Starts a process that outlives this one: in a process group of its own, so that Ctrl-C does not reach it.
pub(super) fn start(command: &mut Command, log: &Path) -> Result<Child> {
    use std::os::unix::process::CommandExt as _;
    let file = fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
    command.spawn().with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))
}

/// Ends all of them that are one of `parts`: asks first, and forces what is still there after five seconds.
pub(super) fn stop(workspace: &Workspace, parts: &[Part]) -> Result<bool> {
    let chosen = || running(workspace).into_iter().filter(|process| parts.contains(&process.part)).collect::<Vec<_>>();
    if chosen().is_empty() {
        return Ok(false);
    }
    for (signal, patience) in [("-TERM", 5), ("-KILL", 5)] {
        for process in chosen() {
            // It may have ended since: that is what is wanted.
            let _ = Command::new("kill").args([signal, &process.id.to_string()]).stderr(Stdio::null()).status();
        }
        if progress::wait_until(Duration::from_secs(patience), || chosen().is_empty()) {
            return Ok(true);
        }
    }
    bail!(
        "processes of the local stack do not end: {:?}",
        chosen().iter().map(|process| process.id).collect::<Vec<_>>()
    )
}
