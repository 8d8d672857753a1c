//! A threshold that was chosen anew, and how to go back to the one of the training.

use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::provenance::check_prints;
use crate::{Model, Normal, Precision, Threshold};

/// What a model had before its threshold was chosen anew from further normal recordings, and which those are.
///
/// The detector knows nothing of them. However often the threshold is chosen, the one of the training is what is
/// kept here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recalibration {
    /// The threshold of the training.
    pub before: Threshold,
    /// The recordings that the one of the model is from.
    pub normal: Vec<Normal>,
    /// The first 32 bits of the SHA-256 of each, as in [`Provenance::seen`](crate::Provenance::seen): false alarms on
    /// these say nothing of others.
    pub seen: String,
}

impl Recalibration {
    pub(crate) fn checked(self, precision: Precision) -> Result<Self, Problem> {
        check_prints("recalibration.seen", &self.seen)?;
        let before = self.before.checked(precision)?;
        Ok(Self { before, ..self })
    }
}

impl Model {
    /// The same model with a threshold from other normal recordings: `seen` has the first 32 bits of the SHA-256 of
    /// each, in hexadecimal. All else stays as it is, and so does what [`without_recalibration`] goes back to.
    ///
    /// # Errors
    /// A [`Problem`] that names what is wrong with the threshold or with `seen`.
    ///
    /// [`without_recalibration`]: Self::without_recalibration
    pub fn recalibrated(
        self,
        threshold: Threshold,
        normal: Vec<Normal>,
        seen: String,
    ) -> Result<Self, Problem> {
        let before = match self.recalibration() {
            Some(one) => one.before.clone(),
            None => self.threshold().clone(),
        };
        self.with_recalibration(threshold, Some(Recalibration { before, normal, seen }))
    }

    /// The model as it was trained: that which has never been [`recalibrated`](Self::recalibrated), to the byte. None
    /// where it was not.
    #[must_use]
    pub fn without_recalibration(self) -> Option<Self> {
        let before = self.recalibration()?.before.clone();
        self.with_recalibration(before, None).ok()
    }
}
