//! Models as `judder train` makes them.

use std::sync::atomic::{AtomicUsize, Ordering};

use judder_train::{AutoencoderOptions, FITS, Method, Options, train_with};

use crate::{COIN, STILL, real_fan};

fn tells_the_coin_whatever_the_number_of_threads(options: &Options) {
    let Some(folder) = real_fan() else { return };
    let make = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let fits = AtomicUsize::new(0);
        let done = || {
            fits.fetch_add(1, Ordering::Relaxed);
        };
        let (normal, coin) = ([folder.join(STILL)], [folder.join(COIN)]);
        let trained = pool.install(|| train_with(&normal, &coin, options, &done).unwrap());
        assert_eq!(fits.into_inner(), FITS);
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
