//! The medians of each state in numbers.

use maud::html;

use crate::number::rounded;
use crate::page::Section;

use super::Look;
use super::measure::{Moments, median};

type Number = (&'static str, &'static str, fn(&Moments) -> f64);

const NUMBERS: [Number; 5] = [
    ("mean", "g", |m| m.mean),
    ("mad", "g", |m| m.mad),
    ("variance", "g²", |m| m.variance),
    ("kurtosis", "", |m| m.kurtosis),
    ("skewness", "", |m| m.skewness),
];

pub(super) fn section(look: &Look) -> Section {
    let axes = look.gathered.axes;
    let columns: Vec<(usize, Number)> =
        NUMBERS.iter().flat_map(|number| (0..axes).map(move |axis| (axis, *number))).collect();
    let body = html! {
        p { "The median over the windows of each state. MAD is 1.4826 times the median absolute deviation." }
        div class="wide" {
            table id="medians" {
                thead {
                    tr {
                        th rowspan="2" { "state" }
                        th rowspan="2" { "windows" }
                        @for (name, unit, _) in NUMBERS {
                            th colspan=(axes) { (name) @if !unit.is_empty() { " (" (unit) ")" } }
                        }
                    }
                    tr { @for (axis, _) in &columns { th { (look.gathered.axis_name(*axis)) } } }
                }
                tbody {
                    @for (state, windows) in look.states() {
                        tr data-state=(state.folder.file_name().unwrap_or(state.folder.as_os_str()).to_string_lossy()) {
                            td { (state.series.name) }
                            td { (windows.len()) }
                            @for (axis, (name, _, of)) in &columns {
                                @let value = median(windows.iter().map(|one| of(&one.moments[*axis])));
                                td data-key={ (name) " " (look.gathered.axis_name(*axis)) } data-value=[value.is_finite().then_some(value)] {
                                    @if value.is_finite() { (rounded(value)) } @else { "none" }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Section { id: "numbers", title: "The same in numbers".to_owned(), body }
}
