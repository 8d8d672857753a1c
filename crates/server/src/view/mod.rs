//! What the page is told: the fleet and its parts as they are now.
//!
//! Times are milliseconds since 1970.

use serde::Serialize;

/// Everything, as it is when a page opens.
#[derive(Debug, Clone, Serialize)]
pub struct FleetView {
    /// Counts on with each change.
    pub revision: u64,
    /// The server's time.
    pub now: i64,
    /// Its version.
    pub version: &'static str,
    /// `serve`, or `collect` where recordings are kept and not scored.
    pub mode: &'static str,
    /// Whether recordings are taken.
    pub accepting: bool,
    /// What was to be kept and could not, while that lasts.
    pub unkept: Option<UnkeptView>,
    /// The folder, if the server has one.
    pub folder: Option<String>,
    /// The models, by name.
    pub models: Vec<ModelView>,
    /// The session that runs.
    pub session: Option<SessionView>,
    /// Folders of recordings.
    pub datasets: Vec<DatasetView>,
    /// The devices, by name.
    pub devices: Vec<DeviceView>,
    /// Alerts: the open ones, then the newest that are cleared.
    pub alerts: Vec<AlertView>,
    /// How long things are kept.
    pub retention: RetentionView,
    /// Where alerts go.
    pub outlets: Vec<String>,
}

/// What changed since a revision.
#[derive(Debug, Clone, Serialize)]
pub struct UpdateView {
    /// The revision now.
    pub revision: u64,
    /// The server's time.
    pub now: i64,
    /// Whether recordings are taken.
    pub accepting: bool,
    /// What was to be kept and could not, while that lasts.
    pub unkept: Option<UnkeptView>,
    /// The devices that changed.
    pub devices: Vec<DeviceView>,
    /// Devices that are forgotten.
    pub gone: Vec<String>,
    /// The alerts that were raised or cleared.
    pub alerts: Vec<AlertView>,
    /// The session that runs.
    pub session: Option<SessionView>,
    /// The models, if one of them changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<ModelView>>,
    /// Folders of recordings, if a session began or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datasets: Option<Vec<DatasetView>>,
}

