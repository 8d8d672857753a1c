//! Who has the token is the owner.

use super::{TOKEN, access, far, near, request, sent, status};

#[test]
fn the_token_is_asked_for() {
    assert_eq!(status(&request("GET /metrics", &[("host", "fan:1337")]), far()), 401);
    let parts = request("GET /", &[]);
    let problem = access().owner(&parts, &sent(&parts, far())).unwrap_err();
    assert!(problem.detail().contains("Authorization: Bearer TOKEN"), "{problem}");
}

/// Nothing that a request says makes it local: a forwarder on this machine may stand before whoever asks.
#[test]
fn this_machine_is_asked_for_it_too() {
    for host in ["localhost", "127.0.0.1:1337", "[::1]:1337", "fan:1337"] {
        let parts = request("GET /api/v1/fleet", &[("host", host)]);
        assert_eq!(status(&parts, near()), 401, "{host}");
        let token = format!("Bearer {TOKEN}");
        let parts = request("GET /api/v1/fleet", &[("host", host), ("authorization", &token)]);
        assert_eq!(status(&parts, near()), 200, "{host}");
    }
}

#[test]
fn the_token_is_taken_from_a_header() {
    for value in [format!("Bearer {TOKEN}"), format!("bearer   {TOKEN} ")] {
        let parts = request("GET /api/v1/fleet", &[("authorization", &value)]);
        assert_eq!(status(&parts, far()), 200, "{value}");
    }
}

#[test]
fn what_is_not_quite_the_token_is_not_the_token() {
    for (name, value) in [
        ("authorization", TOKEN.to_owned()),
        ("authorization", format!("Basic {TOKEN}")),
        ("authorization", format!("Bearer{TOKEN}")),
        ("authorization", format!("Bearer {TOKEN}x")),
        ("authorization", format!("Bearer {}", &TOKEN[1..])),
        ("authorization", format!("Bearer {}", TOKEN.to_uppercase())),
        ("authorization", "Bearer ".to_owned()),
        // It is no cookie.
        ("cookie", format!("judder={TOKEN}")),
        ("cookie", format!("judder-1337={TOKEN}")),
        ("x-judder", TOKEN.to_owned()),
    ] {
        let parts = request("GET /api/v1/fleet", &[(name, &value)]);
        assert_eq!(status(&parts, far()), 401, "{name}: {value}");
    }
}

#[test]
fn the_address_is_no_place_for_it_but_to_open_the_page() {
    let parts = request(&format!("GET /api/v1/fleet?token={TOKEN}"), &[]);
    assert_eq!(status(&parts, far()), 401);
}

#[test]
fn several_authorizations_are_one_too_many() {
    let (right, wrong) = (format!("Bearer {TOKEN}"), "Bearer x");
    for two in [[right.as_str(), wrong], [wrong, right.as_str()], [right.as_str(), right.as_str()]]
    {
        let parts =
            request("GET /metrics", &[("authorization", two[0]), ("authorization", two[1])]);
        assert_eq!(status(&parts, far()), 400);
    }
}

#[test]
fn a_change_is_json_and_comes_from_our_own_page() {
    let token = format!("Bearer {TOKEN}");
    let change = |method: &str, more: &[(&str, &str)]| {
        let mut headers = vec![("authorization", token.as_str()), ("host", "fan:1337")];
        headers.extend_from_slice(more);
        status(&request(&format!("{method} /api/v1/session"), &headers), far())
    };
    let json = ("content-type", "application/json; charset=utf-8");
    assert_eq!(change("POST", &[json]), 200);
    assert_eq!(change("POST", &[json, ("origin", "http://fan:1337")]), 200);
    assert_eq!(change("POST", &[json, ("origin", "https://FAN:1337")]), 200);
    assert_eq!(change("POST", &[json, ("sec-fetch-site", "same-origin")]), 200);
    assert_eq!(change("DELETE", &[]), 200);
    for other in [
        ("origin", "http://evil.example"),
        ("origin", "http://fan:1338"),
        ("origin", "null"),
        ("origin", ""),
        ("origin", "http://"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            assert_eq!(change(method, &[json, other]), 403, "{method} {other:?}");
        }
    }
    assert_eq!(change("POST", &[]), 415);
    assert_eq!(change("POST", &[("content-type", "text/plain")]), 415);
    assert_eq!(change("DELETE", &[("content-type", "text/plain")]), 415);
}

#[test]
fn other_pages_do_not_embed_ours_but_may_link_to_it() {
    let token = format!("Bearer {TOKEN}");
    let fetched = |site, mode| {
        let headers =
            [("authorization", token.as_str()), ("sec-fetch-site", site), ("sec-fetch-mode", mode)];
        status(&request("GET /api/v1/updates", &headers), far())
    };
    assert_eq!(fetched("same-origin", "cors"), 200);
    assert_eq!(fetched("cross-site", "navigate"), 200);
    assert_eq!(fetched("cross-site", "no-cors"), 403);
    assert_eq!(fetched("same-site", "cors"), 403);
}
