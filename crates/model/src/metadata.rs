//! What an exported network says of itself, so that importing it gives the same model again.

use judder_core::Unit;
use serde::{Deserialize, Serialize};

use crate::error::{FormatError, shown};
use crate::scale;
use crate::{Binding, DetectorKind, Model, Precision, Rule, Scale, Scaling, Takes, Threshold};

/// The name of the entry in a file that has room for such.
pub const METADATA_NAME: &str = "judder";

const VERSION: u64 = 2;

/// The field that every version has.
#[derive(Deserialize)]
struct Head {
    version: u64,
}

/// All of a model but its network and where it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    version: u64,
    /// What its data must be.
    pub data: Binding,
    /// What one number of its readings is worth; unknown in version 1.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "scale::name",
        deserialize_with = "scale::named"
    )]
    unit: Option<Unit>,
    /// The length of gravity in them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gravity: Option<f64>,
    /// The arithmetic of its scores.
    pub precision: Precision,
    /// What is computed from a window.
    pub features: String,
    /// What the network in the file takes and gives.
    pub takes: Takes,
    /// The scaling of the features.
    pub scaling: Scaling,
    /// Where the anomalies begin.
    pub threshold: Threshold,
}

impl Metadata {
    /// What to say of a model whose network takes this in the file; nothing where it has none.
    pub fn of(model: &Model, takes: Takes) -> Option<Self> {
        let DetectorKind::Autoencoder(autoencoder) = model.detector() else { return None };
        let Scale { unit, gravity } = model.scale();
        Some(Self {
            version: VERSION,
            data: model.binding(),
            unit,
            gravity,
            precision: model.precision(),
            features: model.features().to_string(),
            takes,
            scaling: autoencoder.scaling().clone(),
            threshold: model.threshold().clone(),
        })
    }

    /// What one number of its readings is worth.
    pub fn scale(&self) -> Scale {
        Scale { unit: self.unit, gravity: self.gravity }
    }

    /// Its text, one line of JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads it from its text.
    ///
    /// # Errors
    /// [`FormatError::Metadata`].
    pub fn from_json(text: &[u8]) -> Result<Self, FormatError> {
        let wrong = |error: serde_json::Error| FormatError::Metadata(shown(&error.to_string()));
        // Before the rest, which a later version may have changed.
        let Head { version } = serde_json::from_slice(text).map_err(wrong)?;
        if !matches!(version, 1 | VERSION) {
            return Err(FormatError::Metadata(format!(
                "it is of version {version}, and this judder reads versions up to {VERSION}: \
                 use the judder that wrote it, or a newer one"
            )));
        }
        let mut read: Self = serde_json::from_slice(text).map_err(wrong)?;
        if let Rule::Given(given) = &mut read.threshold.rule {
            // The number stands beside the rule.
            *given = read.threshold.value;
        }
        Ok(read)
    }
}
