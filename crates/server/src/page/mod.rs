//! The live page: its files, and the headers they are sent with.
//!
//! They are part of the program. The style sheet and the script of charts are those of judder's reports.

mod files;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::HeaderMap;
use hyper::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
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
    /// The same, compressed once for all who take that.
    pub(crate) gzip: Bytes,
    /// Its entity tag, without quotes.
    pub(crate) etag: String,
}

/// A file as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) asset: &'static Asset,
    /// Whether the path names what is in it, so that it is never another one.
    lasts: bool,
}

/// The files, and a name for what is in them all.
struct Assets {
    files: BTreeMap<&'static str, Asset>,
    content: String,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let all: BTreeMap<&'static str, Bytes> = files::all().collect();
    let mut digest = Sha256::new();
    for (path, bytes) in &all {
        digest.update(path.as_bytes());
        digest.update(bytes.len().to_le_bytes());
        digest.update(bytes);
    }
    let content = hex(&digest.finalize(), CONTENT / 2);
    let files = all.into_iter().map(|(path, bytes)| {
        let bytes = if path == "/" { naming(&bytes, &content) } else { bytes };
        (path, Asset::new(path, bytes))
    });
    Assets { files: files.collect(), content: content.clone() }
});

/// Digits of the name for what is in all files.
const CONTENT: usize = 16;

/// The file at a path: the page itself at `/`, all others below `/page/`, or below `/page/` and the name of what is in
/// all of them, so that a browser need not ask for them again.
pub(crate) fn asset(path: &str) -> Option<Found> {
    if let Some(asset) = ASSETS.files.get(path) {
        return Some(Found { asset, lasts: false });
    }
    let (content, name) = path.strip_prefix("/page/")?.split_once('/')?;
    if content.len() != CONTENT || !content.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    // Another name is that of another judder, of which a page is still open: it gets what there is.
    let asset = ASSETS.files.get(format!("/page/{name}").as_str())?;
    Some(Found { asset, lasts: content == ASSETS.content })
}

/// The page with paths that name what is in the files, and with all scripts named, so that a browser asks for them
/// together and not as it finds one in the other.
fn naming(page: &[u8], content: &str) -> Bytes {
    let page = String::from_utf8_lossy(page);
    let named = page.replace("=\"page/", &format!("=\"page/{content}/"));
    let modules = files::all().filter_map(|(path, _)| path.strip_prefix("/page/"));
    let ahead: String = modules
        .filter(|name| name.ends_with(".js") && *name != "charts.js")
        .map(|name| format!("<link rel=\"modulepreload\" href=\"page/{content}/{name}\">\n"))
        .collect();
    Bytes::from(named.replacen("</head>", &format!("{ahead}</head>"), 1))
}

/// So many bytes of a digest, as digits.
fn hex(digest: &[u8], bytes: usize) -> String {
    digest.iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes as they are sent to who takes them compressed.
fn compressed(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    // Writing to memory does not fail.
    Bytes::from(written.unwrap_or_default())
}

impl Asset {
    fn new(path: &str, bytes: Bytes) -> Self {
        let kind = match path.rsplit_once('.') {
            Some((_, "js")) => "text/javascript; charset=utf-8",
            Some((_, "css")) => "text/css; charset=utf-8",
            _ => "text/html; charset=utf-8",
        };
        // Half of it tells files apart as well as all of it.
        let etag = hex(&Sha256::digest(&bytes), 16);
        let gzip = compressed(&bytes);
        Self { kind, bytes, gzip, etag }
    }
}

impl Found {
    /// The headers and the bytes that it is sent with to who asked with these; no bytes for who has it already. Where
    /// the path does not name what is in it, a browser asks each time whether it has changed, so that a new program
    /// has its page at once.
    pub(crate) fn answer(&self, asked: &HeaderMap) -> (HeaderMap, Option<Bytes>) {
        let Self { asset, lasts } = self;
        let zipped = takes_gzip(asked) && !asset.gzip.is_empty();
        let cached = if *lasts { "private, max-age=31536000, immutable" } else { "no-cache" };
        let fixed = [
            (CONTENT_TYPE, asset.kind),
            (CACHE_CONTROL, cached),
            (VARY, "accept-encoding"),
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ];
        let mut headers: HeaderMap = fixed
            .map(|(name, value)| (name, HeaderValue::from_static(value)))
            .into_iter()
            .collect();
        let tag =
            if zipped { format!("\"{}-gzip\"", asset.etag) } else { format!("\"{}\"", asset.etag) };
        headers.extend(HeaderValue::from_str(&tag).ok().map(|tag| (ETAG, tag)));
        if asset.is_known(asked) {
            return (headers, None);
        }
        if !zipped {
            return (headers, Some(asset.bytes.clone()));
        }
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        (headers, Some(asset.gzip.clone()))
    }
}

/// Whether who asks takes gzip.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let named = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|codings| codings.to_str().ok());
    let mut codings = named.flat_map(|codings| codings.split(',')).map(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok());
        (name.trim(), weight.unwrap_or(1.0))
    });
    codings.any(|(name, weight): (&str, f32)| name.eq_ignore_ascii_case("gzip") && weight > 0.0)
}

impl Asset {
    /// Whether who asks has it already.
    fn is_known(&self, request: &HeaderMap) -> bool {
        let tags = request.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        tags.flat_map(|tags| tags.split(',')).any(|tag| {
            let tag = tag.trim();
            let tag = tag.trim_start_matches("W/").trim_matches('"');
            tag == "*" || tag.trim_end_matches("-gzip") == self.etag
        })
    }
}

#[cfg(test)]
mod tests;
