//! An hour of commissioning on simulated boards: how often there is an alarm in the next one.

use judder_data::Located;
use judder_data::simulate::Fan;
use judder_model::{Model, Outcome, Scorer, Threshold, Watcher};
use judder_train::{Options, Runs, Told, train_on};

use crate::windows::baseline;

/// Windows in an hour, one a second.
const HOUR: u64 = 3_600;
const RATE_HZ: f64 = 200.0;
const READINGS: usize = 200;
const BOARDS: u64 = 20;

/// A board on a fan of its own, with the model that was trained on its first minutes.
struct Board {
    fan: Fan,
    model: Model,
}

impl Board {
    fn new(seed: u64) -> Self {
        let fan = Fan::new(seed);
        let recorded = (0..120).map(|at| Located {
            path: format!("normal/{at:04}.csv").into(),
            recording: fan.recording("medium".parse().unwrap(), at, RATE_HZ, READINGS).unwrap(),
        });
        let trained = train_on(baseline(recorded.collect()), None, &Options::default());
        Self { fan, model: trained.unwrap().model }
    }

    /// What a server that watches by this model says of the windows of an hour.
    fn hour(&self, model: &Model, first: u64) -> Vec<Outcome> {
        let (scorer, watching) = (Scorer::new(model), model.watching());
        let mut watcher = Watcher::new(model, watching).unwrap();
        (first..first + HOUR)
            .map(|at| {
                let state = "medium".parse().unwrap();
                let one = self.fan.recording(state, at, RATE_HZ, READINGS).unwrap();
                let scored = scorer.score(one.values(), one.axes(), one.rate_hz()).unwrap();
                watcher.next(&scored[0]).unwrap()
            })
            .collect()
    }
}

fn runs(model: &Model, outcomes: &[Outcome]) -> Runs {
    let mut runs = Runs::new(model.watching());
    outcomes.iter().for_each(|one| runs.judged(one.score));
    runs
}

/// The same model with a threshold so many times as high.
fn at(model: &Model, times: f64) -> Model {
    let limit = model.threshold();
    let value = f64::from((times * limit.value) as f32);
    model.clone().recalibrated(Threshold { value, ..*limit }, Vec::new(), String::new()).unwrap()
}

/// After an hour on a board: the share of the next hour in alarm, from a threshold three times too high, and from one
/// three times too low; and what that hour tells of each.
fn commissioned(seed: u64) -> [(f64, Told); 2] {
    let board = Board::new(seed);
    let hours = [0, 1].map(|hour| board.hour(&board.model, 1_000 + hour * HOUR));
    [3.0, 1.0 / 3.0].map(|wrong| {
        let model = at(&board.model, wrong);
        // Neither what is judged nor a score depends on the threshold.
        let [first, next] = hours.each_ref().map(|hour| runs(&model, hour));
        let told = Told::of(first.alarms(model.threshold().value), first.len(), 0.01);
        let chosen = first.threshold(&model).unwrap();
        (next.alarms(chosen.value) as f64 / next.len() as f64, told)
    })
}

#[test]
fn after_an_hour_alarms_come_as_asked_on_nine_boards_of_ten() {
    let threads = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let all: Vec<[(f64, Told); 2]> = std::thread::scope(|scope| {
        let some = |thread| {
            let seeds = (thread..BOARDS).step_by(threads as usize);
            scope.spawn(move || seeds.map(commissioned).collect::<Vec<_>>())
        };
        let running: Vec<_> = (0..threads).map(some).collect();
        running.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(all.len() as u64, BOARDS);
    for (wrong, tells) in [Told::Fewer, Told::More].into_iter().enumerate() {
        let good = all.iter().filter(|one| (0.005..=0.02).contains(&one[wrong].0)).count() as u64;
        assert!(10 * good >= 9 * BOARDS, "{good} of {BOARDS}: {all:?}");
        assert!(all.iter().all(|one| one[wrong].1 == tells), "{all:?}");
    }
}
