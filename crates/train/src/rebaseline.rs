//! Moving a model to a new mounting.

use std::path::PathBuf;

use judder_model::{Autoencoder, DetectorKind, Model, Problem, Provenance, Takes, Watching};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::learner::Learner;
use crate::look::look;
use crate::method::{Fitted, Method};
use crate::options::Options;
use crate::shrinkage::Shrinkage;
use crate::train::{Trained, train_on};
use crate::watching::WatchOptions;

/// Fits a model to normal recordings of a new mounting, from what it knew of the old: where normal
/// lies and how far it scatters is learnt anew, the old scatter counting as one window more. The
/// threshold is chosen by the same rule, and the mounting is the new one.
///
/// # Errors
/// A [`TrainError`] that names the recording, or why the model cannot be moved.
pub fn rebaseline(
    model: &Model,
    normal: &[PathBuf],
    skip_bad: bool,
) -> Result<Trained, TrainError> {
    let normal = Baseline::read(normal, 0.0, skip_bad)?;
    look(&normal, &[], false)?;
    rebaseline_on(model, normal, skip_bad)
}

/// As [`rebaseline`], from recordings that were read, and looked at ([`look`]) where that is wanted. Those that
/// name no unit are of the model's.
///
/// # Errors
/// Those of [`rebaseline`].
pub fn rebaseline_on(
    model: &Model,
    mut normal: Baseline,
    skip_bad: bool,
) -> Result<Trained, TrainError> {
    normal.agree_on(model.binding().axes, skip_bad)?;
    normal.bring_to(&model.scale(), model.watching().gravity)?;
    let (binding, limit, watching) = (model.binding(), model.threshold(), model.watching());
    let default = Options::default();
    let before = model.provenance();
    let shrinkage = before.shrinkage.as_ref().and_then(|(name, _)| name.parse().ok());
    let options = Options {
        features: *model.features(),
        rate_hz: Some(binding.rate_hz),
        window: Some(binding.window),
        hop: Some(binding.hop),
        precision: model.precision(),
        rule: limit.rule,
        false_alarm_rate: limit.false_alarm_rate.unwrap_or(default.false_alarm_rate),
        method: Method::Rebaseline(
            Box::new(model.detector().clone()),
            shrinkage.unwrap_or(Shrinkage::LedoitWolf),
        ),
        watch: WatchOptions::of(watching),
        seed: before.seed.unwrap_or(default.seed),
        skip_bad,
        force: true,
        ..default
    };
    let trained = train_on(normal, None, &options)?;
    let provenance = Provenance {
        origin: "judder rebaseline".to_owned(),
        before: before.data_sha256.clone().or_else(|| Some(before.origin.clone())),
        ..trained.model.provenance().clone()
    };
    let settle = watching.settle;
    let watching = Watching { settle, ..trained.model.watching().clone() };
    let model = trained.model.with_provenance(provenance)?.with_watching(watching)?;
    Ok(Trained { model, ..trained })
}

impl Learner<'_> {
    /// A detector like the old one that is no Gaussian, where normal is in these rows.
    pub(crate) fn refit(&self, rows: &[usize], old: &DetectorKind) -> Result<Fitted, TrainError> {
        match old {
            DetectorKind::Neighbours(neighbours) => self.fit_neighbours(rows, neighbours.k()),
            DetectorKind::Autoencoder(autoencoder) => self.rescaled(rows, autoencoder),
            other => Err(TrainError::Option(format!(
                "a {} model cannot be given a new baseline; train one",
                other.name()
            ))),
        }
    }

    /// The same network, to which the new features look as the old ones did.
    fn rescaled(&self, rows: &[usize], old: &Autoencoder) -> Result<Fitted, TrainError> {
        if old.takes() == Takes::Features {
            let why = "this network takes features as they are, so it knows only the mounting that it \
                       was trained at; train a model (judder train)";
            return Err(TrainError::Option(why.to_owned()));
        }
        let scaling = self.scaling(rows)?;
        let autoencoder = Autoencoder::new(old.network().clone(), old.takes(), scaling)
            .map_err(|reason| Problem::Field { field: "detector", reason })?;
        Ok(Fitted::Rescaled(autoencoder))
    }
}
