//! Which column of a table is what.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use judder_core::Unit;

use super::clock::{Clock, is_like_a_time, runs_on};
use super::names::Role;
use super::{About, ReadOptions, said, units};
use crate::decode::{Column, Head, Kind};
use crate::error::{Problem, shown};
use crate::pieces::Block;
use crate::{MAX_AXES, Recording};

/// The longest name that a message shows, in characters.
const LONGEST: usize = 40;

/// The most names that a message shows.
const MOST_NAMES: usize = 24;

/// What the columns of a table are.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// The columns of the axes, in order.
    pub(super) axes: Vec<usize>,
    /// The column of the time, and what it tells.
    pub(super) time: Option<(usize, Clock)>,
    /// The column of the operating state, where that parts recordings.
    pub(super) label: Option<usize>,
    /// The column of the sensor, where rows of one follow those of another.
    pub(super) key: Option<usize>,
    /// What the axes are multiplied by.
    pub(super) scale: Option<f64>,
    /// How many axes the readings of the only column are of, one after the other.
    pub(super) in_turn: Option<usize>,
    pub(super) facts: Facts,
}

/// What is known of a recording besides its readings.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) rate_hz: Option<f64>,
    pub(crate) unit: Option<Unit>,
    pub(crate) taken: Option<SystemTime>,
    /// The axes that are no accelerations by their names.
    pub(crate) others: Vec<usize>,
    pub(crate) about: Option<Arc<About>>,
}

impl Facts {
    /// A recording of such readings.
    pub(crate) fn describe(&self, recording: Recording) -> Recording {
        recording
            .with_rate(self.rate_hz)
            .with_unit(self.unit)
            .with_taken(self.taken)
            .with_others(self.others.iter().copied())
            .with_about(self.about.clone())
    }
}

/// A column, and what its name says.
pub(super) struct Named<'h> {
    pub(super) column: &'h Column,
    pub(super) role: Role,
}

impl Plan {
    /// Of a table of this head, of which these are the first rows, with all columns.
    ///
    /// # Errors
    /// [`Problem::NoColumn`], [`Problem::Columns`] or [`Problem::NoNumbers`] where the axes cannot be told,
    /// [`Problem::Units`] where their names do not agree on a unit.
    pub(super) fn of(head: &Head, first: &Block, options: &ReadOptions) -> Result<Self, Problem> {
        let named: Vec<Named<'_>> = head
            .columns
            .iter()
            .map(|column| Named { column, role: Role::of(&column.name, column.unit.as_deref()) })
            .collect();
        let given =
            options.columns.iter().map(|one| find(head, one)).collect::<Result<Vec<_>, _>>()?;
        let label = options.label_column.as_deref().map(|one| find(head, one)).transpose()?;
        let time = match options.time_column.as_deref() {
            Some("none") => None,
            Some(one) => {
                let at = find(head, one)?;
                Some((at, clock(&named[at], first.axis(at), is_edge_impulse(&named, at))))
            }
            None => time(&named, first, &given),
        };
        let time_columns = times(&named, first, time.as_ref().map(|(at, _)| *at));
        let axes = match given.is_empty() {
            false => given,
            true => axes(&named, first, &time_columns, label, head.name.is_none()),
        };
        let is_lost = |at: &usize| {
            let named = &named[*at];
            named.role == Role::Acceleration
                && (matches!(named.column.kind, Kind::Words(_)) || !holds_numbers(first, *at))
        };
        if options.columns.is_empty()
            && let Some(at) = (0..named.len()).find(is_lost)
        {
            return Err(lost(head, at, first));
        }
        if axes.is_empty() {
            return Err(Problem::NoNumbers { columns: names(head) });
        }
        if axes.len() > MAX_AXES {
            return Err(Problem::Columns { columns: axes.len(), names: names(head) });
        }
        if let Some(at) = axes.iter().find(|&&at| matches!(head.columns[at].kind, Kind::Words(_))) {
            return Err(Problem::Words { column: title(head, *at) });
        }
        // What turns has no say in the unit, whatever it is called.
        let full_name = |&at: &usize| match named[at].role {
            Role::Turning => String::new(),
            _ => with_unit(&head.columns[at]),
        };
        let full_names: Vec<String> = axes.iter().map(full_name).collect();
        let units::Units { unit, others } =
            units::named(&full_names.iter().map(String::as_str).collect::<Vec<_>>())?;
        let time = time.and_then(|(at, clock)| clock.map(|clock| (at, clock)));
        let is_key = |at: &usize| named[*at].role == Role::Key && !axes.contains(at);
        let key = (0..named.len()).find(is_key).filter(|_| label.is_none());
        let clock = time.as_ref().map(|(_, clock)| clock);
        let rate_hz = options
            .rate_hz
            .or(clock.and_then(Clock::rate_hz))
            .or(head.rate_hz.filter(|&hz| hz > 0.0));
        let clock_taken = clock.and_then(Clock::taken).and_then(system_time);
        let is_one = axes.len() == 1 && time.is_none() && label.is_none() && key.is_none();
        let in_turn = options.axes.filter(|&axes| is_one && axes > 1);
        let scale = options.full_scale.filter(|_| head.is_normalized);
        let unit = if scale.is_some() { unit.or(options.unit) } else { unit };
        let mut plan = Self {
            time,
            label,
            key,
            scale,
            in_turn,
            facts: Facts { rate_hz, unit, taken: clock_taken.or(head.taken), others, about: None },
            axes,
        };
        let about = About {
            said: said::of(head, &named, &plan, options),
            names: if in_turn.is_some() { Vec::new() } else { names_of(head, &plan.axes) },
            label: head.label.clone(),
            unsure: said::unsure(head, &named, &plan, options),
            jitter: plan.time.as_ref().map_or(0.0, |(_, clock)| clock.jitter),
            operating: operating(&named, first, &plan.axes),
            ..About::default()
        };
        plan.facts.about = (about != About::default()).then(|| Arc::new(about));
        Ok(plan)
    }

