//! What a person wants to know first, in words, and the command that follows from it.

use std::borrow::Cow;
use std::path::PathBuf;

use judder_data::quality::{Finding, Kind, Severity};

use crate::number::counted;
use crate::wording::{FAIRLY, VERY_WELL, how_well};

use super::alike::{ALIKE, NEAR};
use super::ranking::Contrast;
use super::{ExploreOptions, Look, separation};

/// What the page says first.
pub(super) struct Advice {
    pub(super) sentences: Vec<String>,
    pub(super) command: Option<String>,
}

impl Advice {
    pub(super) fn of(
        look: &Look,
        normal: &[PathBuf],
        anomaly: &[PathBuf],
        options: &ExploreOptions,
    ) -> Self {
        let mut sentences = Vec::new();
        sentences.extend(told(look));
        sentences.extend(best_number(look));
        sentences.extend(alike(look));
        sentences.extend(findings(look));
        if !look.gathered.rate_known {
            let rate = look.gathered.rate_hz;
            sentences.push(format!(
                "Nothing tells the sample rate of these recordings; {rate} Hz is assumed, and all \
                 frequencies follow from it: --rate says otherwise."
            ));
        }
        if let Some(unit) = look.gathered.looks {
            sentences.push(format!(
                "Nothing names the unit of these readings; as gravity reads they are in {unit}, and they are \
                 shown in g: --unit says otherwise."
            ));
        }
        match &look.likeness.normal {
            Ok(_) => {
                let average = look.together().is_some_and(|auc| auc < VERY_WELL);
                if normal.iter().chain(anomaly).any(|path| path.to_str().is_none()) {
                    sentences.push(
                        "Some of these paths are no text, so no command can be written down."
                            .to_owned(),
                    );
                    return Self { sentences, command: None };
                }
                let command = command(look, normal, anomaly, options, average);
                Self { sentences, command: Some(command) }
            }
            Err(why) => {
                let windows = look.gathered.windows();
                let why = match &look.features.without {
                    Some((count, why)) if *count == windows => {
                        format!(
                            "none of the {windows} windows has features, the first because {why}"
                        )
                    }
                    _ => why.clone(),
                };
                sentences.push(format!("No model can be trained on these recordings yet: {why}."));
                Self { sentences, command: None }
            }
        }
    }
}

impl Look {
    /// How well the default detector tells all anomalies from normal.
    fn together(&self) -> Option<f64> {
        Some(self.likeness.normal.as_ref().ok()?.together?.auc)
    }
}

/// How well a model would tell the anomalies.
fn told(look: &Look) -> Option<String> {
    let apart = look.likeness.normal.as_ref().ok()?;
    let area = apart.together?;
    let how = how_well(area.auc);
    let interval = area
        .interval
        .map_or_else(String::new, |one| format!(" (95 %: {:.4} to {:.4})", one.low, one.high));
    let mut text = format!(
        "Trained on the first 60 % of normal, the default model tells anomalies from the rest {how}: ROC \
         AUC {:.4}{interval}.",
        area.auc
    );
    let states: Vec<_> = look.gathered.of(true).zip(&apart.others).collect();
    let hard: Vec<String> = (states.iter())
        .filter_map(|(state, area)| Some((&state.series.name, area.as_ref()?.auc)))
        .filter(|(_, auc)| *auc < NEAR)
        .map(|(name, auc)| format!("{name} ({auc:.3})"))
        .collect();
    if !hard.is_empty() && states.len() > 1 {
        text.push_str(&format!(" Hardest to tell: {}.", hard.join(", ")));
    }
    if area.auc < FAIRLY {
        text.push_str(
            " Look whether the sensor sits where the fault shakes it, and whether the labels are right.",
        );
    }
    Some(text)
}

