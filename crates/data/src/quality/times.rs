//! What the times of readings say: holes, uneven steps, units that nothing names.

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::gravity::digits;
use super::told::Hole;

/// Steps may differ so often before it is worth knowing,
const LITTLE_JITTER: f64 = 0.01;

/// and before features suffer.
const MUCH_JITTER: f64 = 0.05;

pub(super) fn findings(folder: &Members, found: &mut Vec<Finding>) {
    found.extend(folder.finding(
        (Severity::Warning, Kind::Hole),
        |r| r.told.hole.is_some(),
        |behind| {
            let holes: Vec<Hole> = behind.iter().filter_map(|r| r.told.hole).collect();
            let first = holes.first().map(described).unwrap_or_default();
            let remedy = "no window goes across it; look why readings were lost";
            match holes.len() {
                1 => format!("{first} before it; {remedy}"),
                count => {
                    format!("{count} holes in the times, the first: {first} before it; {remedy}")
                }
            }
        },
    ));
    let classes = [
        (Severity::Warning, MUCH_JITTER..f64::INFINITY),
        (Severity::Info, LITTLE_JITTER..MUCH_JITTER),
    ];
    for (severity, range) in classes {
        found.extend(folder.finding(
            (severity, Kind::Jitter),
            |r| range.contains(&r.told.jitter),
            |uneven| {
                let most = uneven.iter().map(|r| r.told.jitter).fold(0.0, f64::max);
                format!(
                    "readings are not evenly apart: up to {} % of the steps of the time differ from \
                     most by more than half, and the rate is their mean; let a timer or the sensor \
                     itself start each reading",
                    digits(100.0 * most)
                )
            },
        ));
    }
    for (severity, is_told) in [(Severity::Warning, false), (Severity::Info, true)] {
        found.extend(folder.finding(
            (severity, Kind::TimeUnit),
            |r| r.told.unsure.is_some() && r.rate_hz.is_some() == is_told,
            |unsure| {
                let first = unsure.first().and_then(|r| r.told.unsure.clone());
                let remedy = if is_told { "; say --rate if that is not so" } else { "" };
                format!("{}{remedy}", first.unwrap_or_default())
            },
        ));
    }
}

/// What lacks, and where.
fn described(hole: &Hole) -> String {
    let Hole { after, until_s, lacking_s } = *hole;
    let place = format!("after {after} readings");
    if lacking_s.is_nan() {
        return format!("a hole in the times {place}");
    }
    let place = format!("{place}, at {} s,", digits(until_s - lacking_s));
    if lacking_s < 0.0 {
        return format!("{place} the time goes back by {} s", digits(-lacking_s));
    }
    format!("{place} {} s lack", digits(lacking_s))
}
