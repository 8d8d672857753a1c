//! Stretches of normal recordings that lie apart, and what the threshold would be without them.

use judder_train::{Found, LeaveOut, LyingApart, Without};
use maud::{Markup, html};

use crate::number::{counted, percent, short};
use crate::page::Section;

use super::{Judged, Origin};

pub(super) fn section(judged: &Judged<'_>) -> Option<Section> {
    let Origin::Trained(trained) = judged.origin else { return None };
    let stretches = &trained.stretches;
    if stretches.found.is_empty() {
        return None;
    }
    let body = html! {
        p {
            "These windows are unlike the rest of their folder. Where what lies apart sets the threshold, what is weaker "
            "than that is missed. What is no part of what is normal is left out by "
            code { "--leave-out" } "; of what is, more is to be recorded."
        }
        ul id="apart-list" {
            @for one in &stretches.found { li { (told(judged, one)) } }
        }
        @if !stretches.without.is_empty() { div class="wide" { (table(&stretches.without)) } }
    };
    Some(Section { id: "apart", title: "What lies apart".to_owned(), body })
}

/// As it says itself, its folder by the name that the charts have.
fn told(judged: &Judged<'_>, one: &LyingApart) -> String {
    let folder = one.folder.display().to_string();
    let named = judged.states().find(|(state, _)| state.state == folder);
    let name = named.map_or(folder.clone(), |(_, series)| series.name.clone());
    one.to_string().replace(&folder, &name)
}

fn table(all: &[Without]) -> Markup {
    html! {
        table id="apart-table" {
            thead {
                tr {
                    th { "learnt from" } th { "threshold" } th { "small disturbances above it" }
                    th { "normal windows above it" } th { "of what is left out" }
                }
            }
            tbody {
                @if let Some(first) = all.first() { (row("all", &first.with, None)) }
                @for one in all {
                    @let windows = counted(one.windows, "window");
                    @let name = match one.leave_out {
                        LeaveOut::Start => format!("all but that start ({windows})"),
                        LeaveOut::Far => format!("all but such single ones ({windows})"),
                    };
                    (row(&name, &one.without, Some(one.above)))
                }
            }
        }
    }
}

fn row(name: &str, found: &Found, left: Option<f64>) -> Markup {
    html! {
        tr {
            td { (name) }
            td { (short(found.threshold)) }
            td { (percent(found.noticed)) }
            td { (percent(found.false_alarms)) }
            td { (left.map_or_else(String::new, percent)) }
        }
    }
}
