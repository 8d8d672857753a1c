//! The detector in the model file.

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::{
    Autoencoder, DetectorKind, Gaussian, Layer, Mixture, Neighbours, Network, Scaling, Takes,
};

/// The fields of every kind, flat: an enum with a tag would not say which field is wrong.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DetectorFile {
    kind: Kind,
    /// Of a Gaussian or an autoencoder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mean: Option<Vec<f64>>,
    /// Of a Gaussian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    covariance: Option<Vec<Vec<f64>>>,
    /// Of a mixture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modes: Option<Vec<ModeFile>>,
    /// Of an autoencoder or of neighbours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sd: Option<Vec<f64>>,
    /// Of an autoencoder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    takes: Option<Takes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layers: Option<Vec<LayerFile>>,
    /// Of neighbours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    k: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<Vec<f64>>>,
}

#[derive(Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    #[default]
    Mahalanobis,
    Mixture,
    Neighbours,
    Autoencoder,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeFile {
    mean: Vec<f64>,
    covariance: Vec<Vec<f64>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerFile {
    /// A row for each output.
    weights: Vec<Vec<f64>>,
    bias: Vec<f64>,
    activation: String,
}

/// What is wrong where a field stands there that its kind of detector does not have, or misses one.
const MISSING: &str = "is missing";
const NOT_ITS: &str = "is no field of this kind of detector";

impl DetectorFile {
    pub(crate) fn of(detector: &DetectorKind) -> Self {
        let rows = |values: &[f64], n| values.chunks(n).map(<[f64]>::to_vec).collect();
        let square = |gaussian: &Gaussian| rows(gaussian.covariance(), gaussian.mean().len());
        match detector {
            DetectorKind::Mahalanobis(gaussian) => Self {
                kind: Kind::Mahalanobis,
                mean: Some(gaussian.mean().to_vec()),
                covariance: Some(square(gaussian)),
                ..Self::default()
            },
            DetectorKind::Mixture(mixture) => {
                let mode = |one: &Gaussian| ModeFile {
                    mean: one.mean().to_vec(),
                    covariance: square(one),
                };
                let modes = Some(mixture.modes().iter().map(mode).collect());
                Self { kind: Kind::Mixture, modes, ..Self::default() }
            }
            DetectorKind::Neighbours(neighbours) => Self {
                kind: Kind::Neighbours,
                sd: Some(neighbours.sd().to_vec()),
                k: Some(neighbours.k()),
                rows: Some(rows(neighbours.rows(), neighbours.sd().len())),
                ..Self::default()
            },
            DetectorKind::Autoencoder(autoencoder) => {
                let layer = |layer: &Layer| LayerFile {
                    weights: rows(layer.weights(), layer.inputs()),
                    bias: layer.bias().to_vec(),
                    activation: layer.activation().to_string(),
                };
                let Scaling { mean, sd } = autoencoder.scaling().clone();
                Self {
                    kind: Kind::Autoencoder,
                    mean: Some(mean),
                    sd: Some(sd),
                    takes: Some(autoencoder.takes()),
                    layers: Some(autoencoder.network().layers().iter().map(layer).collect()),
                    ..Self::default()
                }
            }
        }
    }

    /// The first field that is there though this kind of detector does not have it.
    fn stray(&self) -> Option<&'static str> {
        let its: &[&str] = match self.kind {
            Kind::Mahalanobis => &["mean", "covariance"],
            Kind::Mixture => &["modes"],
            Kind::Neighbours => &["sd", "k", "rows"],
            Kind::Autoencoder => &["mean", "sd", "takes", "layers"],
        };
        let there = [
            ("mean", self.mean.is_some()),
            ("covariance", self.covariance.is_some()),
            ("modes", self.modes.is_some()),
            ("sd", self.sd.is_some()),
            ("takes", self.takes.is_some()),
            ("layers", self.layers.is_some()),
            ("k", self.k.is_some()),
            ("rows", self.rows.is_some()),
        ];
        there.into_iter().find_map(|(name, is)| (is && !its.contains(&name)).then_some(name))
    }

    pub(crate) fn into_kind(self) -> Result<DetectorKind, Problem> {
        if let Some(field) = self.stray() {
            return Err(Problem::field(field, NOT_ITS));
        }
        let Self { kind, mean, covariance, modes, sd, takes, layers, k, rows } = self;
        match kind {
            Kind::Mahalanobis => gaussian(there("mean", mean)?, &there("covariance", covariance)?)
                .map(DetectorKind::Mahalanobis),
            Kind::Mixture => {
                let modes = there("modes", modes)?;
                let modes = modes.into_iter().map(|one| gaussian(one.mean, &one.covariance));
                Mixture::new(modes.collect::<Result<_, _>>()?)
                    .map(DetectorKind::Mixture)
                    .map_err(|reason| Problem::field("modes", reason))
            }
            Kind::Neighbours => {
                let (sd, rows) = (there("sd", sd)?, there("rows", rows)?);
                let n = sd.len();
                if let Some(row) = rows.iter().position(|row| row.len() != n) {
                    let found = rows[row].len();
                    let reason = format!("row {row} has {found} numbers, sd has {n}");
                    return Err(Problem::field("rows", reason));
                }
                Neighbours::new(sd, rows.concat(), there("k", k)?)
                    .map(DetectorKind::Neighbours)
                    .map_err(|reason| Problem::field("detector", reason))
            }
            Kind::Autoencoder => {
                let (mean, sd) = (there("mean", mean)?, there("sd", sd)?);
                let (takes, layers) = (there("takes", takes)?, there("layers", layers)?);
                let wrong = |reason| Problem::field("layers", reason);
                let layers = layers.into_iter().enumerate().map(|(at, one)| {
                    layer(one).map_err(|reason| wrong(format!("layer {at}: {reason}")))
                });
                let network = Network::new(layers.collect::<Result<_, _>>()?).map_err(wrong)?;
                Autoencoder::new(network, takes, Scaling { mean, sd })
                    .map(DetectorKind::Autoencoder)
                    .map_err(|reason| Problem::field("detector", reason))
            }
        }
    }
}

fn there<T>(name: &'static str, field: Option<T>) -> Result<T, Problem> {
    field.ok_or_else(|| Problem::field(name, MISSING))
}

fn gaussian(mean: Vec<f64>, rows: &[Vec<f64>]) -> Result<Gaussian, Problem> {
    if let Some(row) = rows.iter().position(|row| row.len() != mean.len()) {
        let (found, n) = (rows[row].len(), mean.len());
        let reason = format!("row {row} has {found} numbers, the mean has {n}");
        return Err(Problem::field("covariance", reason));
    }
    Gaussian::new(mean, rows.concat()).map_err(|reason| Problem::field("detector", reason))
}

fn layer(file: LayerFile) -> Result<Layer, String> {
    let LayerFile { weights, bias, activation } = file;
    let inputs = weights.first().map_or(0, Vec::len);
    if let Some(row) = weights.iter().position(|row| row.len() != inputs) {
        let found = weights[row].len();
        return Err(format!("row {row} of the weights has {found} numbers, row 0 has {inputs}"));
    }
    if weights.len() != bias.len() {
        let (rows, biases) = (weights.len(), bias.len());
        return Err(format!("the weights have {rows} rows, the bias has {biases} numbers"));
    }
    let activation = activation.parse().map_err(|error: judder_core::Error| error.to_string())?;
    Layer::new(weights.concat(), bias, activation)
}
