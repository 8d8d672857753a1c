//! What the server counts, for Prometheus: names are `judder_<name>_<unit>[_total]`, and labels take
//! values that are known beforehand, or names of devices up to a limit.

mod counts;
mod devices;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{Method, StatusCode};
use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::openapi::ROUTES;

use counts::OTHER;
use devices::Devices;

pub use counts::{Counts, Each};
pub use devices::{DeviceNow, MOST_DEVICES, Now};

/// The media type of [`Metrics::text`].
pub const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Why a recording was not kept, by the status that says so.
const REFUSED: [(u16, &str); 11] = [
    (400, "malformed"),
    (401, "no_key"),
    (403, "wrong_key"),
    (408, "too_slow"),
    (413, "too_long"),
    (415, "other_type"),
    (422, "unfit"),
    (429, "too_many"),
    (500, "failed"),
    (503, "not_accepting"),
    (507, "disk_full"),
];
const OUTCOMES: &[&str] = &[
    "kept",
    "repeated",
    "malformed",
    "no_key",
    "wrong_key",
    "too_slow",
    "too_long",
    "other_type",
    "unfit",
    "too_many",
    "failed",
    "not_accepting",
    "disk_full",
];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
const VERDICTS: &[&str] = &["normal", "anomaly", "handled", "remounted", "idle", "unfit"];
const KINDS: &[&str] = &[
    "anomaly",
    "drift",
    "remounted",
    "silent",
    "rate",
    "stuck",
    "unfit",
    "unit",
    "conflict",
    "unjudged",
    "disk",
    "clock",
    "outlet",
    "history",
];
const STATES: &[&str] =
    &["normal", "anomaly", "handled", "remounted", "idle", "unfit", "silent", "unwatched"];
/// Bounds of seconds, from a tenth of a millisecond.
const SECONDS: [f64; 12] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];
/// Bounds of recordings that are kept at once.
const BATCHES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is kept.
    Kept,
    /// It was kept before.
    Repeated,
    /// It is not kept; the status says why.
    Refused(StatusCode),
}

/// What the server counts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Vec<[Counter; CLASSES.len()]>,
    answered: Vec<Histogram>,
    recordings: Counts,
    /// Bytes in bodies of requests.
    pub received: Counter,
    /// Connections that are open.
    pub connections: Gauge,
    /// Connections that were closed at once, by `peer` (it had too many) or `room` (all had).
    pub connections_refused: Counts,
    /// Recordings that were written to the disk at once.
    pub batches: Histogram,
    /// What could not be written to the history or read from it.
    pub history_errors: Counter,
    /// What was found damaged in the history.
    pub history_damages: Counter,
    /// Windows that were judged, by verdict.
    pub windows: Counts,
    /// Windows above the threshold that a gate kept from being judged.
    pub windows_excused: Counter,
    /// Alerts that were raised, by kind.
    pub alerts: Counts,
    /// Whom alerts were told: `log`, `webhook` and `command`, as [`Metrics::told`] counts them.
    tellings: [Counts; 3],
    /// Browsers that listen to updates.
    pub listeners: Gauge,
    /// Model files that changed, by `used` and `refused`.
    pub model_reloads: Counts,
    /// What is so at the moment that somebody asks.
    now: Mutex<Devices>,
}

impl Metrics {
    /// Nothing is counted yet; the server started at this time.
    pub fn new(started: SystemTime) -> Self {
        let mut all = Registry::with_prefix("judder");
        let r = &mut all;
        build(r, started);
        let (requests, answered) = of_routes(r);
        let recordings = "Recordings that were posted, by what became of them";
        let recordings = Each::register(r, "recordings", recordings, "outcome", OUTCOMES);
        let received = Counter::default();
        let help = "Bytes in the bodies of requests";
        r.register_with_unit("received", help, Unit::Bytes, received.clone());
        let connections = Gauge::default();
        r.register("connections", "Connections that are open", connections.clone());
        let refused = "Connections that were closed at once, by who had too many";
        let refused = Each::register(r, "connections_refused", refused, "by", &["peer", "room"]);
        let batches = Histogram::new(BATCHES);
        r.register("batch_recordings", "Recordings that were written at once", batches.clone());
        let history_errors = Counter::default();
        let help = "What could not be written to the history or read from it";
        r.register("history_errors", help, history_errors.clone());
        let history_damages = Counter::default();
        let help = "What was found damaged in the history";
        r.register("history_damages", help, history_damages.clone());
        let windows = Each::register(r, "windows", "Windows judged", "verdict", VERDICTS);
        let windows_excused = Counter::default();
        let help = "Windows above the threshold that a gate kept from being judged";
        r.register("windows_excused", help, windows_excused.clone());
        let alerts = Each::register(r, "alerts", "Alerts raised", "kind", KINDS);
        let tellings = tellings(r);
        let listeners = Gauge::default();
        r.register("listeners", "Browsers that listen to updates", listeners.clone());
        let help = "Model files that changed, by whether they could be used";
        let reloads = Each::register(r, "model_reloads", help, "outcome", &["used", "refused"]);
        let now = Mutex::new(Devices::register(r));
        Self {
            registry: all,
            requests,
            answered,
            recordings,
            received,
            connections,
            connections_refused: refused,
            batches,
            history_errors,
            history_damages,
            windows,
            windows_excused,
            alerts,
            tellings,
            listeners,
            model_reloads: reloads,
            now,
        }
    }

