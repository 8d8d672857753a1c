//! Learning from some of very many recordings.

use std::path::Path;

use judder_data::split;
use judder_model::{Binding, starts};

use crate::baseline::Baseline;

/// The most windows that are learnt from, and that a model is judged on: more say the same.
pub const MOST_WINDOWS: usize = 1 << 15;

/// Stretches that a folder is cut into: of each the first recordings are kept, as windows that follow each other tell how a
/// machine wanders.
const STRETCHES: usize = 50;

impl Baseline {
    /// Keeps recordings of at most so many windows, or of few more: of each stretch of each folder the same share, in whole
    /// recordings. How many recordings there were, where there are fewer now.
    pub(crate) fn thin(&mut self, binding: Binding, most: usize) -> Option<usize> {
        let windows =
            |at: usize| starts(self.recordings[at].len(), binding.window, binding.hop).count();
        let all = self.recordings.len();
        let windows: Vec<usize> = (0..all).map(windows).collect();
        let paths: Vec<&Path> = self.recordings.iter().map(|one| one.path.as_path()).collect();
        let kept = kept(&paths, &windows, most)?;
        let left = (0..all).filter(|&at| !kept[at]).collect::<Vec<usize>>();
        if left.is_empty() {
            return None;
        }
        self.leave_out(left.into_iter(), Vec::new());
        self.recordings.shrink_to_fit();
        self.forget_sources();
        Some(all)
    }
}

/// Which of recordings of so many windows are kept, where not all are.
pub(crate) fn kept(paths: &[&Path], windows: &[usize], most: usize) -> Option<Vec<bool>> {
    let total: usize = windows.iter().sum();
    if total <= most {
        return None;
    }
    let share = most as f64 / total as f64;
    let mut kept = vec![false; paths.len()];
    for (_, run) in split::folders(paths) {
        for stretch in split::blocks(run.len(), STRETCHES) {
            let inside = run.start + stretch.start..run.start + stretch.end;
            let wanted = share * windows[inside.clone()].iter().sum::<usize>() as f64;
            let mut found = 0;
            for at in inside {
                if found as f64 >= wanted {
                    break;
                }
                kept[at] = true;
                found += windows[at];
            }
        }
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use judder_data::{Located, Recording};

    use super::*;

    #[test]
    fn of_each_stretch_of_each_folder_the_same_share_is_kept() {
        let recording = |folder: &str, at: usize| Located {
            path: format!("{folder}/{at:04}.csv").into(),
            recording: Recording::from_axes(1, 40, vec![at as f64; 40]).unwrap(),
        };
        let all =
            (0..1000).map(|at| recording("a", at)).chain((0..200).map(|at| recording("b", at)));
        let given = vec![("a".into(), 1000), ("b".into(), 200)];
        let mut baseline = Baseline::of(all.collect(), given.clone());
        // Two windows of each recording.
        let binding = Binding { axes: 1, window: 20, hop: 20, rate_hz: 10.0 };
        assert_eq!(baseline.thin(binding, 2400), None);
        assert_eq!(baseline.given, given);
        assert_eq!(baseline.thin(binding, 600), Some(1200));
        assert_eq!(baseline.given, [("a".into(), 250), ("b".into(), 50)]);
        let names: Vec<String> = baseline.recordings[..12]
            .iter()
            .map(|one| one.path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let expected =
            ["0000", "0001", "0002", "0003", "0004", "0020", "0021", "0022", "0023", "0024"];
        assert_eq!(names[..10], expected);
    }
}
