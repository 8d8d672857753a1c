//! What a gate is, and how gates are run and reported.

use std::fmt;
use std::time::{Duration, Instant};

use crate::house::House;

/// One check of the house, with the one name it has here, in CI and in the docs.
pub(crate) struct Gate {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&House) -> anyhow::Result<Done>,
}

/// How far a gate that found nothing wrong has looked.
pub(crate) enum Done {
    Whole,
    /// All but what is named here, which this machine lacks.
    Partly(String),
}

/// The error of a gate that needs what this machine lacks and cannot be given.
#[derive(Debug)]
pub(crate) struct Missing(pub(crate) String);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

#[derive(Debug, PartialEq)]
enum Verdict {
    Passed,
    Skipped(String),
    Failed(String),
}

/// Runs the gates, prints the closing table, and says whether none failed.
pub(crate) fn run_all<'a>(gates: impl Iterator<Item = &'a Gate>, house: &House) -> bool {
    let mut rows = Vec::new();
    for gate in gates {
        println!("\n── gate {}: {}", gate.name, gate.about);
        let start = Instant::now();
        let verdict = verdict((gate.run)(house), house.ci);
        let row = line(gate.name, &verdict, start.elapsed());
        println!("── {row}");
        rows.push((verdict, row));
    }
    let count = |pick: fn(&Verdict) -> bool| rows.iter().filter(|(v, _)| pick(v)).count();
    let failed = count(|v| matches!(v, Verdict::Failed(_)));
    println!();
    for (_, row) in &rows {
        // What follows a reason's first line has been shown where it happened.
        println!("{}", row.lines().next().unwrap_or_default());
    }
    println!(
        "gates: {} passed, {failed} failed, {} skipped",
        count(|v| *v == Verdict::Passed),
        count(|v| matches!(v, Verdict::Skipped(_))),
    );
    failed == 0
}

/// Under CI a gate that could not look everywhere has failed: nobody reads its excuse.
fn verdict(result: anyhow::Result<Done>, ci: bool) -> Verdict {
    let excuse = match result {
        Ok(Done::Whole) => return Verdict::Passed,
        Ok(Done::Partly(what)) => format!("in part: {what}"),
        Err(error) => match error.downcast_ref::<Missing>() {
            Some(Missing(what)) => what.clone(),
            None => return Verdict::Failed(format!("{error:#}")),
        },
    };
    if ci {
        Verdict::Failed(format!("may not be skipped with CI=true: {excuse}"))
    } else {
        Verdict::Skipped(excuse)
    }
}

fn line(name: &str, verdict: &Verdict, took: Duration) -> String {
    let (word, why) = match verdict {
        Verdict::Passed => ("passed", None),
        Verdict::Skipped(why) => ("skipped", Some(why)),
        Verdict::Failed(why) => ("FAILED", Some(why)),
    };
    let why = why.map(|why| format!("  {why}")).unwrap_or_default();
    format!("{name:<14}{word:<8}{:>7.1} s{why}", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing() -> anyhow::Result<Done> {
        Err(Missing("no qemu".into()).into())
    }

    #[test]
    fn a_gate_without_its_tool_is_skipped_by_name() {
        assert_eq!(verdict(missing(), false), Verdict::Skipped("no qemu".into()));
    }

    #[test]
    fn nothing_is_skipped_under_ci() {
        assert!(matches!(verdict(missing(), true), Verdict::Failed(_)));
        let partly = Ok(Done::Partly("no recordings".into()));
        assert!(matches!(verdict(partly, true), Verdict::Failed(_)));
        assert_eq!(verdict(Ok(Done::Whole), true), Verdict::Passed);
    }

    #[test]
    fn a_missing_tool_is_seen_through_added_context() {
        let result = missing().map_err(|error| error.context("while building"));
        assert_eq!(verdict(result, false), Verdict::Skipped("no qemu".into()));
    }

    #[test]
    fn any_other_error_fails_everywhere() {
        let result = Err(anyhow::anyhow!("broken"));
        assert_eq!(verdict(result, false), Verdict::Failed("broken".into()));
    }
}