fn best_number(look: &Look) -> Option<String> {
    let best = look.ranking.first()?;
    let name = separation::title(look, best.column);
    Some(match look.contrast {
        Contrast::Anomalies => {
            let side = match best.higher {
                Some(true) => ", and is higher in anomalies",
                Some(false) => ", and is lower in anomalies",
                None => "",
            };
            format!("Of single numbers {name} tells most, with an AUC of {:.3}{side}.", best.auc)
        }
        Contrast::States => format!(
            "No anomalies were given. Of single numbers, {name} differs most between the normal states \
             (mean AUC over all pairs {:.3}).",
            best.auc
        ),
        Contrast::Halves if best.auc < Contrast::beyond_chance(look.gathered.windows()) => format!(
            "No anomalies were given. As far as so many recordings can tell, their second half is like the \
             first: no number tells them apart by more than chance does (AUC {:.3}).",
            best.auc
        ),
        Contrast::Halves => format!(
            "No anomalies were given. {name} has changed between the first and the second half of the \
             recordings (AUC {:.3}): is all of this one normal state?",
            best.auc
        ),
    })
}

/// Anomalies that a model of a single normal state would take for it.
fn alike(look: &Look) -> Option<String> {
    let states = &look.gathered.states;
    let mut pairs = Vec::new();
    for (state, row) in states.iter().zip(&look.likeness.rows) {
        let Ok(areas) = row else { continue };
        for (other, area) in states.iter().zip(areas) {
            let between = !state.series.anomaly && other.series.anomaly;
            if let Some(area) = area.filter(|area| between && area.auc < ALIKE) {
                let (a, b) = (&state.series.name, &other.series.name);
                pairs.push(format!("{b} looks like {a} (AUC {:.2})", area.auc));
            }
        }
    }
    (!pairs.is_empty()).then(|| format!("Alike: {}.", pairs.join("; ")))
}

/// What is wrong with the recordings, in short.
fn findings(look: &Look) -> Option<String> {
    let serious: Vec<&Finding> =
        look.quality.findings.iter().filter(|one| one.severity >= Severity::Warning).collect();
    if serious.is_empty() {
        return Some("Nothing wrong was found with the recordings themselves.".to_owned());
    }
    let mut kinds: Vec<Kind> = Vec::new();
    for finding in &serious {
        if !kinds.contains(&finding.kind) {
            kinds.push(finding.kind);
        }
    }
    let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    Some(format!(
        "{} worth a look before a model learns from these recordings: {} (see Data quality).",
        counted(serious.len(), "finding"),
        kinds.join(", ")
    ))
}

/// Whether the normal recordings share another length than all recordings do: `judder train`, which goes
/// by the normal ones, would take another window.
fn trains_otherwise(look: &Look) -> bool {
    let recordings = look.gathered.of(false).flat_map(|state| &state.recordings);
    let mut lengths: Vec<usize> = recordings.map(|one| one.recording.len()).collect();
    lengths.sort_unstable();
    let shared = lengths.get(lengths.len() / 20).copied();
    !look.gathered.cut && shared != Some(look.gathered.window)
}

/// The command to paste.
fn command(
    look: &Look,
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    options: &ExploreOptions,
    average: bool,
) -> String {
    let quoted = |paths: &[PathBuf]| {
        let once = paths.iter().enumerate().filter(|(at, path)| !paths[..*at].contains(path));
        let each = once.map(|(_, path)| {
            let path = path.to_string_lossy().into_owned();
            // A name that begins like an option is none when it is said to be here.
            let path = if path.starts_with('-') { format!("./{path}") } else { path };
            shlex::try_quote(&path).map(Cow::into_owned).unwrap_or(path)
        });
        each.collect::<Vec<_>>().join(" ")
    };
    let mut words = format!("judder train --normal {}", quoted(normal));
    if !anomaly.is_empty() {
        words.push_str(&format!(" --anomaly {}", quoted(anomaly)));
    }
    if let Some(rate) = options.rate_hz {
        words.push_str(&format!(" --rate {rate}"));
    }
    if let Some(unit) = options.unit.or(look.gathered.looks) {
        words.push_str(&format!(" --unit {unit}"));
    }
    if options.window.is_some() || trains_otherwise(look) {
        words.push_str(&format!(" --window {}", look.gathered.window));
    }
    if average {
        words.push_str(" --average 5");
    }
    if !look.gathered.left_out.is_empty() {
        words.push_str(" --skip-bad");
    }
    words.push_str(" --report train.html -o my.model.json");
    words
}
