//! Boards, with and without keys.

use http::request::Parts;
use judder_server::Access;

use super::{KEY, TOKEN, request, with_keys};

fn post(headers: &[(&str, &str)]) -> Parts {
    request("POST /api/v1/recordings", headers)
}

fn answer<'a>(
    access: &'a Access,
    parts: &Parts,
    device: Option<&'a str>,
) -> Result<Option<&'a str>, u16> {
    access.board(parts, device).map_err(|problem| problem.status().as_u16())
}

#[test]
fn a_device_with_a_key_posts_only_with_it() {
    let access = with_keys(false);
    let with = |key: &str| post(&[("authorization", &format!("Bearer {key}"))]);
    assert_eq!(answer(&access, &with(KEY), Some("pump")), Ok(Some("pump")));
    assert_eq!(answer(&access, &post(&[]), Some("pump")), Err(401));
    assert_eq!(answer(&access, &post(&[("authorization", KEY)]), Some("pump")), Err(401));
    assert_eq!(answer(&access, &with("another-key-0123456789"), Some("pump")), Err(403));
    assert_eq!(answer(&access, &with(TOKEN), Some("pump")), Err(403));
    assert_eq!(answer(&access, &with(&KEY[1..]), Some("pump")), Err(403));
}

#[test]
fn others_post_without_unless_keys_are_required() {
    let (free, strict) = (with_keys(false), with_keys(true));
    assert_eq!(answer(&free, &post(&[]), Some("fan")), Ok(Some("fan")));
    assert_eq!(answer(&free, &post(&[]), None), Ok(None));
    assert_eq!(answer(&strict, &post(&[]), Some("fan")), Err(403));
    assert_eq!(answer(&strict, &post(&[]), None), Err(401));
}

#[test]
fn a_key_that_is_nobodys_is_refused() {
    let unknown = post(&[("authorization", "Bearer a-key-of-nobody-0123")]);
    for access in [with_keys(false), with_keys(true)] {
        assert_eq!(answer(&access, &unknown, Some("fan")), Err(403));
        assert_eq!(answer(&access, &unknown, None), Err(403));
    }
}

#[test]
fn a_key_tells_which_device_a_sketch_is() {
    let access = with_keys(true);
    let keyed = request("POST /", &[("authorization", &format!("Bearer {KEY}"))]);
    assert_eq!(answer(&access, &keyed, None), Ok(Some("pump")));
}

#[test]
fn a_missing_key_is_asked_for_with_its_scheme() {
    let access = with_keys(false);
    let problem = access.board(&post(&[]), Some("pump")).unwrap_err();
    let response = access.refused(&post(&[]), &problem);
    assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"judder\"");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
}

#[test]
fn a_page_of_another_site_is_no_board() {
    let access = with_keys(false);
    let parts = post(&[("host", "localhost"), ("origin", "http://evil.example")]);
    assert_eq!(answer(&access, &parts, Some("fan")), Err(403));
}
