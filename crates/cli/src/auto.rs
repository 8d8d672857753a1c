//! Choosing features and a detector, and saying why.

use comfy_table::{CellAlignment, Table};
use judder_core::FeatureSet;
use judder_train::{Baseline, Candidate, Options, Trial, few};

use crate::evaluate::RULED;
use crate::output::{percent, say};
use crate::progress::Progress;

/// The candidate that normal recordings speak for.
pub(crate) fn choose(
    baseline: &Baseline,
    features: Option<FeatureSet>,
    options: &Options,
) -> anyhow::Result<Candidate> {
    let all = few(features);
    let progress = Progress::new();
    let (mut trials, chosen) = judder_train::choose(baseline, &all, options, &progress)?;
    drop(progress);
    let candidate = trials[chosen].candidate.clone();
    say(table(&trials, chosen));
    let Trial { noticed, false_alarm_rate, worst: (worst, area), .. } = trials.swap_remove(chosen);
    say(format_args!(
        "chosen     {} with {}: it tells small disturbances from normal windows with a mean ROC AUC \
         of {noticed:.3}, {worst} worst ({area:.3}), and later normal windows are above its threshold \
         in {} of cases",
        candidate.features,
        candidate.method.name(),
        percent(false_alarm_rate)
    ));
    Ok(candidate)
}

fn table(trials: &[Trial], chosen: usize) -> String {
    let mut table = Table::new();
    table.load_style(RULED).set_header([
        "",
        "features",
        "numbers",
        "detector",
        "disturbances noticed",
        "more than the first",
        "least noticed",
        "later false alarms",
    ]);
    for (at, trial) in trials.iter().enumerate() {
        let alarms = percent(trial.false_alarm_rate);
        table.add_row([
            if at == chosen { ">" } else { "" }.to_owned(),
            trial.candidate.features.to_string(),
            trial.features.to_string(),
            trial.candidate.method.name().to_owned(),
            format!("{:.3}", trial.noticed),
            trial
                .more
                .map_or_else(String::new, |more| format!("{:+.3} to {:+.3}", more.low, more.high)),
            format!("{} {:.3}", trial.worst.0, trial.worst.1),
            if trial.breaks_its_word { format!("{alarms}, too many") } else { alarms },
        ]);
    }
    for column in [2, 4, 5] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}