    /// The columns that are read: the axes, then the time, then the label or the sensor.
    pub(super) fn keep(&self) -> Vec<usize> {
        let parts = self.label.or(self.key);
        let more = self.time.as_ref().map(|(at, _)| *at).into_iter().chain(parts);
        self.axes.iter().copied().chain(more).collect()
    }
}

/// The column of this name, or of this number from 1 on.
fn find(head: &Head, wanted: &str) -> Result<usize, Problem> {
    let wanted = wanted.trim();
    let is = |column: &Column| column.name.trim() == wanted;
    let is_alike = |column: &Column| column.name.trim().eq_ignore_ascii_case(wanted);
    let by_name =
        head.columns.iter().position(is).or_else(|| head.columns.iter().position(is_alike));
    let number =
        || wanted.parse::<usize>().ok()?.checked_sub(1).filter(|&at| at < head.columns.len());
    by_name
        .or_else(number)
        .ok_or_else(|| Problem::NoColumn { name: shown(wanted, LONGEST), columns: names(head) })
}

/// Whether there is a number in a column.
fn holds_numbers(first: &Block, at: usize) -> bool {
    first.axis(at).iter().any(|value| value.is_finite())
}

/// Says that a column, which is an acceleration by its name, holds no numbers.
fn lost(head: &Head, at: usize, first: &Block) -> Problem {
    let word = match &head.columns[at].kind {
        Kind::Words(words) => first.axis(at).iter().find_map(|&number| words.word(number)),
        _ => None,
    };
    Problem::Lost { column: title(head, at), word: shown(&word.unwrap_or_default(), LONGEST) }
}

/// The columns of a table, as a message lists them.
pub(super) fn names(head: &Head) -> String {
    let count = head.columns.len();
    let mut listed: Vec<String> = (0..count.min(MOST_NAMES)).map(|at| title(head, at)).collect();
    if count > MOST_NAMES {
        listed.push(format!("… ({count} in all)"));
    }
    listed.join(", ")
}

/// What a column is called in a message.
pub(super) fn title(head: &Head, at: usize) -> String {
    match head.columns.get(at).map(|column| column.name.trim()) {
        Some(name) if !name.is_empty() => shown(name, LONGEST),
        _ => format!("{}", at + 1),
    }
}

/// The names of the axes, where they have names.
fn names_of(head: &Head, axes: &[usize]) -> Vec<String> {
    if axes.iter().all(|&at| head.columns[at].name.is_empty()) {
        return Vec::new();
    }
    axes.iter().map(|&at| head.columns[at].name.clone()).collect()
}

/// The name with the unit that the file says apart from it.
fn with_unit(column: &Column) -> String {
    match &column.unit {
        Some(unit) => format!("{} [{}]", column.name, unit.trim_matches(['[', ']', '(', ')', ' '])),
        None => column.name.clone(),
    }
}

fn is_numbers(named: &Named<'_>) -> bool {
    matches!(named.column.kind, Kind::Numbers)
}

