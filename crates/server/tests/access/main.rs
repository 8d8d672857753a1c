//! Who may do what.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod boards;
mod hostile;
mod local;
mod owner;
mod proxies;
mod public;
mod sessions;
mod token_file;
mod welcome;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use http::Request;
use http::request::Parts;
use judder_server::{Access, Keys, Proxies, Secret, Visitor};

const TOKEN: &str = "the-token-of-this-server-0123456789";
const KEY: &str = "the-key-of-the-pump-0123456789";

fn access() -> Access {
    with_keys(false)
}

/// With a key for the pump.
fn with_keys(required: bool) -> Access {
    let keys = BTreeMap::from([
        ("fan-2".to_owned(), Secret::new("another-key-0123456789").unwrap()),
        ("pump".to_owned(), Secret::new(KEY).unwrap()),
    ]);
    Access::new(Secret::new(TOKEN).unwrap(), Keys::new(keys, required))
}

/// Another machine.
fn far() -> SocketAddr {
    "192.168.1.9:50000".parse().unwrap()
}

fn near() -> SocketAddr {
    "127.0.0.1:50000".parse().unwrap()
}

/// `METHOD TARGET` and headers.
fn request(line: &str, headers: &[(&str, &str)]) -> Parts {
    let (method, target) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

/// Who sent it over a connection with `peer`; no proxy is named.
fn sent(parts: &Parts, peer: SocketAddr) -> Visitor {
    Visitor::new(&parts.headers, peer, &Proxies::default())
}

/// The status that the owner's check gives; 200 where it is the owner.
fn status(parts: &Parts, peer: SocketAddr) -> u16 {
    status_of(&access(), parts, peer)
}

fn status_of(access: &Access, parts: &Parts, peer: SocketAddr) -> u16 {
    let owner = access.owner(parts, &sent(parts, peer));
    owner.map_or_else(|problem| problem.status().as_u16(), |_| 200)
}
