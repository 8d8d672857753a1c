//! At a glance: what the model is worth, in numbers and in words.

use judder_model::Footprint;
use judder_train::{Interval, auc};
use maud::{Markup, html};

use crate::number::{counted, percent, rounded, short, three_digits};
use crate::page::Section;
use crate::unit::Unit;

use super::{Judged, Origin};

/// Below this area an anomalous state is hard to tell.
const HARD: f64 = 0.95;

/// A line on what is shown.
pub(super) fn about(judged: &Judged<'_>) -> Markup {
    let model = judged.model;
    let recordings: usize = model.provenance().normal.iter().map(|one| one.recordings).sum();
    html! {
        (judged.name) ": " (model.detector().name()) " on " (model.features())
        @if recordings > 0 { ", fitted to " (counted(recordings, "normal recording")) }
    }
}

pub(super) fn section(judged: &Judged<'_>) -> Section {
    let sentences: Vec<String> =
        [scores_are_from(judged), alarms(judged), noticed(judged), hardest(judged), seen(judged)]
            .into_iter()
            .flatten()
            .collect();
    let body = html! {
        div class="tiles" {
            @for (value, what) in tiles(judged) { div class="tile" { b { (value) } span { (what) } } }
        }
        div class="advice" { ul id="advice" { @for sentence in &sentences { li { (sentence) } } } }
        @if let Some(left_out) = Some(left_out(judged)).filter(|all| !all.is_empty()) {
            details {
                summary { (counted(left_out.len(), "file")) " left out" }
                ul { @for reason in left_out.iter().take(50) { li { (reason) } } }
                @if left_out.len() > 50 { p { "and " (left_out.len() - 50) " more" } }
            }
        }
    };
    Section { id: "overview", title: "At a glance".to_owned(), body }
}

fn left_out<'j>(judged: &'j Judged<'_>) -> &'j [String] {
    match judged.origin {
        Origin::Trained(trained) => &trained.left_out,
        Origin::Evaluated(evaluation) => &evaluation.left_out,
    }
}

fn interval(interval: Option<Interval>, say: impl Fn(f64) -> String) -> String {
    interval
        .map_or_else(String::new, |one| format!(" (95 %: {} to {})", say(one.low), say(one.high)))
}

fn tiles(judged: &Judged<'_>) -> Vec<(String, String)> {
    let mut tiles = Vec::new();
    let area = |x: f64| format!("{x:.4}");
    if let Some((auc, between)) = judged.told.auc {
        tiles.push((area(auc), format!("ROC AUC{}", interval(between, area))));
    }
    let counts = judged.told.counts;
    if let Some((counts, rate)) = counts.and_then(|one| Some((one, one.false_alarm_rate()?))) {
        let between = interval(counts.false_alarm_interval(), percent);
        tiles.push((percent(rate), format!("false alarms{between}")));
        let daily = |rate: f64| three_digits(rate * judged.pace.windows_per_day());
        let between = interval(counts.false_alarm_interval(), daily);
        tiles.push((daily(rate), format!("false alarms a day{between}")));
    }
    if let Some(rate) = counts.and_then(|one| one.detection_rate()) {
        tiles.push((percent(rate), "of anomalous windows noticed".to_owned()));
    }
    if let Some(threshold) = judged.threshold() {
        tiles.push((short(threshold), format!("threshold ({})", judged.model.threshold().rule)));
    }
    let Footprint { constants, memory } = Footprint::of(judged.model);
    tiles.push((format!("{constants} + {memory} B"), "constants and memory on a chip".to_owned()));
    tiles
}

fn scores_are_from(judged: &Judged<'_>) -> Option<String> {
    let (window, rate) = (judged.model.binding().window, judged.model.binding().rate_hz);
    let seconds = window as f64 / rate;
    let unit = Unit::of_seconds(seconds);
    let each = format!("{} {}", short(seconds * unit.each), unit.name);
    Some(match judged.origin {
        Origin::Trained(_) => format!(
            "Each normal window ({each}) was scored by a fit that had not seen its fifth of the recordings, \
             each anomalous one by the model itself. Thresholds and curves below are of these scores."
        ),
        Origin::Evaluated(_) => format!(
            "Each window ({each}) was scored by the model as it is. The figures hold for recordings like \
             these."
        ),
    })
}

fn alarms(judged: &Judged<'_>) -> Option<String> {
    let Some(counts) = judged.told.counts else {
        let none = "The model has no threshold, so it judges nothing to be an anomaly.";
        return judged.threshold().is_none().then(|| none.to_owned());
    };
    let (rate, all) = (counts.false_alarm_rate()?, counts.normal());
    let daily = three_digits(rate * judged.pace.windows_per_day());
    let each = three_digits(judged.pace.windows_per_day());
    let between = interval(counts.false_alarm_interval(), percent);
    let by = match judged.origin {
        Origin::Trained(_) => {
            ", each judged by a model that had not seen its tenth of the recordings,"
        }
        Origin::Evaluated(_) => "",
    };
    Some(format!(
        "Of {}{by} {} above the threshold: {}{between}, or {daily} a day of {each} windows.",
        counted(all, "normal window"),
        match counts.false_positives {
            0 => "none was".to_owned(),
            1 => "1 was".to_owned(),
            many => format!("{many} were"),
        },
        percent(rate)
    ))
}

fn noticed(judged: &Judged<'_>) -> Option<String> {
    let counts = judged.told.counts?;
    let rate = counts.detection_rate()?;
    let missed = counts.false_negatives;
    Some(format!(
        "Of {} {} were noticed; {} missed.",
        counted(counts.anomalous(), "anomalous window"),
        percent(rate),
        match missed {
            0 => "none was".to_owned(),
            1 => "1 was".to_owned(),
            many => format!("{many} were"),
        }
    ))
}

/// The anomalous states that scores tell least from normal.
fn hardest(judged: &Judged<'_>) -> Option<String> {
    let normal = judged.pooled(false);
    let hard: Vec<String> = (judged.states())
        .filter(|(state, _)| state.anomaly)
        .filter_map(|(state, series)| Some((auc(&normal, &state.scores())?, &series.name)))
        .filter(|(area, _)| *area < HARD)
        .map(|(area, name)| format!("{name} (AUC {})", rounded(area)))
        .collect();
    (!hard.is_empty()).then(|| format!("Hard to tell from normal: {}.", hard.join(", ")))
}

/// Whether the normal windows had been seen.
fn seen(judged: &Judged<'_>) -> Option<String> {
    let Origin::Evaluated(evaluation) = judged.origin else { return None };
    if evaluation.seen_only {
        return Some(
            "The model was fitted to all of these normal recordings, so its false alarms look fewer than \
             they are: judge it on others."
                .to_owned(),
        );
    }
    (evaluation.seen_left_out > 0).then(|| {
        format!(
            "{} that the model was fitted to left out.",
            counted(evaluation.seen_left_out, "normal recording")
        )
    })
}
