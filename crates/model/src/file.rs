//! The model file: format version 2, 3 where a network needs it, and version 1 as it is read.

use judder_core::{Activation, FeatureSet, Unit};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::detector_file::DetectorFile;
use crate::error::{Problem, shown};
use crate::json_layout;
use crate::recalibration::Recalibration;
use crate::scale;
use crate::{
    Binding, DetectorKind, Figure, Layer, Model, Precision, Profile, Provenance, Scale, Threshold,
    Watching,
};

const FORMAT: &str = "judder-model";
const VERSION: u64 = 2;

/// Of a model whose network has activations that version 2 does not know; else it is as version 2, which
/// judders before it read.
const OF_ACTIVATIONS: u64 = 3;

/// The oldest version that is read.
const OLDEST: u64 = 1;

/// The fields that every version has, as they stand there: a value is not built to be compared.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    format: Option<&'a RawValue>,
    #[serde(borrow)]
    version: Option<&'a RawValue>,
}

impl Head<'_> {
    /// What keeps a file with this head from being a model that can be read.
    fn problem(&self) -> Option<Problem> {
        let is_format = |raw: &&RawValue| serde_json::from_str(raw.get()).ok() == Some(FORMAT);
        if self.format.is_none_or(|raw| !is_format(&raw)) {
            return Some(Problem::NotAModel);
        }
        let Some(version) = self.version else {
            return Some(Problem::field("version", "is missing"));
        };
        match version.get().parse() {
            Ok(OLDEST..=OF_ACTIVATIONS) => None,
            Ok(found) => Some(Problem::Version { found, known: OF_ACTIVATIONS }),
            Err(_) => Some(Problem::field("version", "is not a whole number")),
        }
    }
}

/// What a model's data must be, and what its readings are worth.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    axes: usize,
    window: usize,
    hop: usize,
    rate_hz: f64,
    /// Unknown in version 1.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "scale::name",
        deserialize_with = "scale::named"
    )]
    unit: Option<Unit>,
    /// The length of gravity in its readings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gravity: Option<f64>,
}

impl Data {
    fn of(model: &Model) -> Self {
        let Binding { axes, window, hop, rate_hz } = model.binding();
        let Scale { unit, gravity } = model.said_scale();
        Self { axes, window, hop, rate_hz, unit, gravity }
    }

    fn parts(self) -> (Binding, Scale) {
        let Self { axes, window, hop, rate_hz, unit, gravity } = self;
        (Binding { axes, window, hop, rate_hz }, Scale { unit, gravity })
    }
}

/// All fields, in the order they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelFile {
    format: String,
    version: u64,
    /// The version of judder that wrote the file.
    judder: String,
    data: Data,
    precision: Precision,
    features: String,
    detector: DetectorFile,
    threshold: Threshold,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recalibration: Option<Recalibration>,
    #[serde(default, skip_serializing_if = "Watching::is_default")]
    watch: Watching,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<Profile>,
    provenance: Provenance,
    #[serde(default)]
    figures: Vec<Figure>,
}

/// The first layer whose activation version 2 does not know.
fn newer_activation(detector: &DetectorKind) -> Option<(usize, Activation)> {
    let DetectorKind::Autoencoder(autoencoder) = detector else { return None };
    let layers = autoencoder.network().layers().iter().map(Layer::activation).enumerate();
    let known = [Activation::Linear, Activation::Relu, Activation::Tanh];
    layers.into_iter().find(|(_, one)| !known.contains(one))
}

impl ModelFile {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice::<Head<'_>>(bytes) {
            Ok(head) => head.problem().map_or(Ok(()), Err)?,
            Err(error) if error.is_data() => return Err(Problem::NotAModel),
            // What is wrong is told better below, where the field is known.
            Err(_) => {}
        }
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let file = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let (field, reason) = (error.path().to_string(), error.inner());
            match field.as_str() {
                _ if reason.is_eof() => Problem::Json(reason.to_string()),
                "." => Problem::Json(shown(&reason.to_string())),
                field => Problem::Value { field: shown(field), reason: shown(&reason.to_string()) },
            }
        })?;
        json.end().map_err(|error| Problem::Json(shown(&error.to_string())))?;
        Ok(file)
    }

    pub(crate) fn into_model(self) -> Result<Model, Problem> {
        let features: FeatureSet =
            self.features.parse().map_err(|e| Problem::field("features", e))?;
        let detector = self.detector.into_kind()?;
        if let Some((layer, activation)) = newer_activation(&detector)
            && self.version < OF_ACTIVATIONS
        {
            let (field, found) = (format!("detector.layers[{layer}].activation"), self.version);
            let reason = format!(
                "{activation} is not known in files of format version {found}, which have linear, relu \
                 and tanh; it is of version {OF_ACTIVATIONS}"
            );
            return Err(Problem::Value { field, reason });
        }
        if !self.figures.iter().all(|one| one.auc.is_none_or(|auc| (0.0..=1.0).contains(&auc))) {
            return Err(Problem::field("auc", "is not a number from 0 to 1"));
        }
        let Self {
            version,
            data,
            precision,
            threshold,
            recalibration,
            watch,
            profile,
            provenance,
            figures,
            ..
        } = self;
        let watch = if version == OLDEST { watch.of_version_1() } else { watch };
        let (binding, scale) = data.parts();
        Model::new(binding, precision, features, detector, threshold.clone(), provenance)
            .and_then(|model| model.with_recalibration(threshold, recalibration))
            .and_then(|model| model.with_scale(scale))
            .and_then(|model| model.with_watching(watch))
            .and_then(|model| model.with_profile(profile))
            .map(|model| model.with_figures(figures))
    }

    pub(crate) fn of(model: &Model) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: newer_activation(model.detector()).map_or(VERSION, |_| OF_ACTIVATIONS),
            judder: env!("CARGO_PKG_VERSION").to_owned(),
            data: Data::of(model),
            precision: model.precision(),
            features: model.features().to_string(),
            detector: DetectorFile::of(model.detector()),
            threshold: model.threshold().clone(),
            recalibration: model.recalibration().cloned(),
            watch: model.watching().clone(),
            profile: model.profile().cloned(),
            provenance: model.provenance().clone(),
            figures: model.figures().to_vec(),
        }
    }

    pub(crate) fn without_version(self) -> Self {
        Self { judder: String::new(), ..self }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        json_layout::to_bytes(self)
    }
}
