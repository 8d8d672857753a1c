//! A model as C: one header and one source file, which need nothing else.
//!
//! The parts in `parts/` are C with places to fill in, the arithmetic of `judder-core` operation by
//! operation. Only those that a model needs are written.

mod features;
mod golden;
mod layout;
mod name;
mod needs;
mod products;
mod tables;
mod template;

use judder_core::{Feature, GravityAxes};

pub use golden::Golden;
pub use name::identifier;
pub(crate) use name::{comment, rows};
use template::Filling;

use crate::error::FormatError;
use crate::{DetectorKind, Model, Precision, Rule};

/// The longest window that is written, in numbers: more than chips have room for.
const LARGEST: usize = 1 << 22;

/// A header and the source that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct CSource {
    /// The text of the `.h`.
    pub header: String,
    /// The text of the `.c`.
    pub source: String,
    /// Bytes of a watch over one sensor, its window included.
    pub memory: usize,
    /// Bytes of constants, without code and without a self-test.
    pub constants: usize,
}

/// Writes a model as C, all names of which begin with `identifier`, for files called `file` with
/// `.h` and `.c` behind it.
///
/// # Errors
/// [`FormatError::NotSource`] that says what cannot be written, and what to do.
pub fn to_c(
    model: &Model,
    identifier: &str,
    file: &str,
    golden: Option<&Golden>,
) -> Result<CSource, FormatError> {
    let binding = model.binding();
    check(model, file)?;
    let mut filling = Filling { needs: needs::of(model), ..Filling::default() };
    filling.put("name", identifier);
    filling.put("NAME", identifier.to_uppercase());
    filling.put("file", file);
    let mut tables = tables::Tables::of(model);
    let pairs = if filling.need("spectrum") {
        tables.bytes += tables::spectrum(&mut filling, binding.window);
        judder_core::Welch::<f32>::new(binding.window).lines / 2
    } else {
        0
    };
    views_into(model, &mut filling);
    products::fill(model, views(model).as_slice(), &mut filling);
    let layout = layout::of(model, &filling, pairs);
    let calls = features::calls(model, layout.keys, layout.spectrum, &mut tables);
    filling.put("FEATURES", calls.window);
    filling.put("SPECTRA_OF_AXIS", calls.of_axis.trim_end());
    filling.put("SPECTRA_OF_ALL", calls.of_all.trim_end());
    // The one feature that does not see what is not a number.
    let blind = model.features().features().all(|one| one == Feature::PeakToPeak);
    let look = if blind { " || !all_finite(window + at * WINDOW)" } else { "" };
    filling.put("blind", look);
    filling.put("LAYERS", tables::layers(model));
    filling.put(
        "DETECT",
        match model.detector() {
            DetectorKind::Neighbours(_) => "work->features, work->nearest",
            DetectorKind::Autoencoder(_) => "work->features, work->layers",
            _ => "work->features",
        },
    );
    filling.put("work", &layout.work);
    filling.put("fields", &layout.fields);
    filling.put("votes", if model.watching().of > 32 { "uint64_t" } else { "uint32_t" });
    filling.put("defines", tables.defines.trim_end());
    filling.put("tables", tables.tables.trim_end());
    about(model, &layout, tables.bytes, &mut filling);
    if let Some(golden) = golden {
        golden::fill(model, golden, &mut filling)?;
    }
    Ok(CSource {
        header: filling.fill(include_str!("parts/header.h")),
        source: source(&filling),
        memory: layout.bytes,
        constants: tables.bytes,
    })
}

/// What keeps a model from being written as C.
fn check(model: &Model, file: &str) -> Result<(), FormatError> {
    let no = |why: String| Err(FormatError::NotSource { language: "C", why });
    if model.precision() == Precision::F64 {
        return no(
            "it computes in f64, which chips do not; import it with --precision f32".to_owned()
        );
    }
    let binding = model.binding();
    if binding.axes.saturating_mul(binding.window) > LARGEST || u32::try_from(binding.hop).is_err()
    {
        let window = binding.window;
        return no(format!(
            "no chip holds a window of {window} readings; train with a shorter one"
        ));
    }
    if let Some(one) = model.features().features().find(|one| {
        !Feature::ALL
            .iter()
            .any(|known| std::mem::discriminant(known) == std::mem::discriminant(one))
    }) {
        return no(format!("its feature {one} is not known in C"));
    }
    let usable = |c: char| !c.is_control() && !matches!(c, '"' | '\\' | '@');
    if file.is_empty() || !file.chars().all(usable) || file.contains("??") {
        return no(
            "a file of such a name cannot be included; name it by letters and digits".to_owned()
        );
    }
    Ok(())
}

/// The views that a model's features have of the readings.
fn views(model: &Model) -> Vec<&'static str> {
    let needs = needs::of(model);
    ["readings", "differences"].into_iter().filter(|view| needs.contains(view)).collect()
}

