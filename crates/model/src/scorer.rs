//! Running a model on recordings.

use judder_core::{Detector, Error, FeatureSet, GravityAxes, Posture, Real, Score, Unit, Verdict};

use crate::rounded::Rounded;
use crate::{Binding, Model, Precision, Scale, Windows, starts};

/// How far, as a share, a measured rate may be from the model's: boards drift, and features bear it.
pub const RATE_TOLERANCE: f64 = 0.05;

/// Why a recording does not fit a model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// Another number of axes.
    #[error("has {}, but the model is for {expected}", counted(*found, "axis", "axes"))]
    Axes {
        /// Axes of the recording.
        found: usize,
        /// Axes of the model.
        expected: usize,
    },
    /// Shorter than a window.
    #[error(
        "has {}, fewer than the {expected} of a window: record longer, or train with a shorter \
         --window",
        counted(*found, "reading", "readings")
    )]
    Short {
        /// Readings of the recording.
        found: usize,
        /// Readings of a window.
        expected: usize,
    },
    /// Another sample rate.
    #[error(
        "was sampled at {found} Hz, but the model is for {expected} Hz: \
         use a model trained at this rate"
    )]
    Rate {
        /// Rate of the recording in Hz.
        found: f64,
        /// Rate of the model in Hz.
        expected: f64,
    },
    /// Another unit, or another range of the sensor, as the length of gravity tells.
    #[error("{}", other_scale(*found, *expected, *looks))]
    Unit {
        /// How gravity reads.
        found: f64,
        /// How it reads in the model's readings.
        expected: f64,
        /// The unit that the readings look like, were they as somebody wrote them.
        looks: Option<Unit>,
    },
    /// Readings that name a unit, in which gravity has another length than in the model's.
    #[error("{}", misnamed(*found, *expected, *looks, *named))]
    Misnamed {
        /// How gravity reads in the model's unit.
        found: f64,
        /// How it reads in the model's readings.
        expected: f64,
        /// The unit that the readings look like.
        looks: Option<Unit>,
        /// The unit that they name.
        named: Unit,
    },
    /// A window that no score can be computed from.
    #[error("{}", in_words(*start, *error))]
    Window {
        /// The first reading of the window, counted from 0.
        start: usize,
        /// Why there is no score.
        error: Error,
    },
}

/// An error of the core in the words of somebody who has a file before him.
fn in_words(start: usize, error: Error) -> String {
    let letter =
        |axis: usize| ["x", "y", "z"].get(axis).map_or((axis + 1).to_string(), ToString::to_string);
    match error {
        Error::StuckAxis { axis } => format!(
            "axis {} is stuck: all readings of the window from row {} on are equal; \
             check the sensor",
            letter(axis),
            start + 1
        ),
        Error::NonFinite { axis, reading } => {
            let row = start + reading + 1;
            format!("row {row}: axis {} is too large, or not a finite number", letter(axis))
        }
        error => format!("window from row {} on: {error}", start + 1),
    }
}

/// Three digits of a length.
pub fn digits(length: f64) -> String {
    let before = if length > 0.0 { length.log10().floor() as i32 } else { 0 };
    let decimals = usize::try_from(2 - before).unwrap_or(0);
    let digits = format!("{length:.decimals$}");
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits,
    }
}

fn other_scale(found: f64, expected: f64, looks: Option<Unit>) -> String {
    let reads =
        format!("gravity reads {} where the model's is {}", digits(found), digits(expected));
    match looks {
        Some(unit) => format!("{reads}: these look like {unit}; say so with --unit {unit}"),
        None => format!(
            "{reads}: the readings are in another unit, which --unit says, or the range of the sensor \
             has changed"
        ),
    }
}

fn misnamed(found: f64, expected: f64, looks: Option<Unit>, named: Unit) -> String {
    let looks = looks.filter(|unit| *unit != named);
    let looks = looks.map(|unit| format!(", and they look like {unit}")).unwrap_or_default();
    format!(
        "gravity reads {} where {} is expected, though the readings are taken for {named}{looks}: \
         correct the unit that is named (in the header, in recording.jsonl or by --unit), or the range \
         of the sensor",
        digits(found),
        digits(expected)
    )
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// The score of one window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The first reading of the window, counted from 0.
    pub start: usize,
    /// How far from normal, in the model's arithmetic: an `f32` model's is that `f32`, exactly.
    pub score: f64,
    /// Whether that is above the threshold.
    pub verdict: Verdict,
    /// What the window says besides vibration.
    pub posture: Posture<f64>,
}

/// A model ready to run, its parameters in its own arithmetic.
#[derive(Debug, Clone)]
pub struct Scorer {
    binding: Binding,
    features: FeatureSet,
    gravity: GravityAxes,
    scale: Scale,
    parameters: Parameters,
}

#[derive(Debug, Clone)]
enum Parameters {
    F32(Rounded<f32>, f32),
    F64(Rounded<f64>, f64),
}

