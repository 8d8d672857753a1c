//! A model that can be used: checked once, then only ever whole.

use std::path::Path;

use judder_core::FeatureSet;
use serde::{Deserialize, Serialize};

use crate::bounded;
use crate::error::{ModelError, Problem};
use crate::file::ModelFile;
use crate::recalibration::Recalibration;
use crate::{DetectorKind, Figure, Profile, Provenance, Scale, Threshold, Watching};

/// What a model's data must be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Axes of a reading.
    pub axes: usize,
    /// Readings in a window.
    pub window: usize,
    /// Readings from the start of one window to that of the next.
    pub hop: usize,
    /// Sample rate in Hz.
    pub rate_hz: f64,
}

/// The arithmetic that scores are computed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Single: what judder trains for, with the same bits here and on a microcontroller.
    #[default]
    F32,
    /// Double: as the programs compute that a model is imported from.
    F64,
}

impl Precision {
    /// The largest number: no score is larger.
    pub fn largest(self) -> f64 {
        match self {
            Self::F32 => f32::MAX.into(),
            Self::F64 => f64::MAX,
        }
    }
}

/// Feature set, detector, threshold, and where they came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    binding: Binding,
    scale: Scale,
    precision: Precision,
    features: FeatureSet,
    detector: DetectorKind,
    threshold: Threshold,
    recalibration: Option<Recalibration>,
    watching: Watching,
    profile: Option<Profile>,
    provenance: Provenance,
    figures: Vec<Figure>,
}

impl Model {
    /// A model of these parts.
    ///
    /// # Errors
    /// [`Problem::Field`] that names the part which does not fit the others.
    pub fn new(
        binding: Binding,
        precision: Precision,
        features: FeatureSet,
        detector: DetectorKind,
        threshold: Threshold,
        provenance: Provenance,
    ) -> Result<Self, Problem> {
        let Binding { axes, window, hop, rate_hz } = binding;
        let count = features.count(axes).map_err(|e| Problem::field("axes", e))?;
        if window < judder_core::MIN_LENGTH {
            let error = judder_core::Error::TooShort { length: window };
            return Err(Problem::field("window", error));
        }
        if hop == 0 {
            return Err(Problem::field("hop", judder_core::Error::Hop));
        }
        if !(rate_hz.is_finite() && rate_hz > 0.0) {
            return Err(Problem::field("rate_hz", "is not above 0 Hz"));
        }
        let threshold = threshold.checked(precision)?;
        check_provenance(&provenance)?;
        if detector.features() != count {
            let found = detector.features();
            let reason = format!("{found} numbers, but {features} of {axes} axes gives {count}");
            return Err(Problem::field("mean", reason));
        }
        if let Some((field, reason)) = detector.too_much_for(precision) {
            return Err(Problem::field(field, reason));
        }
        let (watching, figures) = (Watching::default(), Vec::new());
        Ok(Self {
            binding,
            scale: Scale::default(),
            precision,
            features,
            detector,
            threshold,
            recalibration: None,
            watching,
            profile: None,
            provenance,
            figures,
        })
    }

    /// The same model, said to come from elsewhere.
    ///
    /// # Errors
    /// [`Problem::Field`] where the shrinkage is not a share.
    pub fn with_provenance(mut self, provenance: Provenance) -> Result<Self, Problem> {
        check_provenance(&provenance)?;
        self.provenance = provenance;
        Ok(self)
    }

    /// The same model with another threshold.
    pub(crate) fn with_recalibration(
        mut self,
        threshold: Threshold,
        recalibration: Option<Recalibration>,
    ) -> Result<Self, Problem> {
        self.threshold = threshold.checked(self.precision)?;
        self.recalibration = recalibration.map(|one| one.checked(self.precision)).transpose()?;
        Ok(self)
    }

    /// The same model, whose readings are worth this.
    ///
    /// # Errors
    /// [`Problem::Field`] where the length of gravity is none.
    pub fn with_scale(mut self, scale: Scale) -> Result<Self, Problem> {
        match scale.problem() {
            Some(problem) => Err(problem),
            None => {
                self.scale = scale;
                Ok(self)
            }
        }
    }

    /// The same model, watching windows that follow each other like this.
    ///
    /// # Errors
    /// [`Problem::Field`] that names what cannot be.
    pub fn with_watching(mut self, watching: Watching) -> Result<Self, Problem> {
        match watching.problem(self.binding.axes, self.precision) {
            Some(problem) => Err(problem),
            None => {
                self.watching = watching;
                Ok(self)
            }
        }
    }

    /// The same model, knowing what vibration is normal, or not.
    ///
    /// # Errors
    /// A [`Problem`] that names what does not fit the axes or the detector.
    pub fn with_profile(mut self, profile: Option<Profile>) -> Result<Self, Problem> {
        let of = |one: &Profile| one.problem(self.binding.axes, self.detector.states());
        match profile.as_ref().and_then(of) {
            Some(problem) => Err(problem),
            None => {
                self.profile = profile;
                Ok(self)
            }
        }
    }

    /// The same model with figures measured at training.
    #[must_use]
    pub fn with_figures(mut self, figures: Vec<Figure>) -> Self {
        self.figures = figures;
        self
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// A [`ModelError`] that names the file and the field.
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        let at = |problem| ModelError { path: path.to_owned(), problem };
        bounded::read(path).and_then(|bytes| Self::from_json(&bytes)).map_err(at)
    }

    /// Reads a model from the bytes of its file.
    ///
    /// # Errors
    /// A [`Problem`] that names the field.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Problem> {
        ModelFile::parse(bytes)?.into_model()
    }

    /// The bytes of the model's file. Equal models give equal bytes, and these read back equal.
    pub fn to_json(&self) -> Vec<u8> {
        ModelFile::of(self).to_bytes()
    }

    /// The same bytes without the version of judder that writes them: they tell one model from another.
    pub fn content(&self) -> Vec<u8> {
        ModelFile::of(self).without_version().to_bytes()
    }

    /// What its data must be.
    pub fn binding(&self) -> Binding {
        self.binding
    }

    /// What one number of its readings is worth: as it says, else as gravity tells.
    pub fn scale(&self) -> Scale {
        Scale::of(self)
    }

    /// What it says of that itself.
    pub(crate) fn said_scale(&self) -> Scale {
        self.scale
    }

    /// The arithmetic of its scores.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// What is computed from a window.
    pub fn features(&self) -> &FeatureSet {
        &self.features
    }

    /// What turns that into a score.
    pub fn detector(&self) -> &DetectorKind {
        &self.detector
    }

    /// Where the anomalies begin.
    pub fn threshold(&self) -> &Threshold {
        &self.threshold
    }

    /// What it had before, where its threshold was chosen anew.
    pub fn recalibration(&self) -> Option<&Recalibration> {
        self.recalibration.as_ref()
    }

    /// When a window is not judged, and how scores become an alarm.
    pub fn watching(&self) -> &Watching {
        &self.watching
    }

    /// What vibration is normal, where that is known: it explains verdicts, and changes none.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// Where it came from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// What was measured at training.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }
}

fn is_share(x: f64) -> bool {
    (0.0..=1.0).contains(&x)
}

fn check_provenance(provenance: &Provenance) -> Result<(), Problem> {
    match provenance.shrinkage.as_ref().is_none_or(|&(_, intensity)| is_share(intensity)) {
        true => Ok(()),
        false => Err(Problem::field("shrinkage", "is not a number from 0 to 1")),
    }
}
