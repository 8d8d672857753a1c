//! The live page: its files, and the headers they are sent with.
//!
//! They are part of the program. The style sheet and the script of charts are those of judder's reports.

mod files;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use sha2::{Digest, Sha256};

/// Nothing is loaded but from this server, and no script runs but these.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A file of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asset {
    /// Its content type.
    pub(crate) kind: &'static str,
    /// What is in it.
    pub(crate) bytes: Bytes,
    /// Its entity tag, quoted.
    pub(crate) etag: String,
}

static ASSETS: LazyLock<BTreeMap<&'static str, Asset>> =
    LazyLock::new(|| files::all().map(|(path, text)| (path, Asset::new(path, text))).collect());

/// The file at a path: the page itself at `/`, all others below `/page/`.
pub(crate) fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.get(path)
}

impl Asset {
    fn new(path: &str, bytes: Bytes) -> Self {
        let kind = match path.rsplit_once('.') {
            Some((_, "js")) => "text/javascript; charset=utf-8",
            Some((_, "css")) => "text/css; charset=utf-8",
            _ => "text/html; charset=utf-8",
        };
        let digest = Sha256::digest(&bytes);
        // Half of it tells files apart as well as all of it.
        let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { kind, bytes, etag: format!("\"{hex}\"") }
    }

    /// The headers it is sent with. A browser asks each time whether it has changed, so that a new program
    /// has its page at once.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let fixed = [
            (CONTENT_TYPE, self.kind),
            (CACHE_CONTROL, "no-cache"),
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ];
        headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
        headers.extend(HeaderValue::from_str(&self.etag).ok().map(|tag| (ETAG, tag)));
        headers
    }

    /// Whether who asks has it already.
    pub(crate) fn is_known(&self, request: &HeaderMap) -> bool {
        let tags = request.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        tags.flat_map(|tags| tags.split(',')).any(|tag| {
            let tag = tag.trim();
            tag == "*" || tag.trim_start_matches("W/") == self.etag
        })
    }
}

#[cfg(test)]
mod tests;
