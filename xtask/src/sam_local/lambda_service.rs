//! `sam local start-lambda`: the same containers as those of `sam local invoke`, which stay for the next event. One start of
//! the tool and one of each container serve hundreds of events.

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};

use crate::{functions::Function, invoke, progress};

/// How long the tool may take to read the template and to listen.
const PATIENCE: Duration = Duration::from_mins(2);

/// How long it may take to remove its containers.
const FAREWELL: Duration = Duration::from_secs(30);

/// Longer than the timeout of any function: it is the tool that ends one which takes too long.
const INVOCATION: Duration = Duration::from_mins(5);

/// A running service; it ends with this value, and its containers with it.
pub(super) struct LambdaService {
    child: Child,
    port: u16,
}

impl LambdaService {
    /// Starts it on a free port of the loopback interface. `sam` is the tool with `local start-lambda` and what both ways
    /// of invoking share; what it says goes to `log`.
    pub(super) fn start(mut sam: Command, log: &Path) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let file = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        sam.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--warm-containers", "LAZY"]);
        let child = sam.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).spawn();
        let mut service = Self { child: child.context("cannot run sam")?, port };
        let mut ended = false;
        let up = progress::wait_until(PATIENCE, || {
            ended = matches!(service.child.try_wait(), Ok(Some(_)));
            ended || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
        });
        if ended || !up {
            bail!("sam local start-lambda does not come up; the end of {}:\n{}", log.display(), invoke::tail(log, 20));
        }
        Ok(service)
    }

    /// What the function replies to the event in the file.
    pub(super) fn invoke(&self, function: &Function, event: &PathBuf) -> Result<String> {
        let url = format!("http://127.0.0.1:{}/2015-03-31/functions/{}/invocations", self.port, function.logical_id());
        let mut data = std::ffi::OsString::from("@");
        data.push(event);
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--noproxy", "*", "--max-time", &INVOCATION.as_secs().to_string()]);
        curl.args(["--header", "content-type: application/json", "--data-binary"]).arg(data).arg(url);
        let reply = invoke::output(&mut curl)?;
        Ok(String::from_utf8_lossy(&reply).into_owned())
    }
}

impl Drop for LambdaService {
    /// Asks it to end, as Ctrl-C does: then it removes its containers.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).stderr(Stdio::null()).status();
        if !progress::wait_until(FAREWELL, || matches!(self.child.try_wait(), Ok(Some(_)))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
