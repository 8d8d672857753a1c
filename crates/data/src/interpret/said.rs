//! In words, how a table was understood.

use super::ReadOptions;
use super::names::Role;
use super::plan::{Named, Plan, title};
use crate::decode::Head;
use crate::error::shown;

/// The most columns that are listed.
const MOST: usize = 12;

/// Says where time, axes and unit come from, and what is left out; nothing where there was nothing to decide.
pub(super) fn of(head: &Head, named: &[Named<'_>], plan: &Plan, options: &ReadOptions) -> String {
    let is_all = plan.axes.len() == head.columns.len();
    let has_names = head.columns.iter().any(|column| !column.name.is_empty());
    if is_all && !has_names && head.rate_hz.is_none() && !head.is_normalized {
        return String::new();
    }
    let mut parts: Vec<String> = time(head, named, plan, options).into_iter().collect();
    parts.push(axes(head, plan, has_names));
    let is_used = |at: &usize| {
        plan.axes.contains(at)
            || plan.label == Some(*at)
            || plan.time.as_ref().is_some_and(|(time, _)| time == at)
    };
    if let Some(label) = plan.label {
        parts.push(format!("operating state from \"{}\"", title(head, label)));
    }
    let kept = |at: &usize| !is_used(at) && named[*at].role == Role::Operating;
    let (kept, left): (Vec<usize>, Vec<usize>) =
        (0..head.columns.len()).filter(|at| !is_used(at)).partition(kept);
    let list = |columns: &[usize]| {
        let mut all: Vec<String> =
            columns.iter().take(MOST).map(|&at| title_of(head, at)).collect();
        if columns.len() > MOST {
            all.push(format!("{} more", columns.len() - MOST));
        }
        all.join(", ")
    };
    // One that is called a time and is none would be missed.
    let unread = |at: &&usize| {
        matches!(named[**at].role, Role::Time(_))
            && plan.time.is_none()
            && options.rate_hz.is_none()
    };
    if let Some(&at) = left.iter().find(unread) {
        parts.push(format!(
            "\"{}\" is no time that is understood: say the rate (--rate)",
            title_of(head, at)
        ));
    }
    if !kept.is_empty() {
        parts.push(format!("kept beside: {}", list(&kept)));
    }
    if !left.is_empty() {
        parts.push(format!("left out: {}", list(&left)));
    }
    parts.join("; ")
}

fn title_of(head: &Head, at: usize) -> String {
    match head.columns[at].name.is_empty() {
        true => format!("column {}", at + 1),
        false => shown(&head.columns[at].name, 40),
    }
}

fn time(head: &Head, named: &[Named<'_>], plan: &Plan, options: &ReadOptions) -> Option<String> {
    let hertz = |rate: f64| format!("{} Hz", (rate * 1e3).round() / 1e3);
    let Some((at, clock)) = &plan.time else {
        let from = if options.rate_hz.is_some() { "as given" } else { "as the file says" };
        return plan.facts.rate_hz.map(|rate| format!("{}, {from}", hertz(rate)));
    };
    let column = numbered(head, *at);
    let unit = clock.unit.map(unit_name);
    let is_written = matches!(head.columns[*at].kind, crate::decode::Kind::Times { .. });
    let unit = unit
        .filter(|_| !is_written)
        .map(|unit| if clock.is_guessed { format!(" for {unit}") } else { format!(" in {unit}") })
        .unwrap_or_default();
    if matches!(named[*at].role, Role::Counter) {
        return Some(format!("readings are counted in {column}"));
    }
    Some(match (options.rate_hz, clock.rate_hz()) {
        (Some(rate), _) => format!("time from {column}{unit}, {} as given", hertz(rate)),
        (None, Some(rate)) if clock.is_guessed => {
            format!("time from {column}, taken{unit} as nothing names its unit: {}", hertz(rate))
        }
        (None, Some(rate)) => format!("time from {column}{unit}, {}", hertz(rate)),
        (None, None) if clock.per_unit.is_none() && clock.usual_step().is_finite() => {
            format!("{column} is a time too coarse to tell the rate; say it (--rate)")
        }
        (None, None) => untold(&column, clock.usual_step()),
    })
}

/// What is not sure of the time: that it tells no rate, or its unit is the likeliest. Nothing where the rate is given.
pub(super) fn unsure(
    head: &Head,
    named: &[Named<'_>],
    plan: &Plan,
    options: &ReadOptions,
) -> Option<String> {
    let (at, clock) = plan.time.as_ref()?;
    let is_told = plan.facts.rate_hz.is_some() && !clock.is_guessed;
    // What counts readings by its name or its numbers tells no time.
    let is_counter = matches!(named[*at].role, Role::Counter)
        || matches!(named[*at].role, Role::Unknown) && clock.counts();
    if options.rate_hz.is_some() || is_told || is_counter {
        return None;
    }
    time(head, named, plan, options)
}

/// A column by its number, and its name if it has one.
fn numbered(head: &Head, at: usize) -> String {
    match head.columns[at].name.as_str() {
        "" => format!("column {}", at + 1),
        name => format!("column {} \"{}\"", at + 1, shown(name, 40)),
    }
}

/// What is to be said of a time of which nobody knows the unit.
fn untold(column: &str, step: f64) -> String {
    if !step.is_finite() {
        return format!("{column} is a time that does not go on; say the rate (--rate)");
    }
    let (unit, rate) = if step < 1.0 { ("s", 1.0 / step) } else { ("ms", 1e3 / step) };
    let rate = (rate * 10.0).round() / 10.0;
    let step = (step * 1e4).round() / 1e4;
    format!("{column} grows by {step} a reading; if that is {unit}, --rate {rate}")
}

fn unit_name(seconds: f64) -> &'static str {
    match seconds {
        1e-3 => "ms",
        1e-6 => "µs",
        1e-9 => "ns",
        60.0 => "min",
        3600.0 => "h",
        86_400.0 => "days",
        _ => "s",
    }
}

fn axes(head: &Head, plan: &Plan, has_names: bool) -> String {
    const PLAIN: [&str; 3] = ["x", "y", "z"];
    let count = plan.axes.len();
    let letters = match count {
        1 => "1 axis".to_owned(),
        2 | 3 => PLAIN[..count].join(", "),
        count => format!("{count} axes"),
    };
    let names: Vec<&str> = plan.axes.iter().map(|&at| head.columns[at].name.as_str()).collect();
    let same =
        names.iter().zip(PLAIN).all(|(name, plain)| *name == plain) && (2..=3).contains(&count);
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{}\"", shown(name, 40))).collect();
    let from = match (same, has_names && names.iter().any(|name| !name.is_empty())) {
        (true, _) => letters,
        (false, true) => format!("{letters} from {}", quoted.join(", ")),
        (false, false) => letters,
    };
    match plan.facts.unit {
        Some(unit) => format!("{from} in {unit}"),
        None => from,
    }
}
