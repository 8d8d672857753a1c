//! Whatever is added, taken back and let go: what is there is what has to be.

use std::time::Duration;

use judder_history::{AlertId, History, NewAlert, RecordingId, Retention};
use proptest::prelude::*;

use crate::desk::{Desk, add, clock, digest, readings};

#[derive(Debug, Clone)]
enum Deed {
    /// The device and number of a recording, and how many readings are kept.
    Add(usize, u64, usize),
    Raise(usize),
    /// One of the alerts that there were.
    Clear(usize),
}

#[derive(Debug, Clone)]
enum Step {
    /// Deeds in a batch, and whether it is committed.
    Batch(Vec<Deed>, bool),
    Reopen,
    /// So many rows at a time, until all is done.
    Prune(usize),
    /// Takes over what is pending.
    Settle,
    /// Looks at all of it, which takes it over as well.
    Check,
}

const DEVICES: [&str; 3] = ["a", "b", "board 'c'"];
const RETENTION: Retention = Retention {
    scores: Duration::from_millis(40),
    readings: Duration::from_millis(20),
    bytes: None,
};

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (0..3_usize, 0..30_u64, prop_oneof![Just(0), Just(5), Just(2000)])
            .prop_map(|(device, sequence, count)| Deed::Add(device, sequence, count)),
        1 => (0..3_usize).prop_map(Deed::Raise),
        1 => any::<usize>().prop_map(Deed::Clear),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (prop::collection::vec(deed(), 0..12), prop::bool::weighted(0.7))
            .prop_map(|(deeds, commits)| Step::Batch(deeds, commits)),
        1 => Just(Step::Reopen),
        1 => Just(Step::Settle),
        3 => Just(Step::Check),
        1 => (1..20_usize).prop_map(Step::Prune),
    ]
}

/// What has to be there.
#[derive(Debug, Default, Clone)]
struct Model {
    now: i64,
    recordings: Vec<(RecordingId, usize, u64, i64, usize)>,
    /// Device, number and recording of all that ever were.
    known: Vec<(usize, u64, RecordingId)>,
    /// When each was raised and cleared.
    alerts: Vec<(AlertId, i64, Option<i64>)>,
}

impl Model {
    fn prune(&mut self) {
        self.recordings.retain(|&(_, _, _, at, _)| at >= self.now - 40);
        for (_, _, _, at, count) in &mut self.recordings {
            if *at < self.now - 20 {
                *count = 0;
            }
        }
        self.alerts.retain(|(_, _, cleared)| cleared.is_none_or(|at| at >= self.now - 40));
    }

    /// The newest recording of a device under a number.
    fn newest(&self, device: usize, sequence: u64) -> Option<RecordingId> {
        let same = self.known.iter().filter(|one| (one.0, one.1) == (device, sequence));
        same.map(|one| one.2).max()
    }

    fn check(&self, history: &mut History) -> Result<(), TestCaseError> {
        let reader = history.reader().unwrap();
        let totals = reader.totals().unwrap();
        let kept = self.recordings.iter().filter(|(_, _, _, _, count)| *count > 0).count() as u64;
        let count = self.recordings.len() as u64;
        prop_assert_eq!((totals.recordings, totals.windows, totals.readings), (count, count, kept));
        for (at, device) in DEVICES.iter().enumerate() {
            let lines = reader.recordings(device, i64::MIN, i64::MAX, usize::MAX).unwrap();
            let mut ids: Vec<_> = lines.iter().map(|line| line.id).collect();
            ids.reverse();
            let expected: Vec<_> =
                self.recordings.iter().filter(|r| r.1 == at).map(|r| r.0).collect();
            prop_assert_eq!(&ids, &expected);
            let points = reader.scores(device, i64::MIN, i64::MAX, 10_000).unwrap();
            prop_assert_eq!(points.iter().map(|p| p.recording).collect::<Vec<_>>(), expected);
        }
        for &(id, device, sequence, at, count) in &self.recordings {
            let stored = reader.recording(id).unwrap().unwrap();
            prop_assert_eq!((stored.device.as_str(), stored.at), (DEVICES[device], at));
            prop_assert_eq!(stored.sequence, Some(sequence));
            prop_assert_eq!(stored.readings, readings(sequence, count));
        }
        let alerts =
            reader.alerts(&judder_history::AlertFilter { most: 1000, ..Default::default() });
        let alerts: Vec<_> =
            alerts.unwrap().iter().rev().map(|a| (a.id, a.raised_at, a.cleared_at)).collect();
        prop_assert_eq!(&alerts, &self.alerts);
        let mut batch = history.batch();
        for &(device, sequence, _) in &self.known {
            let known = batch.known(DEVICES[device], None, sequence).unwrap();
            prop_assert_eq!(known.map(|known| known.recording), self.newest(device, sequence));
            prop_assert_eq!(known.map(|k| k.digest), Some(digest(DEVICES[device], sequence)));
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn what_is_there_is_what_has_to_be(steps in prop::collection::vec(step(), 1..30)) {
        let desk = Desk::new();
        let mut history = desk.open_with(RETENTION);
        let mut model = Model::default();
        for step in steps {
            match step {
                Step::Batch(deeds, commits) => {
                    let before = model.clone();
                    let mut batch = history.batch();
                    for deed in deeds {
                        model.now += 1;
                        let now = model.now;
                        match deed {
                            Deed::Add(device, sequence, count) => {
                                // Not all who add have asked before.
                                if sequence % 3 > 0 {
                                    let known = batch.known(DEVICES[device], None, sequence).unwrap();
                                    let expected = model.newest(device, sequence);
                                    prop_assert_eq!(known.map(|known| known.recording), expected);
                                }
                                let id = add(&mut batch, DEVICES[device], sequence, now, count).unwrap();
                                model.recordings.push((id, device, sequence, now, count));
                                model.known.push((device, sequence, id));
                            }
                            Deed::Raise(device) => {
                                let alert =
                                    NewAlert { device: DEVICES[device], at: now, ..Default::default() };
                                model.alerts.push((batch.raise(&alert).unwrap(), now, None));
                            }
                            Deed::Clear(any) if !model.alerts.is_empty() => {
                                let at = any % model.alerts.len();
                                let (id, _, cleared) = &mut model.alerts[at];
                                prop_assert_eq!(batch.clear(*id, now).unwrap(), cleared.is_none());
                                cleared.get_or_insert(now);
                            }
                            Deed::Clear(_) => {}
                        }
                    }
                    if commits {
                        batch.commit().unwrap();
                    } else {
                        model = Model { now: model.now, ..before };
                    }
                }
                Step::Reopen => {
                    drop(history);
                    history = desk.open_with(RETENTION);
                }
                Step::Prune(budget) => {
                    while history.prune(clock(model.now), budget).unwrap().more {}
                    model.prune();
                }
                Step::Settle => history.settler().unwrap().run().unwrap(),
                Step::Check => model.check(&mut history)?,
            }
        }
        model.check(&mut history)?;
    }
}
