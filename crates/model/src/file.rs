//! The model file: format version 1.

use judder_core::FeatureSet;
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::json_layout;
use crate::{Binding, DetectorKind, Figure, Gaussian, Model, Precision, Provenance, Threshold};

const FORMAT: &str = "judder-model";
const VERSION: u64 = 1;

/// The fields that every version has.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: serde_json::Value,
    #[serde(default)]
    version: serde_json::Value,
}

/// All fields, in the order they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelFile {
    format: String,
    version: u64,
    /// The version of judder that wrote the file.
    judder: String,
    data: Binding,
    precision: Precision,
    features: String,
    detector: DetectorFile,
    threshold: Threshold,
    provenance: Provenance,
    #[serde(default)]
    figures: Vec<Figure>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum DetectorFile {
    Mahalanobis { mean: Vec<f64>, covariance: Vec<Vec<f64>> },
}

impl ModelFile {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let json = |error: serde_json::Error| Problem::Json(error.to_string());
        let head: Head = serde_json::from_slice(bytes).map_err(json)?;
        if head.format != FORMAT {
            return Err(Problem::NotAModel);
        }
        match head.version.as_u64() {
            Some(VERSION) => serde_json::from_slice(bytes).map_err(json),
            Some(found) => Err(Problem::Version { found, known: VERSION }),
            None => Err(Problem::field("version", "is not a whole number")),
        }
    }

    pub(crate) fn into_model(self) -> Result<Model, Problem> {
        let features: FeatureSet =
            self.features.parse().map_err(|e| Problem::field("features", e))?;
        let detector = match self.detector {
            DetectorFile::Mahalanobis { mean, covariance } => {
                if let Some(row) = covariance.iter().position(|row| row.len() != mean.len()) {
                    let (found, n) = (covariance[row].len(), mean.len());
                    let reason = format!("row {row} has {found} numbers, the mean has {n}");
                    return Err(Problem::field("covariance", reason));
                }
                let gaussian = Gaussian::new(mean, covariance.concat())
                    .map_err(|reason| Problem::field("detector", reason))?;
                DetectorKind::Mahalanobis(gaussian)
            }
        };
        let mut threshold = self.threshold;
        if let crate::Rule::Given(value) = &mut threshold.rule {
            *value = threshold.value;
        }
        Model::new(self.data, self.precision, features, detector, threshold, self.provenance)
            .map(|model| model.with_figures(self.figures))
    }

    pub(crate) fn of(model: &Model) -> Self {
        let DetectorKind::Mahalanobis(gaussian) = model.detector();
        let mean = gaussian.mean().to_vec();
        let covariance = gaussian.covariance().chunks(mean.len()).map(<[f64]>::to_vec).collect();
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            judder: env!("CARGO_PKG_VERSION").to_owned(),
            data: model.binding(),
            precision: model.precision(),
            features: model.features().to_string(),
            detector: DetectorFile::Mahalanobis { mean, covariance },
            threshold: model.threshold().clone(),
            provenance: model.provenance().clone(),
            figures: model.figures().to_vec(),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        json_layout::to_bytes(self)
    }
}
