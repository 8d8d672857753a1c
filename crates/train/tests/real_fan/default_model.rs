//! Models as `judder train` makes them.

use std::sync::Mutex;

use judder_data::Progress;
use judder_train::{AutoencoderOptions, FITS, Method, Options, train_with};

use crate::{COIN, STILL, real_fan};

/// Of each phase its name, how many steps were said, and how many were done.
#[derive(Default)]
struct Phases(Mutex<Vec<(&'static str, usize, usize)>>);

impl Progress for Phases {
    fn begin(&self, phase: &'static str, steps: usize) {
        self.0.lock().unwrap().push((phase, steps, 0));
    }

    fn step(&self) {
        self.0.lock().unwrap().last_mut().unwrap().2 += 1;
    }
}

fn tells_the_coin_whatever_the_number_of_threads(options: &Options) {
    let Some(folder) = real_fan() else { return };
    let make = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let done = Phases::default();
        let (normal, coin) = ([folder.join(STILL)], [folder.join(COIN)]);
        let trained = pool.install(|| train_with(&normal, &coin, options, &done).unwrap());
        // As many steps as were said, of each phase.
        let phases = done.0.into_inner().unwrap();
        let names: Vec<&str> = phases.iter().map(|(name, ..)| *name).collect();
        assert_eq!(names, ["reading files", "reading files", "fitting"]);
        assert!(phases.iter().all(|(_, steps, done)| steps == done), "{phases:?}");
        assert_eq!(phases[2].1, FITS);
        trained
    };
    let one = make(1);
    assert_eq!(one.model.to_json(), make(2).model.to_json());
    for figure in one.model.figures() {
        assert!(figure.auc.unwrap() > 0.999, "{figure:?}");
        assert_eq!(figure.missed, 0, "{figure:?}");
    }
}

#[test]
fn the_default_model_tells_the_coin_whatever_the_number_of_threads() {
    tells_the_coin_whatever_the_number_of_threads(&Options::default());
}

#[test]
fn the_default_autoencoder_tells_the_coin_whatever_the_number_of_threads() {
    let method = Method::Autoencoder(AutoencoderOptions::default());
    tells_the_coin_whatever_the_number_of_threads(&Options {
        features: method.default_features().parse().unwrap(),
        method,
        ..Options::default()
    });
}
