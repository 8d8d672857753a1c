//! The page of a model: what its scores are worth, on which windows it errs, and where it came from.

mod apart;
mod confusion;
mod facts;
mod loss;
mod overview;
mod roc;
mod scores;
mod sweep;
mod told;
mod worst;

use judder_model::{Model, Rule};
use judder_train::{Evaluation, Pace, Promise, ScoredState, ScoredWindow, Served, Trained};

use crate::ReportError;
use crate::chart::{MOST_SERIES, Series, evenly, legend, short_names};
use crate::number::counted;
use crate::page::Page;

use told::Told;

/// How many points of all states together a chart shows at the most.
const MOST_POINTS: usize = 6000;

/// Where the scores are from.
#[derive(Clone, Copy)]
enum Origin<'m> {
    /// From training: of normal windows by fits that had not seen them, of anomalous ones by the model.
    Trained(&'m Trained),
    /// From judging the model on labelled recordings.
    Evaluated(&'m Evaluation),
}

/// All that the sections of the page are made of.
struct Judged<'m> {
    name: &'m str,
    model: &'m Model,
    scored: &'m [ScoredState],
    origin: Origin<'m>,
    pace: Pace,
    /// The size of the model file.
    bytes: usize,
    told: Told,
    series: Vec<Series>,
    /// Of each state the windows that are shown as points, in order.
    shown: Vec<Vec<usize>>,
}

impl Judged<'_> {
    fn states(&self) -> impl Iterator<Item = (&ScoredState, &Series)> {
        self.scored.iter().zip(&self.series)
    }

    /// The threshold, where the model has one.
    fn threshold(&self) -> Option<f64> {
        let limit = self.model.threshold();
        (limit.rule != Rule::None).then_some(limit.value)
    }

    /// The alerts that a server would raise on the normal windows.
    fn promise(&self) -> Option<&Promise> {
        match self.origin {
            Origin::Trained(trained) => trained.alerts.as_ref(),
            Origin::Evaluated(evaluation) => evaluation.alerts.as_ref(),
        }
    }

    /// What a server would say of a state; none of a model without a threshold, which says nothing of windows, and of normal
    /// states that were trained on.
    fn served(&self, state: &str) -> Option<&Served> {
        self.threshold()?;
        match self.origin {
            Origin::Trained(trained) => {
                trained.served.iter().find(|(folder, _)| folder == state).map(|(_, served)| served)
            }
            Origin::Evaluated(evaluation) => {
                evaluation.states.iter().find(|row| row.state == state).map(|row| &row.served)
            }
        }
    }

    /// All scores of one kind.
    fn pooled(&self, anomaly: bool) -> Vec<f64> {
        let of = self.scored.iter().filter(|state| state.anomaly == anomaly);
        of.flat_map(ScoredState::scores).collect()
    }
}

/// The page of a model that was just trained; `name` is what its file is called, and `pace` says how many
/// windows a day has.
///
/// # Errors
/// A [`ReportError`], where there are too many states to show.
pub fn trained(trained: &Trained, pace: Pace, name: &str) -> Result<String, ReportError> {
    page(&trained.model, &trained.scored, Origin::Trained(trained), pace, name)
}

/// The page of a model that was judged on labelled recordings, with the scores of their windows.
///
/// # Errors
/// A [`ReportError`], where there are too many states to show.
pub fn evaluated(
    model: &Model,
    evaluation: &Evaluation,
    scored: &[ScoredState],
    pace: Pace,
    name: &str,
) -> Result<String, ReportError> {
    page(model, scored, Origin::Evaluated(evaluation), pace, name)
}

fn page(
    model: &Model,
    scored: &[ScoredState],
    origin: Origin<'_>,
    pace: Pace,
    name: &str,
) -> Result<String, ReportError> {
    if scored.len() > MOST_SERIES {
        return Err(ReportError::TooMany(scored.len()));
    }
    let folders: Vec<String> = scored.iter().map(|state| state.state.clone()).collect();
    let kinds = scored.iter().map(|state| state.anomaly);
    let series = Series::all(short_names(&folders).into_iter().zip(kinds));
    let most = MOST_POINTS / scored.len().max(1);
    let shown = scored.iter().map(|state| shown(&state.windows, most)).collect();
    let told = Told::of(model, scored, origin);
    let bytes = model.to_json().len();
    let judged = Judged { name, model, scored, origin, pace, bytes, told, series, shown };
    let sections = [
        Some(overview::section(&judged)),
        Some(scores::section(&judged)),
        confusion::section(&judged),
        apart::section(&judged),
        sweep::section(&judged),
        worst::section(&judged),
        loss::section(&judged),
        Some(facts::section(&judged)),
    ];
    let names = judged.shown.iter().zip(scored).map(|(shown, state)| {
        shown.iter().map(|&at| window_name(state, &state.windows[at])).collect()
    });
    let windows = |index: usize| scored[index].windows.len();
    let page = Page {
        title: "What this model is worth",
        about: overview::about(&judged),
        series: &judged.series,
        legend: legend(&judged.series, |one| {
            let kind = if one.anomaly { "anomaly" } else { "normal" };
            format!("{kind}, {}", counted(windows(one.index), "window"))
        }),
        names: names.collect(),
        sections: sections.into_iter().flatten().collect(),
    };
    Ok(page.html())
}

/// What a window is called: its file, and its first reading where that is not the file's.
fn window_name(state: &ScoredState, window: &ScoredWindow) -> String {
    let path = &state.recordings[window.recording];
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    match window.start {
        0 => name.into_owned(),
        start => format!("{name} from reading {start}"),
    }
}

/// The windows that are shown as points: evenly spread, and the highest and lowest of each stretch, which
/// an eye would miss.
fn shown(windows: &[ScoredWindow], most: usize) -> Vec<usize> {
    if windows.len() <= most {
        return (0..windows.len()).collect();
    }
    let scores: Vec<f64> = windows.iter().map(|window| window.score).collect();
    let mut kept = evenly(windows.len(), most / 2);
    kept.extend(crate::chart::extremes(&scores, most / 4));
    kept.sort_unstable();
    kept.dedup();
    kept
}
