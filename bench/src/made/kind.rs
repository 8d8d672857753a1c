//! The kinds of runs, and what is to be named in each.

use std::path::PathBuf;

use judder_data::simulate::{Fan, LoadStep, Run, Speed, State, Turn, WarmUp};
use judder_train::{Place, Stretches};

/// At what share of the windows a run is warm, or changes.
const EARLY: f64 = 0.3;

/// By how much loudness drifts, in dB.
const DRIFT_DB: f64 = 0.5;

/// What a run has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Drift,
    Mixed,
    WarmUp,
    LoadStep,
    Touched,
    Strange,
}

/// Where what lies apart lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    Start,
    Single,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Plain,
        Self::Drift,
        Self::Mixed,
        Self::WarmUp,
        Self::LoadStep,
        Self::Touched,
        Self::Strange,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "as it is",
            Self::Drift => "drift of 0.5 dB",
            Self::Mixed => "low, medium and high mixed",
            Self::WarmUp => "warm-up over the first 30 %",
            Self::LoadStep => "load step after 30 %",
            Self::Touched => "sensor touched after 30 %",
            Self::Strange => "one strange window",
        }
    }

    /// Where a stretch lies that is to be named; none where there is none.
    pub(super) fn place(self) -> Option<Apart> {
        match self {
            Self::Plain | Self::Drift | Self::Mixed => None,
            Self::WarmUp | Self::LoadStep | Self::Touched => Some(Apart::Start),
            Self::Strange => Some(Apart::Single),
        }
    }

    /// A run of which so many windows are learnt from.
    pub(super) fn run(self, fan: &Fan, state: State, windows: u64) -> Run {
        let none = Run::default();
        let early = EARLY * windows as f64;
        match self {
            Self::Plain => none,
            Self::Drift => Run { drift_db: DRIFT_DB, ..none },
            Self::Mixed => Run { speeds: vec![Speed::Low, Speed::Medium, Speed::High], ..none },
            Self::WarmUp => Run { warm_up: Some(WarmUp::over(early)), ..none },
            Self::LoadStep => Run { load_step: Some(LoadStep::from(early as u64)), ..none },
            Self::Touched => Run { turn: Some(Turn::from(early as u64)), ..none },
            Self::Strange => Run { strange: fan.some_of(state, 0..windows, 1, 0), ..none },
        }
    }

    /// Whether what lies apart is named; of a run in which nothing does, whether anything is.
    pub(super) fn is_named(
        self,
        stretches: &Stretches,
        run: &Run,
        path: impl Fn(u64) -> PathBuf,
    ) -> bool {
        match self.place() {
            None => !stretches.found.is_empty(),
            Some(Apart::Start) => {
                stretches.found.iter().any(|one| matches!(one.place, Place::Start { .. }))
            }
            Some(Apart::Single) => {
                let strange: Vec<PathBuf> = run.strange.iter().map(|at| path(*at)).collect();
                stretches.found.iter().any(|one| strange.contains(&one.first))
            }
        }
    }
}
