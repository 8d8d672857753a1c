//! Why a window is an anomaly, in words.

use std::fmt;
use std::ops::Range;

use judder_core::{Bands, Error, FeatureSet};

use crate::{Contribution, Model, NormalState, Profile, Windows};

/// The most reasons that are given.
const MOST_REASONS: usize = 3;

/// What stands out is so many spreads from the median of normal.
const LEAST_SPREADS: f64 = 3.0;

/// Bands beside the one that stands out most are named with it where their deviation is at least this
/// share of its: a line leaks into its neighbours, and they are not what is strange.
const ALIKE: f64 = 0.5;

/// Why a window is an anomaly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// An axis vibrates more or less than is normal.
    Vibration(Vibration),
    /// A feature is not as it is expected; named where no vibration stands out by itself.
    Feature(Contribution),
}

/// How strongly an axis vibrates, compared with normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vibration {
    /// The axis, counted from 0.
    pub axis: usize,
    /// From and to which frequency; none where it is all of them.
    pub band_hz: Option<(f64, f64)>,
    /// Its amplitude, divided by the normal one.
    pub ratio: f64,
    /// How far it is from normal: in spreads of normal windows, where it is farthest.
    pub spreads: f64,
    axes: usize,
}

/// Explains windows by what a model knows of normal ones.
#[derive(Debug, Clone)]
pub struct Explainer<'m> {
    model: &'m Model,
    profile: Option<(&'m Profile, FeatureSet, Bands)>,
}

impl<'m> Explainer<'m> {
    /// Explains by this model.
    pub fn new(model: &'m Model) -> Self {
        // A model's profile was looked at when it was made.
        let profile = model.profile().and_then(|profile| {
            let bands = Bands::new(profile.bands).ok()?;
            Some((profile, Profile::features(profile.bands).ok()?, bands))
        });
        Self { model, profile }
    }

    /// Why the window from `start` on of a recording `[axes][length]` would be an anomaly: at most
    /// three reasons, what stands out most first, and at least one.
    ///
    /// # Errors
    /// Where the recording is not one of this model's, or the window has no features.
    pub fn explain(&self, values: &[f64], start: usize) -> Result<Vec<Reason>, Error> {
        let binding = self.model.binding();
        let length = values.len() / binding.axes;
        let expected = start.saturating_add(binding.window);
        // Looked at before there is a buffer for a window, which a file may call as long as it likes.
        if length < expected {
            return Err(Error::Shape { expected, found: length });
        }
        let mut windows = Windows::<f64>::new(binding.axes, binding.window);
        let mut extract = |set: &FeatureSet| -> Result<Vec<f64>, Error> {
            let mut room = vec![0.0; set.count(binding.axes)?];
            let (readings, scratch) = windows.cut(values, start)?;
            set.extract(&readings, scratch, &mut room)?;
            Ok(room)
        };
        let features = extract(self.model.features())?;
        let mut reasons = Vec::new();
        if let Some((profile, set, bands)) = &self.profile
            && let Some(state) = profile.states.get(self.model.detector().state(&features))
            // A band may have no energy that could be told; the features then explain alone.
            && let Ok(found) = extract(set)
        {
            reasons = self.vibrations(&found, state, *bands);
        }
        reasons.sort_by(|a, b| b.spreads.total_cmp(&a.spreads));
        reasons.truncate(MOST_REASONS);
        if reasons.is_empty() {
            let contributions = self.model.contributions(&features)?;
            let most = contributions.into_iter().max_by(|a, b| a.amount.total_cmp(&b.amount));
            return Ok(most.map(Reason::Feature).into_iter().collect());
        }
        Ok(reasons.into_iter().map(Reason::Vibration).collect())
    }

    /// What stands out, axis by axis.
    fn vibrations(&self, found: &[f64], state: &NormalState, bands: Bands) -> Vec<Vibration> {
        let (axes, count) = (self.model.binding().axes, usize::from(bands.get()));
        let all: Vec<Deviation> = (found.iter().zip(&state.median).zip(&state.spread))
            .map(|((&found, &normal), &spread)| Deviation { found, normal, spread })
            .collect();
        let (levels, rest) = all.split_at(axes);
        let mut reasons = Vec::new();
        for (axis, (level, of_bands)) in levels.iter().zip(rest.chunks_exact(count)).enumerate() {
            let before = reasons.len();
            for core in standing_out(of_bands) {
                let spreads = of_bands[core.clone()].iter().map(Deviation::spreads);
                let spreads = spreads.map(f64::abs).fold(0.0, f64::max);
                let ratio = amplitude_ratio(&of_bands[core.clone()]);
                let band_hz = if core.len() == count { None } else { self.hertz(bands, &core) };
                reasons.push(Vibration { axis, band_hz, ratio, spreads, axes });
            }
            let spreads = level.spreads().abs();
            if reasons.len() == before && spreads >= LEAST_SPREADS {
                let ratio = level.far().exp();
                reasons.push(Vibration { axis, band_hz: None, ratio, spreads, axes });
            }
        }
        reasons
    }

