//! The states that normal recordings show.

use judder_data::Located;
use judder_train::{Fitted, Method, Options, Shrinkage, Trained, auc, train_on};

use crate::windows::{USUAL, baseline, each, folder, judged, noise, usual, without_gravity};

/// How much more strongly than usual three states vibrate.
const SIZES: [f64; 3] = [0.4, 1.0, 2.5];

fn trained(recordings: Vec<Located>) -> Trained {
    train_on(baseline(recordings), None, &Options::default()).unwrap()
}

/// Three states in one folder, by turns.
fn three_states(each: u64) -> Vec<Located> {
    let size = |at: u64| SIZES[(at % 3) as usize];
    folder("normal", 3 * each, |at| noise(at, USUAL.map(|sd| sd * size(at))))
}

/// The windows of each state, in the order of their means.
fn sizes(trained: &Trained) -> Vec<usize> {
    match &trained.fitted {
        Fitted::Mahalanobis(..) => vec![trained.windows],
        Fitted::Mixture(_, _, sizes) => sizes.clone(),
        _ => panic!("no Gaussians"),
    }
}

#[test]
fn states_in_one_folder_are_told_apart() {
    // Neither the number of windows nor that of features is in the way.
    for features in [Options::default().features, "log-mad".parse().unwrap()] {
        let method = Method::Mixture(Shrinkage::Families);
        let options = Options { features, method, ..Options::default() };
        let trained = train_on(baseline(three_states(60)), None, &options).unwrap();
        assert_eq!(sizes(&trained), [60, 60, 60], "{features}");
        // Each of the modes is the fit to one state.
        let Fitted::Mixture(mixture, ..) = &trained.fitted else { panic!("a mixture") };
        for mode in mixture.modes() {
            let alone = (0..3).any(|state| {
                let is_its = |at: &usize| at % 3 == state;
                let all = three_states(60);
                let own = (0..all.len()).filter(is_its).map(|at| all[at].clone()).collect();
                let method = Method::Mahalanobis(Shrinkage::Families);
                let options = Options { method, ..options.clone() };
                let trained = train_on(baseline(own), None, &options).unwrap();
                matches!(&trained.fitted, Fitted::Mahalanobis(one, _) if one == mode)
            });
            assert!(alone, "{features}");
        }
    }
}

#[test]
fn one_state_is_one_gaussian() {
    for count in [40, 200] {
        let trained = trained(usual("normal", 0, count));
        assert!(matches!(trained.fitted, Fitted::Mahalanobis(..)), "{count}");
    }
}

/// Somebody has told them apart.
#[test]
fn folders_are_states_even_if_they_are_alike() {
    let both = [usual("one", 0, 40), usual("two", 100, 60)].concat();
    assert_eq!(sizes(&trained(both)), [40, 60]);
    // However few windows they have, as covariances are pooled; of a single one none is.
    let both = |few: u64| [usual("one", 0, 40), usual("two", 100, few)].concat();
    assert_eq!(sizes(&trained(both(9))), [40, 9]);
    assert_eq!(sizes(&trained(both(1))), [41]);
}

#[test]
fn more_than_sixty_four_folders_are_one() {
    let folders = |count: u64| {
        (0..count).flat_map(|at| usual(&format!("{at:02}"), 100 * at, 3)).collect::<Vec<_>>()
    };
    assert_eq!(sizes(&trained(folders(64))), [3; 64]);
    assert_eq!(sizes(&trained(folders(65))), [195]);
}

/// Each vibrates a quarter more than the one before it; of a fault one axis vibrates half as much again.
#[test]
fn seventeen_states_of_fifteen_windows_are_better_than_one() {
    let state = |at: u64, first: u64, fault: f64| {
        let size = 1.25f64.powi(at as i32);
        folder(&format!("{at:02}"), 15, move |number| {
            let mut sd = USUAL.map(|sd| size * sd);
            sd[(at % 3) as usize] *= fault;
            noise(first + 100 * at + number, sd)
        })
    };
    let all = |first, fault| (0..17).flat_map(|at| state(at, first, fault)).collect::<Vec<_>>();
    let worth = |method: Method| {
        let options = Options { method, ..Options::default() };
        let model = train_on(baseline(all(0, 1.0)), None, &options).unwrap().model;
        let scores = |recordings: &[Located]| -> Vec<f64> {
            let judged = judged(&model, recordings);
            judged
                .iter()
                .flat_map(|one| one.windows.as_ref().unwrap())
                .map(|one| one.score)
                .collect()
        };
        let (normal, faulty) = (scores(&all(10_000, 1.0)), scores(&all(20_000, 1.5)));
        let limit = model.threshold().value;
        let above = normal.iter().filter(|score| **score > limit).count();
        (auc(&normal, &faulty).unwrap(), above as f64 / normal.len() as f64)
    };
    let (area, false_alarms) = worth(Method::default());
    let (one, _) = worth(Method::Mahalanobis(Shrinkage::default()));
    assert!(area > 0.97 && area > one + 0.03, "{area} {one}");
    assert!(false_alarms < 0.04, "{false_alarms}");
}

#[test]
fn states_do_not_depend_on_threads_or_units() {
    let in_threads = |count: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
        pool.install(|| trained(three_states(40)).model.to_json())
    };
    assert_eq!(in_threads(1), in_threads(3));
    for unit in [9.80665, 1000.0, 1e-3] {
        let all = each(&three_states(40), |one| without_gravity(one, unit));
        assert_eq!(sizes(&trained(all)), [40, 40, 40], "× {unit}");
    }
}
