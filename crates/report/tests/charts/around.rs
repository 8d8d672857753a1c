//! What stands around a chart.

use insta::assert_snapshot;
use judder_report::chart::{Figure, legend};
use maud::html;

use crate::{lines, series};

#[test]
fn figure() {
    let figure = Figure {
        id: "f",
        title: "MAD of <x>",
        caption: "A & B differ.",
        class: "wide",
        chart: html! { svg {} },
    };
    assert_snapshot!(lines(figure.html()));
}

#[test]
fn figure_without_words() {
    let chart = html! { svg {} };
    let figure = Figure { id: "f", title: "MAD", caption: "", class: "", chart };
    assert_snapshot!(lines(figure.html()));
}

#[test]
fn legend_of_states() {
    let detail = |one: &judder_report::chart::Series| {
        if one.anomaly { "anomaly, 3".to_owned() } else { "normal, <5>".to_owned() }
    };
    assert_snapshot!(lines(legend(&series(), detail)));
}

#[test]
fn legend_of_one_state() {
    assert_snapshot!(lines(legend(&series()[..1], |_| String::new())));
}
