//! What a model is.

use std::path::Path;

use judder_model::{Footprint, Model, Precision, Rule};

use super::Facts;
use crate::output::{self, counted, percent};

pub(super) fn facts(path: &Path) -> anyhow::Result<Facts> {
    let model = Model::read(path)?;
    let (binding, scale, threshold) = (model.binding(), model.scale(), model.threshold());
    let mut facts = Facts::default();
    facts.add("kind", "model");
    facts.add("detector", model.detector().name());
    facts.add("features", model.features().to_string());
    facts.add("axes", binding.axes);
    facts.add("window", binding.window);
    facts.add("hop", binding.hop);
    facts.add("rate_hz", binding.rate_hz);
    facts.add("unit", scale.unit.map(|unit| unit.to_string()));
    facts.add("gravity", scale.gravity);
    facts.add("precision", if model.precision() == Precision::F32 { "f32" } else { "f64" });
    facts.add("threshold", (threshold.rule != Rule::None).then_some(threshold.value));
    let asked = threshold.false_alarm_rate.map(|rate| format!(", {} false alarms", percent(rate)));
    facts.add("rule", format!("{}{}", threshold.rule, asked.unwrap_or_default()));
    let provenance = model.provenance();
    facts.add("made_by", provenance.origin.as_str());
    let normal = provenance.normal.iter().map(|one| {
        format!(
            "{} ({}, {})",
            one.path,
            counted(one.recordings, "recording"),
            counted(one.windows, "window")
        )
    });
    facts.add("trained_on", normal.collect::<Vec<_>>());
    facts.add("data_sha256", provenance.data_sha256.as_deref());
    let measured = model.figures().iter().map(|figure| {
        let alarms = counted(figure.false_alarms, "false alarm");
        let auc = figure.auc.map(|auc| format!(", ROC AUC {auc:.3}")).unwrap_or_default();
        format!("{}: {alarms} in {} windows{auc}", figure.split, figure.normal_windows)
    });
    facts.add("measured", measured.collect::<Vec<_>>());
    let Footprint { constants, memory } = Footprint::of(&model);
    facts.add("bytes_of_constants", constants);
    facts.add("bytes_of_memory", memory);
    output::note_threshold(&model);
    Ok(facts)
}
