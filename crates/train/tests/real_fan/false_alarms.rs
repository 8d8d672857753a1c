//! A threshold keeps its word on recordings that nothing has seen.

use std::path::Path;

use judder_core::Verdict;
use judder_data::split;
use judder_model::Scorer;
use judder_train::{Baseline, Options, train_on};

use crate::{STILL, real_fan, recordings};

const SEEDS: u64 = 50;

/// Trains on a shuffled 80 % of the still set, and counts false alarms on the rest, over all seeds.
fn held_out_false_alarm_rate(folder: &Path, asked: f64) -> f64 {
    let all = recordings(folder, STILL);
    let (mut alarms, mut windows) = (0, 0);
    for seed in 0..SEEDS {
        let order = split::shuffled(all.len(), seed);
        let parts = split::shares(&order, &[0.8]);
        let mut inside = parts[0].to_vec();
        inside.sort_unstable();
        let baseline = Baseline {
            recordings: inside.iter().map(|&at| all[at].clone()).collect(),
            given: vec![(folder.to_owned(), inside.len())],
            left_out: Vec::new(),
        };
        let options = Options { false_alarm_rate: asked, ..Options::default() };
        let scorer = Scorer::new(&train_on(baseline, None, &options).unwrap().model);
        for &at in parts[1] {
            let scored = scorer.score(all[at].recording.values(), 3, None).unwrap();
            windows += scored.len();
            alarms += scored.iter().filter(|one| one.verdict == Verdict::Anomaly).count();
        }
    }
    f64::from(u32::try_from(alarms).unwrap()) / f64::from(u32::try_from(windows).unwrap())
}

#[test]
fn false_alarms_on_held_out_recordings_are_as_many_as_asked_for() {
    let Some(folder) = real_fan() else { return };
    for asked in [0.01, 0.05] {
        let found = held_out_false_alarm_rate(&folder, asked);
        println!("asked {asked}, found {found:.4}");
        assert!((asked / 2.0..=asked * 2.0).contains(&found), "asked {asked}, found {found}");
    }
}
