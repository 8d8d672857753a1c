//! What is counted, and the table of it in the documentation.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{Method, StatusCode};
use judder_server::{DeviceNow, MOST_DEVICES, Metrics, Now, Outcome};

fn metrics() -> Metrics {
    Metrics::new(SystemTime::UNIX_EPOCH + Duration::from_millis(1_764_100_000_500))
}

fn device(number: usize) -> DeviceNow {
    let name = format!("board-{number:03}");
    DeviceNow { name, state: "normal", ratio: Some(0.5), last_seen: 1500 }
}

/// A line's value, by the line before it.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{series} is not in\n{text}")).parse().unwrap()
}

#[test]
fn what_is_counted_is_told() {
    let metrics = metrics();
    let (post, path) = (Method::POST, "/api/v1/recordings");
    let took = Duration::from_micros(700);
    metrics.answered(&post, path, StatusCode::CREATED, took);
    metrics.answered(&post, path, StatusCode::CREATED, took);
    metrics.answered(&post, path, StatusCode::INSUFFICIENT_STORAGE, took);
    metrics.answered(&Method::GET, "/nowhere", StatusCode::NOT_FOUND, took);
    metrics.recording(Outcome::Kept);
    metrics.recording(Outcome::Repeated);
    metrics.recording(Outcome::Refused(StatusCode::INSUFFICIENT_STORAGE));
    metrics.recording(Outcome::Refused(StatusCode::IM_A_TEAPOT));
    metrics.received.inc_by(1000);
    metrics.connections.inc();
    metrics.connections_refused.count("peer");
    metrics.batches.observe(3.0);
    metrics.windows.count("anomaly");
    metrics.windows.count("of-a-new-kind");
    metrics.alerts.count("drift");
    metrics.told("webhook", false);
    metrics.model_reloads.count("used");
    let text = metrics.text(&Now::default());
    for (series, expected) in [
        ("requests_total{route=\"POST /api/v1/recordings\",status=\"2xx\"}", 2.0),
        ("requests_total{route=\"POST /api/v1/recordings\",status=\"5xx\"}", 1.0),
        ("requests_total{route=\"POST /\",status=\"2xx\"}", 0.0),
        ("requests_total{route=\"other\",status=\"4xx\"}", 1.0),
        ("answer_seconds_bucket{route=\"POST /api/v1/recordings\",le=\"0.0005\"}", 0.0),
        ("answer_seconds_bucket{route=\"POST /api/v1/recordings\",le=\"0.001\"}", 3.0),
        ("answer_seconds_count{route=\"other\"}", 1.0),
        ("recordings_total{outcome=\"kept\"}", 1.0),
        ("recordings_total{outcome=\"repeated\"}", 1.0),
        ("recordings_total{outcome=\"disk_full\"}", 1.0),
        ("recordings_total{outcome=\"other\"}", 1.0),
        ("received_bytes_total", 1000.0),
        ("connections", 1.0),
        ("connections_refused_total{by=\"peer\"}", 1.0),
        ("batch_recordings_sum", 3.0),
        ("windows_total{verdict=\"anomaly\"}", 1.0),
        ("windows_total{verdict=\"other\"}", 1.0),
        ("alerts_total{kind=\"drift\"}", 1.0),
        ("tellings_total{outlet=\"webhook\",outcome=\"failed\"}", 1.0),
        ("tellings_total{outlet=\"log\",outcome=\"told\"}", 0.0),
        ("model_reloads_total{outcome=\"used\"}", 1.0),
        ("start_seconds", 1_764_100_000.5),
    ] {
        assert_eq!(value(&text, &format!("judder_{series}")), expected, "{series}");
    }
}

#[test]
fn what_is_so_now_is_told_and_forgotten() {
    let metrics = metrics();
    let silent = DeviceNow { state: "silent", ratio: None, ..device(1) };
    let now = Now { devices: vec![device(0), silent], open_alerts: vec!["silent", "silent"] };
    let text = metrics.text(&now);
    assert_eq!(value(&text, "judder_devices{state=\"silent\"}"), 1.0);
    assert_eq!(value(&text, "judder_open_alerts{kind=\"silent\"}"), 2.0);
    assert_eq!(value(&text, "judder_device_score_ratio{device=\"board-000\"}"), 0.5);
    assert_eq!(value(&text, "judder_device_last_seen_seconds{device=\"board-001\"}"), 1.5);
    assert!(!text.contains("judder_device_score_ratio{device=\"board-001\"}"));
    let text = metrics.text(&Now::default());
    assert_eq!(value(&text, "judder_devices{state=\"silent\"}"), 0.0);
    assert!(!text.contains("board-"), "{text}");
}

#[test]
fn many_devices_are_counted_but_not_all_named() {
    let devices = (0..1000).rev().map(device).collect();
    let text = metrics().text(&Now { devices, open_alerts: Vec::new() });
    assert_eq!(value(&text, "judder_devices{state=\"normal\"}"), 1000.0);
    assert_eq!(text.matches("judder_device_score_ratio{").count(), MOST_DEVICES);
    assert!(text.contains("board-099") && !text.contains("board-100"));
}

#[test]
fn nothing_is_lost_between_threads() {
    let metrics = Arc::new(metrics());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let metrics = Arc::clone(&metrics);
            std::thread::spawn(move || {
                for _ in 0..10_000 {
                    metrics.recording(Outcome::Kept);
                    metrics.answered(&Method::POST, "/", StatusCode::NO_CONTENT, Duration::ZERO);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let text = metrics.text(&Now::default());
    assert_eq!(value(&text, "judder_recordings_total{outcome=\"kept\"}"), 40_000.0);
    assert_eq!(value(&text, "judder_answer_seconds_count{route=\"POST /\"}"), 40_000.0);
}

/// Every name, with its kind, labels and what it is, as a table.
fn table(text: &str) -> String {
    let mut help = BTreeMap::new();
    let mut kinds = Vec::new();
    let mut labels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, words) = rest.split_once(' ').unwrap();
            help.insert(name, words);
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            kinds.push(rest.split_once(' ').unwrap());
        } else {
            let (name, _) = kinds.last().unwrap();
            let Some((_, pairs)) = line.split_once('{') else { continue };
            let pairs = pairs.rsplit_once('}').unwrap().0;
            for label in pairs.split("\",").map(|pair| pair.split_once('=').unwrap().0) {
                let known = labels.entry(name).or_default();
                if label != "le" && !known.contains(&label) {
                    known.push(label);
                }
            }
        }
    }
    let mut table = "| name | kind | labels | is |\n|---|---|---|---|\n".to_owned();
    for (name, kind) in kinds {
        let of = labels.get(name).map(|of| of.join("`, `")).unwrap_or_default();
        let of = if of.is_empty() { of } else { format!("`{of}`") };
        table += &format!("| `{name}` | {kind} | {of} | {} |\n", help[name].trim_end_matches('.'));
    }
    table
}

#[test]
fn the_documentation_names_all_and_names_are_by_the_contract() {
    let now = Now { devices: vec![device(0)], open_alerts: Vec::new() };
    let text = metrics().text(&now);
    let expected = table(&text);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written.ends_with(&expected),
        "docs/metrics.md ends with another table than\n{expected}"
    );
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        assert!(name.starts_with("judder_"), "{name}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
    }
}
