//! The tables, as Markdown.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;

use super::figures::Figures;
use super::machines::Row;
use super::tasks::Kind;

/// Between these lines of a page stands what is written anew.
const MARKS: [&str; 2] = ["<!-- judge -->", "<!-- end of judge -->"];

const REFERENCES: [&str; 2] = ["16 log bands, Ledoit-Wolf", "5 nearest"];

fn names(earlier: bool) -> Vec<&'static str> {
    let earlier = earlier.then_some("0.1.0");
    std::iter::once("judder").chain(earlier).chain(REFERENCES).collect()
}

fn programs(earlier: bool) -> Vec<&'static str> {
    names(earlier).into_iter().filter(|one| !REFERENCES.contains(one)).collect()
}

fn head(first: &str, names: &[&str]) -> String {
    format!("| {first} | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()))
}

/// Each task: the area, false alarms, detected and, of judder, not judged.
pub(super) fn machines(rows: &[Row], earlier: bool) -> String {
    let names = names(earlier);
    let mut text = format!(
        "\n### Machines: area · false alarms · detected of those above the threshold (not judged)\n\n{}",
        head("task", &names)
    );
    let cells = |figures: &mut dyn Iterator<Item = Option<Figures>>| {
        let cell = |one: Option<Figures>| match one {
            Some(Figures { auc, false_alarms, detected, above, not_judged }) => {
                let of_above =
                    if above > detected { format!(" of {above:.3}") } else { String::new() };
                let excused =
                    if not_judged > 0.0 { format!(" ({not_judged:.3})") } else { String::new() };
                format!("{auc:.3} · {false_alarms:.3} · {detected:.3}{of_above}{excused}")
            }
            None => String::new(),
        };
        figures.map(cell).collect::<Vec<_>>().join(" | ")
    };
    for kind in Kind::ALL {
        for row in rows.iter().filter(|row| row.kind == kind) {
            let mut figures = row.figures.iter().copied().map(Some);
            let _ = writeln!(text, "| {} ({}) | {} |", row.task, kind.name(), cells(&mut figures));
        }
    }
    for kind in Kind::ALL {
        let of_kind = || rows.iter().filter(move |row| row.kind == kind);
        let mut machines: Vec<&str> = of_kind().map(|row| row.machine.as_str()).collect();
        machines.sort_unstable();
        machines.dedup();
        if machines.is_empty() {
            continue;
        }
        let mean = |detector: usize| {
            let of_machine = |machine: &&str| {
                let rows = of_kind().filter(|row| row.machine == **machine);
                Figures::mean(
                    rows.map(|row| &row.figures[detector]).collect::<Vec<_>>().into_iter(),
                )
            };
            let means: Vec<Figures> = machines.iter().filter_map(of_machine).collect();
            Figures::mean(means.iter())
        };
        let mut means = (0..names.len()).map(mean);
        let _ = writeln!(text, "| **mean by machine ({})** | {} |", kind.name(), cells(&mut means));
    }
    text
}

/// Areas of judder, 0.1.0 and both baselines, and their means.
pub(super) fn areas(title: &str, first: &str, rows: &[(impl AsRef<str>, Vec<f64>)]) -> String {
    let names = names(true);
    let mut text = format!("\n### {title}\n\n{}", head(first, &names));
    let cells = |areas: &[f64]| {
        areas.iter().map(|area| format!("{area:.4}")).collect::<Vec<_>>().join(" | ")
    };
    for (name, areas) in rows {
        let _ = writeln!(text, "| {} | {} |", name.as_ref(), cells(areas));
    }
    let mean = |at: usize| rows.iter().map(|(_, areas)| areas[at]).sum::<f64>() / rows.len() as f64;
    let means: Vec<f64> = (0..names.len()).map(mean).collect();
    let _ = writeln!(text, "| **mean** | {} |", cells(&means));
    text
}

/// Of each set the false alarms, and what is detected, after a training on twenty windows.
pub(super) fn few(rows: &[(String, Vec<Figures>)], earlier: bool) -> String {
    let names = programs(earlier);
    let title = "Twenty windows, judged on the next sixty: false alarms · detected of those above the threshold";
    let mut text = format!("\n### {title}\n\n{}", head("set", &names));
    let cells = |figures: &[Figures]| {
        let cell = |one: &Figures| {
            format!("{:.3} · {:.3} of {:.3}", one.false_alarms, one.detected, one.above)
        };
        figures.iter().map(cell).collect::<Vec<_>>().join(" | ")
    };
    for (name, figures) in rows {
        let _ = writeln!(text, "| {name} | {} |", cells(figures));
    }
    let mean = |at: usize| Figures::mean(rows.iter().map(|(_, figures)| &figures[at]));
    let means: Vec<Figures> = (0..names.len()).filter_map(mean).collect();
    let _ = writeln!(text, "| **mean** | {} |", cells(&means));
    text
}

/// Of each state the false alarms in time order.
pub(super) fn false_alarms(rows: &[(&str, Vec<f64>)], earlier: bool) -> String {
    let names = programs(earlier);
    let mut text =
        format!("\n### False alarms in time order, 1 % asked\n\n{}", head("state", &names));
    for (state, shares) in rows {
        let cells: Vec<String> = shares.iter().map(|one| format!("{:.2} %", 100.0 * one)).collect();
        let _ = writeln!(text, "| {state} | {} |", cells.join(" | "));
    }
    text
}

/// Puts the tables where the page has its marks.
pub(super) fn write(page: &Path, tables: &str) -> anyhow::Result<()> {
    let name = || page.display().to_string();
    let text = std::fs::read_to_string(page).with_context(name)?;
    let between = text.split_once(MARKS[0]).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(MARKS[1])?;
        Some((before, after))
    });
    let (before, after) = between.with_context(|| format!("{}: no line {}", name(), MARKS[0]))?;
    let text = format!("{before}{}\n{tables}\n{}{after}", MARKS[0], MARKS[1]);
    std::fs::write(page, text).with_context(name)
}
