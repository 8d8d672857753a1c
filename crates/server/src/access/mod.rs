//! Who may do what: the owner has the token or sits at this machine, a board has at most a key.

mod asked;
mod file;
mod keys;
mod origin;
mod presented;
mod secret;

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use http_body_util::Full;

use crate::problem::Problem;

use asked::Why;

pub use file::{TokenError, kept_token, read_secret};
pub use keys::Keys;
pub(crate) use origin::is_loopback;
pub use secret::{Secret, SecretError};

/// Who may do what.
#[derive(Debug)]
pub struct Access {
    token: Secret,
    keys: Keys,
}

/// What is answered to a browser that asks for the page.
#[derive(Debug)]
pub enum Welcome {
    /// The page.
    Page,
    /// This: to the page itself, with the token in a cookie and no more in the address.
    Redirect(Response<Full<Bytes>>),
    /// This: a page that asks for the token.
    Ask(Response<Full<Bytes>>),
}

/// What a request presents of the token.
enum Shown {
    Right,
    Wrong,
    Nothing,
}

impl Access {
    /// The owner has this token, and boards have these keys.
    pub fn new(token: Secret, keys: Keys) -> Self {
        Self { token, keys }
    }

    /// The link that opens the page at a place, as `http://192.168.1.2:1337`.
    pub fn link(&self, place: &str) -> String {
        format!("{place}/?token={}", self.token.reveal())
    }

    /// That the owner asks, and that no page of another site made a browser ask.
    ///
    /// Who presents the token is the owner, and so is who sits at this machine. What changes something is
    /// JSON besides, which no form of another site can send.
    ///
    /// # Errors
    /// 401 without the token, 403 from another site, 415 for a body that is not JSON.
    pub fn owner(&self, parts: &Parts, peer: SocketAddr) -> Result<(), Problem> {
        match self.shown(parts)? {
            Shown::Right => {}
            Shown::Nothing if origin::is_local(parts, peer) => {}
            Shown::Nothing => {
                return Err(challenge(
                    "this needs the token: open the link that judder printed where it was started, or send it \
                     as `Authorization: Bearer TOKEN`",
                ));
            }
            Shown::Wrong if origin::is_local(parts, peer) && !is_bearer(parts) => {}
            Shown::Wrong => {
                return Err(challenge(
                    "the token is not this server's; look for the link that it printed where it was started",
                ));
            }
        }
        if parts.method == Method::GET || parts.method == Method::HEAD {
            if origin::is_embedded(&parts.headers) {
                let detail = "another site wants to show this within its page; open it from this server's own";
                return Err(Problem::new(StatusCode::FORBIDDEN, detail));
            }
            return Ok(());
        }
        origin::own_origin(parts)?;
        json_body(parts)
    }

