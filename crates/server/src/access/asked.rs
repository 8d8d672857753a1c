//! The page that asks for the token.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, LOCATION, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};
use http_body_util::Full;
use sha2::{Digest, Sha256};

use super::presented::NAME;
use super::secret::Secret;
use super::sessions::KEPT;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem}\
code{font-size:.95em}form{display:flex;flex-wrap:wrap;gap:.5rem;margin:1.5rem 0}\
label{flex-basis:100%}\
input{flex:1 1 12rem;font:inherit;padding:.5rem}button{font:inherit;padding:.5rem 1rem}";

/// Nothing is loaded but the one style sheet, and the form goes nowhere else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// Why the page asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Nothing was presented.
    Nothing,
    /// A link was followed from another site: the browser holds the cookie back for this once.
    HeldBack,
    /// It is not this server's.
    Wrong,
    /// The browser had a session, which is over.
    Over,
}

/// A cookie, without its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cookie<'c> {
    pub(super) name: &'c str,
    pub(super) path: &'c str,
    /// Whether it is for encrypted ways alone.
    pub(super) secure: bool,
}

impl Cookie<'_> {
    /// As a header; it is sensitive.
    fn set(&self, value: &str, seconds: u64) -> Option<HeaderValue> {
        let Self { name, path, secure } = self;
        let secure = if *secure { "; Secure" } else { "" };
        let text = format!(
            "{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        );
        let mut header = HeaderValue::from_str(&text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

/// A page that says where the token is, and takes it; it is sent for what is at this path.
pub(super) fn page(why: Why, path: &str) -> Response<Full<Bytes>> {
    // Relative, as a proxy may have put the server below a path that it does not know of.
    let depth = path.bytes().filter(|byte| *byte == b'/').count().saturating_sub(1);
    let root = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
    let again = match why {
        // Asking anew comes from this page, so the cookie is sent, if there is one.
        Why::HeldBack => format!("<meta http-equiv=\"refresh\" content=\"0;url={root}\">"),
        Why::Nothing | Why::Wrong | Why::Over => String::new(),
    };
    let said = match why {
        Why::Wrong => {
            "<p role=\"alert\"><strong>That is not the token of this server.</strong> It may be of an \
                       earlier start, or of another server.</p>"
        }
        Why::Over => {
            "<p role=\"alert\"><strong>This browser is logged out.</strong> Give the token once more.</p>"
        }
        Why::Nothing | Why::HeldBack => "",
    };
    let body = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">{again}\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>judder: the token, please</title><style>{STYLE}</style></head><body><main>\
         <h1>The token, please</h1>{said}\
         <p>judder shows what it knows to whoever has its token. It printed a link with the token where it was \
         started, as <code>http://…/?token=…</code>: open that link, or paste it here. The token is also in the file \
         <code>token</code> of the server’s folder (of <code>judder collect</code> <code>.judder-token</code>), unless the \
         server was given one.</p>\
         <form action=\"{root}\" method=\"get\" autocomplete=\"off\"><label for=\"token\">Token, or the whole link</label>\
         <input id=\"token\" name=\"token\" type=\"password\" required autofocus>\
         <button>Open</button></form></main></body></html>"
    );
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    private(headers);
    response
}

/// To the page itself, so that the token stands in the address no more; with a cookie of this secret, where a
/// session was begun. `old`: the browser still has the cookie of judder 0.1, which was the token.
pub(super) fn redirect(begun: Option<(&Cookie<'_>, &Secret, bool)>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::from_static("./"));
    if let Some((cookie, secret, old)) = begun {
        let forget = Cookie { name: NAME, path: "/", secure: false };
        let old = old.then(|| forget.set("", 0)).flatten();
        for header in cookie.set(secret.reveal(), KEPT.as_secs()).into_iter().chain(old) {
            headers.append(SET_COOKIE, header);
        }
    }
    private(headers);
    response
}

/// That a session is over, with which a browser forgets its cookie.
pub(super) fn forgotten(cookie: &Cookie<'_>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.extend(cookie.set("", 0).map(|header| (SET_COOKIE, header)));
    private(headers);
    response
}

fn private(headers: &mut http::HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
