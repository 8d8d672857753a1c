//! At a glance: what the model is worth, in numbers and in words.

use judder_model::Footprint;
use judder_train::{Interval, StateRow, auc};
use maud::{Markup, html};

use crate::number::{counted, percent, short, three_digits};
use crate::page::Section;
use crate::serving::{of_normal, promised, verdicts};
use crate::unit::Unit;
use crate::wording::{WELL, how_well};

use super::{Judged, Origin, facts};

/// Below this area an anomalous state looks more normal than normal.
const BELOW: f64 = 0.3;

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
        [worth(judged), promise(judged), told(judged), alarms(judged), above(judged)]
            .into_iter()
            .chain([
                hardest(judged),
                unjudged(judged),
                decided(judged),
                scores_are_from(judged),
                seen(judged),
            ])
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
    let counts = judged.told.counts;
    if let Some(promise) = judged.promise() {
        let most = three_digits(promise.alerts_per_day_at_most);
        let windows = of_normal(promise.windows);
        tiles.push(match promise.alerts {
            0 => (format!("≤ {most}"), format!("alerts a day (none in {windows})")),
            some => {
                let daily = three_digits(promise.alerts_per_day);
                (daily, format!("alerts a day, at most {most} ({some} in {windows})"))
            }
        });
    }
    if let Some((counts, rate)) = counts.and_then(|one| Some((one, one.false_alarm_rate()?))) {
        let between = interval(counts.false_alarm_interval(), percent);
        tiles.push((percent(rate), format!("false alarms{between}")));
        let daily = |rate: f64| three_digits(rate * judged.pace.windows_per_day());
        let between = interval(counts.false_alarm_interval(), daily);
        tiles.push((daily(rate), format!("false alarms a day{between}")));
    }
    if let Some(rate) = counts.and_then(|one| one.detection_rate()) {
        tiles.push((percent(rate), "of anomalous windows above the threshold".to_owned()));
    }
    let area = |x: f64| format!("{x:.4}");
    if let Some((auc, between)) = judged.told.auc {
        tiles.push((area(auc), format!("ROC AUC{}", interval(between, area))));
    }
    if let Some(threshold) = judged.threshold() {
        tiles.push((short(threshold), format!("threshold ({})", judged.model.threshold().rule)));
    }
    let Footprint { constants, memory } = Footprint::of(judged.model);
    let bytes = constants + memory;
    tiles.push((format!("{bytes} B"), "on a chip: constants and memory".to_owned()));
    // A percent sign does not stand at the beginning of a line.
    let whole = |text: String| text.replace(" %", "\u{a0}%").replace(" B", "\u{a0}B");
    tiles.into_iter().map(|(value, what)| (whole(value), whole(what))).collect()
}

/// How well scores tell anomalies from normal windows, in a word.
fn worth(judged: &Judged<'_>) -> Option<String> {
    let (area, _) = judged.told.auc?;
    let how = how_well(area);
    Some(format!(
        "Scores tell the anomalies from normal windows {how}: an anomalous window has the higher score in \
         {:.2} % of all pairs (that is the ROC AUC).",
        100.0 * area
    ))
}

