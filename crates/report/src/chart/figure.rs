//! What stands around a chart: its name, its words, and the values under the pointer.

use maud::{Markup, html};

use super::Series;

/// A chart with its name and its words.
pub struct Figure<'f> {
    /// Its name in the page, of which there is one.
    pub id: &'f str,
    /// Its title.
    pub title: &'f str,
    /// What there is to see, for those who do not see it; it stands below the chart.
    pub caption: &'f str,
    /// A class besides.
    pub class: &'f str,
    /// The chart.
    pub chart: Markup,
}

impl Figure<'_> {
    /// Its HTML.
    pub fn html(&self) -> Markup {
        let class = if self.class.is_empty() {
            "chart".to_owned()
        } else {
            format!("chart {}", self.class)
        };
        html! {
            figure class=(class) id=(self.id) {
                h3 id={ (self.id) "-title" } { (self.title) }
                (self.chart)
                output aria-live="polite" {}
                // The chart names it, so it is there when it is empty; the style sheet hides it then.
                figcaption id={ (self.id) "-caption" } { (self.caption) }
            }
        }
    }
}

/// A button for each series, which shows and hides it on all charts.
pub fn legend(series: &[Series], detail: impl Fn(&Series) -> String) -> Markup {
    html! {
        div class="legend" role="group" aria-label="States" {
            @for one in series {
                button type="button" class="state" data-state=(one.index) aria-pressed="true" {
                    svg class="swatch" viewBox="0 0 20 10" aria-hidden="true" {
                        path class={ "line " (one.class()) } d="M0 5H20" {}
                        path class={ "dots " (one.class()) } d="M10 5h.01" {}
                    }
                    span { (one.name) }
                    small { (detail(one)) }
                }
            }
            @if series.len() > 1 {
                button type="button" class="all" hidden { "show all" }
            }
        }
    }
}
