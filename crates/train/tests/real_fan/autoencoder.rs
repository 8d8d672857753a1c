//! The autoencoder from many seeds: each shuffles the normal recordings 60/20/20, fits to the first
//! part and is judged on the last.

use std::path::Path;

use judder_core::FeatureSet;
use judder_data::{Recording, split};
use judder_model::{DetectorKind, Precision, feature_scores};
use judder_train::{
    AutoencoderOptions, FittedAutoencoder, Method, Table, auc, extract, fit_autoencoder,
};
use rayon::prelude::*;

use crate::{ANOMALIES, COIN, MOVING, STILL, real_fan, recordings};

fn table(folder: &Path, state: &str, set: &FeatureSet, window: usize) -> Table {
    let recordings = recordings(folder, state);
    let recordings: Vec<&Recording> = recordings.iter().map(|one| &one.recording).collect();
    let (table, refused) = extract(&recordings, set, 3, window, window, Precision::F32).unwrap();
    assert!(refused.is_empty());
    table
}

/// For each seed an autoencoder, and its AUC for each folder of anomalies.
fn experiment(
    folder: &Path,
    (normal, anomalies): (&str, &[&str]),
    (set, window): (&FeatureSet, usize),
    options: &AutoencoderOptions,
    seeds: u64,
) -> Vec<(FittedAutoencoder, Vec<f64>)> {
    let normal = table(folder, normal, set, window);
    let others: Vec<Table> =
        anomalies.iter().map(|state| table(folder, state, set, window)).collect();
    let columns = normal.columns;
    (0..seeds)
        .into_par_iter()
        .map(|seed| {
            let order = split::shuffled(normal.rows(), seed);
            let parts = split::shares(&order, &[0.6, 0.2]);
            let (values, precision) = (&normal.values, Precision::F32);
            let fitted =
                fit_autoencoder(values, columns, parts[0], options, precision, seed).unwrap();
            let detector = DetectorKind::Autoencoder(fitted.autoencoder.clone());
            let scores = |rows: &mut dyn Iterator<Item = &[f64]>| {
                feature_scores(&detector, precision, rows).unwrap()
            };
            let row = |&row: &usize| &values[row * columns..(row + 1) * columns];
            let unseen = scores(&mut parts[2].iter().map(row));
            let areas = others
                .iter()
                .map(|other| auc(&unseen, &scores(&mut other.values.chunks(columns))).unwrap());
            let areas = areas.collect();
            (fitted, areas)
        })
        .collect()
}

/// The lowest and the middle of the first folder's AUCs.
fn lowest_and_median(results: &[(FittedAutoencoder, Vec<f64>)]) -> (f64, f64) {
    let mut areas: Vec<f64> = results.iter().map(|(_, areas)| areas[0]).collect();
    areas.sort_by(f64::total_cmp);
    (areas[0], areas[areas.len() / 2])
}

fn sets() -> (FeatureSet, FeatureSet) {
    let default = Method::Autoencoder(AutoencoderOptions::default()).default_features();
    (default.parse().unwrap(), "mad".parse().unwrap())
}

#[test]
fn every_seed_tells_the_coin_and_none_is_refused_at_the_end() {
    let Some(folder) = real_fan() else { return };
    let (six, three) = sets();
    let (task, options) = ((STILL, &[COIN][..]), AutoencoderOptions::default());
    for set in [&six, &three] {
        let results = experiment(&folder, task, (set, 200), &options, 100);
        let (lowest, median) = lowest_and_median(&results);
        let refused: usize = results.iter().map(|(fitted, _)| fitted.refused.len()).sum();
        println!(
            "{set}: AUC of the coin over 100 seeds: lowest {lowest:.4}, median {median:.4}; \
             {refused} starts were refused on the way"
        );
        assert!(lowest >= 0.995, "{set}: {lowest}");
        assert!(results.iter().all(|(fitted, _)| fitted.explained >= 0.05));
    }
    // The same seeds as the reference trains, beside it.
    let like = AutoencoderOptions::like_reference();
    let results = experiment(&folder, task, (&three, 128), &like, 100);
    let (lowest, median) = lowest_and_median(&results);
    let faulty = results.iter().filter(|(fitted, _)| !fitted.refused.is_empty()).count();
    println!(
        "like the reference: lowest {lowest:.4}, median {median:.4}; \
         {faulty} of 100 would have been refused"
    );
    assert!(lowest < 0.5 && faulty > 20, "lowest {lowest}, {faulty} faulty");
}

#[test]
fn the_moving_base_is_told_from_five_states() {
    let Some(folder) = real_fan() else { return };
    let (six, _) = sets();
    let task = (MOVING, &ANOMALIES[..]);
    let results = experiment(&folder, task, (&six, 200), &AutoencoderOptions::default(), 20);
    let mean = |place: usize| {
        results.iter().map(|(_, areas)| areas[place]).sum::<f64>() / results.len() as f64
    };
    let means: Vec<f64> = (0..ANOMALIES.len()).map(mean).collect();
    for (state, mean) in ANOMALIES.iter().zip(&means) {
        println!("{six}, {state}: mean AUC over 20 shuffles {mean:.4}");
    }
    let all = means.iter().sum::<f64>() / means.len() as f64;
    println!("{six}: mean over the five {all:.4}");
    assert!(all >= 0.99, "{all}");
}
