//! The detector in the model file.

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::{Autoencoder, DetectorKind, Gaussian, Layer, Network, Scaling, Takes};

/// The fields of every kind, flat: an enum with a tag would not say which field is wrong.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DetectorFile {
    kind: Kind,
    mean: Vec<f64>,
    /// Of a Gaussian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    covariance: Option<Vec<Vec<f64>>>,
    /// Of an autoencoder, like those below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sd: Option<Vec<f64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    takes: Option<Takes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layers: Option<Vec<LayerFile>>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Mahalanobis,
    Autoencoder,
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
        match detector {
            DetectorKind::Mahalanobis(gaussian) => Self {
                kind: Kind::Mahalanobis,
                mean: gaussian.mean().to_vec(),
                covariance: Some(rows(gaussian.covariance(), gaussian.mean().len())),
                sd: None,
                takes: None,
                layers: None,
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
                    mean,
                    covariance: None,
                    sd: Some(sd),
                    takes: Some(autoencoder.takes()),
                    layers: Some(autoencoder.network().layers().iter().map(layer).collect()),
                }
            }
        }
    }

    pub(crate) fn into_kind(self) -> Result<DetectorKind, Problem> {
        let Self { kind, mean, covariance, sd, takes, layers } = self;
        match kind {
            Kind::Mahalanobis => {
                let others = [("sd", sd.is_some()), ("takes", takes.is_some())];
                let others = others.into_iter().chain([("layers", layers.is_some())]);
                if let Some((field, _)) = others.into_iter().find(|(_, is_there)| *is_there) {
                    return Err(Problem::field(field, NOT_ITS));
                }
                let rows = covariance.ok_or_else(|| Problem::field("covariance", MISSING))?;
                gaussian(mean, &rows).map(DetectorKind::Mahalanobis)
            }
            Kind::Autoencoder => {
                if covariance.is_some() {
                    return Err(Problem::field("covariance", NOT_ITS));
                }
                let sd = sd.ok_or_else(|| Problem::field("sd", MISSING))?;
                let takes = takes.ok_or_else(|| Problem::field("takes", MISSING))?;
                let layers = layers.ok_or_else(|| Problem::field("layers", MISSING))?;
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
