//! Bringing recordings to one unit: as they name it, as is given, or as gravity tells.

use std::borrow::Cow;

use judder_core::{GravityAxes, Posture, Unit};
use judder_data::{Located, Recording};
use judder_model::{Misfit, Model, ReadingUnit, Scale, gravity_axes};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::known::Known;

/// The share of normal recordings in which gravity has the same length where that says anything.
const SAME_LENGTH: f64 = 0.95;

/// What is known of gravity in g.
const OF_G: Scale = Scale { unit: Some(Unit::G), gravity: Some(1.0) };

/// A recording in the unit of a model. Where the one or the other is not known, it is as it was written.
///
/// Of more than three axes whose columns have no names, the three that see gravity are brought to it.
pub fn in_unit_of<'r>(model: &Model, recording: &'r Recording) -> Cow<'r, Recording> {
    match (model.scale().unit, recording.unit()) {
        (Some(to), Some(from)) if to.per_g() != from.per_g() => {
            let known = recording.clone().with_accelerations(model.watching().gravity);
            Cow::Owned(known.in_unit(to))
        }
        _ => Cow::Borrowed(recording),
    }
}

/// What is wrong with a recording of a unit that it names, if it does, in the words of that.
pub fn named(misfit: Misfit, recording: &Recording, model: &Scale) -> Misfit {
    match (misfit, recording.unit()) {
        (Misfit::Unit { found, expected, .. }, Some(named)) => {
            misnamed(named, (found, expected), recording.is_whole(), model)
        }
        (misfit, _) => misfit,
    }
}

/// That readings name a unit which they are not in: gravity is found to be so long in the model's unit, and another length is
/// expected; `whole` says whether they are whole numbers as they are written.
pub(crate) fn misnamed(
    named: Unit,
    (found, expected): (f64, f64),
    whole: bool,
    model: &Scale,
) -> Misfit {
    let written = model.unit.map_or(found, |unit| unit.in_unit(named, found));
    let looks = Unit::of_gravity(written, whole);
    Misfit::Misnamed { found, expected, looks, named }
}

/// That a unit can be given for recordings that this model is to judge.
///
/// # Errors
/// [`TrainError::Option`] where the model does not know its own.
pub fn check_given(unit: Option<Unit>, model: &Model) -> Result<(), TrainError> {
    if unit.is_none() || model.scale().unit.is_some() {
        return Ok(());
    }
    let why = "the model does not know the unit of its readings, so it cannot take others into that: \
               leave out --unit, or train the model with it";
    Err(TrainError::Option(why.to_owned()))
}

impl Baseline {
    /// The same recordings, of this unit where they name none.
    #[must_use]
    pub fn or_unit(mut self, unit: Option<Unit>) -> Self {
        self.take_for(unit);
        self
    }

    /// Takes recordings that name no unit for ones of this, if there is one.
    pub(crate) fn take_for(&mut self, unit: Option<Unit>) {
        if unit.is_none() {
            return;
        }
        self.recordings.iter_mut().for_each(|one| one.or_unit(unit));
        self.manner.unit = self.manner.unit.or(unit);
    }

    /// Brings recordings that a model is to be fitted to into g, where anything tells their unit; the
    /// scale that they have then, and the unit that the first was in which was in another.
    ///
    /// # Errors
    /// Where gravity tells another unit than is named, or one that nobody names.
    pub(crate) fn agree_on_unit(&mut self) -> Result<(Scale, Option<Unit>), TrainError> {
        let gravity = self.seeing_gravity();
        self.accelerating(gravity);
        self.check_named(&OF_G)?;
        let nameless = nameless(&self.recordings);
        match told_by_gravity(&nameless) {
            Some((unit, reads)) if unit != Unit::G => return Err(asks(&nameless, reads, unit)),
            told => self.take_for(told.map(|(unit, _)| unit)),
        }
        let converted = self.recordings.iter().filter_map(|one| one.unit());
        let converted = converted.into_iter().find(|unit| unit.per_g() != 1.0);
        let unit = self.one_unit(Some(Unit::G))?;
        Ok((self.scale(unit), converted))
    }

