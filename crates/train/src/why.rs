//! Judging recordings, and saying why windows are anomalies.

use judder_core::Verdict;
use judder_data::{DataError, Located, Source, map_recordings};
use judder_model::{Explainer, Model, Reason, Scored, Scorer};

use crate::evaluate::Judged;
use crate::unit::{in_unit_of, named};

/// A recording that was judged, and why its windows are strange.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The recording, and the scores of its windows.
    pub judged: Judged,
    /// The reasons of each window that may be an anomaly: where an alarm depends on one window alone,
    /// those above the threshold, else all. No reasons of the others.
    pub reasons: Vec<Vec<Reason>>,
}

/// As [`judge`](crate::judge), and explains in the same pass: a recording may come from a pipe, which
/// cannot be read again.
pub fn judge_and_explain(
    model: &Model,
    sources: &[Source],
    rate_hz: Option<f64>,
    done: impl Fn() + Sync,
) -> Vec<Result<Vec<Explained>, DataError>> {
    let (scorer, explainer) = (Scorer::new(model), Explainer::new(model));
    let scale = model.scale();
    let by_window = model.watching().is_by_window();
    let one = |located: &Located| {
        let recording = in_unit_of(model, &located.recording);
        let rate_hz = recording.rate_hz().or(rate_hz);
        let windows = scorer
            .score(recording.values(), recording.axes(), rate_hz)
            .map_err(|misfit| named(misfit, &located.recording, &scale));
        let why = |window: &Scored| {
            if by_window && window.verdict != Verdict::Anomaly {
                return Vec::new();
            }
            // A window that was scored has features; what cannot be explained is still an anomaly.
            explainer.explain(recording.values(), window.start).unwrap_or_default()
        };
        let reasons = windows.iter().flatten().map(why).collect();
        Explained { judged: Judged { path: located.path.clone(), windows, seen: false }, reasons }
    };
    map_recordings(sources, one, done)
}