/// Recordings that were to be kept and could not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnkeptView {
    /// When the first of them was refused.
    pub since: i64,
    /// How often one was refused: the same one counts each time that it is sent.
    pub recordings: u64,
    /// Why the last one was.
    pub words: String,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeviceView {
    /// What it is called.
    pub name: String,
    /// `normal`, `anomaly`, `handled`, `remounted`, `idle`, `unfit`, `silent` or `unwatched`.
    pub state: &'static str,
    /// Why, where there is a reason.
    pub words: String,
    /// The last score that was decided on.
    pub score: Option<f64>,
    /// The threshold of its model.
    pub threshold: Option<f64>,
    /// The name of its model.
    pub model: Option<String>,
    /// Axes of the last recording.
    pub axes: Option<usize>,
    /// Readings of the last recording.
    pub readings: Option<usize>,
    /// Its sample rate, if the device measures it.
    pub rate_hz: Option<f64>,
    /// The usual time between recordings, in seconds; none while it is not known.
    pub every_s: Option<f64>,
    /// After how long without a recording it is silent, in seconds.
    pub silent_after_s: f64,
    /// When the first recording came.
    pub first_seen: i64,
    /// When the last one came.
    pub last_seen: i64,
    /// How many came.
    pub recordings: u64,
    /// Whether nothing came since the server started, and all of this is what an earlier run saw last.
    pub restored: bool,
    /// Windows in a row that were not judged though the machine runs.
    pub unjudged: u32,
    /// Windows above the threshold that a gate kept from being judged, since the server started.
    pub excused: u64,
    /// What open alerts are about.
    pub conditions: Vec<&'static str>,
    /// The last scores as shares of the threshold, oldest first; none where a window was not judged.
    pub spark: Vec<Option<f32>>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlertView {
    /// Its number.
    pub id: i64,
    /// The device; none for an alert of the server itself.
    pub device: Option<String>,
    /// What it is about: the name of a [`Kind`](crate::Kind).
    pub kind: String,
    /// Why it was raised.
    pub words: String,
    /// The score then.
    pub score: Option<f64>,
    /// The threshold then.
    pub threshold: Option<f64>,
    /// The model.
    pub model: Option<String>,
    /// When it was raised.
    pub raised: i64,
    /// When it was cleared, if it is.
    pub cleared: Option<i64>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SessionView {
    /// The state of the machine.
    pub label: String,
    /// The device, if it is of one alone.
    pub device: Option<String>,
    /// When it began.
    pub started: i64,
    /// How long it is to be, in seconds.
    pub seconds: Option<f64>,
    /// How many recordings it is to have.
    pub recordings: Option<u64>,
    /// How many it has.
    pub kept: u64,
    /// The folder, in that of the server.
    pub folder: String,
}

/// A folder of recordings in that of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatasetView {
    /// Its name; empty for the server's own.
    pub label: String,
    /// How many recordings it has.
    pub recordings: usize,
    /// When the newest was written.
    pub newest: Option<i64>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelView {
    /// What it is called.
    pub name: String,
    /// Whether devices without a model of their own have it.
    pub default: bool,
    /// The devices that were given it.
    pub devices: Vec<String>,
    /// Its features.
    pub features: String,
    /// Its detector.
    pub detector: &'static str,
    /// Its threshold.
    pub threshold: Option<f64>,
    /// The rule that gave it.
    pub rule: String,
    /// The sample rate of its data.
    pub rate_hz: f64,
    /// Readings in a window.
    pub window: usize,
    /// Axes.
    pub axes: usize,
    /// How scores become an alarm.
    pub decision: String,
    /// Of its file.
    pub sha256: String,
    /// Why the file as it is now cannot be used.
    pub problem: Option<String>,
}

/// What scores of a device say of its threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThresholdView {
    /// The name of its model.
    pub model: String,
    /// The scores are from here on,
    pub from: i64,
    /// until then.
    pub until: i64,
    /// Windows that were judged.
    pub windows: usize,
    /// Windows that it takes to tell whether alarms come as asked for.
    pub needed: Option<usize>,
    /// Windows that it takes to choose a threshold that promises what was asked for.
    pub fewest: Option<usize>,
    /// The share of windows that was to be above the threshold, or in alarm; none where the model asks for none.
    pub asked: Option<f64>,
    /// Of the threshold in use `as-asked`, `more`, `fewer` or `too-few`: whether alarms come as asked for.
    pub told: Option<&'static str>,
    /// The threshold that the device goes by.
    pub in_use: LimitView,
    /// The threshold of its model.
    pub of_model: LimitView,
    /// The one that these scores give, if they are of normal running,
    pub offered: Option<LimitView>,
    /// or why there is none.
    pub why_not: Option<String>,
    /// What the threshold in use was chosen from; none where it is the model's.
    pub chosen: Option<ChosenView>,
}

/// A threshold, and the alarms in these windows with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LimitView {
    /// A score above this is an anomaly.
    pub threshold: f64,
    /// Windows above it; where a model has several vote, windows in alarm.
    pub alarms: usize,
    /// The share that they are; none where there are no windows.
    pub seen: Option<ShareView>,
}

/// A share, and its 95 % interval if windows are independent of each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShareView {
    /// The share.
    pub share: f64,
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// What a threshold was chosen from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChosenView {
    /// When.
    pub at: i64,
    /// From scores from here on,
    pub from: i64,
    /// until then,
    pub until: i64,
    /// of so many windows.
    pub windows: usize,
}

/// How long things are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct RetentionView {
    /// Scores and alerts, in days.
    pub scores_days: f64,
    /// Readings, in days.
    pub readings_days: f64,
    /// The most that all of it may take.
    pub bytes: Option<u64>,
}
