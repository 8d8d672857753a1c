//! What became of the files of each tool, in a line each.

use std::collections::BTreeMap;

use crate::compared::Outcome;
use crate::fixture::Fixture;
use crate::rounded::{steps, up};

/// Tool by tool, in the order of their names.
#[derive(Default)]
pub(crate) struct Summary(BTreeMap<String, Count>);

#[derive(Default)]
struct Count {
    files: usize,
    refused: usize,
    largest: f64,
    steps: f64,
}

impl Summary {
    pub(crate) fn add(&mut self, fixture: &Fixture, outcome: &Outcome) {
        let count = self.0.entry(format!("{} {}", fixture.tool, fixture.version)).or_default();
        count.files += 1;
        match outcome {
            Outcome::Apart { largest, .. } => count.largest = count.largest.max(*largest),
            Outcome::Steps(number) => count.steps = count.steps.max(*number),
            Outcome::Refused(_) => count.refused += 1,
        }
    }

    pub(crate) fn print(&self) {
        for (tool, Count { files, refused, largest, steps: most }) in &self.0 {
            println!(
                "{tool}: {files} files, {refused} refused; largest difference {} of the largest output or 1, {}",
                up(*largest),
                steps(*most)
            );
        }
        println!("{} files", self.0.values().map(|count| count.files).sum::<usize>());
    }
}
