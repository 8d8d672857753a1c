//! A client that asks one thing after the other over one connection, as its owner.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use anyhow::Context;

/// A connection to a server, and its token.
pub(crate) struct Asked {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Asked {
    /// To a server that keeps what it sees in this folder.
    pub(crate) fn to(server: SocketAddr, kept: &Path) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        let token = fs::read_to_string(kept.join("token"))?.trim().to_owned();
        Ok(Self { stream: BufReader::new(stream), token })
    }

    /// What is at a path.
    pub(crate) fn get(&mut self, path: &str) -> anyhow::Result<String> {
        let Self { stream, token } = self;
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.get_mut().write_all(head.as_bytes())?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            anyhow::ensure!(stream.read_line(&mut head)? > 0, "the connection was closed: {head}");
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok())?
        });
        let mut body = vec![0; length.with_context(|| format!("{path}: no length: {head}"))?];
        stream.read_exact(&mut body)?;
        let body = String::from_utf8(body)?;
        anyhow::ensure!(head.starts_with("HTTP/1.1 2"), "{path}: {head}{body}");
        Ok(body)
    }
}
