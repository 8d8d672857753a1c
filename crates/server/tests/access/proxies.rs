//! Who asks, where proxies stand between.

use std::net::{IpAddr, SocketAddr};

use judder_server::{Network, NetworkError, Proxies, Visitor, Welcome};

use super::{TOKEN, access, request};

fn trusted(nets: &[&str]) -> Proxies {
    Proxies::new(nets.iter().map(|net| net.parse().unwrap()).collect())
}

/// The address that a request is taken to be of; the proxies are 127.0.0.1, 10.0.0.0/8 and fd00::/8.
fn of(peer: &str, headers: &[(&str, &str)]) -> String {
    let proxies = trusted(&["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);
    let peer = SocketAddr::new(peer.parse().unwrap(), 50_000);
    Visitor::new(&request("GET /", headers).headers, peer, &proxies).address().to_string()
}

const XFF: &str = "x-forwarded-for";
const FORWARDED: &str = "forwarded";

#[test]
fn a_proxy_that_is_named_says_for_whom_it_asks() {
    for (value, address) in [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ] {
        assert_eq!(of("127.0.0.1", &[(XFF, value)]), address, "{value}");
        let standard = format!("proto=http; FOR=\"{}\";by=10.0.0.1", value.trim());
        assert_eq!(of("::ffff:127.0.0.1", &[(FORWARDED, &standard)]), address, "{standard}");
    }
    assert_eq!(of("127.0.0.1", &[(FORWARDED, "for=192.0.2.7")]), "192.0.2.7");
    assert_eq!(of("fd00::9", &[(XFF, "192.0.2.7")]), "192.0.2.7");
}

#[test]
fn nobody_else_is_believed() {
    for peer in ["192.168.1.9", "11.0.0.1", "127.0.0.2", "::1", "2001:db8::2"] {
        for name in [XFF, FORWARDED, "x-real-ip", "via"] {
            let value = if name == FORWARDED { "for=192.0.2.7" } else { "192.0.2.7" };
            assert_eq!(of(peer, &[(name, value)]), peer, "{name}");
        }
    }
}

/// A client may send the header itself; proxies put what they know behind it.
#[test]
fn the_last_address_that_is_no_proxy_counts() {
    for (value, address) in [
        ("1.1.1.1, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1, 192.0.2.7", "192.0.2.7"),
        ("1.1.1.1, 192.0.2.7, 10.1.2.3, 10.9.9.9", "192.0.2.7"),
        // All are proxies: who began it is one.
        ("10.1.2.3, 10.9.9.9", "10.1.2.3"),
        // What is no address is not passed over.
        ("1.1.1.1, unknown", "127.0.0.1"),
        ("1.1.1.1, _hidden, 10.1.2.3", "10.1.2.3"),
        ("1.1.1.1, ", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("1.1.1.1, 192.0.2.7.5", "127.0.0.1"),
    ] {
        assert_eq!(of("127.0.0.1", &[(XFF, value)]), address, "{value}");
    }
    // Proxies that put a line of their own below.
    assert_eq!(of("127.0.0.1", &[(XFF, "1.1.1.1"), (XFF, "192.0.2.7")]), "192.0.2.7");
    let two = [(FORWARDED, "for=1.1.1.1"), (FORWARDED, "for=192.0.2.7, for=10.0.0.4")];
    assert_eq!(of("127.0.0.1", &two), "192.0.2.7");
    assert_eq!(of("127.0.0.1", &[(XFF, &"10.0.0.1,".repeat(100_000))]), "127.0.0.1");
}

/// Most proxies know one of the two, and pass on the other as a client has made it up.
#[test]
fn two_that_contradict_each_other_are_both_not_believed() {
    let both = |plain, standard| of("127.0.0.1", &[(XFF, plain), (FORWARDED, standard)]);
    assert_eq!(both("192.0.2.7", "for=192.0.2.7"), "192.0.2.7");
    assert_eq!(both("192.0.2.7", "for=1.1.1.1"), "127.0.0.1");
    assert_eq!(both("1.1.1.1", "for=192.0.2.7"), "127.0.0.1");
}

#[test]
fn this_machine_is_meant_only_where_no_proxy_shows_itself() {
    let is_here = |peer: &str, headers: &[(&str, &str)]| {
        let peer: SocketAddr = peer.parse().unwrap();
        let headers = request("GET /", headers).headers;
        Visitor::new(&headers, peer, &trusted(&["127.0.0.1"])).is_here()
    };
    assert!(is_here("127.0.0.1:1", &[]) && is_here("[::1]:1", &[]));
    assert!(!is_here("192.168.1.9:1", &[]));
    for name in [XFF, FORWARDED, "via", "x-forwarded-host", "x-real-ip", "cf-connecting-ip"] {
        assert!(!is_here("127.0.0.1:1", &[(name, "127.0.0.1")]), "{name}");
    }
}

#[test]
fn a_cookie_is_for_encrypted_ways_where_a_named_proxy_has_one() {
    let secure = |peer: &str, headers: &[(&str, &str)]| {
        let parts = request(&format!("GET /?token={TOKEN}"), headers);
        let peer = SocketAddr::new(peer.parse::<IpAddr>().unwrap(), 1);
        let visitor = Visitor::new(&parts.headers, peer, &trusted(&["127.0.0.1"]));
        let Ok(Welcome::Redirect(response)) = access().welcome(&parts, &visitor) else { panic!() };
        response.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure")
    };
    let proto = "x-forwarded-proto";
    assert!(secure("127.0.0.1", &[(proto, "https"), (XFF, "192.0.2.7")]));
    assert!(secure("127.0.0.1", &[(proto, "http, https")]));
    assert!(secure("127.0.0.1", &[(FORWARDED, "for=192.0.2.7;proto=https")]));
    assert!(!secure("127.0.0.1", &[(proto, "https, http")]));
    assert!(!secure("127.0.0.1", &[(proto, "http")]));
    assert!(!secure("127.0.0.1", &[]));
    // A cookie that a browser never sends back would lock its owner out.
    assert!(!secure("192.168.1.9", &[(proto, "https")]));
}

#[test]
fn a_network_is_an_address_or_one_with_its_length() {
    for (text, shown) in [
        ("127.0.0.1", "127.0.0.1"),
        (" ::1 ", "::1"),
        ("10.1.0.0/16", "10.1.0.0/16"),
        ("fd00::/8", "fd00::/8"),
        ("10.1.2.3/32", "10.1.2.3"),
    ] {
        assert_eq!(text.parse::<Network>().unwrap().to_string(), shown);
    }
    for text in ["", "localhost", "10.1/16", "10.1.0.0/33", "10.1.0.0-10.1.0.9", "*"] {
        assert_eq!(text.parse::<Network>(), Err(NetworkError::Unknown), "{text}");
    }
    for text in ["0.0.0.0/0", "::/0"] {
        assert_eq!(text.parse::<Network>(), Err(NetworkError::All), "{text}");
    }
}
