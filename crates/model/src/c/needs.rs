//! Which parts of the C a model needs.

use std::collections::BTreeSet;

use judder_core::{Activation, Feature, GravityAxes};

use crate::{DetectorKind, Model};

/// What each part is made of. Parts that other parts bring stand behind them.
const MADE_OF: &[(&str, &[&str])] = &[
    ("log-mad", &["mad", "log", "moment-1", "mean"]),
    ("log-std", &["deviation", "log"]),
    ("crest", &["range", "mean", "deviation"]),
    ("peak-to-peak", &["range"]),
    ("kurtosis", &["variance", "mean", "moment-4"]),
    ("skewness", &["variance", "mean", "moment-3", "root"]),
    ("rms", &["variance", "root"]),
    ("variance-feature", &["variance", "mean"]),
    ("diff-log-std", &["diff-deviation", "log"]),
    ("diff-deviation", &["differences", "cross", "cross-sum", "root", "representable"]),
    ("correlation", &["cross", "cross-sum", "root", "representable"]),
    ("log-cov", &["covariance", "eigen"]),
    ("log-eigen", &["covariance", "eigen"]),
    ("level", &["covariance", "magnitude", "root", "mean"]),
    ("axis-bands", &["bands", "apart"]),
    ("total-bands", &["bands", "together"]),
    ("tonal", &["spectrum", "log", "representable", "apart"]),
    ("bands", &["spectrum", "log", "representable", "sum"]),
    ("gates", &["magnitude", "root", "mean", "deviation-sum"]),
    ("averaged", &["exp", "logarithm", "mean"]),
    ("drift", &["logarithm"]),
    ("logarithm", &["log"]),
    ("tanh-layer", &["tanh"]),
    ("elu-layer", &["expm1"]),
    ("selu-layer", &["expm1"]),
    ("silu-layer", &["sigmoid"]),
    ("gelu-tanh-layer", &["sigmoid"]),
    ("sigmoid-layer", &["sigmoid"]),
    ("softplus-layer", &["exp", "magnitude", "log"]),
    ("gelu-layer", &["erfc"]),
    ("erfc", &["exp", "magnitude"]),
    ("sigmoid", &["exp", "magnitude"]),
    ("mixture", &["from-bits"]),
    ("tanh", &["expm1", "magnitude"]),
    ("expm1", &["from-bits"]),
    ("eigen", &["root", "magnitude"]),
    ("covariance", &["cross", "representable", "log"]),
    ("spectrum", &["mean"]),
    ("readings", &["mean"]),
    ("deviation", &["variance", "root", "mean"]),
    ("variance", &["moment", "representable"]),
    ("moment-1", &["moment", "magnitude"]),
    ("moment-3", &["moment"]),
    ("moment-4", &["moment"]),
    ("mad", &["median", "nan"]),
    ("median", &["from-bits"]),
    ("mean", &["sum"]),
    ("log", &["nan"]),
    ("exp", &["from-bits"]),
    ("root", &["nan"]),
    ("representable", &["nan"]),
    ("nan", &["from-bits"]),
];

/// Everything that a model needs.
pub(super) fn of(model: &Model) -> BTreeSet<&'static str> {
    let mut needs: BTreeSet<&'static str> =
        model.features().features().flat_map(of_feature).copied().collect();
    of_detector(model, &mut needs);
    of_watching(model, &mut needs);
    for (whole, parts) in MADE_OF {
        if needs.contains(whole) {
            needs.extend(*parts);
        }
    }
    let binding = model.binding();
    let mut when = |is: bool, what: &'static str| {
        if is {
            needs.insert(what);
        }
    };
    when(binding.window.is_multiple_of(2), "even");
    when(!binding.window.is_multiple_of(2), "odd");
    when(binding.hop < binding.window, "overlap");
    when(binding.hop >= binding.window, "no-overlap");
    when(binding.hop > binding.window, "skip");
    when(binding.axes > 1, "across");
    // Sums of the spectra of all axes beside those of one; or the one kind alone.
    match (needs.contains("apart"), needs.contains("together")) {
        (true, true) => drop(needs.insert("shared")),
        (false, true) => drop(needs.insert("only-together")),
        (_, false) => {}
    }
    // Powers of one axis that has one segment are those of the segment.
    let segments = judder_core::Welch::<f32>::new(binding.window).segments;
    needs.extend(match (needs.contains("apart"), segments > 1) {
        (true, true) => ["each-summed", "summed"].as_slice(),
        (true, false) => &[],
        (false, _) => &["summed"],
    });
    if model.features().features().any(|one| !super::features::is_of_spectrum(one)) {
        needs.insert("next");
    }
    let (plain, steps) = (needs.contains("readings"), needs.contains("differences"));
    needs.extend(match (plain, steps) {
        (true, true) => ["both-views"].as_slice(),
        (true, false) => &["readings-alone"],
        (false, true) => &["differences-alone"],
        (false, false) => &[],
    });
    let gravity = model.watching().gravity;
    let seeing = gravity.count(binding.axes);
    if needs.contains("gates") {
        let is_three = matches!(gravity, GravityAxes::Three(_));
        needs.insert(if is_three { "three-axes" } else { "every-axis" });
        let points = seeing > 1 && gravity != GravityAxes::Unseen;
        needs.insert(if points { "has-direction" } else { "no-direction" });
        if points || needs.contains("mounting") {
            needs.insert("direction");
        }
    }
    needs
}

