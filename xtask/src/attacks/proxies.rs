//! Who is let in through proxies and tunnels: without the token nobody, wherever they seem to be.

use std::fs;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::asked::{Answer, ask, hear};
use super::at::At;
use super::forwarders::{Forwarders, Way};
use super::free;
use super::seen::{Seen, grouped};
use super::server::Server;
use crate::house::House;

/// What the reader of the documentation puts into nginx.
const DOCUMENTED: &str = "packaging/README.md";
/// Where its block has the page.
const PUBLIC: &str = "https://plant.example/judder/";

/// How long an event may take from a board to a page.
const AT_ONCE: Duration = Duration::from_secs(4);

/// A route, and whether it is answered without the token.
struct Route {
    method: String,
    path: String,
    open: bool,
}

/// Every attack; what was let through that should not be, and what was not that should.
pub(super) fn attack(at: &At<'_>) -> Result<Seen> {
    let (house, program, space) = (at.house, at.program, at.space);
    Forwarders::install()?;
    let routes = routes(house)?;
    let [port] = free::ports()?;
    let forwarders = Forwarders::start(space, port, &documented(house)?)?;
    let mut seen = Seen::default();
    let trusting = ["--trusted-proxies", "127.0.0.1", "--public-url", PUBLIC];
    let few = ["--trusted-proxies", "127.0.0.1", "--peer-requests", "5"];
    {
        // A gate that proves an absence proves first that it would notice.
        let _server = Server::start(program, &space.join("open"), port, &["--trust-loopback"])?;
        let let_in = let_in(&forwarders, &routes, port)?;
        for name in ["nginx, plain", "haproxy, tcp", "stunnel", "socat"] {
            ensure!(let_in.iter().any(|one| one.starts_with(name)), "no hole is seen by {name}");
        }
        println!("who trusts loopback lets {} requests in: the gate sees holes", let_in.len());
    }
    for (name, options) in [("shut", &[][..]), ("behind", &trusting[..])] {
        let server = Server::start(program, &space.join(name), port, options)?;
        let through = let_in(&forwarders, &routes, port)?;
        let asked = forwarders.ways.len() * claims(port).len() * routes.len();
        let ways = "nginx (plain, with `Host`, with forwarded headers, below a path), haproxy (http, tcp), stunnel and socat";
        let how = if name == "shut" { "" } else { ", the proxy named in `trusted_proxies`" };
        seen.row(
            format!("without the token through {ways}{how}"),
            "nothing is answered but boards, `/healthz` and `/readyz`",
            format!("of {} requests {} more were answered", grouped(asked), through.len()),
        );
        seen.faults.extend(through);
        for way in &forwarders.ways {
            seen.faults.extend(works(way, &server, name)?);
        }
        if name == "behind" {
            seen.faults.extend(below(&forwarders, &server)?);
        }
    }
    for (name, options) in [("few", &few[..]), ("unnamed", &["--peer-requests", "5"])] {
        let server = Server::start(program, &space.join(name), port, options)?;
        seen.faults.extend(limits(&forwarders, &server, name == "few")?);
    }
    Ok(seen)
}

/// All that the interface describes, and what the page is made of.
fn routes(house: &House) -> Result<Vec<Route>> {
    let path = "crates/server/src/openapi/openapi.json";
    let document: Value = serde_json::from_str(&fs::read_to_string(house.root.join(path))?)?;
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().context("no paths")? {
        for method in methods.as_object().context("no methods")?.keys() {
            let open = matches!(path.as_str(), "/" | "/healthz" | "/readyz" | "/api/v1/recordings");
            let path = path.replace("{name}", "x");
            routes.push(Route { method: method.to_uppercase(), path, open });
        }
    }
    for path in ["/page/main.js", "/nothing"] {
        routes.push(Route { method: "GET".to_owned(), path: path.to_owned(), open: false });
    }
    ensure!(routes.len() > 20, "{} routes", routes.len());
    Ok(routes)
}

/// Where from, and what is claimed.
struct Claim {
    address: IpAddr,
    head: Vec<String>,
}

