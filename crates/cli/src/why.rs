//! What `judder score --why` says of an anomaly.

use judder_model::{Model, Reason, Vibration};
use serde::Serialize;

use crate::output::note;

/// A reason in JSON: of vibration on an axis, or else of a feature.
#[derive(Serialize)]
pub(crate) struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<String>,
    /// Counted from 0.
    axis: Option<usize>,
    from_hz: Option<f64>,
    to_hz: Option<f64>,
    ratio: Option<f64>,
    spreads: f64,
    words: String,
}

impl Line {
    pub(crate) fn of(reason: &Reason) -> Self {
        let words = reason.to_string();
        match reason {
            Reason::Vibration(Vibration { axis, band_hz, ratio, spreads, .. }) => Self {
                feature: None,
                axis: Some(*axis),
                from_hz: band_hz.map(|(from, _)| from),
                to_hz: band_hz.map(|(_, to)| to),
                ratio: Some(*ratio),
                spreads: *spreads,
                words,
            },
            Reason::Feature(one) => Self {
                feature: Some(one.feature.to_string()),
                axis: one.feature.axis.filter(|_| one.feature.other.is_none()),
                from_hz: None,
                to_hz: None,
                ratio: None,
                spreads: one.spreads.abs(),
                words,
            },
        }
    }
}

/// All reasons on a line.
pub(crate) fn words(reasons: &[Reason]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Says where a model cannot tell which frequencies are strange.
pub(crate) fn note_profile(model: &Model, anomalies: usize) {
    if anomalies > 0 && model.profile().is_none() {
        note(
            "the model does not know the normal vibration of each axis and frequency, as it was \
             imported, or trained before models kept it: anomalies are explained by its features \
             alone; judder train makes one that knows",
        );
    }
}
