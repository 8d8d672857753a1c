//! The facts of a model: what it is, and where it came from.

use judder_model::{DetectorKind, Footprint, Layer, Threshold};
use maud::html;

use crate::number::{counted, percent, short};
use crate::page::Section;
use crate::unit::Unit;

use super::Judged;

pub(super) fn section(judged: &Judged<'_>) -> Section {
    let body = html! {
        div class="wide" {
            table id="facts" {
                tbody {
                    @for (what, value) in facts(judged) { tr { th { (what) } td class="long" { (value) } } }
                }
            }
        }
    };
    Section { id: "model", title: "The model".to_owned(), body }
}

fn facts(judged: &Judged<'_>) -> Vec<(&'static str, String)> {
    let model = judged.model;
    let binding = model.binding();
    let seconds = binding.window as f64 / binding.rate_hz;
    let time = Unit::of_seconds(seconds);
    let count = model.features().names(binding.axes).count();
    let Footprint { constants, memory } = Footprint::of(model);
    let origin = model.provenance();
    let mut facts = vec![
        ("file", format!("{} ({} bytes)", judged.name, judged.bytes)),
        ("features", format!("{} ({})", model.features(), counted(count, "number"))),
        ("detector", detector(model.detector())),
        (
            "window",
            format!(
                "{} of {} axes at {} Hz ({} {}), one every {}",
                counted(binding.window, "reading"),
                binding.axes,
                short(binding.rate_hz),
                short(seconds * time.each),
                time.name,
                counted(binding.hop, "reading"),
            ),
        ),
        (
            "readings in",
            model
                .scale()
                .unit
                .map_or_else(|| "an unknown unit".to_owned(), |unit| unit.to_string()),
        ),
        ("threshold", threshold(model.threshold())),
        ("decides on", decision(judged)),
        ("on a chip", format!("{constants} bytes of constants, {memory} of memory, beside code")),
        ("made by", origin.origin.clone()),
    ];
    for normal in &origin.normal {
        let recordings = counted(normal.recordings, "recording");
        let windows = counted(normal.windows, "window");
        facts.push(("fitted to", format!("{}: {recordings}, {windows}", normal.path)));
    }
    facts.extend(origin.data_sha256.as_ref().map(|hash| ("SHA-256 of these", hash.clone())));
    facts.extend(origin.seed.map(|seed| ("seed", seed.to_string())));
    let shrunk = origin.shrinkage.as_ref();
    facts.extend(shrunk.map(|(how, far)| ("shrinkage", format!("{how}, {}", percent(*far)))));
    facts
}

fn detector(detector: &DetectorKind) -> String {
    let name = detector.name();
    match detector {
        DetectorKind::Mixture(one) => format!("{name} of {}", counted(one.modes().len(), "state")),
        DetectorKind::Neighbours(one) => format!("{name}, the nearest {} count", one.k()),
        DetectorKind::Autoencoder(one) => {
            let layers = one.network().layers();
            let units = std::iter::once(one.network().inputs());
            let units: Vec<String> =
                units.chain(layers.iter().map(Layer::outputs)).map(|n| n.to_string()).collect();
            format!("{name} of {} units", units.join("-"))
        }
        _ => name.to_owned(),
    }
}

fn threshold(limit: &Threshold) -> String {
    let rate = limit.false_alarm_rate.map_or_else(String::new, |rate| {
        format!(", for false alarms in {} of windows", percent(rate))
    });
    match limit.rule {
        judder_model::Rule::None => "none".to_owned(),
        judder_model::Rule::Given(_) => format!("{} (given)", short(limit.value)),
        rule => {
            let windows = match limit.windows {
                0 => String::new(),
                windows => format!(", chosen from {}", counted(windows, "unseen normal window")),
            };
            format!("{} ({rule}{rate}{windows})", short(limit.value))
        }
    }
}

/// How scores become alarms.
pub(super) fn decision(judged: &Judged<'_>) -> String {
    let watching = judged.model.watching();
    if watching.is_by_window() {
        return "each window by itself".to_owned();
    }
    format!(
        "the mean of {}; {} of {} above the threshold raise an alarm, until fewer are above {} of it",
        counted(watching.average, "score"),
        watching.votes,
        counted(watching.of, "decision"),
        percent(watching.clear)
    )
}