/// From this machine and, where it has one, from its address in the network: as itself, and as what might be let in.
fn claims(port: u16) -> Vec<Claim> {
    let own = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        // Nothing is sent.
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    let own = own.ok().map(|own| own.ip()).filter(|own| !own.is_loopback());
    let mut claims = Vec::new();
    for address in [IpAddr::from([127, 0, 0, 1])].into_iter().chain(own) {
        for host in ["localhost".to_owned(), format!("127.0.0.1:{port}"), "fan.example".to_owned()]
        {
            for more in [
                &[][..],
                &["Authorization: Bearer guessed-0123456789", "Cookie: judder=guessed"],
                &["X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1;host=localhost"],
            ] {
                let mut head = vec![format!("Host: {host}")];
                head.extend(more.iter().map(|line| (*line).to_owned()));
                claims.push(Claim { address, head });
            }
        }
    }
    claims
}

/// What was answered without the token and should not have been, and the other way round.
fn let_in(forwarders: &Forwarders, routes: &[Route], port: u16) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for way in &forwarders.ways {
        for claim in claims(port) {
            let at = SocketAddr::new(claim.address, way.port);
            for route in routes {
                let line = format!("{} {}{}", route.method, way.below, route.path);
                // A board shows its key there, not the token.
                let head = match route.open {
                    true => claim
                        .head
                        .iter()
                        .filter(|line| !line.starts_with("Auth"))
                        .cloned()
                        .collect(),
                    false => claim.head.clone(),
                };
                let Answer { status, .. } = ask(at, &line, &head, body(route))?;
                if (status == 401) == route.open {
                    wrong.push(format!(
                        "{}: {line} of {at} with {:?}: {status}",
                        way.name, claim.head
                    ));
                }
            }
        }
        // What a browser is answered is a form, and no more.
        let at = SocketAddr::from(([127, 0, 0, 1], way.port));
        let head = ["Host: localhost".to_owned(), "Accept: text/html".to_owned()];
        let answer = ask(at, &format!("GET {}/", way.below), &head, "")?;
        if answer.status != 401 || !answer.body.contains("name=\"token\"") {
            wrong.push(format!("{}: the page is shown: {}", way.name, answer.status));
        }
    }
    Ok(wrong)
}

fn body(route: &Route) -> &'static str {
    match (route.method.as_str(), route.path.as_str()) {
        ("POST", "/") => r#"{"x":[0,1],"y":[0,1],"z":[1,0]}"#,
        ("POST", "/api/v1/recordings") => {
            r#"{"device":"b","sequence":1,"x":[0,1],"y":[0,1],"z":[1,0]}"#
        }
        ("POST" | "PUT", _) => "{}",
        _ => "",
    }
}

/// That the owner gets through where others do not, and hears at once what changes.
fn works(way: &Way, server: &Server, name: &str) -> Result<Vec<String>> {
    let at = SocketAddr::from(([127, 0, 0, 1], way.port));
    let head =
        ["Host: fan.example".to_owned(), format!("Authorization: Bearer {}", server.token()?)];
    let mut faults = Vec::new();
    let fleet = ask(at, &format!("GET {}/api/v1/fleet", way.below), &head, "")?;
    if fleet.status != 200 || fleet.header("cache-control") != Some("no-store") {
        faults.push(format!("{}: the owner's fleet: {}", way.name, fleet.head));
    }
    let device = format!("of-{}-{name}", way.port);
    let post = || {
        let body = format!(
            "{{\"device\":\"{device}\",\"sequence\":1,\"x\":[0,1],\"y\":[0,1],\"z\":[1,0]}}"
        );
        let line = format!("POST {}/api/v1/recordings", way.below);
        let kept = ask(at, &line, &["Host: fan.example".to_owned()], &body)?;
        ensure!(kept.status == 201, "{}: {}", way.name, kept.body);
        Ok(())
    };
    let heard = hear(at, &format!("GET {}/api/v1/updates", way.below), &head, &device, post)?;
    match heard {
        Some(took) if took < AT_ONCE => {
            println!("{name:<7}{:<22} an event after {:.2} s", way.name, took.as_secs_f64())
        }
        late => faults.push(format!("{}: an event after {late:?}", way.name)),
    }
    Ok(faults)
}