    /// Brings recordings into the unit of a model by which these axes see gravity, and holds them to that.
    ///
    /// # Errors
    /// [`TrainError::Misfit`] where that of most is another.
    pub(crate) fn bring_to(
        &mut self,
        model: &Scale,
        gravity: GravityAxes,
    ) -> Result<(), TrainError> {
        self.accelerating(gravity);
        self.check_named(model)?;
        if model.unit.is_some() {
            self.take_for(model.unit);
        }
        self.one_unit(model.unit)?;
        let Some(expected) = model.gravity else { return Ok(()) };
        let all: Vec<&Known> = self.recordings.iter().collect();
        match (all.first(), usual_gravity(&all)) {
            (Some(first), Some(found)) if model.is_other(found) => {
                let whole = all.iter().all(|one| one.is_whole());
                let looks = Unit::of_gravity(found, whole);
                let misfit = Misfit::Unit { found, expected, looks };
                Err(TrainError::Misfit { path: first.path.clone(), misfit })
            }
            _ => Ok(()),
        }
    }

    /// The scale of recordings that have this unit.
    pub(crate) fn scale(&self, unit: Option<Unit>) -> Scale {
        let all: Vec<&Known> = self.recordings.iter().collect();
        let three = all.iter().all(|one| one.axes() == 3);
        let usual = unit.filter(|_| three).and_then(|_| usual_gravity(&all));
        let scale = Scale { unit, gravity: usual };
        // What gravity is in this unit, and what nearly all recordings agree on.
        let plausible = |usual: f64| {
            let nominal = unit.map(|unit| Scale { unit: None, gravity: Some(unit.per_g()) });
            let same = all.iter().filter_map(|one| one.gravity());
            let same = same.filter(|reads| !scale.is_other(*reads)).count();
            nominal.is_none_or(|nominal| !nominal.is_other(usual))
                && same as f64 >= SAME_LENGTH * all.len() as f64
        };
        Scale { unit, gravity: usual.filter(|usual| plausible(*usual)) }
    }

    /// The scale of recordings of more axes than the three that see gravity, by the postures of these.
    ///
    /// # Errors
    /// Where gravity tells another unit than g, and nobody names one.
    pub(crate) fn scale_of_three(
        &self,
        scale: Scale,
        postures: &[Posture<f64>],
    ) -> Result<Scale, TrainError> {
        let length = |one: &Posture<f64>| one.mean().iter().map(|x| x * x).sum::<f64>().sqrt();
        let mut lengths: Vec<f64> = postures.iter().map(length).collect();
        lengths.sort_by(f64::total_cmp);
        let Some(&reads) = lengths.get(lengths.len() / 2) else { return Ok(scale) };
        let whole = self.recordings.iter().all(|one| one.is_whole());
        let unit = match (scale.unit, Unit::of_gravity(reads, whole)) {
            (None, Some(unit)) if unit != Unit::G => {
                return Err(asks(&nameless(&self.recordings), reads, unit));
            }
            (None, told) => told,
            (named, _) => named,
        };
        Ok(Scale { unit, gravity: unit.map(|_| reads) })
    }

    /// Which axes see gravity of recordings that do not tell which are accelerations: in the unit that is
    /// named or given for them, else in any that sensors have.
    pub(crate) fn seeing_gravity(&self) -> GravityAxes {
        let mixed: Vec<&Known> = self.recordings.iter().filter(|one| one.is_mixed()).collect();
        let whole = mixed.iter().all(|one| one.is_whole());
        let means = |of: &dyn Fn(&Known) -> f64| -> Vec<Vec<f64>> {
            let row = |one: &&Known| one.means().map(|mean| mean / of(one)).collect();
            mixed.iter().map(row).collect()
        };
        let seen = |means: Vec<Vec<f64>>, unit| {
            let rows: Vec<&[f64]> = means.iter().map(Vec::as_slice).collect();
            gravity_axes(&rows, unit)
        };
        let per_g = |one: &Known| one.unit().map_or(1.0, Unit::per_g);
        match seen(means(&per_g), ReadingUnit::Gravity(1.0)) {
            three @ GravityAxes::Three(_) => three,
            _ => seen(means(&|_| 1.0), ReadingUnit::Unknown { whole }),
        }
    }

    /// The same recordings, of which these axes are accelerations where nothing else tells.
    fn accelerating(&mut self, gravity: GravityAxes) {
        self.recordings.iter_mut().for_each(|one| one.accelerating(gravity));
        self.manner.gravity = Some(gravity);
    }

