//! Ports that nobody listens on.

use std::net::TcpListener;

use anyhow::Result;

/// So many, all different.
pub(super) fn ports<const N: usize>() -> Result<[u16; N]> {
    let held = (0..N).map(|_| TcpListener::bind("0.0.0.0:0")).collect::<Result<Vec<_>, _>>()?;
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&held) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}