/// The page below a path, as the documentation has it: by its link, until the browser logs out.
fn below(forwarders: &Forwarders, server: &Server) -> Result<Vec<String>> {
    let way = forwarders.ways.iter().find(|way| !way.below.is_empty()).context("no such way")?;
    let at = SocketAddr::from(([127, 0, 0, 1], way.port));
    let host = "Host: plant.example".to_owned();
    let html = "Accept: text/html".to_owned();
    let mut faults = Vec::new();
    let mut fault = |is: bool, words: String| {
        if is {
            faults.push(format!("{}: {words}", way.name));
        }
    };
    let link = format!("GET {}/?token={}", way.below, server.token()?);
    let entered = ask(at, &link, &[host.clone(), html.clone()], "")?;
    let set = entered.header("set-cookie").unwrap_or_default().to_owned();
    fault(entered.status != 303 || entered.header("location") != Some("./"), entered.head.clone());
    fault(!set.contains("Path=/judder/;") || !set.ends_with("; Secure"), format!("cookie {set}"));
    let cookie = format!("Cookie: {}", set.split(';').next().unwrap_or_default());
    let shown = [host.clone(), html, cookie.clone()];
    let page = ask(at, &format!("GET {}/", way.below), &shown, "")?;
    let mut files = 0;
    for part in page.body.split("href=\"").chain(page.body.split("src=\"")).skip(1) {
        let path = part.split('"').next().unwrap_or_default();
        if !path.starts_with("page/") {
            continue;
        }
        files += 1;
        let file =
            ask(at, &format!("GET {}/{path}", way.below), &[host.clone(), cookie.clone()], "")?;
        fault(file.status != 200, format!("{path}: {}", file.status));
    }
    fault(page.status != 200 || files < 6, format!("the page: {}, {files} files", page.status));
    let log_out = |origin: &str| {
        let head = [host.clone(), cookie.clone(), format!("Origin: {origin}")];
        ask(at, &format!("POST {}/api/v1/logout", way.below), &head, "{}")
    };
    let (other, own) = (log_out("https://evil.example")?, log_out("https://plant.example")?);
    fault((other.status, own.status) != (403, 204), format!("{} {}", other.status, own.status));
    let after = ask(at, &format!("GET {}/api/v1/fleet", way.below), &[host, cookie], "")?;
    fault(after.status != 401, format!("after the log-out: {}", after.status));
    println!("below a path: a session, {files} files of the page, a log-out");
    Ok(faults)
}

/// That names of boards and limits go by who asks, where the proxy is named; and by the proxy, where it is not.
fn limits(forwarders: &Forwarders, server: &Server, named: bool) -> Result<Vec<String>> {
    let forged = ["Host: fan".to_owned(), "X-Forwarded-For: 10.9.9.9".to_owned()];
    let board = r#"{"x":[0,1],"y":[0,1],"z":[1,0]}"#;
    let post = |port: u16| -> Result<u16> {
        let at = SocketAddr::from(([127, 0, 0, 1], port));
        Ok(ask(at, "POST /", &forged, board)?.status)
    };
    let [(one, first), (other, second)] = forwarders.from;
    let many: Vec<u16> = (0..30).map(|_| post(first)).collect::<Result<_>>()?;
    let then = post(second)?;
    let token = format!("Authorization: Bearer {}", server.token()?);
    // Straight, this machine is not counted.
    let socat = forwarders.ways.last().context("no way")?;
    let at = SocketAddr::from(([127, 0, 0, 1], socat.port));
    let fleet = ask(at, "GET /api/v1/fleet", &["Host: fan".to_owned(), token], "")?;
    let fleet: Value = serde_json::from_str(&fleet.body)?;
    let names: Vec<&str> = fleet["devices"]
        .as_array()
        .context("no devices")?
        .iter()
        .filter_map(|device| device["name"].as_str())
        .collect();
    let refused = many.iter().filter(|status| **status == 429).count();
    let mut faults = Vec::new();
    let expected: (&[&str], u16) = if named { (&[one, other], 204) } else { (&["127.0.0.1"], 429) };
    if names != expected.0 || then != expected.1 || refused == 0 {
        faults.push(format!(
            "named {named}: boards {names:?}, {refused} of 30 refused, and then {then} for another"
        ));
    }
    println!(
        "proxy named: {named}; boards {names:?}, {refused} of 30 refused, another one is answered {then}"
    );
    Ok(faults)
}

/// The block of nginx in the documentation.
fn documented(house: &House) -> Result<String> {
    let text = fs::read_to_string(house.root.join(DOCUMENTED)).context(DOCUMENTED)?;
    let block = text.split("\n```nginx\n").nth(1).and_then(|after| after.split("\n```").next());
    let block = block.with_context(|| format!("{DOCUMENTED} has no block of nginx"))?;
    // As if the way to it were encrypted.
    Ok(block.replace("$scheme", "https"))
}
