//! Which states are alike: would a model of one notice another?

use judder_train::{Apart, Area, Baseline, Options, apart, each_apart};
use maud::{Markup, html};

use crate::page::Section;

use super::Look;
use super::gather::{Gathered, State};

/// Below this area two states are alike, and below that they are near each other.
pub(super) const ALIKE: f64 = 0.8;
pub(super) const NEAR: f64 = 0.95;

/// What the default detector tells apart.
pub(super) struct Likeness {
    /// For each state, what a model of its first three fifths tells from the rest of it, each of the
    /// others in order; or why there can be no such model.
    pub(super) rows: Vec<Result<Vec<Option<Area>>, String>>,
    /// The same of a model of all normal states, and the anomalous ones.
    pub(super) normal: Result<Apart, String>,
}

impl Likeness {
    pub(super) fn of(gathered: &Gathered) -> Self {
        let options = Options {
            rate_hz: Some(gathered.rate_hz),
            window: Some(gathered.window),
            skip_bad: true,
            ..Options::default()
        };
        let baseline = |states: &[&State]| {
            let recordings = states.iter().flat_map(|one| one.recordings.iter().cloned());
            let given = states.iter().map(|one| (one.folder.clone(), one.recordings.len()));
            Baseline::of(recordings.collect(), given.collect())
        };
        let each = |states: &mut dyn Iterator<Item = &State>| -> Vec<Baseline> {
            states.map(|one| baseline(&[one])).collect()
        };
        let rows = match gathered.states.len() {
            0 | 1 => Vec::new(),
            _ => each_apart(each(&mut gathered.states.iter()), &options),
        };
        let rows = rows.into_iter().map(|row| row.map_err(|error| error.to_string())).collect();
        let normal: Vec<&State> = gathered.of(false).collect();
        let others = each(&mut gathered.of(true));
        let normal = apart(baseline(&normal), others, &options).map_err(|error| error.to_string());
        Self { rows, normal }
    }
}

pub(super) fn section(look: &Look) -> Option<Section> {
    let Look { gathered, likeness, .. } = look;
    if likeness.rows.is_empty() {
        return None;
    }
    let body = html! {
        p {
            "Each row is a model of the default kind that knows the first three fifths of one state. A cell "
            "says how well it tells another state from the rest of its own: the area under the ROC curve, 1 "
            "where it always does, 0.5 where chance does as well. What lies below 0.5 looks more normal than "
            "the state itself."
        }
        div class="wide" {
            table class="pairs" id="alike" {
                thead {
                    tr {
                        th { "knows" }
                        @for state in &gathered.states { th { (state.series.name) } }
                    }
                }
                tbody {
                    @for (at, (state, row)) in gathered.states.iter().zip(&likeness.rows).enumerate() {
                        tr {
                            th { (state.series.name) }
                            @match row {
                                Ok(areas) => @for (other, area) in areas.iter().enumerate() {
                                    (cell(*area, at == other))
                                },
                                Err(why) => td class="long" colspan=(gathered.states.len()) { (why) },
                            }
                        }
                    }
                }
            }
        }
        p class="quiet" {
            "Time-ordered, one window at a time, without a threshold. A state that was recorded while another "
            "thing changed too, such as the mounting, is told apart by that as well."
        }
    };
    Some(Section { id: "alike-states", title: "Which states are alike".to_owned(), body })
}

fn cell(area: Option<Area>, itself: bool) -> Markup {
    let Some(Area { auc, .. }) = area.filter(|_| !itself) else {
        return html! { td { "·" } };
    };
    let class = match auc {
        auc if auc < ALIKE => "alike",
        auc if auc < NEAR => "near",
        _ => "apart",
    };
    html! { td class=(class) data-value=(auc) { (format!("{auc:.3}")) } }
}
