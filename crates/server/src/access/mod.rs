//! Who may do what: the owner has the token, or a session that it began; a board has at most a key.

mod asked;
mod before;
mod file;
mod keys;
mod origin;
mod presented;
mod public;
mod secret;
mod sessions;
mod visitor;

use std::path::PathBuf;
use std::time::Instant;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use tokio::sync::watch;

use crate::problem::Problem;

use asked::{Cookie, Why};
use sessions::{Session, Sessions};

pub use file::{KeptToken, TokenError, kept_token, read_secret};
pub use keys::Keys;
pub use public::{PublicUrl, PublicUrlError};
pub use secret::{Secret, SecretError};
pub(crate) use visitor::is_loopback;
pub use visitor::{Network, NetworkError, Proxies, Visitor};

/// Who may do what.
#[derive(Debug)]
pub struct Access {
    token: Secret,
    keys: Keys,
    sessions: Sessions,
    /// The name of the cookie.
    cookie: String,
    public: Option<PublicUrl>,
    /// Whether who seems to be at this machine needs no token.
    trust_loopback: bool,
}

/// What is answered to a browser that asks for the page.
#[derive(Debug)]
pub enum Welcome {
    /// The page.
    Page,
    /// This: to the page itself, with a cookie of its own and no token in the address any more.
    Redirect(Response<Full<Bytes>>),
    /// This: a page that asks for the token.
    Ask(Response<Full<Bytes>>),
}

/// What lets the owner in: the session of a browser, which may end; or none, where the request itself has the token,
/// or is from this machine and that is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entered(Option<Session>);

/// What a request presents to show that the owner sends it.
enum Shown {
    Right(Entered),
    Wrong,
    /// A session that is over, or another server's.
    Over,
    Nothing,
}

impl Access {
    /// The owner has this token, and boards have these keys.
    pub fn new(token: Secret, keys: Keys) -> Self {
        let (sessions, cookie) = (Sessions::new(&token), presented::NAME.to_owned());
        Self { token, keys, sessions, cookie, public: None, trust_loopback: false }
    }

    /// The same on this port. Browsers send cookies to all ports of a host, so their name has it.
    #[must_use]
    pub fn on_port(mut self, port: u16) -> Self {
        self.cookie = format!("{}-{port}", presented::NAME);
        self
    }

    /// The same with the sessions of browsers in this file, so that they outlive a restart.
    #[must_use]
    pub fn with_sessions(mut self, path: Option<PathBuf>) -> Self {
        if let Some(path) = path {
            self.sessions = self.sessions.kept_in(path);
        }
        self
    }

    /// The same, where people find the page there.
    #[must_use]
    pub fn with_public(mut self, public: Option<PublicUrl>) -> Self {
        self.public = public;
        self
    }

    /// The same, where who seems to be at this machine needs no token, or does. Whoever comes by a forwarder that
    /// does not show itself seems so, too.
    #[must_use]
    pub fn trusting_loopback(mut self, trust: bool) -> Self {
        self.trust_loopback = trust;
        self
    }

    /// The link that opens the page at a place, as `http://192.168.1.2:1337/`.
    pub fn link(&self, place: &str) -> String {
        format!("{place}?token={}", self.token.reveal())
    }

    /// That the owner asks, and that no page of another site made a browser ask.
    ///
    /// Who presents the token is the owner, and so is a browser that did. What changes something is
    /// JSON besides, which no form of another site can send.
    ///
    /// # Errors
    /// 401 without the token, 403 from another site, 415 for a body that is not JSON.
    pub fn owner(&self, parts: &Parts, visitor: &Visitor) -> Result<Entered, Problem> {
        let local = self.is_trusted(parts, visitor);
        let entered = match self.shown(parts)? {
            Shown::Right(entered) => entered,
            Shown::Nothing | Shown::Over if local => Entered(None),
            Shown::Nothing => {
                return Err(challenge(
                    "this needs the token: open the link that judder printed where it was started, or send the \
                     token as `Authorization: Bearer TOKEN`; it is in the file `token` of the server's folder (of `judder \
                     collect` `.judder-token`)",
                ));
            }
            Shown::Over => {
                return Err(challenge(
                    "this browser is logged out; open the page of the server, and give it the token",
                ));
            }
            Shown::Wrong => {
                return Err(challenge(
                    "the token is not this server's; look for the link that it printed where it was started, or \
                     into the file `token` of its folder (of `judder collect` `.judder-token`)",
                ));
            }
        };
        if parts.method == Method::GET || parts.method == Method::HEAD {
            if origin::is_embedded(&parts.headers) {
                let detail = "another site wants to show this within its page; open it from this server's own";
                return Err(Problem::new(StatusCode::FORBIDDEN, detail));
            }
            return Ok(entered);
        }
        origin::own_origin(parts, self.public.as_ref())?;
        json_body(parts)?;
        Ok(entered)
    }

