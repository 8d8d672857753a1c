//! Who asks, though proxies may stand between: only those that are named may say for whom they ask.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName, VIA};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What proxies add, beside what begins with `x-forwarded`.
const OF_PROXIES: [HeaderName; 7] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-client-ip"),
    HeaderName::from_static("client-ip"),
    HeaderName::from_static("true-client-ip"),
    HeaderName::from_static("cf-connecting-ip"),
];

/// The most addresses of a way that are looked at: a way through more proxies is made up.
const MOST_HOPS: usize = 32;

/// An address, or a network of them: `127.0.0.1`, `10.1.0.0/16`, `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(IpNet);

/// Why a text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// It is neither an address nor a network.
    #[error("an address, as 127.0.0.1, or a network, as 10.1.0.0/16 or fd00::/8")]
    Unknown,
    /// It is all addresses.
    #[error(
        "this is every address: anybody could say any address is theirs; name those of your proxies"
    )]
    All,
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let text = text.trim();
        let net = text.parse::<IpNet>();
        let net = net.or_else(|_| text.parse::<IpAddr>().map(|one| one.to_canonical().into()));
        match net {
            Ok(net) if net.prefix_len() == 0 => Err(NetworkError::All),
            Ok(net) => Ok(Self(net)),
            Err(_) => Err(NetworkError::Unknown),
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            return self.0.addr().fmt(f);
        }
        self.0.fmt(f)
    }
}

/// The proxies that may say for whom they ask.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// These.
    pub fn new(all: Vec<Network>) -> Self {
        Self(all)
    }

    /// Whether what stands at an address is one of them.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.0.contains(&address))
    }
}

/// Who sent a request, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// What the connection is with: who asks, or the last proxy.
    peer: SocketAddr,
    /// Who asks, by what can be believed.
    address: IpAddr,
    /// Whether a proxy shows that it stands between.
    proxied: bool,
    /// Whether the peer is a proxy that may say for whom it asks,
    trusted: bool,
    /// and says that the way to it is encrypted.
    secure: bool,
}

impl Visitor {
    /// Who sent a request with this head over a connection with `peer`.
    pub fn new(headers: &HeaderMap, peer: SocketAddr, proxies: &Proxies) -> Self {
        let trusted = proxies.trusts(peer.ip());
        let proxied =
            headers.keys().any(|name| OF_PROXIES.contains(name) || is_forwarded(name.as_str()));
        if !(trusted && proxied) {
            return Self { peer, address: peer.ip(), proxied, trusted, secure: false };
        }
        let address = said(headers, peer.ip(), proxies);
        Self { peer, address, proxied, trusted, secure: is_https(headers) }
    }

    /// The address of who asks: what limits go by, and what boards without a name are called after.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The same, as of a connection.
    pub(crate) fn socket(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.peer.port())
    }

    /// Whether the connection is from this machine, and shows no proxy.
    pub fn is_here(&self) -> bool {
        is_loopback(self.peer.ip()) && !self.proxied
    }

    /// Whether it came through a proxy that is not named, and so is taken for who asks.
    pub(crate) fn is_through_unknown(&self) -> bool {
        self.proxied && !self.trusted
    }

    /// Whether it came through a proxy that is named.
    pub(super) fn is_through_trusted(&self) -> bool {
        self.proxied && self.trusted
    }

    /// Whether a browser has an encrypted way, by a proxy that may say so.
    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }
}

/// Whether the address is of this machine, in either form that it comes in.
pub(crate) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn is_forwarded(name: &str) -> bool {
    name.starts_with("x-forwarded")
}

/// Who asks, by what proxies say. Where `Forwarded` and `X-Forwarded-For` say different things, one of them
/// may be made up, as most proxies pass on what they do not know: then it is the proxy.
fn said(headers: &HeaderMap, proxy: IpAddr, proxies: &Proxies) -> IpAddr {
    let plain = hops(headers, &X_FORWARDED_FOR);
    let plain = (!plain.is_empty()).then(|| walked(plain, proxy, proxies, address));
    let standard = hops(headers, &FORWARDED);
    let standard = (!standard.is_empty()).then(|| {
        walked(standard, proxy, proxies, |hop| field(hop, "for").and_then(|text| address(&text)))
    });
    match (plain, standard) {
        (Some(one), Some(other)) if one == other => one,
        (Some(_), Some(_)) | (None, None) => proxy,
        (Some(one), None) | (None, Some(one)) => one,
    }
}

/// From the last proxy back: the first address that is no proxy that is trusted. Where one says what is no
/// address, it is that proxy.
fn walked(
    hops: Vec<&str>,
    proxy: IpAddr,
    proxies: &Proxies,
    address: impl Fn(&str) -> Option<IpAddr>,
) -> IpAddr {
    let mut now = proxy;
    for hop in hops.into_iter().rev().take(MOST_HOPS) {
        let Some(before) = address(hop) else { return now };
        now = before;
        if !proxies.trusts(before) {
            return now;
        }
    }
    now
}

/// What all lines of a header list, oldest first.
fn hops<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Vec<&'h str> {
    let lines = headers.get_all(name).iter();
    // What is no text is no address.
    lines.flat_map(|line| line.to_str().unwrap_or("?").split(',')).map(str::trim).collect()
}

/// `10.0.0.1`, `10.0.0.1:50000`, `fd00::1` or `[fd00::1]:50000`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let found = match bare {
        Some((inner, "")) => inner.parse().ok(),
        _ => text.parse().ok().or_else(|| text.parse().ok().map(|one: SocketAddr| one.ip())),
    };
    found.map(|address: IpAddr| address.to_canonical())
}

/// The value of a field of an element of `Forwarded` (RFC 7239), without its quotes.
fn field(element: &str, name: &str) -> Option<String> {
    element.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Whether the last proxy was asked by HTTPS.
fn is_https(headers: &HeaderMap) -> bool {
    let plain = hops(headers, &X_FORWARDED_PROTO).last().map(|text| (*text).to_owned());
    let standard = hops(headers, &FORWARDED).last().and_then(|hop| field(hop, "proto"));
    plain.or(standard).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}
