//! The desk on one's own machine: the widgets of `operator-desk` in a page that plays the console's part, and a walk through
//! them by a headless browser, which makes the pictures of the documentation.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    invoke,
    stack::{self, deployment::local_tool, record::Run},
    tools::browser,
    workspace::{Workspace, write_whole},
};

const PAGE: &str = include_str!("console.html");
const SCRIPT: &str = include_str!("console.js");
const WALK: &str = include_str!("walk.mjs");

/// After the emulator and the stand-in.
fn port(run: &Run) -> u16 {
    run.port + 2
}

/// `cargo xtask desk`: brings the stack up and serves until it is stopped.
pub(crate) fn serve(workspace: &Workspace) -> Result<()> {
    stack::up(workspace)?;
    let (run, _) = stack::running(workspace).context("the local stack is not up")?;
    invoke::shown(&mut server(workspace, &run)?)
}

fn server(workspace: &Workspace, run: &Run) -> Result<Command> {
    let folder = workspace.local_folder("desk")?;
    let place = |name: &str, text: &str| -> Result<PathBuf> {
        let path = folder.join(name);
        write_whole(&path, text.as_bytes())?;
        Ok(path)
    };
    let (page, script) = (place("console.html", PAGE)?, place("console.js", SCRIPT)?);
    let mut python = local_tool(workspace, "python", run);
    python.args(["-c", include_str!("../python/desk.py")]).arg(workspace.local("stack.json"));
    python.arg(port(run).to_string()).arg(page).arg(script);
    Ok(python)
}

/// A pack to go back from: the starter pack, put as an operator's own.
fn publish_a_pack(workspace: &Workspace) -> Result<()> {
    // Minutes: later than whatever was published before, and small enough for a version.
    let minutes = std::time::UNIX_EPOCH.elapsed().context("the clock is before 1970")?.as_secs() / 60;
    let written = std::fs::read_to_string(workspace.root.join("rules/starter/rule-pack.yaml"))?;
    let mut lines: Vec<String> = written.lines().map(ToOwned::to_owned).collect();
    for line in &mut lines {
        if line.starts_with("id: ") {
            "id: walk".clone_into(line);
        } else if line.starts_with("version: ") {
            *line = format!("version: {minutes}");
        }
    }
    let folder = workspace.local_folder("desk/walk-pack")?;
    std::fs::write(folder.join("rule-pack.yaml"), lines.join("\n") + "\n")?;
    stack::control(workspace, "rule-packs", &folder)
}

/// Stops the server however the walk ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Walks through the desk of the stack that is up. With `pictures` the pictures in `docs/img` are made anew.
///
/// # Errors
/// When the walk does not come to its end.
pub(crate) fn walk(workspace: &Workspace, pictures: bool) -> Result<()> {
    let (run, stack) = stack::running(workspace).context("the local stack is not up")?;
    let log = workspace.log("desk")?;
    let file = std::fs::File::create(&log)?;
    let mut python = server(workspace, &run)?;
    let child = python.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn().context("no server")?;
    let mut serving = Serving(child);
    let mut waited = 0;
    while std::net::TcpStream::connect(("127.0.0.1", port(&run))).is_err() {
        if waited == 100 || serving.0.try_wait()?.is_some() {
            bail!("the desk is not served; {}:\n{}", log.display(), invoke::tail(&log, 20));
        }
        waited += 1;
        #[expect(clippy::disallowed_methods, reason = "nothing tells when another process listens")]
        std::thread::sleep(Duration::from_millis(100));
    }
    publish_a_pack(workspace)?;
    let mut node = browser::script(workspace, "walk.mjs", WALK)?;
    node.env("DESK", format!("http://127.0.0.1:{}", port(&run)));
    node.env("STACK", workspace.local("stack.json"));
    node.env("PUBLIC_API", &stack.public_api);
    let target = if pictures { workspace.root.join("docs/img") } else { workspace.local_folder("desk")? };
    std::fs::create_dir_all(&target)?;
    node.env("PICTURES", target);
    invoke::shown(&mut node)
}