    /// Whether the owner who was let in would still be.
    pub(crate) fn still(&self, entered: Entered) -> bool {
        entered.0.is_none_or(|session| self.sessions.lasts(session, Instant::now()))
    }

    /// Changes when a session is ended.
    pub(crate) fn ended(&self) -> watch::Receiver<u64> {
        self.sessions.ended()
    }

    /// Ends the session of a browser, if it has one, and has it forget its cookie.
    pub fn log_out(&self, parts: &Parts, visitor: &Visitor) -> Response<Full<Bytes>> {
        let now = Instant::now();
        for secret in presented::cookies(&parts.headers, &self.cookie) {
            if let Some(session) = self.sessions.find(secret, now) {
                self.sessions.end(session, now);
            }
        }
        asked::forgotten(&self.set_cookie(parts, visitor))
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
        origin::own_origin(parts, self.public.as_ref())?;
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
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn welcome(&self, parts: &Parts, visitor: &Visitor) -> Result<Welcome, Problem> {
        let (local, ask) = (self.is_trusted(parts, visitor), |why| {
            Ok(Welcome::Ask(asked::page(why, parts.uri.path())))
        });
        let shown = self.shown(parts);
        if let Some(guess) = presented::in_address(parts) {
            let cookie = self.set_cookie(parts, visitor);
            return match self.token.matches(guess.as_bytes()) {
                // It has its cookie already.
                true if matches!(shown, Ok(Shown::Right(Entered(Some(_))))) => {
                    Ok(Welcome::Redirect(asked::redirect(None)))
                }
                true => {
                    let secret = self.sessions.begin(Instant::now()).map_err(|error| {
                        tracing::error!(%error, "a session cannot be begun");
                        let detail =
                            "the system of the server has no randomness to give; try again later";
                        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
                    })?;
                    let old = presented::cookies(&parts.headers, presented::NAME).next().is_some();
                    Ok(Welcome::Redirect(asked::redirect(Some((&cookie, &secret, old)))))
                }
                false if local => Ok(Welcome::Redirect(asked::redirect(None))),
                false => ask(Why::Wrong),
            };
        }
        match shown {
            Ok(Shown::Right(_)) => Ok(Welcome::Page),
            _ if local => Ok(Welcome::Page),
            _ if origin::comes_from_elsewhere(&parts.headers) => ask(Why::HeldBack),
            Ok(Shown::Nothing) => ask(Why::Nothing),
            Ok(Shown::Over) => ask(Why::Over),
            Ok(Shown::Wrong) | Err(_) => ask(Why::Wrong),
        }
    }

    /// What is answered where [`Access::owner`] says no: to a browser that opens a page one that asks
    /// for the token, to others the problem.
    pub fn refused(&self, parts: &Parts, problem: &Problem) -> Response<Full<Bytes>> {
        let opens = parts.method == Method::GET && wants_html(parts);
        if opens && problem.status() == StatusCode::UNAUTHORIZED {
            let why = match self.shown(parts) {
                Ok(Shown::Wrong) => Why::Wrong,
                Ok(Shown::Over) => Why::Over,
                _ => Why::Nothing,
            };
            return asked::page(why, parts.uri.path());
        }
        problem.response()
    }

    fn shown(&self, parts: &Parts) -> Result<Shown, Problem> {
        if let Some(guess) = presented::bearer(&parts.headers)? {
            let right = self.token.matches(guess);
            return Ok(if right { Shown::Right(Entered(None)) } else { Shown::Wrong });
        }
        let (now, mut shown) = (Instant::now(), Shown::Nothing);
        for secret in presented::cookies(&parts.headers, &self.cookie) {
            if let Some(session) = self.sessions.find(secret, now) {
                return Ok(Shown::Right(Entered(Some(session))));
            }
            shown = Shown::Over;
        }
        Ok(shown)
    }

    /// Whether who seems to be at this machine is let in, and this is one who does.
    fn is_trusted(&self, parts: &Parts, visitor: &Visitor) -> bool {
        self.trust_loopback && origin::is_local(parts, visitor)
    }

    /// How the cookie is set for who asks.
    fn set_cookie(&self, parts: &Parts, visitor: &Visitor) -> Cookie<'_> {
        // Below the path of the page, where it is asked for there: other pages of that host are not told.
        let there = |public: &&PublicUrl| {
            let host = parts.headers.get(HOST);
            visitor.is_through_trusted()
                && host.is_some_and(|host| public.has_host(host.as_bytes()))
        };
        let public = self.public.as_ref().filter(there);
        let path = public.map_or("/", PublicUrl::path);
        Cookie { name: &self.cookie, path, secure: visitor.is_secure() }
    }
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