    /// Counts a request that was answered. `path` is that of the route, as in [`ROUTES`].
    pub fn answered(&self, method: &Method, path: &str, status: StatusCode, took: Duration) {
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        let at = ROUTES.iter().position(|route| route.path == path && route.method == method);
        let at = at.unwrap_or(ROUTES.len());
        let class = usize::from(status.as_u16() / 100).saturating_sub(1).min(CLASSES.len() - 1);
        if let Some(counter) = self.requests.get(at).and_then(|classes| classes.get(class)) {
            counter.inc();
        }
        if let Some(histogram) = self.answered.get(at.min(self.answered.len() - 1)) {
            histogram.observe(took.as_secs_f64());
        }
    }

    /// Counts what became of a recording.
    pub fn recording(&self, outcome: Outcome) {
        let name = match outcome {
            Outcome::Kept => "kept",
            Outcome::Repeated => "repeated",
            Outcome::Refused(status) => {
                let of = REFUSED.iter().find(|(code, _)| *code == status.as_u16());
                of.map_or(OTHER, |(_, name)| name)
            }
        };
        self.recordings.count(name);
    }

    /// Counts an alert that an outlet (`log`, `webhook`, `command`) told, or could not tell for good.
    pub fn told(&self, outlet: &str, told: bool) {
        let at = OUTLETS.iter().position(|one| *one == outlet);
        if let Some(of) = at.and_then(|at| self.tellings.get(at)) {
            of.count(if told { "told" } else { "failed" });
        }
    }

    /// Everything, as Prometheus reads it.
    pub fn text(&self, now: &Now) -> String {
        // Two who ask at once do not see each other's devices.
        let devices = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        devices.set(now);
        let mut text = String::with_capacity(32 << 10);
        // Writing to a string cannot fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
}

const OUTLETS: [&str; 3] = ["log", "webhook", "command"];

/// What was built, and since when it runs.
fn build(registry: &mut Registry, started: SystemTime) {
    let build = Family::<[(&str, &str); 1], Gauge>::default();
    build.get_or_create_owned(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
    registry.register("build_info", "The version that runs; always 1", build);
    let start = Gauge::<f64, std::sync::atomic::AtomicU64>::default();
    start.set(started.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64());
    let help = "When it started, in seconds since 1970";
    registry.register_with_unit("start", help, Unit::Seconds, start);
}

/// Counters by route and class of status, and histograms of the boards' routes and all others.
fn of_routes(registry: &mut Registry) -> (Vec<[Counter; CLASSES.len()]>, Vec<Histogram>) {
    type Labels = [(&'static str, String); 2];
    let requests = Family::<Labels, Counter>::default();
    registry.register("requests", "Requests answered, by route and status", requests.clone());
    let answers = Family::<[(&'static str, String); 1], Histogram>::new_with_constructor(|| {
        Histogram::new(SECONDS)
    });
    let help = "From a request's head to its answer, by the boards' routes and others";
    registry.register_with_unit("answer", help, Unit::Seconds, answers.clone());
    let names = ROUTES.iter().map(|route| format!("{} {}", route.method, route.path));
    let names: Vec<String> = names.chain([OTHER.to_owned()]).collect();
    let classes = |name: &String| {
        CLASSES.map(|class| {
            let labels = [("route", name.clone()), ("status", class.to_owned())];
            requests.get_or_create_owned(&labels)
        })
    };
    let requests = names.iter().map(classes).collect();
    let timed = names.iter().take(3).chain(names.last());
    let answers = timed.map(|name| answers.get_or_create_owned(&[("route", name.clone())]));
    (requests, answers.collect())
}

/// Counters by outlet and outcome.
fn tellings(registry: &mut Registry) -> [Counts; 3] {
    let family = Family::<[(&'static str, &'static str); 2], Counter>::default();
    registry.register("tellings", "Alerts told, by outlet and outcome", family.clone());
    OUTLETS.map(|outlet| {
        Each::of(&["told", "failed"], |value| {
            family.get_or_create_owned(&[("outlet", outlet), ("outcome", value)])
        })
    })
}
