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

/// How long a browser keeps the cookie, in seconds: 30 days.
const KEPT: u32 = 30 * 86_400;

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
}

/// A page that says where the token is, and takes it.
pub(super) fn page(why: Why) -> Response<Full<Bytes>> {
    let again = match why {
        // Asking anew comes from this page, so the cookie is sent, if there is one.
        Why::HeldBack => "<meta http-equiv=\"refresh\" content=\"0;url=/\">",
        Why::Nothing | Why::Wrong => "",
    };
    let wrong = match why {
        Why::Wrong => {
            "<p role=\"alert\"><strong>That is not the token of this server.</strong> It may be of an \
                       earlier start, or of another server.</p>"
        }
        Why::Nothing | Why::HeldBack => "",
    };
    let body = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">{again}\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>judder: the token, please</title><style>{STYLE}</style></head><body><main>\
         <h1>The token, please</h1>{wrong}\
         <p>judder shows what it knows to whoever has its token. It printed a link with the token where it was \
         started, as <code>http://…/?token=…</code>: open that link, or paste it here. On the machine that judder \
         runs on, <code>http://localhost</code> with its port needs none.</p>\
         <form action=\"/\" method=\"get\" autocomplete=\"off\"><label for=\"token\">Token, or the whole link</label>\
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

/// To the page itself, with the cookie: so the token stands in the address no more.
pub(super) fn redirect(token: Option<&Secret>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::from_static("/"));
    if let Some(token) = token {
        let cookie =
            format!("{NAME}={}; Path=/; Max-Age={KEPT}; HttpOnly; SameSite=Strict", token.reveal());
        if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
            cookie.set_sensitive(true);
            headers.insert(SET_COOKIE, cookie);
        }
    }
    private(headers);
    response
}

fn private(headers: &mut http::HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
