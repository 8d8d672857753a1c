//! What is read from roll-ups is what all windows say, whatever came, went, or was interrupted.

use std::collections::BTreeMap;
use std::time::Duration;

use judder_history::{
    Flaw, History, NewRecording, NewWindow, Now, Reader, Retention, ScorePoint, Sync, Verdict,
    backup, verify,
};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::desk::{Desk, FOR_EVER, path};

const MODELS: [(Option<&str>, Option<f64>); 3] =
    [(Some("fan"), Some(9.0)), (Some("fan"), Some(8.0)), (None, None)];

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A recording of one of two devices: how long after the one before it came, its model, and its windows.
type Given = (usize, i64, usize, Vec<(Option<i32>, usize)>);

#[derive(Debug, Clone)]
enum Step {
    Keep(Vec<Given>),
    Settle,
    RollUp(usize),
    Prune(usize),
    Reopen,
    /// All roll-ups are gone, as if the history were of an older version.
    Forget,
}

fn given() -> impl Strategy<Value = Given> {
    let after = prop_oneof![
        20 => 0..3000_i64,
        4 => 0..10 * MINUTE,
        2 => 0..DAY / 2,
        1 => -2 * MINUTE..0,
        1 => -DAY..0,
    ];
    let score = prop::option::weighted(0.9, -5..5_i32);
    let verdict = prop_oneof![8 => Just(0_usize), 1 => 0..Verdict::ALL.len()];
    (0..2_usize, after, 0..MODELS.len(), prop::collection::vec((score, verdict), 0..3))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::collection::vec(given(), 1..60).prop_map(Step::Keep),
        3 => Just(Step::Settle),
        2 => (1..200_usize).prop_map(Step::RollUp),
        2 => (1..200_usize).prop_map(Step::Prune),
        1 => Just(Step::Reopen),
        1 => Just(Step::Forget),
    ]
}

fn keep(history: &mut History, now: &mut i64, given: &[Given]) {
    let mut batch = history.batch();
    for (device, after, model, windows) in given {
        *now += after;
        let (model, threshold) = MODELS[*model];
        let windows: Vec<_> = (0..)
            .zip(windows)
            .map(|(start, &(score, verdict))| NewWindow {
                start,
                score: score.map(f64::from),
                decision: score.map(|score| f64::from(score % 3)),
                verdict: Verdict::ALL[verdict],
            })
            .collect();
        let recording = NewRecording {
            device: ["a", "b"][*device],
            at: *now,
            model,
            threshold,
            windows: &windows,
            ..NewRecording::default()
        };
        batch.add(&recording).unwrap();
    }
    batch.commit().unwrap();
}

fn forget(path: &std::path::Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("UPDATE device SET rolled = NULL; DELETE FROM rollup").unwrap();
}

fn roll_up_all(history: &History) {
    let settler = history.settler().unwrap();
    settler.run().unwrap();
    while settler.roll_up(1000).unwrap() {}
}

/// All windows of a device.
fn all(reader: &Reader, device: &str) -> Vec<ScorePoint> {
    reader.scores(device, i64::MIN, i64::MAX, usize::MAX).unwrap()
}

/// What they are thinned to, looked for power by power.
fn thinned(all: &[ScorePoint], most: usize) -> Vec<ScorePoint> {
    if all.len() <= most {
        return all.to_vec();
    }
    let by = |power: u32, models: bool| {
        let mut groups: BTreeMap<_, Vec<&ScorePoint>> = BTreeMap::new();
        for point in all {
            let model = models.then(|| format!("{:?} {:?}", point.model, point.threshold));
            groups.entry((point.at >> power, point.verdict, model)).or_default().push(point);
        }
        groups
    };
    let powers = (0..64).map(|power| by(power, true));
    let groups = powers.chain([by(63, false)]).find(|groups| groups.len() <= most).unwrap();
    let mut points: Vec<ScorePoint> = groups.into_values().map(|of| together(&of)).collect();
    points.sort_by_key(|point| (point.at, point.recording, point.start));
    points
}

fn together(of: &[&ScorePoint]) -> ScorePoint {
    let scores: Vec<f64> = of.iter().filter_map(|point| point.score).collect();
    let largest = scores.iter().copied().max_by(f64::total_cmp);
    let first = of.iter().find(|point| point.score == largest).unwrap();
    ScorePoint {
        least: scores.iter().copied().min_by(f64::total_cmp),
        mean: (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64),
        decision: of.iter().filter_map(|point| point.decision).max_by(f64::total_cmp),
        windows: of.len() as u32,
        ..(*first).clone()
    }
}

