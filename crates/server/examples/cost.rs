//! What counting and limiting cost for each recording: `cargo run -p judder-server --release --example cost`.
#![allow(clippy::print_stdout, reason = "it prints what it measures")]

use std::hint::black_box;
use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};

use http::{Method, StatusCode};
use judder_server::{Metrics, Now, Outcome, PeerLimits, Peers};

const TIMES: u32 = 1_000_000;

fn main() {
    let metrics = Metrics::new(SystemTime::now());
    each("metrics of a recording", || {
        let took = Duration::from_micros(black_box(300));
        metrics.answered(&Method::POST, "/api/v1/recordings", StatusCode::CREATED, took);
        metrics.recording(Outcome::Kept);
        metrics.received.inc_by(black_box(2400));
        metrics.windows.count("normal");
    });
    let limits = PeerLimits { requests: u32::MAX, burst: u32::MAX, connections: 0 };
    let peers = Peers::new(limits);
    let peer = IpAddr::from([192, 168, 1, 9]);
    each("limit of a peer", || {
        let _ = black_box(peers.request_at(black_box(peer), Instant::now()));
    });
    let began = Instant::now();
    let text = metrics.text(&Now::default());
    println!("all metrics: {} bytes in {:?}", text.len(), began.elapsed());
}

fn each(what: &str, mut once: impl FnMut()) {
    let began = Instant::now();
    for _ in 0..TIMES {
        once();
    }
    println!("{what}: {:?}", began.elapsed() / TIMES);
}
