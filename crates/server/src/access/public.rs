//! Where people find the page, if that is not where it listens.

use std::fmt;
use std::str::FromStr;

use http::Uri;

/// The address of the page before all proxies: `https://fans.example/judder/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// As browsers say it: without the port that is the scheme's own.
    origin: String,
    /// With a slash at its end.
    path: String,
}

/// Why a text is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the address of the page, as https://fans.example/ or https://plant.example/judder/, without what follows a `?`"
)]
pub struct PublicUrlError;

impl PublicUrl {
    /// Whether a browser names this origin.
    pub(super) fn has_origin(&self, origin: &[u8]) -> bool {
        origin.eq_ignore_ascii_case(self.origin.as_bytes())
    }

    /// Whether this host, and port, is its.
    pub(super) fn has_host(&self, host: &[u8]) -> bool {
        let own = self.origin.split_once("://").map_or("", |(_, host)| host);
        host.eq_ignore_ascii_case(own.as_bytes())
    }

    /// What is below it.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, PublicUrlError> {
        let uri: Uri = text.trim().parse().map_err(|_| PublicUrlError)?;
        let usual = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return Err(PublicUrlError),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(PublicUrlError)?;
        let named = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        // The path goes into the attribute of a cookie as it is.
        // What is no port is left out by who reads it, without a word.
        let address = uri.authority().map_or("", |authority| authority.as_str());
        let port = address.rsplit(']').next().and_then(|rest| rest.split_once(':'));
        let odd = port.is_some_and(|(_, port)| !port.parse::<u16>().is_ok_and(|port| port > 0));
        if uri.query().is_some() || named || odd || text.contains(['#', ';', '\\']) {
            return Err(PublicUrlError);
        }
        let port = uri.port_u16().filter(|port| *port != usual);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let scheme = uri.scheme_str().unwrap_or_default();
        let origin = format!("{scheme}://{}{port}", host.to_ascii_lowercase());
        let path = format!("{}/", uri.path().trim_end_matches('/'));
        Ok(Self { origin, path })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}