/// Whether a column counts milliseconds, as the CSV files of Edge Impulse do without saying so.
fn is_edge_impulse(named: &[Named<'_>], at: usize) -> bool {
    let axis = |one: &Named<'_>| one.column.name.to_lowercase().starts_with("acc");
    named[at].column.name == "timestamp" && named.iter().any(axis)
}

fn clock(named: &Named<'_>, values: &[f64], counts_ms: bool) -> Option<Clock> {
    let (unit, since_1970) = match (&named.column.kind, named.role) {
        (Kind::Times { since_1970 }, _) => (Some(1.0), *since_1970),
        (_, Role::Time(unit)) => (unit, false),
        _ => (None, false),
    };
    let clock = Clock::of(values, unit, since_1970)?;
    if counts_ms && clock.unit.is_none() && values.iter().all(|value| value.fract() == 0.0) {
        return Clock::of(values, Some(1e-3), false);
    }
    Some(clock)
}

/// The column that tells the time, and what it tells: of those that are one by kind or name that with the best known
/// rate; else one that runs as a clock does, where no other column has the name of one.
fn time(named: &[Named<'_>], first: &Block, given: &[usize]) -> Option<(usize, Option<Clock>)> {
    let is_free = |at: &usize| !given.contains(at);
    let candidates: Vec<(usize, Option<Clock>)> = (0..named.len())
        .filter(is_free)
        .filter(|&at| is_time(&named[at], first.axis(at)))
        .map(|at| (at, clock(&named[at], first.axis(at), is_edge_impulse(named, at))))
        .collect();
    let rate = |clock: &Option<Clock>| clock.as_ref().and_then(Clock::rate_hz);
    let best = candidates
        .iter()
        .position(|(_, clock)| rate(clock).is_some())
        .or_else(|| candidates.iter().position(|(_, clock)| clock.is_some()));
    if let Some(best) = best {
        return candidates.into_iter().nth(best);
    }
    // By its numbers, where no other column is like it.
    let may_be = |at: &usize| is_numbers(&named[*at]) && named[*at].role == Role::Unknown;
    let mut alike = (0..named.len())
        .filter(is_free)
        .filter(may_be)
        .filter(|&at| named.len() > 1 && is_like_a_time(first.axis(at)));
    let counts = |at: usize| first.axis(at).windows(2).all(|pair| pair[1] - pair[0] == 1.0);
    let found: Vec<usize> = alike.by_ref().collect();
    // One that only counts stands beside a time.
    let at = found.iter().copied().find(|&at| !counts(at)).or(found.first().copied())?;
    (found.len() < named.len()).then(|| (at, clock(&named[at], first.axis(at), false)))
}

/// Whether a column is a time by its kind, or by its name, and its numbers do not say otherwise.
fn is_time(named: &Named<'_>, values: &[f64]) -> bool {
    match named.column.kind {
        Kind::Times { .. } => true,
        Kind::Numbers => matches!(named.role, Role::Time(_)) && runs_on(values),
        Kind::Words(_) => false,
    }
}

/// The columns that are times, by their names or numbers.
fn times(named: &[Named<'_>], first: &Block, chosen: Option<usize>) -> BTreeSet<usize> {
    (0..named.len()).filter(|&at| is_time(&named[at], first.axis(at))).chain(chosen).collect()
}

/// The columns that are axes: accelerations and turning rates by their names, or where no name is that of an
/// acceleration all numbers that are nothing else.
fn axes(
    named: &[Named<'_>],
    first: &Block,
    times: &BTreeSet<usize>,
    label: Option<usize>,
    is_alone: bool,
) -> Vec<usize> {
    let may_be = |at: &usize| is_numbers(&named[*at]) && !times.contains(at) && Some(*at) != label;
    // Without one number it is nothing; where all are so, the first row says what is lacking.
    let holds = |at: &usize| holds_numbers(first, *at);
    let mut all: Vec<usize> = (0..named.len()).filter(may_be).collect();
    if all.iter().any(holds) {
        all.retain(holds);
    }
    let is = |at: &usize, role: Role| named[*at].role == role;
    let accelerations: Vec<usize> = all
        .iter()
        .copied()
        .filter(|at| is(at, Role::Acceleration) || names_unit(&named[*at]))
        .collect();
    if !accelerations.is_empty() {
        let moving = |at: &usize| accelerations.contains(at) || is(at, Role::Turning);
        let both: Vec<usize> = all.iter().copied().filter(moving).collect();
        return if both.len() <= MAX_AXES { both } else { accelerations };
    }
    // Row numbers that nothing names, as pandas writes them.
    let has_names = named.iter().any(|one| !one.column.name.is_empty());
    let is_row_number = |at: &usize| {
        let values = first.axis(*at);
        let counts = values.len() > 2 && values.windows(2).all(|pair| pair[1] - pair[0] == 1.0);
        has_names && named[*at].column.name.is_empty() && counts
            || !times.is_empty() && counts && named.len() > 2
    };
    let plain = |at: &usize| {
        matches!(
            named[*at].role,
            Role::Unknown | Role::Turning | Role::Derived | Role::Key | Role::Time(_)
        )
    };
    let rest = |so: &dyn Fn(&usize) -> bool| -> Vec<usize> {
        all.iter().copied().filter(|at| so(at) && !is_row_number(at)).collect()
    };
    let found = rest(&plain);
    // A column that is named so may be all there is in a file.
    match found.is_empty() && is_alone {
        true => rest(&|at| !is(at, Role::Counter) && !is(at, Role::Label)),
        false => found,
    }
}

/// Whether a column is an acceleration by its unit.
fn names_unit(named: &Named<'_>) -> bool {
    named.role != Role::Derived && units::is_of_acceleration(&with_unit(named.column))
}

fn system_time(seconds: f64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

/// The speed and load of the machine, where columns say them.
fn operating(named: &[Named<'_>], first: &Block, axes: &[usize]) -> Vec<(String, f64)> {
    let is_so = |at: &usize| {
        named[*at].role == Role::Operating && is_numbers(&named[*at]) && !axes.contains(at)
    };
    let mean = |at: usize| {
        let finite = || first.axis(at).iter().filter(|value| value.is_finite());
        (named[at].column.name.clone(), finite().sum::<f64>() / finite().count() as f64)
    };
    (0..named.len()).filter(is_so).map(mean).filter(|(_, mean)| mean.is_finite()).collect()
}