fn looked_at(reader: &Reader, most: usize) -> Result<(), TestCaseError> {
    for device in ["a", "b"] {
        let all = all(reader, device);
        let Some((first, last)) = all.first().zip(all.last()) else { continue };
        let span = last.at - first.at;
        // Whole, cut within, and a little.
        let spans = [
            (i64::MIN, i64::MAX),
            (first.at + span / 7, last.at - span / 5),
            (first.at + span / 2, first.at + span / 2 + span / 50),
        ];
        for (from, to) in spans {
            let within: Vec<_> =
                all.iter().filter(|point| (from..=to).contains(&point.at)).cloned().collect();
            // Scores are whole numbers, whose sums are exact in any order.
            let read = reader.scores(device, from, to, most).unwrap();
            prop_assert_eq!(read, thinned(&within, most), "{} {} {}", device, from, to);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn a_chart_is_that_of_all_windows(
        steps in prop::collection::vec(step(), 1..25),
        begin in prop_oneof![Just(-DAY), Just(1_700_000_000_000)],
        most in 12_usize..60,
    ) {
        let desk = Desk::new();
        let retention = Retention { scores: Duration::from_secs(3600), ..FOR_EVER };
        let mut history = desk.open_with(retention);
        let mut now = begin;
        let mut lived = 0;
        for step in steps {
            match step {
                Step::Keep(given) => keep(&mut history, &mut now, &given),
                Step::Settle => history.settler().unwrap().run().unwrap(),
                Step::RollUp(windows) => _ = history.settler().unwrap().roll_up(windows).unwrap(),
                Step::Prune(budget) => {
                    lived += 1000;
                    let now = Now { at: now, lived: Duration::from_millis(lived) };
                    history.prune(now, budget).unwrap();
                }
                Step::Reopen => {
                    drop(history);
                    history = desk.open_with(retention);
                    lived = 0;
                }
                Step::Forget => {
                    drop(history);
                    forget(&desk.path());
                    history = desk.open_with(retention);
                    lived = 0;
                }
            }
            looked_at(&history.reader().unwrap(), most)?;
        }
        let found = verify(&desk.path(), |_| ()).unwrap();
        prop_assert!(found.is_whole(), "{:?}", found.damages);
        roll_up_all(&history);
        looked_at(&history.reader().unwrap(), most)?;
        let found = verify(&desk.path(), |_| ()).unwrap();
        prop_assert!(found.is_whole(), "{:?}", found.damages);
    }
}

/// A window a second for so long, of which one is an anomaly.
fn seconds(history: &mut History, long: i64, anomaly: i64) {
    for first in (0..long).step_by(2_000_000) {
        let mut batch = history.batch();
        for at in (first..(first + 2_000_000).min(long)).step_by(1000) {
            let verdict = if at == anomaly { Verdict::Anomaly } else { Verdict::Normal };
            let score = if at == anomaly { 3.0 } else { (at / 1000 % 97) as f64 };
            let window = NewWindow { start: 0, score: Some(score), decision: None, verdict };
            let windows = &[window];
            let one = NewRecording { device: "a", at, windows, ..NewRecording::default() };
            batch.add(&one).unwrap();
        }
        batch.commit().unwrap();
    }
}

#[test]
fn an_anomaly_of_one_window_in_days_is_seen_and_windows_are_not_read() {
    let desk = Desk::new();
    let mut history = desk.open();
    seconds(&mut history, 2 * DAY, DAY + 5000);
    history.settler().unwrap().run().unwrap();
    let reader = history.reader().unwrap();
    let points = reader.scores("a", 0, 2 * DAY, 600).unwrap();
    let of = |verdict| points.iter().filter(move |point| point.verdict == verdict);
    let [anomaly] = of(Verdict::Anomaly).collect::<Vec<_>>()[..] else { panic!("{points:?}") };
    assert_eq!((anomaly.at, anomaly.score, anomaly.windows), (DAY + 5000, Some(3.0), 1));
    assert!((300..=600).contains(&points.len()), "{}", points.len());
    assert!(of(Verdict::Normal).all(|point| point.score == Some(96.0) && point.least == Some(0.0)));
    let windows: u32 = points.iter().map(|point| point.windows).sum();
    assert_eq!(i64::from(windows), 2 * DAY / 1000);
    // Without the windows of the middle it is the same.
    let connection = Connection::open(desk.path()).unwrap();
    let gone = "DELETE FROM window WHERE at BETWEEN 3600000 AND 169000000";
    assert!(connection.execute(gone, []).unwrap() > 160_000);
    assert_eq!(reader.scores("a", 0, 2 * DAY, 600).unwrap(), points);
}

#[test]
fn what_is_wrong_with_a_roll_up_is_found_and_a_copy_is_without_it() {
    for wrong in [
        "UPDATE rollup SET score = 1e9 WHERE power = 16 AND stretch = 100",
        "UPDATE rollup SET windows = windows + 1 WHERE power = 22",
        "UPDATE rollup SET least = least - 1 WHERE power = 19 AND stretch = 7",
        "UPDATE rollup SET sum = 2 * sum WHERE power = 16 AND stretch = 5",
        "DELETE FROM rollup WHERE power = 16 AND stretch = 50",
        "DELETE FROM rollup WHERE power = 19 AND stretch = 9",
        "UPDATE rollup SET stretch = 40000 WHERE power = 16 AND stretch = 12",
        "UPDATE rollup SET device = 99 WHERE power = 16 AND stretch = 12",
    ] {
        let desk = Desk::new();
        let mut history = desk.open();
        seconds(&mut history, 3 * HOUR, 0);
        drop(history);
        assert!(verify(&desk.path(), |_| ()).unwrap().is_whole());
        let connection = Connection::open(desk.path()).unwrap();
        assert!(connection.execute(wrong, []).unwrap() > 0, "{wrong}");
        drop(connection);
        let found = verify(&desk.path(), |_| ()).unwrap();
        let flaws: Vec<_> = found.damages.iter().map(|damage| &damage.flaw).collect();
        assert!(matches!(flaws[..], [Flaw::Rollups { .. }, ..]), "{wrong}: {flaws:?}");
        let copy = desk.folder().join("copy.db");
        backup(&desk.path(), &copy, |_, _| ()).unwrap();
        assert!(verify(&copy, |_| ()).unwrap().is_whole());
        let history = History::open(&copy, Sync::System, FOR_EVER).unwrap();
        let before = history.reader().unwrap().scores("a", 0, DAY, 100).unwrap();
        roll_up_all(&history);
        assert_eq!(history.reader().unwrap().scores("a", 0, DAY, 100).unwrap(), before);
        assert!(verify(&copy, |_| ()).unwrap().is_whole());
        let connection = Connection::open(&copy).unwrap();
        let count = "SELECT count(*) FROM rollup";
        assert!(connection.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap() > 150);
    }
}

#[cfg(unix)]
mod killed {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    use std::time::Instant;

    use rand::{RngExt, SeedableRng};

    use super::*;

    /// The child is killed while it rolls up what an older version kept, as more comes.
    #[test]
    fn however_often_it_is_killed_all_is_rolled_up_once() {
        let desk = Desk::new();
        let mut history = desk.open();
        seconds(&mut history, 6 * HOUR, HOUR);
        drop(history);
        forget(&desk.path());
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let mut between = 0;
        for round in 0..40 {
            let mut child = child_test::command(":", "rollups::killed::child", desk.folder())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
            let begun = said.by_ref().any(|line| line.unwrap().ends_with("begun"));
            assert!(begun, "it ended by itself in round {round}");
            let moment = Instant::now() + Duration::from_micros(rng.random_range(0..12_000));
            while Instant::now() < moment {}
            child.kill().unwrap();
            child.wait().unwrap();
            let found = verify(&desk.path(), |_| ()).unwrap();
            assert!(found.is_whole(), "round {round}: {:?}", found.damages);
            let connection = Connection::open(desk.path()).unwrap();
            let rolled = "SELECT ifnull(rolled, 0) FROM device WHERE name = 'a'";
            let rolled: i64 = connection.query_row(rolled, [], |row| row.get(0)).unwrap();
            between += usize::from(rolled > 0 && rolled < 6 * HOUR - 200_000);
        }
        assert!(between > 5, "only {between} were killed meanwhile");
        let history = desk.open();
        roll_up_all(&history);
        looked_at(&history.reader().unwrap(), 50).unwrap();
        assert!(verify(&desk.path(), |_| ()).unwrap().is_whole());
    }

    #[test]
    #[ignore = "run by however_often_it_is_killed_all_is_rolled_up_once"]
    fn child() {
        let path = path(&child_test::folder());
        let mut history = History::open(&path, Sync::System, FOR_EVER).unwrap();
        let settler = history.settler().unwrap();
        println!("begun");
        for round in 0.. {
            let windows = (0..20).map(|at| (Some(at), 0)).collect();
            keep(&mut history, &mut (6 * HOUR + round * 1000), &[(1, 0, 0, windows)]);
            settler.run().unwrap();
            settler.roll_up(60).unwrap();
        }
    }
}
