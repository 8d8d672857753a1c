//! The page of `judder explore`: what recordings look like, and which features tell them apart.

mod advice;
mod alike;
mod clouds;
mod correlations;
mod findings;
mod gather;
mod measure;
mod medians;
mod overview;
mod ranking;
mod separation;
mod spectra;
mod spectrograms;
mod waveforms;

use std::path::PathBuf;
use std::sync::Arc;

use judder_core::Unit;
use judder_data::{Progress, ReadOptions, quality};

use crate::ReportError;
use crate::chart::{evenly, legend};
use crate::number::counted;
use crate::page::Page;

use advice::Advice;
use alike::Likeness;
use gather::{Gathered, State};
use measure::{Measured, measure};
use ranking::{Contrast, Features, Ranked, ranking};

/// How many points of all states together a chart shows at the most.
const MOST_POINTS: usize = 4800;

/// How recordings are looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExploreOptions {
    /// How the files are read.
    pub files: Arc<ReadOptions>,
    /// The sample rate of recordings that tell none, in Hz.
    pub rate_hz: Option<f64>,
    /// Readings in a window; else the length that the recordings share.
    pub window: Option<usize>,
    /// The unit of recordings that name none; else they are shown as they are.
    pub unit: Option<Unit>,
}

/// A page, and what it says in short.
#[derive(Debug, Clone, PartialEq)]
pub struct Explored {
    /// The page.
    pub html: String,
    /// What it says first, in sentences.
    pub advice: Vec<String>,
    /// The command that is recommended, where a model can be trained.
    pub command: Option<String>,
    /// Why recordings are not shown, each reason naming its file.
    pub left_out: Vec<String>,
}

/// All that the sections of the page are made of.
struct Look {
    gathered: Gathered,
    /// What was measured of the windows of each state.
    measured: Vec<Vec<Measured>>,
    features: Features,
    contrast: Contrast,
    ranking: Vec<Ranked>,
    likeness: Likeness,
    quality: quality::Report,
    /// Of each state the windows that are shown as points, in order.
    shown: Vec<Vec<usize>>,
}

impl Look {
    fn states(&self) -> impl Iterator<Item = (&State, &[Measured])> {
        self.gathered.states.iter().zip(self.measured.iter().map(Vec::as_slice))
    }

    /// What is measured of the windows of a state that are shown as points.
    fn points(&self, state: usize) -> impl Iterator<Item = &Measured> {
        self.shown[state].iter().map(move |&at| &self.measured[state][at])
    }

    /// Says so where not all windows are shown.
    fn thinned(&self) -> Option<String> {
        let shown: usize = self.shown.iter().map(Vec::len).sum();
        let all = self.gathered.windows();
        (shown < all).then(|| {
            format!(
                "{shown} of {} are drawn as points: evenly spread, and the farthest of each state.",
                counted(all, "window")
            )
        })
    }
}

/// Steps of making a page once all is read.
const STEPS: usize = 5;

/// Reads recordings and makes a page of them, saying how far it is; the folders are the states.
///
/// # Errors
/// A [`ReportError`], where a path cannot be read, or nothing can be shown.
pub fn explore(
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    options: ExploreOptions,
    done: &dyn Progress,
) -> Result<Explored, ReportError> {
    let (gathered, sources) = Gathered::read(normal, anomaly, &options, done)?;
    done.begin("checking files", sources.len());
    let quality = quality::check(&sources, |_, bytes| {
        if bytes.is_none() {
            done.step();
        }
    });
    done.begin("telling states apart", STEPS);
    let measured = measure(&gathered);
    done.step();
    let features = Features::of(&gathered);
    done.step();
    let (contrast, ranking) = ranking(&gathered, &features);
    done.step();
    let likeness = Likeness::of(&gathered);
    done.step();
    let most = MOST_POINTS / gathered.states.len();
    let shown = measured.iter().map(|windows| shown(windows, most)).collect();
    let look = Look { gathered, measured, features, contrast, ranking, likeness, quality, shown };
    let advice = Advice::of(&look, normal, anomaly, &options);
    let html = page(&look, &advice)?;
    done.step();
    let Advice { sentences, command } = advice;
    Ok(Explored { html, advice: sentences, command, left_out: look.gathered.left_out })
}

/// The windows that are shown as points: evenly spread, and with them the farthest, which an eye would
/// miss.
fn shown(windows: &[Measured], most: usize) -> Vec<usize> {
    let mut kept = evenly(windows.len(), most);
    if kept.len() == windows.len() {
        return kept;
    }
    let axes = windows.first().map_or(0, |one| one.moments.len());
    for axis in 0..axes {
        let numbers: [fn(&measure::Moments) -> f64; 5] =
            [|m| m.mean, |m| m.variance, |m| m.kurtosis, |m| m.skewness, |m| m.mad];
        for number in numbers {
            let value = |at: &usize| number(&windows[*at].moments[axis]);
            let finite = || (0..windows.len()).filter(|at| value(at).is_finite());
            let by = |a: &usize, b: &usize| value(a).total_cmp(&value(b));
            kept.extend(finite().min_by(by).into_iter().chain(finite().max_by(by)));
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

fn page(look: &Look, advice: &Advice) -> Result<String, ReportError> {
    let series = look.gathered.series();
    let names = look
        .shown
        .iter()
        .zip(&look.gathered.states)
        .map(|(shown, state)| shown.iter().map(|&at| state.window_name(at)).collect());
    let windows = |index: usize| look.gathered.states[index].windows.len();
    let sections = vec![
        overview::section(look, advice),
        separation::section(look),
        alike::section(look),
        findings::section(look),
    ];
    let mut sections: Vec<_> = sections.into_iter().flatten().collect();
    sections.push(waveforms::section(look));
    sections.push(spectra::section(look));
    sections.push(clouds::section(look));
    sections.extend(correlations::section(look));
    sections.push(spectrograms::section(look)?);
    sections.push(medians::section(look));
    let page = Page {
        title: "What these recordings look like",
        about: overview::about(look),
        series: &series,
        legend: legend(&series, |one| {
            let kind = if one.anomaly { "anomaly" } else { "normal" };
            format!("{kind}, {}", windows(one.index))
        }),
        names: names.collect(),
        sections,
    };
    Ok(page.html())
}
