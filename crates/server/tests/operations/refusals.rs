//! The log of what was refused.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::{Request, StatusCode};
use judder_server::{Access, Keys, Line, Proxies, Refusals, Secret, Visitor};

#[test]
fn a_million_refusals_are_a_few_lines() {
    let refusals = Refusals::default();
    let began = Instant::now();
    let lines: Vec<Line> = (0..1_000_000_u64)
        .filter_map(|number| {
            let now = began + Duration::from_micros(100 * number);
            refusals.line_at(StatusCode::UNAUTHORIZED, now)
        })
        .collect();
    assert_eq!(lines.len(), 10, "one each ten seconds of a hundred");
    assert_eq!(lines[0].silent, 0);
    assert_eq!(lines[1].silent, 99_999);
}

#[test]
fn one_status_does_not_hide_another() {
    let refusals = Refusals::default();
    let now = Instant::now();
    for status in (400..=431).chain([500, 503, 507]) {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(refusals.line_at(status, now), Some(Line { silent: 0 }), "{status}");
        assert_eq!(refusals.line_at(status, now), None, "{status}");
    }
}

#[test]
fn no_line_has_the_token_or_a_line_break_of_a_peer() {
    const TOKEN: &str = "the-token-of-this-server-0123456789";
    let written = Arc::new(Mutex::new(Vec::new()));
    let to = Arc::clone(&written);
    let log = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || Written(Arc::clone(&to)))
        .finish();
    let peer: std::net::SocketAddr = "192.168.1.9:1".parse().unwrap();
    tracing::subscriber::with_default(log, || {
        let access = Access::new(Secret::new(TOKEN).unwrap(), Keys::default()).on_port(1337);
        let refusals = Refusals::default();
        for (name, value) in [
            ("authorization", format!("Bearer {TOKEN}x")),
            ("accept", TOKEN.to_owned()),
            ("origin", TOKEN.to_owned()),
        ] {
            let request =
                Request::put(format!("/api/v1/session?token={TOKEN}")).header(name, value);
            let cookie = format!("judder-1337={TOKEN}");
            let request = match name {
                // With the token, but no JSON, or from another page.
                "accept" | "origin" => request.header("authorization", format!("Bearer {TOKEN}")),
                _ => request.header("cookie", cookie),
            };
            let parts = request.body(()).unwrap().into_parts().0;
            let visitor = Visitor::new(&parts.headers, peer, &Proxies::default());
            let problem = access.owner(&parts, &visitor).unwrap_err();
            refusals.log(peer.ip(), "/api/v1/session", problem.status(), problem.detail());
        }
        refusals.log(peer.ip(), "/", StatusCode::BAD_REQUEST, "a\nforged line\x1b[31m");
    });
    let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
    assert_eq!(written.lines().count(), 4, "{written}");
    assert!(written.contains("status=401") && written.contains("status=403"), "{written}");
    assert!(!written.contains(TOKEN) && !written.contains('\x1b'), "{written}");
}

/// What is logged.
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
