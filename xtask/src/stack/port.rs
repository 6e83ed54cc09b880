//! Ports: which two the stack uses, whether they are free, who holds one that is not, and whether a server answers.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::Command,
    time::Duration,
};

use anyhow::{Result, bail};

use super::processes;
use crate::progress;

/// The emulator's port, when nobody chose another.
pub(super) const DEFAULT: u16 = 4566;

/// How long an ending process may hold its port.
const LET_GO: Duration = Duration::from_secs(2);

/// Fails with the holder's name when the port is taken.
pub(super) fn require_free(port: u16) -> Result<()> {
    // A process that was just stopped is gone from the list of processes a moment before its sockets are.
    if progress::wait_until(LET_GO, || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()) {
        return Ok(());
    }
    let holder = holder(port).map_or_else(
        || "another process (of another user, perhaps)".to_owned(),
        |id| format!("process {id}: {}", processes::command_line(id).unwrap_or_default()),
    );
    bail!(
        "port {port} is taken by {holder}\n\
         The local stack needs a port for the emulator and the one after it for the stand-in. Stop that process, or \
         choose another pair:\n  GATEHOUSE_PORT={} cargo xtask up",
        port.saturating_add(100)
    )
}

/// The process that listens on a port of the loopback interface.
fn holder(port: u16) -> Option<u32> {
    holder_from_proc(port).or_else(|| {
        let listed =
            Command::new("lsof").args(["-nP", "-t", &format!("-iTCP:{port}"), "-sTCP:LISTEN"]).output().ok()?;
        String::from_utf8_lossy(&listed.stdout).lines().next()?.trim().parse().ok()
    })
}

/// Linux: the socket that listens, and the process that has it open.
fn holder_from_proc(port: u16) -> Option<u32> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default());
    let inode = tables.iter().flat_map(|table| table.lines()).find_map(|line| listening_inode(line, port))?;
    let wanted = format!("socket:[{inode}]");
    let holds = |id: &u32| {
        let open = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
        open.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|target| target.to_string_lossy() == wanted))
    };
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok()).find(holds)
}

/// The inode in a line of `/proc/net/tcp`, when it is a socket that listens (state `0A`) on the port.
fn listening_inode(line: &str, port: u16) -> Option<&str> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (_, local_port) = fields.get(1)?.split_once(':')?;
    let listens = fields.get(3) == Some(&"0A") && u16::from_str_radix(local_port, 16) == Ok(port);
    fields.get(9).copied().filter(|_| listens)
}

/// The status and body of a GET on the loopback interface.
pub(super) fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split_whitespace().nth(1)?.parse().ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    Some((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_of_a_port_is_found() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(holder(port), Some(std::process::id()));
        let refusal = require_free(port).unwrap_err().to_string();
        assert!(refusal.contains("GATEHOUSE_PORT="), "{refusal}");
    }
}