    /// The unit of all recordings, once they are brought into this one, or into that of the first;
    /// none where none names any.
    fn one_unit(&mut self, unit: Option<Unit>) -> Result<Option<Unit>, TrainError> {
        let named = self.recordings.iter().find(|one| one.unit().is_some());
        let Some(named) = named else { return Ok(None) };
        if let Some(other) = self.recordings.iter().find(|one| one.unit().is_none()) {
            return Err(TrainError::Differs {
                path: other.path.clone(),
                what: format!(
                    "names no unit, but {} does; --unit says that of those which name none",
                    named.path.display()
                ),
            });
        }
        let to = unit.or(named.unit());
        if let Some(to) = to {
            self.recordings.iter_mut().for_each(|one| one.bring_to(to));
            self.manner.to = Some(to);
        }
        Ok(to)
    }

    /// Holds recordings that name a unit to the gravity that is expected.
    fn check_named(&self, model: &Scale) -> Result<(), TrainError> {
        let Scale { unit: Some(unit), gravity: Some(expected) } = *model else { return Ok(()) };
        let named: Vec<(&Known, f64, Option<Unit>)> = self
            .recordings
            .iter()
            .filter_map(|one| {
                let named = one.unit()?;
                let written = one.gravity()?;
                let looks = Unit::of_gravity(written, one.is_whole());
                Some((one, named.in_unit(unit, written), looks))
            })
            .collect();
        // A recording in which the sensor is shaken may say anything, most of them do not.
        let wrong = |(one, found, looks): &&(&Known, f64, Option<Unit>)| {
            model.is_other(*found) && looks.is_some() && *looks != one.unit()
        };
        let all: Vec<_> = named.iter().filter(wrong).collect();
        match all.first() {
            Some(&&(one, found, looks)) if 2 * all.len() > named.len() => {
                let named = one.unit().unwrap_or(unit);
                let misfit = Misfit::Misnamed { found, expected, looks, named };
                Err(TrainError::Misfit { path: one.path.clone(), misfit })
            }
            _ => Ok(()),
        }
    }
}

/// The unit that recordings look like which name none, if that is another than g: by the length of gravity
/// in most of them.
pub fn looks_like<'r>(recordings: impl IntoIterator<Item = &'r Located>) -> Option<Unit> {
    let known: Vec<Known> = recordings.into_iter().map(|one| Known::from(one.clone())).collect();
    let (unit, _) = told_by_gravity(&nameless(&known))?;
    (unit != Unit::G).then_some(unit)
}

/// The unit that gravity tells, and its length; any length about 1 is that of g.
fn told_by_gravity(recordings: &[&Known]) -> Option<(Unit, f64)> {
    let reads = usual_gravity(recordings)?;
    if !OF_G.is_other(reads) {
        return Some((Unit::G, reads));
    }
    let whole = recordings.iter().all(|one| one.is_whole());
    Unit::of_gravity(reads, whole).map(|unit| (unit, reads))
}

/// Those that name no unit.
fn nameless<'r>(recordings: impl IntoIterator<Item = &'r Known>) -> Vec<&'r Known> {
    recordings.into_iter().filter(|one| one.unit().is_none()).collect()
}

/// The median length of gravity in those recordings that show it, where most of them do.
fn usual_gravity(recordings: &[&Known]) -> Option<f64> {
    let mut lengths: Vec<f64> = recordings.iter().filter_map(|one| one.gravity()).collect();
    if 2 * lengths.len() <= recordings.len() {
        return None;
    }
    lengths.sort_by(f64::total_cmp);
    lengths.get(lengths.len() / 2).copied()
}

/// Asks for the unit of recordings that name none.
fn asks(recordings: &[&Known], reads: f64, unit: Unit) -> TrainError {
    let path = recordings.first().map(|one| one.path.clone()).unwrap_or_default();
    let more = match recordings.len() {
        1 => String::new(),
        count => format!(" (nor of those of {} more recordings)", count - 1),
    };
    TrainError::Differs {
        path,
        what: format!(
            "nothing names the unit of its readings{more}, and gravity reads {}, not 1: they look \
             like {unit}; say so with --unit {unit}",
            judder_model::digits(reads)
        ),
    }
}
