//! Whether a server on this machine is ready: for a container, which has no other program to ask with.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// And how long it may be.
const LONGEST: u64 = 64 << 10;

/// Asks the server that listens on this address.
pub(crate) fn probe(address: IpAddr, port: u16) -> anyhow::Result<()> {
    let address = match address {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    };
    let address = SocketAddr::new(address, port);
    let answer = ask(address).with_context(|| format!("{address}: no answer"))?;
    if !answer.starts_with("HTTP/1.1 200 ") {
        let said = answer.split_once("\r\n\r\n").map_or("no reason", |(_, body)| body);
        bail!("{address}: another answer than that all is well: {said}");
    }
    Ok(())
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
