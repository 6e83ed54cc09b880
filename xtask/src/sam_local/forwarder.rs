//! Lets containers reach a port of the loopback interface while the process lives.

use std::{
    io,
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    thread,
};

use anyhow::{Context as _, Result};

/// Forwards `address:port` to `127.0.0.1:port`, on the address of the engine's bridge: containers reach it, and nothing
/// outside this machine does.
pub(super) fn forward(address: Ipv4Addr, port: u16) -> Result<()> {
    let listener = TcpListener::bind((address, port))
        .with_context(|| format!("cannot listen on {address}:{port}, which containers reach this machine at"))?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                // A connection that breaks is the caller's to notice.
                let _ = join(stream, port);
            });
        }
    });
    Ok(())
}

fn join(caller: TcpStream, port: u16) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let (from_caller, to_server) = (caller.try_clone()?, server.try_clone()?);
    thread::spawn(move || copy(from_caller, to_server));
    copy(server, caller)
}

fn copy(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    io::copy(&mut from, &mut to)?;
    to.shutdown(Shutdown::Write)
}