fn scores_are_from(judged: &Judged<'_>) -> Option<String> {
    let (window, rate) = (judged.model.binding().window, judged.model.binding().rate_hz);
    let seconds = window as f64 / rate;
    let unit = Unit::of_seconds(seconds);
    let each = format!("{} {}", short(seconds * unit.each), unit.name);
    Some(match judged.origin {
        Origin::Trained(_) => {
            let anomalous = match judged.scored.iter().any(|state| state.anomaly) {
                true => ", each anomalous one by the model itself",
                false => "",
            };
            format!(
                "Each normal window ({each}) was scored by a fit that had not seen its fifth of the \
                 recordings{anomalous}. Curves and other thresholds below are of these scores."
            )
        }
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

/// How many alerts a server would raise of nothing.
fn promise(judged: &Judged<'_>) -> Option<String> {
    let promise = judged.promise()?;
    let each = three_digits(promise.windows_per_day);
    Some(format!(
        "Alerts that judder serve would raise of nothing: {}, if {each} windows are judged in a day. (A bound holds with 95 % \
         confidence; more normal recordings make it smaller.)",
        promised(promise)
    ))
}

/// Of which anomalous states a server would tell, and of which not.
fn told(judged: &Judged<'_>) -> Option<String> {
    let anomalous = judged.states().filter(|(state, _)| state.anomaly);
    let served =
        anomalous.filter_map(|(state, one)| Some((judged.served(&state.state)?, &one.name)));
    let (told, untold): (Vec<_>, Vec<_>) = served.partition(|(served, _)| served.alerts > 0);
    let all = told.len() + untold.len();
    let mut text = Vec::new();
    if !told.is_empty() {
        let named = told.iter().map(|(served, name)| {
            let windows = served.first_alert_after.unwrap_or_default();
            format!("{name} (after {})", counted(windows, "window"))
        });
        let named = named.collect::<Vec<_>>().join(", ");
        let how_many = format!("{} of {}", told.len(), counted(all, "anomalous state"));
        text.push(format!("judder serve would raise an alert of {how_many}: {named}."));
    }
    if !untold.is_empty() {
        let named = untold.iter().map(|(served, name)| format!("{name} ({})", verdicts(served)));
        let named = named.collect::<Vec<_>>().join(", ");
        let who = if told.is_empty() { "judder serve" } else { "It" };
        text.push(format!("{who} would raise none of {named}."));
    }
    (!text.is_empty()).then(|| text.join(" "))
}

/// How many anomalous windows have a score above the threshold, whatever a server would say of them.
fn above(judged: &Judged<'_>) -> Option<String> {
    let counts = judged.told.counts?;
    let rate = counts.detection_rate()?;
    Some(format!(
        "Of {} {} were above the threshold; {} not.",
        counted(counts.anomalous(), "anomalous window"),
        percent(rate),
        match counts.false_negatives {
            0 => "none was".to_owned(),
            1 => "1 was".to_owned(),
            many => format!("{many} were"),
        }
    ))
}

/// The anomalous states that scores tell least from normal.
fn hardest(judged: &Judged<'_>) -> Option<String> {
    let normal = judged.pooled(false);
    let (mut hard, mut below) = (Vec::new(), Vec::new());
    for (state, series) in judged.states().filter(|(state, _)| state.anomaly) {
        let Some(area) = auc(&normal, &state.scores()) else { continue };
        let named = format!("{} (AUC {area:.3})", series.name);
        match area {
            area if area < BELOW => below.push(named),
            area if area < WELL => hard.push(named),
            _ => {}
        }
    }
    let mut text = Vec::new();
    if !hard.is_empty() {
        text.push(format!("Hard to tell from normal: {}.", hard.join(", ")));
    }
    if !below.is_empty() {
        let names = below.join(", ");
        text.push(format!("To this model these look more normal than normal windows do: {names}."));
    }
    (!text.is_empty()).then(|| text.join(" "))
}

/// What a watch would not judge at all.
fn unjudged(judged: &Judged<'_>) -> Option<String> {
    let Origin::Evaluated(evaluation) = judged.origin else { return None };
    let count = |of: fn(&StateRow) -> usize| evaluation.states.iter().map(of).sum::<usize>();
    let mut said = Vec::new();
    let handled = count(|row| row.handled);
    if handled > 0 {
        said.push(format!(
            "{} left out here, as the sensor was moved meanwhile (handled).",
            counted(handled, "window")
        ));
    }
    let others = [(count(|row| row.remounted), "remounted"), (count(|row| row.idle), "idle")];
    let others: Vec<String> = others
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{} {why}", counted(*count, "window")))
        .collect();
    if !others.is_empty() {
        said.push(format!(
            "{} would not be judged by judder score or a server ({}: gravity points elsewhere than at the \
             baseline, or the machine stands still); here they are, to see what scores are worth.",
            others.join(" and "),
            if others.len() > 1 { "remounted, idle" } else { "see the table of states" }
        ));
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// How scores become alarms, where a window is not judged by itself.
fn decided(judged: &Judged<'_>) -> Option<String> {
    let watching = judged.model.watching();
    (!watching.is_by_window()).then(|| {
        format!(
            "The model decides on {}. Verdicts count these alarms; curves and tables of thresholds are of the \
             averaged scores, without votes.",
            facts::decision(judged)
        )
    })
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