    /// That a board may post, of this device where it said which; gives the device, or the one that the
    /// key tells.
    ///
    /// # Errors
    /// 401 where a key is missing, 403 where it is another's or where the device has none and needs one.
    pub fn board<'a>(
        &'a self,
        parts: &Parts,
        device: Option<&'a str>,
    ) -> Result<Option<&'a str>, Problem> {
        origin::own_origin(parts)?;
        let key = presented::bearer(&parts.headers)?;
        match (device, key) {
            (Some(device), key) => match (self.keys.get(device), key) {
                (Some(secret), Some(key)) if secret.matches(key) => Ok(Some(device)),
                (Some(_), Some(_)) => Err(wrong_key(device)),
                (Some(_), None) => Err(challenge(format!(
                    "{device} has a key: send it as `Authorization: Bearer KEY`"
                ))),
                (None, Some(_)) => Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    format!("{device} has no key here; add it to the configuration, or send none"),
                )),
                (None, None) if self.keys.required() => Err(keyless(device)),
                (None, None) => Ok(Some(device)),
            },
            (None, Some(key)) => match self.keys.owner(key) {
                Some(device) => Ok(Some(device)),
                None => Err(Problem::new(
                    StatusCode::FORBIDDEN,
                    "the key is no device's; compare it with the configuration, or send none",
                )),
            },
            (None, None) if self.keys.required() => Err(challenge(
                "only devices with a key may post here: send it as `Authorization: Bearer KEY`",
            )),
            (None, None) => Ok(None),
        }
    }

    /// Whether a `GET /` is for the page: from a browser, or with the token in the address. To a board it
    /// says whether recordings are taken.
    pub fn wants_page(parts: &Parts) -> bool {
        wants_html(parts) || presented::in_address(parts).is_some()
    }

    /// What is answered to a `GET /` for the page.
    pub fn welcome(&self, parts: &Parts, peer: SocketAddr) -> Welcome {
        let local = origin::is_local(parts, peer);
        if let Some(guess) = presented::in_address(parts) {
            return match self.token.matches(guess.as_bytes()) {
                true => Welcome::Redirect(asked::redirect(Some(&self.token))),
                false if local => Welcome::Redirect(asked::redirect(None)),
                false => Welcome::Ask(asked::page(Why::Wrong)),
            };
        }
        match self.shown(parts) {
            Ok(Shown::Right) => Welcome::Page,
            _ if local => Welcome::Page,
            _ if origin::comes_from_elsewhere(&parts.headers) => {
                Welcome::Ask(asked::page(Why::HeldBack))
            }
            Ok(Shown::Nothing) => Welcome::Ask(asked::page(Why::Nothing)),
            Ok(Shown::Wrong) | Err(_) => Welcome::Ask(asked::page(Why::Wrong)),
        }
    }

    /// What is answered where [`Access::owner`] says no: to a browser that opens a page one that asks
    /// for the token, to others the problem.
    pub fn refused(&self, parts: &Parts, problem: &Problem) -> Response<Full<Bytes>> {
        let opens = parts.method == Method::GET && wants_html(parts);
        if opens && problem.status() == StatusCode::UNAUTHORIZED {
            let why = match self.shown(parts) {
                Ok(Shown::Wrong) => Why::Wrong,
                _ => Why::Nothing,
            };
            return asked::page(why);
        }
        problem.response()
    }

    fn shown(&self, parts: &Parts) -> Result<Shown, Problem> {
        if let Some(guess) = presented::bearer(&parts.headers)? {
            return Ok(if self.token.matches(guess) { Shown::Right } else { Shown::Wrong });
        }
        let mut shown = Shown::Nothing;
        for guess in presented::cookies(&parts.headers) {
            if self.token.matches(guess) {
                return Ok(Shown::Right);
            }
            shown = Shown::Wrong;
        }
        Ok(shown)
    }
}

/// Whether a token was presented on purpose; a cookie may be another server's on the same machine.
fn is_bearer(parts: &Parts) -> bool {
    !matches!(presented::bearer(&parts.headers), Ok(None))
}

/// Whether a browser opens a page.
fn wants_html(parts: &Parts) -> bool {
    parts.headers.get_all(ACCEPT).iter().any(|accept| {
        accept.as_bytes().split(|b| *b == b',').any(|kind| {
            let kind = kind.split(|b| *b == b';').next().unwrap_or_default();
            kind.trim_ascii().eq_ignore_ascii_case(b"text/html")
        })
    })
}

/// That the body, if there is one, is said to be JSON.
fn json_body(parts: &Parts) -> Result<(), Problem> {
    let kind = parts.headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes());
    let kind = kind.map(|kind| kind.split(|b| *b == b';').next().unwrap_or_default().trim_ascii());
    match kind {
        Some(kind) if kind.eq_ignore_ascii_case(b"application/json") => Ok(()),
        // It has none, and only a page of our own can have a browser send it.
        None if parts.method == Method::DELETE => Ok(()),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "what changes something is JSON; send `Content-Type: application/json`",
        )),
    }
}

/// 401, with the scheme.
fn challenge(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, detail)
        .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"judder\""))
}

fn wrong_key(device: &str) -> Problem {
    let detail = format!("the key is not that of {device}; compare it with the configuration");
    Problem::new(StatusCode::FORBIDDEN, detail)
}

fn keyless(device: &str) -> Problem {
    let detail =
        format!("{device} has no key, and only devices with one may post here; give it one");
    Problem::new(StatusCode::FORBIDDEN, detail)
}
