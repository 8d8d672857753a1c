//! Models as `judder train` makes them.

use judder_train::{AutoencoderOptions, Method, Options, train};

use crate::{COIN, STILL, real_fan};

fn tells_the_coin_whatever_the_number_of_threads(options: &Options) {
    let Some(folder) = real_fan() else { return };
    let make = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| train(&[folder.join(STILL)], &[folder.join(COIN)], options).unwrap())
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
    tells_the_coin_whatever_the_number_of_threads(&Options { method, ..Options::default() });
}
