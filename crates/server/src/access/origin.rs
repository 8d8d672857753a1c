//! Where a request comes from: from this machine for this machine, from the page of this server or another's.

use std::net::Ipv6Addr;

use http::HeaderMap;
use http::StatusCode;
use http::header::{HOST, HeaderName, ORIGIN};
use http::request::Parts;

use super::public::PublicUrl;
use super::visitor::{Visitor, is_loopback};
use crate::problem::Problem;

/// What browsers say of where a request comes from.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Whether somebody on this machine seems to ask for this machine: neither another who comes by a proxy that shows
/// itself, nor a page of another site whose name was made to point here. A forwarder that shows nothing looks the
/// same, so nobody is let in by this who was not told to be.
pub(super) fn is_local(parts: &Parts, visitor: &Visitor) -> bool {
    visitor.is_here() && asks_loopback(parts)
}

/// Whether the request names this machine as such.
fn asks_loopback(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let named = |host: &str| names_loopback(host);
    host.to_str().is_ok_and(named)
        && parts.uri.authority().is_none_or(|authority| named(authority.as_str()))
}

/// Whether `HOST` or `HOST:PORT` is this machine. Only what no resolver is asked for: a name may be made
/// to point here by anyone.
fn names_loopback(place: &str) -> bool {
    let (host, port) = match place.rsplit_once(':') {
        // The colons of an address within brackets.
        Some((_, rest)) if rest.ends_with(']') => (place, None),
        Some((host, port)) => (host, Some(port)),
        None => (place, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
        return false;
    }
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok_and(|address| is_loopback(address.into()));
    }
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// That the request is not one that a page of another site made a browser send. The server's own page is at
/// the host that the request names, or where it is said to be.
///
/// # Errors
/// Where it is.
pub(super) fn own_origin(parts: &Parts, public: Option<&PublicUrl>) -> Result<(), Problem> {
    let elsewhere = || {
        let detail = "the request comes from a page of another site; open the page of this server itself \
                      (a proxy passes on `Host`, or `public_url` says where the page is)";
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    };
    for site in parts.headers.get_all(FETCH_SITE) {
        if !matches!(site.as_bytes(), b"same-origin" | b"none") {
            return elsewhere();
        }
    }
    let host = parts.headers.get(HOST).map(|host| host.as_bytes());
    for origin in parts.headers.get_all(ORIGIN) {
        let origin = origin.as_bytes();
        if public.is_some_and(|public| public.has_origin(origin)) {
            continue;
        }
        let place = origin.strip_prefix(b"http://").or_else(|| origin.strip_prefix(b"https://"));
        if place.is_none() || !same(place, host) {
            return elsewhere();
        }
    }
    Ok(())
}

fn same(one: Option<&[u8]>, other: Option<&[u8]>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.eq_ignore_ascii_case(other))
}

/// Whether a page of another site loads something of this one into itself; following a link is none.
pub(super) fn is_embedded(headers: &HeaderMap) -> bool {
    let said = |name: &HeaderName, of: &[&[u8]]| {
        headers.get(name).is_some_and(|value| of.contains(&value.as_bytes()))
    };
    comes_from_elsewhere(headers) && !said(&FETCH_MODE, &[b"navigate"])
}

/// Whether a page of another site is why a browser asks.
pub(super) fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get(FETCH_SITE).map(|value| value.as_bytes());
    matches!(site, Some(b"cross-site" | b"same-site"))
}
