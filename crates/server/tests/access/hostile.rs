//! Headers that somebody made up.

use http::{HeaderName, HeaderValue, Request};
use judder_server::{Access, Welcome};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{KEY, TOKEN, access, far, near, request, sent, with_keys};

/// Bytes of which some are much like the token.
fn guess() -> impl Strategy<Value = Vec<u8>> {
    let near = (0..TOKEN.len(), 1..=255_u8).prop_map(|(at, by)| {
        let mut guess = TOKEN.as_bytes().to_vec();
        guess[at] ^= by;
        guess
    });
    let part = (0..TOKEN.len()).prop_map(|end| TOKEN.as_bytes()[..end].to_vec());
    let twice = Just([TOKEN, TOKEN].concat().into_bytes());
    prop_oneof![vec(any::<u8>(), 0..64), near, part, twice, Just(KEY.as_bytes().to_vec())]
}

/// A header that may be one of those that show who asks.
fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = select(vec![
        "authorization",
        "cookie",
        "host",
        "origin",
        "accept",
        "sec-fetch-site",
        "x-forwarded-for",
    ]);
    let before = select(vec![
        "",
        "Bearer ",
        "judder=",
        "judder-1=",
        "a=b; judder-1=",
        "Basic ",
        "localhost",
    ]);
    (name, before, guess())
        .prop_map(|(name, before, guess)| (name.to_owned(), [before.as_bytes(), &guess].concat()))
}

proptest! {
    #[test]
    fn nobody_is_the_owner_without_the_token(
        headers in vec(header(), 0..8),
        method in prop_oneof![Just("GET"), Just("POST"), Just("DELETE")],
        query in vec(guess(), 0..3),
    ) {
        let query: String = query.iter().map(|guess| {
            let text: String = guess.iter().map(|b| format!("%{b:02X}")).collect();
            format!("token={text}&")
        }).collect();
        let mut built = Request::builder().method(method).uri(format!("/?{query}"));
        for (name, value) in &headers {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                built = built.header(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
            }
        }
        let parts = built.body(()).unwrap().into_parts().0;
        let access = access().on_port(1);
        let problem = access.owner(&parts, &sent(&parts, near()));
        prop_assert!(problem.is_err());
        let problem = problem.unwrap_err();
        for said in [problem.to_string(), format!("{problem:?}"), format!("{access:?}")] {
            prop_assert!(!said.contains(TOKEN) && !said.contains(KEY), "{said}");
        }
        match access.welcome(&parts, &sent(&parts, near())) {
            Ok(Welcome::Ask(response)) => {
                prop_assert!(!format!("{response:?}").contains(TOKEN), "the page tells the token");
            }
            other => prop_assert!(false, "{other:?}"),
        }
        // A board never gets in as the pump with it, unless it has the pump's key alone.
        let keyed = parts.headers.get_all("authorization").iter().count() == 1
            && parts.headers["authorization"].as_bytes().ends_with(KEY.as_bytes());
        prop_assert!(keyed || with_keys(false).board(&parts, Some("pump")).is_err());
    }
}

#[test]
fn huge_headers_are_looked_at_and_refused() {
    let long = "a".repeat(1 << 20);
    for (name, value) in [
        ("authorization", format!("Bearer {long}")),
        ("cookie", format!("judder={long}")),
        ("cookie", "judder=x; ".repeat(100_000)),
        ("cookie", ";".repeat(1 << 20)),
        ("accept", ",".repeat(1 << 20)),
    ] {
        let parts = request("GET /", &[(name, &value), ("host", "localhost")]);
        assert_eq!(super::status(&parts, far()), 401, "{name}");
        assert!(
            matches!(access().welcome(&parts, &sent(&parts, far())), Ok(Welcome::Ask(_))),
            "{name}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_compared_as_bytes() {
    for name in ["authorization", "cookie", "host", "origin", "accept", "content-type"] {
        let value = HeaderValue::from_bytes(b"Bearer \xff\xfe\x80").unwrap();
        let request = Request::builder().method("POST").uri("/").header(name, value);
        let parts = request.body(()).unwrap().into_parts().0;
        let far = sent(&parts, far());
        assert!(access().owner(&parts, &far).is_err(), "{name}");
        assert!(!matches!(access().welcome(&parts, &far), Ok(Welcome::Page)), "{name}");
        let _ = Access::wants_page(&parts);
    }
}

#[test]
fn the_link_is_the_only_place_that_shows_the_token() {
    let access = access();
    assert_eq!(access.link("http://fan:1337/"), format!("http://fan:1337/?token={TOKEN}"));
    let parts = request(&format!("GET /?token={TOKEN}"), &[]);
    let welcome = access.welcome(&parts, &sent(&parts, far()));
    let said = format!("{welcome:?}");
    assert!(!said.contains(TOKEN), "a log of the answer would tell it");
    assert!(said.contains("Sensitive"), "and the cookie: {said}");
}
