//! What training says of stretches that lie apart, and of the threshold with and without them.

use std::path::PathBuf;

use judder_train::{Days, Found, LeaveOut, Limits, Moved, Trained, Without};

use crate::output::{counted, note, percent, rounded, say};

/// The most stretches that are told one by one.
const MOST_TOLD: usize = 8;

/// What lowers the threshold to this share of it, or less, is said to set it.
const LOWER: f64 = 0.95;

/// What of the normal recordings is not learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Left {
    /// The start of a folder that lies apart, as where a machine gets warm
    Start,
    /// Single windows far from all others
    Far,
    /// Nothing
    None,
}

/// The ways that are named.
pub(crate) fn ways(named: &[Left]) -> Vec<LeaveOut> {
    let way = |left: &Left| match left {
        Left::Start => Some(LeaveOut::Start),
        Left::Far => Some(LeaveOut::Far),
        Left::None => None,
    };
    let mut ways: Vec<LeaveOut> = named.iter().filter_map(way).collect();
    ways.sort_unstable();
    ways.dedup();
    ways
}

/// Names the stretches, and what leaving them out would be worth, or is.
pub(crate) fn describe(trained: &Trained, left_out: &[LeaveOut]) {
    // A new baseline is of few windows, all of which it needs.
    let may_leave_out = trained.model.provenance().before.is_none();
    let stretches = &trained.stretches;
    for one in stretches.found.iter().take(MOST_TOLD) {
        say(format_args!("apart      {one}"));
    }
    if let Some(more) = stretches.found.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        say(format_args!("           and {more} more"));
    }
    for Without { leave_out, windows, with, without, above } in &stretches.without {
        let which = match leave_out {
            LeaveOut::Start => "that start",
            LeaveOut::Far => "such single windows",
        };
        say(format_args!("           with {which}: {}", worth(with)));
        say(format_args!(
            "           without ({}): {}; of {} {} above it",
            counted(*windows, "window"),
            worth(without),
            if *windows == 1 { "that one" } else { "those" },
            percent(*above)
        ));
    }
    for way in left_out {
        let is_there = stretches.found.iter().any(|one| one.place.leave_out() == Some(*way));
        if !is_there {
            note(format_args!("nothing to leave out: --leave-out {} finds none", way.name()));
        }
    }
    let lowers = |one: &&Without| one.without.threshold < LOWER * one.with.threshold;
    let offered = stretches.without.iter().filter(|one| !left_out.contains(&one.leave_out));
    let offered = offered.filter(lowers).filter(|_| may_leave_out);
    let offered: Vec<&str> = offered.map(|one| one.leave_out.name()).collect();
    if !offered.is_empty() {
        note(format_args!(
            "what lies apart sets the threshold: if it is no part of what is normal, --leave-out {} learns \
             without it; if it is, record more that is like it",
            offered.join(",")
        ));
    }
}

/// Says how far the machine moves from one run of normal recordings to the next; where nothing tells, what would.
pub(crate) fn describe_days(days: &Days) {
    for Moved { from, to, times, limits } in &days.moved {
        // Runs of one folder are told by their first recordings.
        let same = from.0 == to.0;
        let name = |(folder, first): &(PathBuf, PathBuf)| {
            let path = if same { first } else { folder };
            path.display().to_string()
        };
        let limits = limits.map_or_else(String::new, |Limits { above, earlier, later }| {
            format!(
                ", {} of the later windows above the earlier threshold ({}; of the later run alone {})",
                percent(above),
                rounded(earlier),
                rounded(later)
            )
        });
        let (from, to) = (name(from), name(to));
        say(format_args!(
            "between    {from} and {to}: scores are {} times as high{limits}",
            rounded(*times)
        ));
    }
    if !days.moved.is_empty() {
        return;
    }
    match days.runs {
        0 | 1 => say(
            "between    one run does not tell how far the machine moves from day to day: record what is normal again on \
             another day, and give both",
        ),
        2..=Days::MOST => say(
            "between    no run is like an earlier one: each is of a state of its own, or the machine has moved far; a \
             second run of each state, of another day, tells how far it moves",
        ),
        runs => say(format_args!(
            "between    {runs} runs are too many to be held against each other one by one: give {} or fewer to see how far \
             the machine moves from day to day",
            Days::MOST
        )),
    }
}

fn worth(found: &Found) -> String {
    format!(
        "threshold {}, above it {} of windows with a small disturbance and {} as they are",
        rounded(found.threshold),
        percent(found.noticed),
        percent(found.false_alarms)
    )
}
