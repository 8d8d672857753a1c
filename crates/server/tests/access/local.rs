//! Where this machine is trusted, who sits at it needs no token; who only seems to does, where that shows.

use std::net::SocketAddr;

use http::request::Parts;

use super::{access, far, near, request, status_of};

fn status(parts: &Parts, peer: SocketAddr) -> u16 {
    status_of(&access().trusting_loopback(true), parts, peer)
}

fn asked(peer: &str, headers: &[(&str, &str)]) -> u16 {
    let peer: SocketAddr = peer.parse().unwrap();
    status(&request("GET /api/v1/fleet", headers), peer)
}

#[test]
fn this_machine_needs_no_token_where_it_is_trusted() {
    for peer in ["127.0.0.1:1", "127.8.9.10:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        for host in [
            "localhost",
            "LocalHost:1337",
            "127.0.0.1",
            "127.0.0.1:1337",
            "[::1]",
            "[::1]:1337",
            "[::ffff:127.0.0.1]:80",
        ] {
            assert_eq!(asked(peer, &[("host", host)]), 200, "{peer} {host}");
        }
    }
}

#[test]
fn another_machine_is_not_this_one_whatever_it_calls_it() {
    for peer in ["192.168.1.9:1", "[fe80::1]:1", "[::ffff:192.168.1.9]:1", "128.0.0.1:1", "[::]:1"]
    {
        assert_eq!(asked(peer, &[("host", "localhost")]), 401, "{peer}");
    }
}

#[test]
fn a_name_that_was_made_to_point_here_is_not_this_machine() {
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:1337",
        "me@localhost",
        "localhost@evil.example",
        "localhost:evil",
        "localhost:+80",
        "localhost:",
        "[::1",
        "[::2]",
        "[::1]evil",
        "0x7f.1",
        "2130706433",
        "",
    ] {
        assert_eq!(asked("127.0.0.1:1", &[("host", host)]), 401, "{host}");
    }
    assert_eq!(asked("127.0.0.1:1", &[]), 401, "no host");
    assert_eq!(asked("127.0.0.1:1", &[("host", "localhost"), ("host", "evil.example")]), 401);
    let absolute = request("GET http://evil.example/api/v1/fleet", &[("host", "localhost")]);
    assert_eq!(status(&absolute, near()), 401);
}

#[test]
fn what_comes_through_a_proxy_is_from_elsewhere() {
    for header in [
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Real-IP",
        "CF-Connecting-IP",
    ] {
        let headers = [("host", "localhost"), (header, "127.0.0.1")];
        assert_eq!(asked("127.0.0.1:1", &headers), 401, "{header}");
    }
}

#[test]
fn a_cookie_of_another_server_here_is_no_matter_but_a_wrong_header_is() {
    let host = ("host", "localhost:1337");
    assert_eq!(asked("127.0.0.1:1", &[host, ("cookie", "judder-1337=of-another-server")]), 200);
    assert_eq!(asked("127.0.0.1:1", &[host, ("authorization", "Bearer wrong")]), 401);
}

#[test]
fn another_site_cannot_have_a_browser_here_change_something() {
    let json = ("content-type", "application/json");
    let headers = |more| [("host", "localhost:1337"), json, more];
    let post = |more| status(&request("POST /api/v1/session", &headers(more)), near());
    assert_eq!(post(("origin", "http://localhost:1337")), 200);
    assert_eq!(post(("origin", "http://evil.example")), 403);
    assert_eq!(post(("origin", "http://localhost:3000")), 403);
    assert_eq!(status(&request("POST /api/v1/session", &[json]), far()), 401);
}
