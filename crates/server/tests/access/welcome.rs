//! What a browser gets at `/`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt, Full};
use judder_server::{Access, Welcome};
use sha2::{Digest, Sha256};

use super::{TOKEN, access, far, near, request};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");

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
fn a_link_gives_the_cookie_and_leaves_the_address() {
    let parts = request(&format!("GET /?token={TOKEN}"), &[HTML]);
    let Welcome::Redirect(response) = access().welcome(&parts, far()) else { panic!() };
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    let mut of: Vec<&str> = cookie.split("; ").collect();
    assert_eq!(of.remove(0), format!("judder={TOKEN}"));
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(of.contains(&attribute), "{cookie}");
    }
    // And with that cookie the page comes.
    let cookie = format!("judder={TOKEN}");
    let parts = request("GET /", &[HTML, ("cookie", &cookie)]);
    assert!(matches!(access().welcome(&parts, far()), Welcome::Page));
}

#[test]
fn what_is_pasted_may_be_the_whole_link_with_space_around_it() {
    for pasted in [
        format!("+{TOKEN}%0A"),
        format!("http%3A%2F%2Ffan%3A1337%2F%3Ftoken%3D{TOKEN}"),
        format!("+http%3A%2F%2Ffan%3A1337%2F%3Ftoken%3D{TOKEN}+"),
    ] {
        let parts = request(&format!("GET /?token={pasted}"), &[]);
        let welcome = access().welcome(&parts, far());
        assert!(matches!(welcome, Welcome::Redirect(_)), "{pasted}");
    }
}

#[test]
fn without_the_token_it_is_asked_for() {
    let response = asked(access().welcome(&request("GET /", &[HTML]), far()));
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
    let body = text(asked(access().welcome(&parts, far())));
    assert!(body.contains("role=\"alert\""), "{body}");
    assert!(!body.contains("a-wrong-token"), "{body}");
    let parts = request("GET /", &[HTML, ("cookie", "judder=an-old-one")]);
    assert!(text(asked(access().welcome(&parts, far()))).contains("role=\"alert\""));
}

#[test]
fn a_link_from_elsewhere_is_followed_once_more_from_here() {
    // A strict cookie is held back then, so it cannot be known yet whether the browser has it.
    let parts = request("GET /", &[HTML, ("sec-fetch-site", "cross-site")]);
    let body = text(asked(access().welcome(&parts, far())));
    assert!(body.contains("http-equiv=\"refresh\""), "{body}");
    let parts = request("GET /", &[HTML, ("sec-fetch-site", "same-origin")]);
    assert!(!text(asked(access().welcome(&parts, far()))).contains("refresh"), "no end");
}

#[test]
fn this_machine_gets_the_page_and_old_links_do_no_harm() {
    let host = ("host", "localhost:1337");
    assert!(matches!(access().welcome(&request("GET /", &[HTML, host]), near()), Welcome::Page));
    let old = request("GET /?token=an-old-one", &[HTML, host]);
    let Welcome::Redirect(response) = access().welcome(&old, near()) else { panic!() };
    assert!(!response.headers().contains_key("set-cookie"));
}

#[test]
fn a_browser_that_opens_something_else_is_asked_too_and_a_program_gets_a_problem() {
    let access = access();
    let kind = |headers: &[(&str, &str)]| {
        let parts = request("GET /metrics", headers);
        let problem = access.owner(&parts, far()).unwrap_err();
        access.refused(&parts, &problem).headers()["content-type"].to_str().unwrap().to_owned()
    };
    assert_eq!(kind(&[HTML]), "text/html; charset=utf-8");
    assert_eq!(kind(&[]), "application/problem+json");
}
