//! Where people find the page.

use std::net::SocketAddr;

use judder_server::{Access, Proxies, PublicUrl, Visitor, Welcome};

use super::{TOKEN, access, far, request, status_of};

fn at(url: &str) -> Access {
    access().on_port(1337).with_public(Some(url.parse().unwrap()))
}

#[test]
fn it_is_said_as_browsers_say_it() {
    for (text, shown) in [
        ("https://fans.example", "https://fans.example/"),
        ("HTTPS://Fans.Example:443/judder", "https://fans.example/judder/"),
        ("http://fans.example:80/a/b/", "http://fans.example/a/b/"),
        ("http://192.0.2.1:8080", "http://192.0.2.1:8080/"),
        ("http://[fd00::1]:1337/", "http://[fd00::1]:1337/"),
    ] {
        assert_eq!(text.parse::<PublicUrl>().unwrap().to_string(), shown);
    }
    for text in [
        "",
        "fans.example",
        "/judder/",
        "ftp://fans.example",
        "https://",
        "https://me@fans.example/",
        "https://fans.example:99999/",
        "https://fans.example:0/",
        "https://[fd00::1]:/",
        "https://fans.example/?a",
        "https://fans.example/#a",
        "https://fans.example/a;Domain=example",
    ] {
        assert!(text.parse::<PublicUrl>().is_err(), "{text}");
    }
}

/// nginx's plain `proxy_pass` names another host than the browser does.
#[test]
fn the_page_there_is_our_own_whatever_host_a_proxy_names() {
    let token = format!("Bearer {TOKEN}");
    let change = |access: &Access, origin: &str| {
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "application/json"),
            ("host", "127.0.0.1:1337"),
            ("origin", origin),
        ];
        status_of(access, &request("POST /api/v1/session", &headers), far())
    };
    let public = at("https://fans.example/judder");
    assert_eq!(change(&public, "https://fans.example"), 200);
    assert_eq!(change(&public, "http://127.0.0.1:1337"), 200);
    for origin in ["http://fans.example", "https://fans.example:8443", "https://evil.example"] {
        assert_eq!(change(&public, origin), 403, "{origin}");
    }
    assert_eq!(change(&access(), "https://fans.example"), 403);
}

/// Other pages of that host are not told the cookie; who comes straight has it all the same.
#[test]
fn the_cookie_is_for_its_path_where_a_named_proxy_has_put_it_there() {
    let path = |peer: &str, headers: &[(&str, &str)]| {
        let parts = request(&format!("GET /?token={TOKEN}"), headers);
        let peer: SocketAddr = peer.parse().unwrap();
        let proxies = Proxies::new(vec!["127.0.0.1".parse().unwrap()]);
        let visitor = Visitor::new(&parts.headers, peer, &proxies);
        let welcome = at("https://fans.example/judder").welcome(&parts, &visitor);
        let Ok(Welcome::Redirect(response)) = welcome else { panic!() };
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        cookie.split("; ").find_map(|one| one.strip_prefix("Path=")).unwrap().to_owned()
    };
    let (there, forwarded) = (("host", "fans.example"), ("x-forwarded-for", "192.0.2.7"));
    assert_eq!(path("127.0.0.1:1", &[there, forwarded]), "/judder/");
    assert_eq!(path("127.0.0.1:1", &[("host", "other.example"), forwarded]), "/");
    assert_eq!(path("127.0.0.1:1", &[forwarded]), "/");
    assert_eq!(path("127.0.0.1:1", &[there]), "/");
    assert_eq!(path("192.168.1.9:1", &[there, forwarded]), "/");
}
