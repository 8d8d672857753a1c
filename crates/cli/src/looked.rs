//! What training saw in the recordings before it learnt from them, and in the thresholds after.

use std::path::Path;

use judder_data::quality::{Finding, Severity};
use judder_data::split;
use judder_model::Rule;
use judder_train::{Among, Known, ScoredState, Stretch, Trained};

use crate::output::{counted, note, percent, say};

/// So many times the false alarms that were asked for, or one of so many, are not what was asked for.
const NOT_KEPT: (f64, f64) = (3.0, 5.0);

/// Fewer false alarms than this are too few to say that there are fewer than asked for.
const FEW_ALARMS: f64 = 2.0;

/// Says what a check found, and that it goes on in spite of errors.
pub(crate) fn forced(findings: &[Finding]) {
    for Finding { severity, folder, kind, message, .. } in findings {
        let folder = folder.as_ref().map(|folder| format!("{}: ", folder.display()));
        let folder = folder.unwrap_or_default();
        let forced = match severity {
            Severity::Error => "going on all the same (--force): ",
            _ => "",
        };
        note(format_args!("{forced}{folder}{kind}: {message}"));
    }
}

/// Lists the folders that were taken, each with its recordings.
pub(crate) fn folders(states: &[ScoredState]) {
    for ScoredState { state, anomaly, recordings, .. } in states {
        let recordings = counted(recordings.len(), "recording");
        match anomaly {
            false => taken("normal", Path::new(state), &recordings),
            true => taken("anomalous", Path::new(state), &recordings),
        }
    }
}

/// The same of recordings of one side.
pub(crate) fn folders_of(as_what: &str, recordings: &[Known]) {
    let paths: Vec<&Path> = recordings.iter().map(|one| one.path.as_path()).collect();
    for (folder, run) in split::folders(&paths) {
        taken(as_what, folder, &counted(run.len(), "recording"));
    }
}

fn taken(as_what: &str, folder: &Path, recordings: &str) {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    say(format_args!("  {as_what:<9} {} ({recordings})", folder.display()));
}

/// Says which normal folders vibrate as anomalous ones do.
pub(crate) fn among(alike: &[Among]) {
    for Among { normal, anomaly, by_normal, by_anomaly } in alike {
        note(format_args!(
            "{}, which is given as normal, vibrates as {} does, which is given as anomalous: models of the two \
             tell them apart with ROC AUC {by_normal:.2} and {by_anomaly:.2}, where 0.5 is chance. Look whether one \
             of them is on the wrong side",
            normal.display(),
            anomaly.display(),
        ));
    }
}

/// Whether a rule is asked for a rate of false alarms.
pub(crate) fn has_rate(rule: Rule) -> bool {
    matches!(rule, Rule::Conformal | Rule::Quantile)
}

/// Says where false alarms in time order are not about as many as were asked for, and why.
pub(crate) fn kept(trained: &Trained) {
    let (limit, watching) = (trained.model.threshold(), trained.model.watching());
    let figure = trained.model.figures().iter().find(|figure| figure.split == "time-ordered");
    let asked = limit.false_alarm_rate.filter(|_| has_rate(limit.rule));
    let Some((figure, asked)) = figure.zip(asked) else { return };
    let decisions = figure.normal_windows as f64;
    let found = figure.false_alarms as f64 / decisions.max(1.0);
    let (most, least) = NOT_KEPT;
    let what = if watching.is_by_window() { "window" } else { "decision" };
    let said = format!(
        "{} was asked for, and in time order {} of {} came to it",
        percent(asked),
        percent(found),
        counted(figure.normal_windows, what)
    );
    if found > most * asked && figure.false_alarms as f64 > FEW_ALARMS {
        let Some(Stretch { first, last, alarms, of }) = &trained.stretch else { return };
        let last = last.file_name().unwrap_or(last.as_os_str());
        note(format_args!(
            "{said}: {alarms} of these {of} lie from {} to {}, which are unlike the others. Look at them; if they \
             are as they should be, record more that is like them, else train without",
            first.display(),
            last.display(),
        ));
    } else if found < asked / least && asked * decisions > FEW_ALARMS {
        let together = watching.average + watching.of - 1;
        let why = if together > 1 {
            format!(
                "a decision is on up to {together} windows, so few of them tell each something else"
            )
        } else {
            "the highest scores that it rests on are those of few windows".to_owned()
        };
        note(format_args!("{said}, which is fewer: {why}"));
    }
}
