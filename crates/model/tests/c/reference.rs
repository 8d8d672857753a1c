//! What the core says of recordings, in the words of `replay.c`.

use judder_core::{Error, Posture, Readings, Verdict};
use judder_model::{Model, Precision, feature_scores, starts};

/// Statuses of the C.
fn status(error: Error) -> u8 {
    match error {
        Error::NonFinite { .. } => 2,
        Error::StuckAxis { .. } => 3,
        Error::NotRepresentable { .. }
        | Error::ScoreNotRepresentable
        | Error::PostureNotRepresentable => 4,
        other => panic!("{other}"),
    }
}

/// A line for each window, in order.
pub(crate) fn said(model: &Model, recordings: &[Vec<f32>]) -> Vec<String> {
    let binding = model.binding();
    let watching = model.watching();
    let gated = watching.handled_above.is_some()
        || watching.idle_below.is_some()
        || !watching.mounting.is_empty();
    let mut watch = watching.start(model.threshold().value as f32).unwrap();
    let mut lines = Vec::new();
    for recording in recordings {
        let length = recording.len() / binding.axes;
        for start in starts(length, binding.window, binding.hop) {
            let axes = recording.chunks_exact(length);
            let window: Vec<f32> =
                axes.flat_map(|axis| axis[start..][..binding.window].to_vec()).collect();
            let readings = Readings::new(&window, binding.axes, binding.window).unwrap();
            // Without a gate the posture is nobody's business.
            let posture = match Posture::of_axes(&readings, watching.gravity) {
                Err(_) if !gated => Posture::new(&vec![0.0; binding.axes], 0.0, 0.0),
                posture => posture,
            };
            let score = || {
                let count = model.detector().features();
                let (mut keys, mut values) = (vec![0; binding.window], vec![0.0; count]);
                let row = model.features().extract(&readings, &mut keys, &mut values)?;
                let row: Vec<f64> = row.iter().map(|&x| x.into()).collect();
                let rows = std::iter::once(row.as_slice());
                let scores = feature_scores(model.detector(), Precision::F32, rows)?;
                // One that no f32 holds is said to be the largest f64.
                Ok(scores[0] as f32)
            };
            let watched = posture.and_then(|posture| watch.next(&posture, score));
            lines.push(match watched {
                Err(error) => format!("{}", status(error)),
                Ok(watched) => {
                    let verdict = match watched.verdict {
                        Verdict::Normal => 0,
                        Verdict::Anomaly => 1,
                        Verdict::Idle => 2,
                        Verdict::Handled => 3,
                        Verdict::Remounted => 4,
                        Verdict::Settling => 5,
                    };
                    let bits = |score: Option<f32>| score.unwrap_or(0.0).to_bits();
                    let [alarm, changed, drifting] =
                        [watched.alarm, watched.alarm_changed, watched.drifting].map(u8::from);
                    format!(
                        "0 {verdict} {:08x} {:08x} {alarm} {changed} {drifting}",
                        bits(watched.score),
                        bits(watched.decision)
                    )
                }
            });
        }
    }
    lines
}
