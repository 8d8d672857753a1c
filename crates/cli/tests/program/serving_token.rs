//! The token of a server: printed where judder made it, never where it was given, and asked for by everybody.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::net::{IpAddr, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt;

use crate::room::Room;
use crate::serving::Serving;

const CHOSEN: &str = "a-token-that-i-chose-myself";

/// What is answered to a GET with these lines in its head.
fn answer(serving: &Serving, path: &str, lines: &[&str]) -> String {
    let mut stream = TcpStream::connect(serving.address).unwrap();
    let mut head =
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", serving.address);
    for line in lines {
        head += &format!("{line}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn status(serving: &Serving, path: &str, lines: &[&str]) -> u16 {
    answer(serving, path, lines).split(' ').nth(1).unwrap().parse().unwrap()
}

/// The cookie of a browser that follows the link.
fn log_in(serving: &Serving, token: &str) -> String {
    let answer = answer(serving, &format!("/?token={token}"), &[]);
    let set = answer.split("Set-Cookie: ").nth(1).unwrap_or_else(|| panic!("{answer}"));
    format!("Cookie: {}", set.split(';').next().unwrap())
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}")
}

#[test]
fn this_machine_takes_the_token_and_the_link_that_is_printed_has_it() {
    let room = Room::new();
    let serving = Serving::start(&room, "serve -d here");
    let token = serving.token.clone().unwrap();
    assert_eq!(fs::read_to_string(room.path("here/token")).unwrap().trim(), token);
    let mode = fs::metadata(room.path("here/token")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(status(&serving, "/api/v1/fleet", &[]), 401);
    assert_eq!(status(&serving, "/api/v1/fleet", &[&bearer(&token)]), 200);
    let cookie = log_in(&serving, &token);
    let port = serving.address.port();
    assert!(cookie.starts_with(&format!("Cookie: judder-{port}=")), "{cookie}");
    assert!(!cookie.contains(&token));
    assert_eq!(status(&serving, "/api/v1/fleet", &[&cookie]), 200);
    assert_eq!(status(&serving, "/", &["Accept: text/html"]), 401);
    assert_eq!(status(&serving, "/", &["Accept: text/html", &cookie]), 200);
    // Boards and probes are asked for nothing.
    assert_eq!(serving.post("fan", 0, "low").0, 201);
    assert_eq!((status(&serving, "/", &[]), status(&serving, "/healthz", &[])), (200, 200));
    room.judder(&format!("serve --probe --address 127.0.0.1 -p {port}")).well();
    // It is printed at each start: judder made it.
    serving.end("TERM");
    let again = Serving::start(&room, "serve -d here");
    assert_eq!(again.token, Some(token));
}

/// A start that is refused leaves no token that nobody was told of.
#[test]
fn a_start_that_is_refused_makes_no_token() {
    let room = Room::new();
    let mut given = room.command();
    given.env("JUDDER_TOKEN", CHOSEN);
    let first = Serving::within(given, "serve -d here");
    assert!(!room.path("here/token").exists());
    let before = room.lasting();
    room.refused("serve -d here -p 0 -t 1", 1, &["here", "in use"]);
    room.refused("collect -d here -p 0 -t 1", 1, &["here", "in use"]);
    assert_eq!(room.lasting(), before);
    assert_eq!(first.end("TERM").0, Some(0));
    let again = Serving::start(&room, "serve -d here");
    assert!(room.path("here/token").exists());
    drop(again);
}

#[test]
fn a_token_that_was_given_is_never_said() {
    let room = Room::new();
    room.write("mine", CHOSEN);
    fs::create_dir(room.path("here")).unwrap();
    room.write("here/token", CHOSEN);
    for path in ["mine", "here/token"] {
        fs::set_permissions(room.path(path), fs::Permissions::from_mode(0o600)).unwrap();
    }
    room.write("judder.toml", format!("token = '{CHOSEN}'\n"));
    let mut given = room.command();
    given.env("JUDDER_TOKEN", CHOSEN);
    for (command, line, place) in [
        (given, "serve --log trace", "the one that was given"),
        (room.command(), "serve --log trace --token-file mine", "is in mine"),
        (room.command(), "serve --log trace -d here", "is in here/token"),
        (room.command(), "serve --log trace --config judder.toml", "the one that was given"),
        (room.command(), "collect --log trace -d there --token-file mine", "is in mine"),
    ] {
        let serving = Serving::within(command, line);
        assert_eq!(serving.token, None, "{line}");
        assert_eq!(status(&serving, "/api/v1/fleet", &[&bearer(CHOSEN)]), 200);
        assert_eq!(status(&serving, "/api/v1/fleet", &[&bearer(&CHOSEN[1..])]), 401);
        log_in(&serving, CHOSEN);
        let (_, said) = serving.end("TERM");
        assert!(said.contains(place) && !said.contains(CHOSEN), "{line}: {said}");
    }
    // One that is made in the place that was named is judder's, this once.
    let serving = Serving::start(&room, "serve --token-file new");
    let made = serving.token.clone().unwrap();
    assert_eq!(fs::read_to_string(room.path("new")).unwrap().trim(), made);
    serving.end("TERM");
    assert_eq!(Serving::start(&room, "serve --token-file new").token, None);
}

#[test]
fn sessions_outlive_a_restart_and_end_with_the_token() {
    let room = Room::new();
    let serving = Serving::start(&room, "serve -d here");
    let cookie = log_in(&serving, &serving.token.clone().unwrap());
    let port = serving.address.port();
    serving.end("KILL");
    // The port is in the name of the cookie; where it is taken meanwhile, the name is all that changes.
    let renamed = |serving: &Serving| {
        cookie.replace(&format!("judder-{port}="), &format!("judder-{}=", serving.address.port()))
    };
    let serving = Serving::start(&room, "serve -d here");
    assert_eq!(status(&serving, "/api/v1/fleet", &[&renamed(&serving)]), 200);
    serving.end("TERM");
    fs::remove_file(room.path("here/token")).unwrap();
    let serving = Serving::start(&room, "serve -d here");
    assert_eq!(status(&serving, "/api/v1/fleet", &[&renamed(&serving)]), 401);
}

#[test]
fn who_trusts_this_machine_is_warned() {
    let room = Room::new();
    let serving = Serving::start(&room, "serve --trust-loopback");
    assert_eq!(status(&serving, "/api/v1/fleet", &[]), 200);
    assert_eq!(status(&serving, "/api/v1/fleet", &["Via: 1.1 a"]), 401);
    let (_, said) = serving.end("TERM");
    assert!(said.contains("WARN") && said.contains("needs no token"), "{said}");
    let (_, said) = Serving::start(&room, "serve").end("TERM");
    assert!(!said.contains("WARN"), "{said}");
}

/// What is printed leads to where it listens: not to this machine, if it listens on another of its addresses.
#[test]
fn the_links_work() {
    let room = Room::new();
    let opens = |link: &str| {
        let (place, path) = link.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(place).unwrap();
        let head = format!("GET /{path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.starts_with("HTTP/1.1 303 ")
    };
    let links = |said: &str| -> Vec<String> {
        let lines = said.lines().filter(|line| line.contains("/?token="));
        lines.map(|line| line.split_once(": ").unwrap().1.to_owned()).collect()
    };
    let Some(own) = own_address() else {
        eprintln!("skipped: this machine has no address in a network");
        return;
    };
    for (address, count) in [(own.to_string(), 1), ("0.0.0.0".to_owned(), 2)] {
        let serving = Serving::at(room.command(), "serve", &address);
        serving.wait_for(&format!("{own}:"));
        let said = serving.said();
        let links = links(&said);
        assert_eq!(links.len(), count, "{said}");
        assert!(links.iter().all(|link| opens(link)), "{said}");
        assert!(links.last().unwrap().contains(&own.to_string()), "{said}");
    }
    let line = "serve --public-url https://plant.example/judder";
    let serving = Serving::at(room.command(), line, "127.0.0.1");
    serving.wait_for("https://plant.example/judder/?token=");
}

/// The address that others in the network reach this machine by.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent.
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback()).then_some(address)
}