    /// The frequencies of some of the bands.
    fn hertz(&self, bands: Bands, which: &Range<usize>) -> Option<(f64, f64)> {
        let binding = self.model.binding();
        let (from, _) = bands.range(which.start, binding.window)?;
        let (_, to) = bands.range(which.end - 1, binding.window)?;
        Some((from * binding.rate_hz, to * binding.rate_hz))
    }
}

/// One number of a window beside those of normal windows.
#[derive(Debug, Clone, Copy)]
struct Deviation {
    found: f64,
    normal: f64,
    spread: f64,
}

impl Deviation {
    /// As a logarithm of a ratio.
    fn far(&self) -> f64 {
        self.found - self.normal
    }

    fn spreads(&self) -> f64 {
        self.far() / self.spread
    }

    /// Whether it stands out, and on the same side as another.
    fn is_with(&self, other: &Self) -> bool {
        self.spreads().abs() >= LEAST_SPREADS && (self.far() > 0.0) == (other.far() > 0.0)
    }
}

/// Of each run of neighbouring bands that stand out on one side, those around the one that does most.
fn standing_out(bands: &[Deviation]) -> Vec<Range<usize>> {
    let runs = bands.chunk_by(|a, b| a.is_with(b) && b.is_with(a)).scan(0, |start, run| {
        let range = *start..*start + run.len();
        *start = range.end;
        Some(range)
    });
    let core = |run: Range<usize>| {
        let farther =
            |&a: &usize, &b: &usize| bands[a].spreads().abs().total_cmp(&bands[b].spreads().abs());
        let most = run.clone().max_by(farther)?;
        if !bands[most].is_with(&bands[most]) {
            return None;
        }
        let alike = |&at: &usize| bands[at].far().abs() >= ALIKE * bands[most].far().abs();
        let start = (run.start..most).rev().take_while(alike).last().unwrap_or(most);
        let end = (most + 1..run.end).take_while(alike).last().unwrap_or(most);
        Some(start..end + 1)
    };
    runs.filter_map(core).collect()
}

/// The root of the ratio of the energies in some bands.
fn amplitude_ratio(bands: &[Deviation]) -> f64 {
    // Against the largest, as the energies themselves need not be representable.
    let most = bands.iter().map(|one| one.normal).fold(f64::NEG_INFINITY, f64::max);
    let sum = |of: &dyn Fn(&Deviation) -> f64| bands.iter().map(|one| (of(one) - most).exp()).sum();
    let (found, normal): (f64, f64) = (sum(&|one| one.found), sum(&|one| one.normal));
    (found / normal).sqrt()
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vibration(one) => one.fmt(f),
            Self::Feature(one) => one.fmt(f),
        }
    }
}

impl fmt::Display for Vibration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match ["x", "y", "z"].get(self.axis) {
            Some(letter) if self.axes <= 3 => write!(f, "{letter} axis, ")?,
            _ => write!(f, "axis {}, ", self.axis + 1)?,
        }
        match self.band_hz {
            None => f.write_str("all frequencies: ")?,
            Some((from, to)) => {
                let places = places(to - from);
                write!(f, "{}-{} Hz: ", short(from, places), short(to, places))?;
            }
        }
        let places = match self.ratio {
            ratio if ratio >= 10.0 => 0,
            ratio if ratio >= 1.0 => 1,
            ratio => (1.0 - ratio.log10().floor()).clamp(2.0, 9.0) as usize,
        };
        write!(f, "{} × normal", short(self.ratio, places))
    }
}

/// Decimal places that show a width with a digit or two.
fn places(width: f64) -> usize {
    let first = (-(width / 5.0).log10()).ceil();
    // Of a width that is no number too; more places than these are read by nobody.
    first.clamp(0.0, 9.0) as usize
}

/// A number with at most so many decimal places, and none that is 0 at its end.
fn short(value: f64, places: usize) -> String {
    if value >= 1e7 {
        return format!("{value:.1e}");
    }
    let text = format!("{value:.places$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
