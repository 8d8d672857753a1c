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
    /// Of a Gaussian, row by row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    covariance: Option<Vec<Vec<f64>>>,
    /// In its place where all of it is 0 but blocks along the diagonal: of each the lower triangle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocks: Option<Vec<Triangle>>,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    covariance: Option<Vec<Vec<f64>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocks: Option<Vec<Triangle>>,
}

/// The rows of a lower triangle: of 1 number, of 2, and so on.
type Triangle = Vec<Vec<f64>>;

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
        // One of them: what is whole is written as ever.
        let matrix = |gaussian: &Gaussian| match gaussian.blocks() {
            [_] => (Some(rows(&gaussian.covariance(), gaussian.mean().len())), None),
            _ => (None, Some(gaussian.squares().map(triangle).collect())),
        };
        match detector {
            DetectorKind::Mahalanobis(gaussian) => {
                let (covariance, blocks) = matrix(gaussian);
                Self {
                    kind: Kind::Mahalanobis,
                    mean: Some(gaussian.mean().to_vec()),
                    covariance,
                    blocks,
                    ..Self::default()
                }
            }
            DetectorKind::Mixture(mixture) => {
                let mode = |one: &Gaussian| {
                    let (covariance, blocks) = matrix(one);
                    ModeFile { mean: one.mean().to_vec(), covariance, blocks }
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
            Kind::Mahalanobis => &["mean", "covariance", "blocks"],
            Kind::Mixture => &["modes"],
            Kind::Neighbours => &["sd", "k", "rows"],
            Kind::Autoencoder => &["mean", "sd", "takes", "layers"],
        };
        let there = [
            ("mean", self.mean.is_some()),
            ("covariance", self.covariance.is_some()),
            ("blocks", self.blocks.is_some()),
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
        let Self { kind, mean, covariance, blocks, modes, sd, takes, layers, k, rows } = self;
        match kind {
            Kind::Mahalanobis => {
                gaussian(there("mean", mean)?, covariance, blocks).map(DetectorKind::Mahalanobis)
            }
            Kind::Mixture => {
                let modes = there("modes", modes)?;
                let modes = modes.into_iter().enumerate().map(|(at, one)| {
                    gaussian(one.mean, one.covariance, one.blocks)
                        .map_err(|problem| of_mode(at, problem))
                });
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

/// What is wrong with a Gaussian, said of the mode that it is.
fn of_mode(at: usize, problem: Problem) -> Problem {
    match problem {
        Problem::Field { field: "detector", reason } => {
            Problem::Value { field: format!("detector.modes[{at}]"), reason }
        }
        Problem::Field { field, reason } => {
            Problem::Value { field: format!("detector.modes[{at}].{field}"), reason }
        }
        other => other,
    }
}

/// The rows of the lower triangle of a square.
fn triangle(square: &[f64]) -> Triangle {
    let rows = square.chunks(square.len().isqrt().max(1)).enumerate();
    rows.map(|(row, numbers)| numbers[..=row].to_vec()).collect()
}

fn gaussian(
    mean: Vec<f64>,
    covariance: Option<Vec<Vec<f64>>>,
    blocks: Option<Vec<Triangle>>,
) -> Result<Gaussian, Problem> {
    match (covariance, blocks) {
        (Some(_), Some(_)) => {
            Err(Problem::field("blocks", "stand beside a covariance: a Gaussian has one of them"))
        }
        (None, Some(blocks)) => {
            let wrong = |reason| Problem::field("blocks", reason);
            let squares = blocks.iter().enumerate().map(|(at, block)| mirrored(at, block));
            let squares = squares.collect::<Result<_, _>>().map_err(wrong)?;
            Gaussian::of_blocks(mean, squares).map_err(wrong)
        }
        (covariance, None) => {
            let rows = there("covariance", covariance)?;
            if let Some(row) = rows.iter().position(|row| row.len() != mean.len()) {
                let (found, n) = (rows[row].len(), mean.len());
                let reason = format!("row {row} has {found} numbers, the mean has {n}");
                return Err(Problem::field("covariance", reason));
            }
            Gaussian::new(mean, rows.concat()).map_err(|reason| Problem::field("detector", reason))
        }
    }
}

/// The square that the rows of a lower triangle are one half of.
fn mirrored(at: usize, rows: &Triangle) -> Result<Vec<f64>, String> {
    if let Some(row) = (0..rows.len()).find(|&row| rows[row].len() != row + 1) {
        let (found, expected) = (rows[row].len(), row + 1);
        return Err(format!(
            "row {row} of block {at} has {found} numbers, not {expected}: it is a lower triangle"
        ));
    }
    let n = rows.len();
    let element = |place: usize| {
        let (row, column) = (place / n, place % n);
        rows[row.max(column)][row.min(column)]
    };
    Ok((0..n * n).map(element).collect())
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
