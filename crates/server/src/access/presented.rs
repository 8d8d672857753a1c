//! What a request presents to show who sent it.

use http::header::{AUTHORIZATION, COOKIE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use crate::problem::Problem;

/// What the name of the cookie begins with; the cookie of judder 0.1, which was the token.
pub(super) const NAME: &str = "judder";

/// The most cookies that are looked at.
const MOST_COOKIES: usize = 64;

/// What is in `Authorization: Bearer`; nothing where there is none, or of another scheme.
///
/// # Errors
/// Where there are several: one of them could be another's.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&[u8]>, Problem> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let first = all.next();
    if all.next().is_some() {
        let detail = "there are several Authorization headers; send one";
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    let Some(value) = first.map(|value| value.as_bytes().trim_ascii()) else { return Ok(None) };
    let Some((scheme, rest)) = value.split_at_checked("Bearer".len()) else { return Ok(None) };
    let apart = rest.first() == Some(&b' ');
    Ok((scheme.eq_ignore_ascii_case(b"Bearer") && apart).then(|| rest.trim_ascii()))
}

/// The values of the cookie of this name; a browser sends several where paths or other servers set it too.
pub(super) fn cookies<'h>(headers: &'h HeaderMap, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
    let pairs =
        headers.get_all(COOKIE).iter().flat_map(|line| line.as_bytes().split(|b| *b == b';'));
    pairs.take(MOST_COOKIES).filter_map(move |pair| {
        let pair = pair.trim_ascii();
        let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value))
    })
}

/// The token in the address, as a link has it; or what was pasted in its place, which may be a link.
pub(super) fn in_address(parts: &Parts) -> Option<&str> {
    let value = parts.uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    let value = ["token%3D", "token=", "token%3d"]
        .into_iter()
        .find_map(|before| value.rsplit_once(before).map(|(_, after)| after))
        .unwrap_or(value);
    // White space that came along, as forms encode it.
    let spaces = ["+", "%20", "%0A", "%0D", "%09"];
    let mut value = value;
    while let Some(rest) = spaces.iter().find_map(|space| value.strip_prefix(space)) {
        value = rest;
    }
    while let Some(rest) = spaces.iter().find_map(|space| value.strip_suffix(space)) {
        value = rest;
    }
    Some(value)
}
