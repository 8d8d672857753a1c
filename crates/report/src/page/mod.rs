//! A page: one HTML file with everything in it, which asks the network for nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::chart::{MOST_SERIES, Series, json};

/// The pieces of the style sheet.
const STYLE: [&str; 3] = [
    include_str!("style/page.css"),
    include_str!("style/chart.css"),
    include_str!("style/print.css"),
];

/// The pieces of the script, which build on those before them.
const SCRIPT: [&str; 8] = [
    include_str!("script/theme.js"),
    include_str!("script/paper.js"),
    include_str!("script/names.js"),
    include_str!("script/legend.js"),
    include_str!("script/scale.js"),
    include_str!("script/reading.js"),
    include_str!("script/zoom.js"),
    include_str!("script/cloud.js"),
];

/// The style sheet of pages and their charts.
pub(crate) fn style() -> String {
    let mut style = STYLE.concat();
    for series in 0..MOST_SERIES {
        style.push_str(&format!(".off-{series} main [data-s=\"{series}\"]{{display:none}}\n"));
    }
    style
}

/// The pieces of the script that a page takes whose charts come and go.
const LIVE: [&str; 5] = [SCRIPT[0], SCRIPT[2], SCRIPT[3], SCRIPT[4], SCRIPT[5]];

/// What reads charts that come and go, the theme and the names of series; all of it global.
pub(crate) fn live_script() -> String {
    LIVE.concat()
}

/// A section of a page.
pub(crate) struct Section {
    /// Its name in the page, of which there is one.
    pub(crate) id: &'static str,
    /// Its heading.
    pub(crate) title: String,
    /// What stands in it.
    pub(crate) body: Markup,
}

/// A page.
pub(crate) struct Page<'p> {
    /// Its title.
    pub(crate) title: &'p str,
    /// What it is about, in a line.
    pub(crate) about: Markup,
    /// Who is shown.
    pub(crate) series: &'p [Series],
    /// The buttons that show and hide them.
    pub(crate) legend: Markup,
    /// Of each series the names of its points.
    pub(crate) names: Vec<Vec<String>>,
    /// What it says, in order.
    pub(crate) sections: Vec<Section>,
}

impl Page<'_> {
    /// Its HTML.
    pub(crate) fn html(self) -> String {
        let (style, script) = (style(), SCRIPT.concat());
        // No script but this one runs, whatever a folder is called.
        let policy = format!(
            "default-src 'none'; img-src data:; style-src '{}'; script-src '{}'; base-uri 'none'; \
             form-action 'none'",
            hash(&style),
            hash(&script)
        );
        let called: Vec<&str> = self.series.iter().map(|one| one.name.as_str()).collect();
        let classes: Vec<&str> = self.series.iter().map(Series::class).collect();
        let data = Data { states: called, classes, names: self.names };
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="generator" content={ "judder " (env!("CARGO_PKG_VERSION")) };
                    title { (self.title) }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(style)) }
                }
                body {
                    header {
                        div class="bar" {
                            p class="brand" { "judder" }
                            button type="button" id="theme" aria-label="Dark or light" {
                                "◐ " span { "theme" }
                            }
                        }
                        h1 { (self.title) }
                        p class="about" { (self.about) }
                        nav aria-label="Sections" {
                            @for section in &self.sections {
                                a href={ "#" (section.id) } { (section.title) }
                            }
                        }
                    }
                    (self.legend)
                    main {
                        @for section in self.sections {
                            section id=(section.id) aria-labelledby={ (section.id) "-heading" } {
                                h2 id={ (section.id) "-heading" } { (section.title) }
                                (section.body)
                            }
                        }
                    }
                    footer {
                        p { "Made by judder " (env!("CARGO_PKG_VERSION")) ". This file holds everything it "
                            "shows, and asks the network for nothing." }
                    }
                    div id="tip" role="presentation" hidden {}
                    script id="page-data" type="application/json" { (json(&data)) }
                    script { (PreEscaped(script)) }
                }
            }
        }
        .into_string()
    }
}

#[derive(serde::Serialize)]
struct Data<'a> {
    /// What each series is called.
    states: Vec<&'a str>,
    /// Its class in the style sheet.
    classes: Vec<&'a str>,
    /// The names of its points.
    names: Vec<Vec<String>>,
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}
