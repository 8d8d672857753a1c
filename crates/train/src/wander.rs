//! How far a healthy machine wanders from what a training has seen of it.
//!
//! Machines are never quite the same: they get warm, the mains varies, a bearing is greased. What a run of
//! windows tells of that ends with the run; what is slower comes later. So the limit of drift is
//! to hold for a machine that vibrates a little more or less than it did in training, too: it is asked of the same
//! windows with their vibration made stronger and weaker.

use judder_data::{Located, Recording};
use rayon::prelude::*;

use crate::options::Options;
use crate::prepare::Prepared;
use crate::table::{Table, extract};

/// By what share the amplitude of a healthy machine wanders: 0.26 dB. Healthy machines were seen to drift by 0.3 to
/// 0.6 dB in a day.
const WANDER: f64 = 0.03;

/// Recordings that are in memory twice at once.
const AT_ONCE: usize = 256;

/// The features of all windows, with their vibration about each axis' mean weaker, and stronger. What gives a window
/// without features is passed over.
pub(crate) fn tables(prepared: &Prepared, recordings: &[Located], options: &Options) -> Vec<Table> {
    let Prepared { binding, table, .. } = prepared;
    let of_gain = |gain: f64| {
        let mut all = Table { values: Vec::with_capacity(table.values.len()), ..table.emptied() };
        for some in recordings.chunks(AT_ONCE) {
            let some: Vec<Recording> =
                some.par_iter().map(|one| stronger(&one.recording, gain)).collect();
            let some: Vec<&Recording> = some.iter().collect();
            let (set, precision) = (&options.features, options.precision);
            let (axes, window, hop) = (binding.axes, binding.window, binding.hop);
            let (part, _) = extract(&some, set, axes, window, hop, precision).ok()?;
            all.values.extend(part.values);
        }
        (all.values.len() == table.values.len()).then_some(all)
    };
    [1.0 - WANDER, 1.0 + WANDER].into_iter().filter_map(of_gain).collect()
}

/// The recording with its vibration so many times as strong.
fn stronger(recording: &Recording, gain: f64) -> Recording {
    let length = recording.len();
    let values = recording.iter_axes().flat_map(|axis| {
        let mean = axis.iter().sum::<f64>() / length as f64;
        axis.iter().map(move |x| mean + gain * (x - mean))
    });
    let stronger = Recording::from_axes(recording.axes(), length, values.collect());
    // What overflows is left as it was.
    stronger.unwrap_or_else(|| recording.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stronger_vibration_leaves_gravity_where_it_was() {
        let values = vec![1.0, 3.0, 2.0, -1.0, 0.0, 1.0];
        let stronger = stronger(&Recording::from_axes(2, 3, values).unwrap(), 1.5);
        assert_eq!(stronger.values(), [0.5, 3.5, 2.0, -1.5, 0.0, 1.5]);
    }
}
