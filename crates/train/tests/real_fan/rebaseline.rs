//! A minute of recordings makes a model right at a new mounting.

use judder_core::Verdict;
use judder_data::Located;
use judder_model::{Model, Scorer, Watcher};
use judder_train::{Baseline, Options, auc, rebaseline_on, train_on};

use crate::{COIN, MOVING, STILL, real_fan, recordings};

fn baseline(recordings: Vec<Located>) -> Baseline {
    let given = vec![("normal".into(), recordings.len())];
    Baseline::of(recordings, given)
}

/// The scores of windows that are judged, and how many of them are anomalies. Whether the mounting
/// is the same is not asked.
fn judged(model: &Model, recordings: &[Located]) -> (Vec<f64>, usize) {
    let scorer = Scorer::new(model);
    let watching = model.watching().judging_all();
    let mut watcher = Watcher::new(model, &watching).unwrap();
    let (mut scores, mut anomalies) = (Vec::new(), 0);
    for one in recordings {
        for window in scorer.score(one.recording.values(), 3, None).unwrap() {
            let outcome = watcher.next(&window).unwrap();
            if outcome.verdict != Verdict::Handled {
                scores.push(outcome.score);
                anomalies += usize::from(outcome.verdict == Verdict::Anomaly);
            }
        }
    }
    (scores, anomalies)
}

#[test]
fn sixty_recordings_are_a_new_baseline() {
    let Some(folder) = real_fan() else { return };
    let (moving, coin) = (recordings(&folder, MOVING), recordings(&folder, COIN));
    let still = baseline(recordings(&folder, STILL));
    let old = train_on(still, None, &Options::default()).unwrap().model;
    let (before, alarms) = judged(&old, &moving);
    assert!(alarms * 10 > before.len() * 9, "the old model takes the new mounting for an anomaly");
    let first = |at: usize| at < 60;
    let every_fifth = |at: usize| at.is_multiple_of(5);
    for (name, is_new) in
        [("the first 60", &first as &dyn Fn(usize) -> bool), ("each fifth", &every_fifth)]
    {
        let (new, rest): (Vec<_>, Vec<_>) =
            moving.iter().cloned().enumerate().partition(|(at, _)| is_new(*at));
        let of =
            |part: Vec<(usize, Located)>| part.into_iter().map(|(_, one)| one).collect::<Vec<_>>();
        let model = rebaseline_on(&old, baseline(of(new)), false).unwrap().model;
        assert_eq!((model.binding(), model.features()), (old.binding(), old.features()));
        let (normal, alarms) = judged(&model, &of(rest));
        let (anomalies, _) = judged(&model, &coin);
        let area = auc(&normal, &anomalies).unwrap();
        println!("{name}: AUC {area:.4}, false alarms {alarms} of {}", normal.len());
        // The first 60 are of few of the positions that come later.
        assert!(area >= 0.94, "{name}: {area}");
        assert!(alarms as f64 <= 0.03 * normal.len() as f64, "{name}: {alarms}");
    }
}