impl Scorer {
    /// A model made ready to run.
    pub fn new(model: &Model) -> Self {
        let parameters = match model.precision() {
            Precision::F32 => {
                Parameters::F32(Rounded::of(model.detector()), model.threshold().value as f32)
            }
            Precision::F64 => {
                Parameters::F64(Rounded::of(model.detector()), model.threshold().value)
            }
        };
        let (binding, features, scale) = (model.binding(), *model.features(), model.scale());
        let gravity = model.watching().gravity;
        Self { binding, features, gravity, scale, parameters }
    }

    /// The same, whatever length gravity has in the readings: of windows that are made up, say.
    #[must_use]
    pub fn of_any_gravity(self) -> Self {
        Self { scale: Scale { gravity: None, ..self.scale }, ..self }
    }

    /// Which axes see gravity.
    pub fn gravity(&self) -> GravityAxes {
        self.gravity
    }

    /// What one number of the model's readings is worth.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Scores every window of a recording, `values` being laid out axis by axis `[axes][length]`.
    ///
    /// # Errors
    /// A [`Misfit`] where the recording is not what the model is for, or one of its windows has no
    /// score. A recording of unknown rate is taken for one of the model's, and so are its readings for
    /// ones of the model's unit, unless gravity in most of its windows has another length.
    pub fn score(
        &self,
        values: &[f64],
        axes: usize,
        rate_hz: Option<f64>,
    ) -> Result<Vec<Scored>, Misfit> {
        let length = values.len() / axes.max(1);
        self.check(axes, length, rate_hz)?;
        let whole = |error| Misfit::Window { start: 0, error };
        match &self.parameters {
            Parameters::F32(parameters, threshold) => {
                parameters.with(|score| self.run(score, *threshold, values, length))
            }
            Parameters::F64(parameters, threshold) => {
                parameters.with(|score| self.run(score, *threshold, values, length))
            }
        }
        .map_err(whole)?
        .and_then(|windows| match self.other_scale(&windows, values) {
            None => Ok(windows),
            Some(misfit) => Err(misfit),
        })
    }

    /// What the windows of a recording tell of another unit, where most of them do.
    fn other_scale(&self, windows: &[Scored], values: &[f64]) -> Option<Misfit> {
        let expected = self.scale.gravity?;
        let other = |one: &Scored| self.scale.other(&one.posture);
        let mut found: Vec<f64> = windows.iter().filter_map(other).collect();
        if 2 * found.len() <= windows.len() {
            return None;
        }
        found.sort_by(f64::total_cmp);
        let found = found.get(found.len() / 2).copied()?;
        let whole = values.iter().all(|value| value.fract() == 0.0);
        Some(Misfit::Unit { found, expected, looks: Unit::of_gravity(found, whole) })
    }

    fn check(&self, axes: usize, length: usize, rate_hz: Option<f64>) -> Result<(), Misfit> {
        let Binding { axes: expected, window, rate_hz: rate, .. } = self.binding;
        if axes != expected {
            return Err(Misfit::Axes { found: axes, expected });
        }
        if length < window {
            return Err(Misfit::Short { found: length, expected: window });
        }
        match rate_hz {
            None => Ok(()),
            Some(found) if (found - rate).abs() <= RATE_TOLERANCE * rate => Ok(()),
            // Further away, or no number at all.
            Some(found) => Err(Misfit::Rate { found, expected: rate }),
        }
    }

    fn run<T: Real>(
        &self,
        score: &dyn Score<T>,
        threshold: T,
        values: &[f64],
        length: usize,
    ) -> Result<Vec<Scored>, Misfit> {
        let Binding { axes, window, hop, .. } = self.binding;
        let at = |start| move |error| Misfit::Window { start, error };
        let detector =
            Detector::new(self.features, score, threshold, axes, window).map_err(at(0))?;
        let mut windows = Windows::new(axes, window);
        let mut room = vec![T::ZERO; detector.values()];
        starts(length, window, hop)
            .map(|start| {
                let (readings, scratch) = windows.cut(values, start).map_err(at(start))?;
                let judged = detector.judge(&readings, scratch, &mut room).map_err(at(start))?;
                let posture = Posture::of_axes(&readings, self.gravity).map_err(at(start))?;
                let posture = widened(&posture);
                let posture = posture.map_err(at(start))?;
                let score = judged.score.to_f64();
                Ok(Scored { start, score, verdict: judged.verdict, posture })
            })
            .collect()
    }
}

/// The same posture in `f64`, exactly.
fn widened<T: Real>(posture: &Posture<T>) -> Result<Posture<f64>, Error> {
    let mean: Vec<f64> = posture.mean().iter().map(|x| x.to_f64()).collect();
    Posture::new(&mean, posture.shift().to_f64(), posture.activity().to_f64())?
        .with_vibration(posture.rms().to_f64(), posture.vibration().to_f64())
}