fn of_feature(feature: Feature) -> &'static [&'static str] {
    match feature {
        Feature::Mad => &["mad"],
        Feature::LogMad => &["log-mad"],
        Feature::Std => &["deviation"],
        Feature::Rms => &["rms"],
        Feature::Variance => &["variance-feature"],
        Feature::Kurtosis => &["kurtosis"],
        Feature::Skewness => &["skewness"],
        Feature::Crest => &["crest"],
        Feature::PeakToPeak => &["peak-to-peak"],
        Feature::Correlation => &["correlation", "readings"],
        Feature::LogStd => &["log-std"],
        Feature::LogCov => &["log-cov", "readings"],
        Feature::DiffStd => &["diff-deviation"],
        Feature::DiffLogStd => &["diff-log-std"],
        Feature::DiffCorrelation => &["correlation", "differences"],
        Feature::DiffLogCov => &["log-cov", "differences"],
        Feature::Bands(_) => &["axis-bands"],
        Feature::TotalBands(_) | Feature::TotalOctaves(_) => &["total-bands"],
        Feature::Tonal => &["tonal"],
        Feature::LogEigen => &["log-eigen", "readings"],
        Feature::DiffLogEigen => &["log-eigen", "differences"],
        Feature::LevelLogStd => &["level", "readings"],
        Feature::LevelDiffLogStd => &["level", "differences"],
        // What this list lacks is refused by name before it is asked.
        _ => &["unknown"],
    }
}

fn of_detector(model: &Model, needs: &mut BTreeSet<&'static str>) {
    match model.detector() {
        DetectorKind::Mahalanobis(one) => {
            needs.extend(["distance", "mahalanobis", shape(one.blocks())]);
        }
        DetectorKind::Mixture(mixture) => {
            needs.extend(["distance", "mixture", shape(&mixture.blocks())]);
        }
        DetectorKind::Neighbours(_) => needs.extend(["neighbours"]),
        DetectorKind::Autoencoder(autoencoder) => {
            needs.insert("autoencoder");
            for layer in autoencoder.folded().layers() {
                needs.insert(if super::tables::is_diagonal(layer) { "diagonal" } else { "dense" });
                if let Some(activation) = of_activation(layer.activation()) {
                    needs.extend(["activation", activation]);
                }
            }
        }
    }
}

fn of_activation(activation: Activation) -> Option<&'static str> {
    match activation {
        Activation::Linear => None,
        Activation::Relu => Some("relu"),
        Activation::Tanh => Some("tanh-layer"),
        Activation::Sigmoid => Some("sigmoid-layer"),
        Activation::LeakyRelu(_) => Some("leaky-relu"),
        Activation::Elu(_) => Some("elu-layer"),
        Activation::Selu => Some("selu-layer"),
        Activation::Softplus => Some("softplus-layer"),
        Activation::Silu => Some("silu-layer"),
        Activation::Gelu => Some("gelu-layer"),
        Activation::GeluTanh => Some("gelu-tanh-layer"),
        Activation::FakeQuant { .. } => Some("fake-quant"),
    }
}

fn shape(blocks: &[u16]) -> &'static str {
    if blocks.len() > 1 { "blocks" } else { "whole" }
}

fn of_watching(model: &Model, needs: &mut BTreeSet<&'static str>) {
    let watching = model.watching();
    let mut either = |is: bool, yes: &[&'static str], no: &[&'static str]| {
        needs.extend(if is { yes } else { no });
    };
    either(watching.average > 1, &["averaged"], &["unaveraged"]);
    either(watching.of > 1 || watching.clear < 1.0, &["votes"], &["by-window"]);
    either(watching.drift.is_some(), &["drift"], &["no-drift"]);
    either(watching.handled_above.is_some(), &["handled", "gates"], &[]);
    either(watching.idle_below.is_some(), &["idle", "gates", "forget"], &[]);
    let settles = watching.idle_below.is_some() && watching.settle > 0;
    either(settles, &["settle"], &[]);
    either(!watching.mounting.is_empty(), &["mounting", "gates", "forget"], &[]);
    either(watching.strong_above.is_some(), &["strong"], &["not-strong"]);
    if !needs.contains("gates") {
        needs.insert("no-gates");
    }
}
