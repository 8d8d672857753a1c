//! Whether a server on this machine answers: for a container, which has no other program to ask with.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server that listens on this address.
pub(crate) fn probe(address: IpAddr, port: u16) -> anyhow::Result<()> {
    let address = match address {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    };
    let address = SocketAddr::new(address, port);
    let answer = ask(address).with_context(|| format!("{address}: no answer"))?;
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        bail!("{address}: another answer than that all is well");
    }
    Ok(())
}

fn ask(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = vec![0; 13];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}
