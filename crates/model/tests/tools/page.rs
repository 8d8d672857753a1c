//! The tables of `docs/models.md`, which are written here and nowhere else.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::compared::{Outcome, outcome};
use crate::fixture::{Fixture, fixtures};
use crate::rounded::{steps, up};

const BEGIN: &str = "<!-- cargo xtask test tools -->\n";
const END: &str = "<!-- end of the tables -->";

#[test]
fn the_page_is_what_the_files_give() {
    if std::env::var_os("JUDDER_MODELS").is_some() {
        println!("the page is of the files of the repository, not of these");
        return;
    }
    let path = document();
    let mut text = std::fs::read_to_string(&path).unwrap();
    let begin = text.find(BEGIN).expect("a place for the tables") + BEGIN.len();
    let end = begin + text[begin..].find(END).expect("an end of the tables");
    let tables = tables();
    if std::env::var_os("JUDDER_WRITE").is_some() {
        text.replace_range(begin..end, &tables);
        std::fs::write(&path, text).unwrap();
        return;
    }
    let first = |a: &str, b: &str| a.lines().find(|line| !b.contains(line)).map(str::to_owned);
    let there = &text[begin..end];
    assert!(
        there == tables,
        "docs/models.md lags: it has\n{:?}\nwhere the files give\n{:?}\n\
         JUDDER_WRITE=1 cargo test -p judder-model --test tools page\nwrites it anew",
        first(there, &tables),
        first(&tables, there)
    );
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/models.md")
}

/// What was said of a file, and what judder makes of it.
type Row = (Fixture, Outcome);

fn tables() -> String {
    let all = fixtures().into_iter().map(|fixture| {
        let outcome = outcome(&fixture);
        (fixture, outcome)
    });
    let (refused, read): (Vec<Row>, Vec<Row>) =
        all.partition(|(_, outcome)| matches!(outcome, Outcome::Refused(_)));
    let mut text = totals(&read, refused.len());
    let headings: BTreeSet<String> = read.iter().map(|(fixture, _)| heading(fixture)).collect();
    for each in headings {
        write!(
            text,
            "\n### {each}\n\n| file | layers | weights | largest difference |\n|---|---|---|--:|\n"
        )
        .unwrap();
        for (fixture, outcome) in read.iter().filter(|(fixture, _)| heading(fixture) == each) {
            writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                file(fixture),
                layers(fixture),
                fixture.weights,
                difference(outcome, fixture.step)
            )
            .unwrap();
        }
    }
    text.push_str(
        "\n### Refused\n\n| by | file | layers | judder says: the file |\n|---|---|---|---|\n",
    );
    for (fixture, outcome) in &refused {
        let Outcome::Refused(message) = outcome else { continue };
        writeln!(
            text,
            "| {} | `{}` | {} | {} |",
            title(&fixture.tool),
            file(fixture),
            layers(fixture),
            escaped(message)
        )
        .unwrap();
    }
    text
}

/// One sentence of all of them.
fn totals(read: &[Row], refused: usize) -> String {
    let (mut apart, mut in_steps, mut floats) = (0.0f64, 0.0f64, 0);
    for (_, outcome) in read {
        match outcome {
            Outcome::Apart { largest, .. } => {
                apart = apart.max(*largest);
                floats += 1;
            }
            Outcome::Steps(steps) => in_steps = in_steps.max(*steps),
            Outcome::Refused(_) => {}
        }
    }
    format!(
        "{} files: {floats} in floats, of which judder's outputs differ by {} at most, {} quantised ones, which differ by \
         {} at most, and {refused} that are refused.\n",
        read.len() + refused,
        up(apart),
        read.len() - floats,
        steps(in_steps)
    )
}

fn heading(fixture: &Fixture) -> String {
    format!("{} {}", title(&fixture.tool), fixture.version)
}

/// How those who make a tool write its name.
fn title(tool: &str) -> &str {
    match tool {
        "keras" => "Keras",
        "litert" => "LiteRT",
        "pytorch" => "PyTorch",
        "sklearn" => "scikit-learn",
        "tensorflow" => "TensorFlow",
        "tf_keras" => "Keras 2: tf_keras",
        other => other,
    }
}

fn file(fixture: &Fixture) -> String {
    fixture.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn layers(fixture: &Fixture) -> String {
    escaped(&fixture.layers.join(", "))
}

fn difference(outcome: &Outcome, step: Option<f64>) -> String {
    match outcome {
        Outcome::Apart { largest, .. } => up(*largest),
        Outcome::Steps(number) => format!("{} of {}", steps(*number), up(step.unwrap_or_default())),
        Outcome::Refused(message) => message.clone(),
    }
}

/// As Markdown shows it.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*").replace('<', "\\<")
}