fn views_into(model: &Model, filling: &mut Filling) {
    let window = "WINDOW";
    let (view, of, steps, count) = match views(model).as_slice() {
        [_, _] => (", view of", ", of", ", DIFFERENCES", "count_of(of)".to_owned()),
        ["readings"] => ("", "", "", window.to_owned()),
        _ => ("", "", "", format!("({window} - 1)")),
    };
    filling.put("view", view);
    filling.put("of", of);
    filling.put("DIFFERENCES", steps);
    filling.put("count", count);
    // Eigenvectors stand beside eigenvalues only where a feature needs them.
    let (log_cov, log_eigen) = (filling.need("log-cov"), filling.need("log-eigen"));
    let of = |text: &'static str| if log_cov { text } else { "" };
    filling.put("vectors", of("float vectors[AXES][AXES], "));
    filling.put("vectors_last", of(", float vectors[AXES][AXES]"));
    filling.put("vectors_arg", of("vectors, "));
    filling.put("vectors_doc", of(", and the eigenvectors in the columns"));
    let both = |text: &'static str| if log_cov && log_eigen { text } else { "" };
    filling.put("vectors_local", both("], vectors[AXES][AXES"));
    filling.put("vectors_use", both(", vectors"));
    if let GravityAxes::Three([a, b, c]) = model.watching().gravity {
        filling.put("SEEN", format_args!("{a}, {b}, {c}"));
    }
    let across = if filling.need("across") { ",\n * and across it" } else { "" };
    filling.put("across_doc", across);
}

/// What the header says of the model.
fn about(model: &Model, layout: &layout::Layout, constants: usize, filling: &mut Filling) {
    let binding = model.binding();
    let provenance = model.provenance();
    let mut lines = vec![
        format!("Features: {}. Detector: {}.", model.features(), model.detector().name()),
        format!(
            "Windows of {} readings of {} axes at {} Hz, a window every {} readings.",
            binding.window, binding.axes, binding.rate_hz, binding.hop
        ),
        match model.threshold().rule {
            Rule::None => "Threshold: none; nothing is judged an anomaly.".to_owned(),
            rule => format!("Threshold: {} ({rule}).", model.threshold().value as f32),
        },
        format!("Made by: {}.", provenance.origin),
    ];
    for normal in &provenance.normal {
        let (path, windows) = (&normal.path, normal.windows);
        lines.push(format!("Normal: {path}, {windows} windows."));
    }
    if let Some(sha) = &provenance.data_sha256 {
        lines.push(format!("Recordings: SHA-256 {sha}."));
    }
    let lines: Vec<String> =
        lines.iter().map(|line| format!(" * {}", name::comment(line))).collect();
    filling.put("about", lines.join("\n"));
    let detector = model.detector().name();
    filling.put(
        "title",
        format_args!(
            "A model of the kind {detector} by judder: tells normal vibration from strange."
        ),
    );
    filling.put(
        "memory",
        format_args!(
            "{} bytes for a watch, of which {} are the window; {constants} bytes of constants.",
            layout.bytes,
            4 * binding.axes * binding.window
        ),
    );
    filling.put("state", layout.bytes);
    filling.put("axes", binding.axes);
    filling.put("window", binding.window);
    filling.put("hop", binding.hop);
    filling.put("rate", format_args!("{:?}f", binding.rate_hz as f32));
    filling.put("threshold", name::literal(model.threshold().value as f32));
    filling.put("features", model.detector().features());
    let names: Vec<String> =
        model.features().names(binding.axes).map(|one| one.to_string()).collect();
    filling.put("feature_names", wrapped(&names));
    let axes = ["x", "y", "z"].get(..binding.axes).map(|axes| axes.join(", "));
    filling.put("axes_doc", axes.unwrap_or_else(|| "one for each axis".to_owned()));
    let unit = model.scale().unit.map(|unit| unit.to_string());
    filling.put("unit_doc", unit.unwrap_or_else(|| "the unit".to_owned()));
}

/// Names in the lines of a comment.
fn wrapped(names: &[String]) -> String {
    let listed = name::rows("", names, |name| name::comment(name));
    listed.trim_end().trim_end_matches(',').replace('\n', "\n * ")
}

/// The source, of the parts in the order in which they call each other.
fn source(filling: &Filling) -> String {
    let mut text = filling.fill(include_str!("parts/source.c"));
    let mut part = |needed: &str, part: &str| {
        if needed.split('|').any(|one| one.is_empty() || filling.need(one)) {
            text.push_str(&filling.fill(part));
        }
    };
    part("", include_str!("parts/numbers.c"));
    part("root", include_str!("parts/root.c"));
    part("log|exp|expm1", include_str!("parts/logarithm.c"));
    part("median", include_str!("parts/median.c"));
    part("sum|moment|deviation-sum", include_str!("parts/moments.c"));
    part("cross", include_str!("parts/covariance.c"));
    let of_axis = "log-mad|rms|variance-feature|kurtosis|skewness|range|log-std|diff-deviation";
    part(of_axis, include_str!("parts/axis.c"));
    part("correlation|covariance", include_str!("parts/joint.c"));
    part("spectrum", include_str!("parts/spectrum.c"));
    part("", "/* ---- The detector ---- */\n\n");
    part("distance", include_str!("parts/mahalanobis.c"));
    part("neighbours", include_str!("parts/neighbours.c"));
    part("activation", include_str!("parts/activations.c"));
    part("autoencoder", include_str!("parts/autoencoder.c"));
    part("", include_str!("parts/watch.c"));
    part("", include_str!("parts/api.c"));
    part("self-test", include_str!("parts/self_test.c"));
    text
}
