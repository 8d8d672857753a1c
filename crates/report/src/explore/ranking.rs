//! Which numbers tell anomalous windows from normal ones.

use judder_core::{FeatureName, FeatureSet};
use judder_data::Recording;
use judder_model::{Precision, starts};
use judder_train::{Interval, auc, auc_interval, extract};

use super::gather::{Gathered, State};
use super::measure::median;

/// What is ranked: all that a model can be trained on and a person can picture. What says how the sensor
/// is mounted is not among it.
const RANKED: &str = "mad+std+kurtosis+skewness+crest+peak-to-peak+correlation+diff-std+\
                      diff-correlation+total-octaves:6+tonal+log-eigen";

/// The features of the windows of each state, in the order of its windows.
pub(super) struct Features {
    pub(super) names: Vec<FeatureName>,
    /// Of each state its rows, one after the other; not numbers where a window has no features.
    pub(super) rows: Vec<Vec<f64>>,
    /// How many windows have none, and the first reason.
    pub(super) without: Option<(usize, String)>,
}

impl Features {
    /// Those of every window.
    pub(super) fn of(gathered: &Gathered) -> Self {
        let Gathered { axes, window, .. } = *gathered;
        // The names are those of this program.
        let set: FeatureSet = match RANKED.parse() {
            Ok(set) => set,
            Err(_) => return Self { names: Vec::new(), rows: Vec::new(), without: None },
        };
        let names: Vec<FeatureName> = set.names(axes).collect();
        let mut without: Option<(usize, String)> = None;
        let mut of_state = |state: &State| {
            let all: Vec<&Recording> = state.recordings.iter().map(|one| &one.recording).collect();
            let Ok((table, refused)) = extract(&all, &set, axes, window, window, Precision::F64)
            else {
                return vec![f64::NAN; state.windows.len() * names.len()];
            };
            if let Some(first) = refused.first() {
                let windows = |at: usize| starts(all[at].len(), window, window).len();
                let count: usize = refused.iter().map(|one| windows(one.recording)).sum();
                let path = state.recordings[first.recording].path.display();
                let reason = || format!("{path}: {}", first.error);
                without.get_or_insert_with(|| (0, reason())).0 += count;
            }
            let mut rows = Vec::with_capacity(state.windows.len() * names.len());
            for (at, range) in table.recordings.iter().enumerate() {
                let count = starts(all[at].len(), window, window).len();
                if range.len() == count {
                    let columns = table.columns;
                    rows.extend(&table.values[range.start * columns..range.end * columns]);
                } else {
                    rows.resize(rows.len() + count * names.len(), f64::NAN);
                }
            }
            rows
        };
        let rows = gathered.states.iter().map(&mut of_state).collect();
        Self { names, rows, without }
    }

    /// One number of the windows of a state.
    pub(super) fn column(&self, state: usize, column: usize) -> impl Iterator<Item = f64> {
        self.rows[state].iter().skip(column).step_by(self.names.len().max(1)).copied()
    }

    fn finite(&self, state: usize, column: usize) -> Vec<f64> {
        self.column(state, column).filter(|x| x.is_finite()).collect()
    }
}

/// What is compared in a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contrast {
    /// Anomalous windows with normal ones.
    Anomalies,
    /// Each normal state with each other, where there are no anomalies.
    States,
    /// The second half of the only state with the first.
    Halves,
}

impl Contrast {
    /// From which area on the best of all numbers tells more than chance does, of so many windows.
    pub(super) fn beyond_chance(of: usize) -> f64 {
        let half = (of / 2).max(1) as f64;
        let sd = ((2.0 * half + 1.0) / (12.0 * half * half)).sqrt();
        0.5 + SPREADS * sd
    }
}

/// Standard deviations of an area that says nothing (Mann and Whitney 1947): the best of fifty such numbers
/// goes so far once in fifty times.
const SPREADS: f64 = 3.5;

/// How well a number tells what is compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ranked {
    /// Its place among the features.
    pub(super) column: usize,
    /// The area under the ROC curve, at least a half; the mean, where there are several.
    pub(super) auc: f64,
    /// Its 95 % confidence interval.
    pub(super) interval: Option<Interval>,
    /// Whether it is higher in what is told from normal; none where that is not always so.
    pub(super) higher: Option<bool>,
    /// The area of each anomalous state, against the normal state that it is most like in this number.
    pub(super) of_state: Vec<Option<f64>>,
}

/// All numbers, the best first.
pub(super) fn ranking(gathered: &Gathered, features: &Features) -> (Contrast, Vec<Ranked>) {
    let of = |anomaly: bool| -> Vec<usize> {
        gathered.of(anomaly).map(|state| state.series.index).collect()
    };
    let (normal, anomalous) = (of(false), of(true));
    let contrast = match (normal.len(), anomalous.is_empty()) {
        (_, false) => Contrast::Anomalies,
        (0 | 1, true) => Contrast::Halves,
        _ => Contrast::States,
    };
    let ranked = |column: usize| -> Option<Ranked> {
        let states: Vec<Vec<f64>> =
            (0..features.rows.len()).map(|state| features.finite(state, column)).collect();
        let told: Vec<Option<Told>> = match contrast {
            Contrast::Anomalies => anomalous
                .iter()
                .map(|&state| {
                    let pairs = normal.iter().filter_map(|&one| told(&states[one], &states[state]));
                    pairs.min_by(|a, b| a.auc.total_cmp(&b.auc))
                })
                .collect(),
            Contrast::Halves => {
                let all = &states[*normal.first()?];
                let (first, second) = all.split_at(all.len() / 2);
                vec![told(first, second)]
            }
            Contrast::States => (normal.iter().enumerate())
                .flat_map(|(at, &a)| normal[at + 1..].iter().map(move |&b| (a, b)))
                .map(|(a, b)| told(&states[a], &states[b]))
                .collect(),
        };
        let found: Vec<&Told> = told.iter().flatten().collect();
        let mean = |of: &dyn Fn(&Told) -> f64| {
            found.iter().map(|one| of(one)).sum::<f64>() / found.len() as f64
        };
        let first = found.first()?;
        let alike = found.iter().all(|one| one.higher == first.higher);
        let bounded = found.iter().all(|one| one.interval.is_some());
        let end = |of: fn(Interval) -> f64| mean(&|one| one.interval.map_or(f64::NAN, of));
        Some(Ranked {
            column,
            auc: mean(&|one| one.auc),
            // The mean of the ends: as if all erred to the same side.
            interval: bounded
                .then(|| Interval { low: end(|one| one.low), high: end(|one| one.high) }),
            higher: (alike && contrast != Contrast::States).then_some(first.higher),
            of_state: told.iter().map(|one| one.as_ref().map(|one| one.auc)).collect(),
        })
    };
    let mut all: Vec<Ranked> = (0..features.names.len()).filter_map(ranked).collect();
    // What is as good stands in the order of the features.
    all.sort_by(|a, b| b.auc.total_cmp(&a.auc).then(a.column.cmp(&b.column)));
    (contrast, all)
}

/// How well a number tells one state from another.
struct Told {
    auc: f64,
    interval: Option<Interval>,
    higher: bool,
}

fn told(normal: &[f64], other: &[f64]) -> Option<Told> {
    let area = auc(normal, other)?;
    let folded = area.max(1.0 - area);
    let interval = auc_interval(folded, normal.len(), other.len());
    Some(Told { auc: folded, interval, higher: area >= 0.5 })
}

/// The medians of a number in each state.
pub(super) fn medians(features: &Features, column: usize) -> Vec<f64> {
    (0..features.rows.len()).map(|state| median(features.column(state, column))).collect()
}
