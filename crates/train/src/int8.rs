//! An autoencoder in eight-bit integers, and what that costs.

use std::path::PathBuf;
use std::sync::Arc;

use judder_data::{Progress, ReadOptions};
use judder_model::{DetectorKind, Model, Problem, Quantised, Scaling, feature_scores};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::measured::Measuring;
use crate::roc::auc;
use crate::unit::check_given;
use crate::usable::usable;

/// A quantised network, and how it judges beside the model: by what its integers stand for, inputs
/// and outputs alike, as a chip without floating point does.
#[derive(Debug, Clone, PartialEq)]
pub struct Int8 {
    /// The network of standardised features.
    pub network: Quantised,
    /// The windows it was calibrated on.
    pub normal: Judged8,
    /// Anomalous windows.
    pub anomaly: Judged8,
    /// The area under the ROC curve: of the model, and of the integers; where there are anomalies.
    pub auc: Option<[f64; 2]>,
}

/// Windows judged by a model and by its integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged8 {
    /// How many.
    pub windows: usize,
    /// How many have the same verdict of both.
    pub agreeing: usize,
    /// How many are above the threshold: by the model, and by the integers.
    pub above: [usize; 2],
}

/// Quantises the network of a model, its ranges calibrated on the normal recordings, and judges
/// these and the anomalous ones by both. Where they name no unit, they are of this or the model's.
///
/// # Errors
/// A [`TrainError`] that names the recording, or says why the model cannot be quantised.
pub fn to_int8(
    model: &Model,
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    files: &Arc<ReadOptions>,
    skip_bad: bool,
    done: &dyn Progress,
) -> Result<Int8, TrainError> {
    let unit = files.unit;
    check_given(unit, model)?;
    let refuse = |reason: String| TrainError::from(Problem::Field { field: "detector", reason });
    let DetectorKind::Autoencoder(autoencoder) = model.detector() else {
        let name = model.detector().name();
        return Err(refuse(format!("is {name}; only an autoencoder is a network")));
    };
    let features = |paths: &[PathBuf]| -> Result<Vec<f64>, TrainError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let mut baseline = Baseline::read_with(paths, files, 0.0, skip_bad, done)?.or_unit(unit);
        baseline.bring_to(&model.scale(), model.watching().gravity)?;
        let (binding, precision) = (model.binding(), model.precision());
        let measuring = Measuring {
            binding,
            features: model.features(),
            precision,
            gravity: None,
            look: false,
        };
        usable(&mut baseline, measuring, skip_bad).map(|measured| measured.table.values)
    };
    let (normal, anomaly) = (features(normal)?, features(anomaly)?);
    let columns = autoencoder.features();
    let scaling = autoencoder.scaling();
    let standardised: Vec<Vec<f64>> =
        normal.chunks_exact(columns).map(|row| scaling.standardise(row)).collect();
    let network = autoencoder.standardised().map_err(refuse)?;
    let network = Quantised::new(&network, standardised.iter().map(Vec::as_slice))
        .map_err(|reason| refuse(format!("cannot be quantised: {reason}")))?;

    let threshold = model.threshold().value;
    let judge = |rows: &[f64]| -> Result<[Vec<f64>; 2], TrainError> {
        let rows = || rows.chunks_exact(columns);
        let float = feature_scores(model.detector(), model.precision(), rows())
            .map_err(|error| refuse(error.to_string()))?;
        let int8 = rows().map(|row| score(&network, scaling, row)).collect::<Option<_>>();
        Ok([float, int8.ok_or_else(|| refuse("another number of features".to_owned()))?])
    };
    let ([float, int8], [float_anomaly, int8_anomaly]) = (judge(&normal)?, judge(&anomaly)?);
    let areas = (auc(&float, &float_anomaly), auc(&int8, &int8_anomaly));
    Ok(Int8 {
        network,
        normal: beside(&float, &int8, threshold),
        anomaly: beside(&float_anomaly, &int8_anomaly, threshold),
        auc: if let (Some(float), Some(int8)) = areas { Some([float, int8]) } else { None },
    })
}

fn beside(float: &[f64], int8: &[f64], threshold: f64) -> Judged8 {
    let above = |scores: &[f64]| scores.iter().filter(|&&score| score > threshold).count();
    let alike = |(a, b): &(&f64, &f64)| (**a > threshold) == (**b > threshold);
    Judged8 {
        windows: float.len(),
        agreeing: float.iter().zip(int8).filter(alike).count(),
        above: [above(float), above(int8)],
    }
}

/// The mean squared error of the integers' reconstruction, in standard deviations; nothing where
/// the features are not as many as the network's.
fn score(network: &Quantised, scaling: &Scaling, features: &[f64]) -> Option<f64> {
    let inputs: Vec<f32> = scaling.standardise(features).iter().map(|&z| z as f32).collect();
    let (inputs, outputs) = (network.taken(&inputs), network.run(&inputs).ok()?);
    let squares = inputs.iter().zip(&outputs).map(|(x, y)| f64::from(x - y).powi(2));
    Some(squares.sum::<f64>() / inputs.len() as f64)
}
