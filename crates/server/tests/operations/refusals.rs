//! The log of what was refused.

use std::time::{Duration, Instant};

use http::StatusCode;
use judder_server::{Line, Refusals};

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
