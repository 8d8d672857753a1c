//! What a browser gets at `/`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Response;
use http::request::Parts;
use http_body_util::{BodyExt, Full};
use judder_server::{Access, Welcome};
use sha2::{Digest, Sha256};

use super::{TOKEN, access, far, near, request, sent};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");

/// What is answered to who is elsewhere.
fn welcome(access: &Access, parts: &Parts) -> Welcome {
    access.welcome(parts, &sent(parts, far())).unwrap()
}

fn asked(welcome: Welcome) -> Response<Full<Bytes>> {
    match welcome {
        Welcome::Ask(response) => response,
        other => panic!("not asked: {other:?}"),
    }
}

fn text(response: Response<Full<Bytes>>) -> String {
    let body = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = body.block_on(response.into_body().collect()).unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn boards_are_told_apart_from_browsers() {
    assert!(Access::wants_page(&request("GET /", &[HTML])));
    assert!(Access::wants_page(&request("GET /", &[("accept", "Text/HTML")])));
    assert!(Access::wants_page(&request("GET /?token=x", &[])));
    assert!(!Access::wants_page(&request("GET /", &[])));
    assert!(!Access::wants_page(&request("GET /", &[("accept", "*/*")])));
    assert!(!Access::wants_page(&request("GET /", &[("accept", "text/htmlx")])));
}

#[test]
fn a_link_gives_a_cookie_and_leaves_the_address() {
    let access = access().on_port(1337);
    let parts = request(&format!("GET /?token={TOKEN}"), &[HTML]);
    let Welcome::Redirect(response) = welcome(&access, &parts) else { panic!() };
    assert_eq!(response.status(), 303);
    // Relative: the page may be below a path.
    assert_eq!(response.headers()["location"], "./");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    let mut of: Vec<&str> = cookie.split("; ").collect();
    let pair = of.remove(0);
    let secret = pair.strip_prefix("judder-1337=").unwrap();
    assert!(secret.len() == 43 && !cookie.contains(TOKEN), "{cookie}");
    of.sort_unstable();
    assert_eq!(of, ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Strict"]);
    // And with that cookie the page comes.
    let parts = request("GET /", &[HTML, ("cookie", pair)]);
    assert!(matches!(welcome(&access, &parts), Welcome::Page));
}

/// It was the token itself, which all else at that host was told.
#[test]
fn the_cookie_of_an_older_judder_is_taken_away() {
    let cookie = format!("judder={TOKEN}");
    let parts = request(&format!("GET /?token={TOKEN}"), &[HTML, ("cookie", &cookie)]);
    let Welcome::Redirect(response) = welcome(&access().on_port(1), &parts) else { panic!() };
    let set = response.headers().get_all("set-cookie").iter();
    let set: Vec<&str> = set.map(|one| one.to_str().unwrap()).collect();
    assert!(set.len() == 2 && set[1].starts_with("judder=; Path=/; Max-Age=0"), "{set:?}");
}

#[test]
fn what_is_pasted_may_be_the_whole_link_with_space_around_it() {
    for pasted in [
        format!("+{TOKEN}%0A"),
        format!("http%3A%2F%2Ffan%3A1337%2F%3Ftoken%3D{TOKEN}"),
        format!("+http%3A%2F%2Ffan%3A1337%2F%3Ftoken%3D{TOKEN}+"),
    ] {
        let parts = request(&format!("GET /?token={pasted}"), &[]);
        assert!(matches!(welcome(&access(), &parts), Welcome::Redirect(_)), "{pasted}");
    }
}

#[test]
fn without_the_token_it_is_asked_for() {
    let response = asked(welcome(&access(), &request("GET /", &[HTML])));
    assert_eq!(response.status(), 401);
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let body = text(response);
    let style = body.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    let hash = STANDARD.encode(Sha256::digest(style));
    assert!(policy.contains(&format!("style-src 'sha256-{hash}'")), "{policy}");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(body.contains("name=\"token\""), "{body}");
    assert!(!body.contains("role=\"alert\"") && !body.contains("refresh"), "{body}");
}

#[test]
fn a_wrong_token_is_said_to_be_wrong_and_not_repeated() {
    let wrong = "a-wrong-token-with-%3Cscript%3E";
    let parts = request(&format!("GET /?token={wrong}"), &[HTML]);
    let body = text(asked(welcome(&access(), &parts)));
    assert!(body.contains("role=\"alert\""), "{body}");
    assert!(!body.contains("a-wrong-token"), "{body}");
    let parts = request("GET /", &[HTML, ("cookie", "judder-7=of-a-session-that-is-over")]);
    let body = text(asked(welcome(&access().on_port(7), &parts)));
    assert!(body.contains("logged out"), "{body}");
    // Of the judder at another port.
    let body = text(asked(welcome(&access().on_port(8), &parts)));
    assert!(!body.contains("role=\"alert\""), "{body}");
}

#[test]
fn a_link_from_elsewhere_is_followed_once_more_from_here() {
    // A strict cookie is held back then, so it cannot be known yet whether the browser has it.
    let parts = request("GET /", &[HTML, ("sec-fetch-site", "cross-site")]);
    let body = text(asked(welcome(&access(), &parts)));
    assert!(body.contains("http-equiv=\"refresh\""), "{body}");
    let parts = request("GET /", &[HTML, ("sec-fetch-site", "same-origin")]);
    assert!(!text(asked(welcome(&access(), &parts))).contains("refresh"), "no end");
}

#[test]
fn this_machine_is_asked_too_unless_it_is_trusted() {
    let parts = request("GET /", &[HTML, ("host", "localhost:1337")]);
    let near = sent(&parts, near());
    assert!(matches!(access().welcome(&parts, &near), Ok(Welcome::Ask(_))));
    let trusting = access().trusting_loopback(true);
    assert!(matches!(trusting.welcome(&parts, &near), Ok(Welcome::Page)));
    // And old links do no harm then.
    let old = request("GET /?token=an-old-one", &[HTML, ("host", "localhost:1337")]);
    let Ok(Welcome::Redirect(response)) = trusting.welcome(&old, &near) else { panic!() };
    assert!(!response.headers().contains_key("set-cookie"));
}

/// Whatever page it was sent for: the form and the second look go to the page at the root, below whatever path a
/// proxy has put that.
#[test]
fn what_asks_for_the_token_leads_to_the_page() {
    for (path, root) in [("/", "./"), ("/metrics", "./"), ("/api/v1/fleet", "../../")] {
        let parts = request(&format!("GET {path}"), &[HTML, ("sec-fetch-site", "cross-site")]);
        let access = access();
        let problem = access.owner(&parts, &sent(&parts, far())).unwrap_err();
        let response = match path {
            "/" => asked(welcome(&access, &parts)),
            _ => access.refused(&parts, &problem),
        };
        let body = text(response);
        assert!(body.contains(&format!("action=\"{root}\"")), "{path}: {body}");
    }
}

#[test]
fn a_browser_that_opens_something_else_is_asked_too_and_a_program_gets_a_problem() {
    let access = access();
    let kind = |headers: &[(&str, &str)]| {
        let parts = request("GET /metrics", headers);
        let problem = access.owner(&parts, &sent(&parts, far())).unwrap_err();
        access.refused(&parts, &problem).headers()["content-type"].to_str().unwrap().to_owned()
    };
    assert_eq!(kind(&[HTML]), "text/html; charset=utf-8");
    assert_eq!(kind(&[]), "application/problem+json");
}
