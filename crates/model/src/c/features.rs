//! The calls that compute the features of a window.

use judder_core::{Bands, Feature, Welch};

use super::tables::Tables;
use crate::Model;

/// The calls, in order; tables of bands go to `tables`.
pub(super) fn calls(model: &Model, keys: &str, spectrum: &str, tables: &mut Tables) -> String {
    let features: Vec<Feature> = model.features().features().collect();
    let both = super::views(model).len() > 1;
    let view = |name: &str| if both { format!(", {name}") } else { String::new() };
    let (plain, steps) = (view("READINGS"), view("DIFFERENCES"));
    let window = model.binding().window;
    let mut text = String::new();
    for (at, &feature) in features.iter().enumerate() {
        text.push_str(&format!("    /* {feature} */\n"));
        let joint = |call: String| match at + 1 == features.len() {
            // The place behind the last is nobody's.
            true => format!("    (void){call};\n"),
            false => format!("    next = {call};\n"),
        };
        let bands = |name: &str, call: &str, bands: Bands| {
            let count = bands.get();
            joint(format!("{call}(window, {name}, {count}, {spectrum}, next)"))
        };
        text.push_str(&match feature {
            Feature::Correlation => joint(format!("correlations(window, next{plain})")),
            Feature::DiffCorrelation => joint(format!("correlations(window, next{steps})")),
            Feature::LogCov => joint(format!("log_covariance(window, next{plain})")),
            Feature::DiffLogCov => joint(format!("log_covariance(window, next{steps})")),
            Feature::LogEigen => joint(format!("log_eigenvalues(window, next{plain})")),
            Feature::DiffLogEigen => joint(format!("log_eigenvalues(window, next{steps})")),
            Feature::LevelLogStd => joint(format!("level(window, next{plain})")),
            Feature::LevelDiffLogStd => joint(format!("level(window, next{steps})")),
            Feature::Tonal => joint(format!("tonal(window, {spectrum}, next)")),
            Feature::Bands(count) => {
                edges(tables, "BANDS", count, window);
                bands("BANDS", "axis_bands", count)
            }
            Feature::TotalBands(count) => {
                edges(tables, "TOTAL_BANDS", count, window);
                bands("TOTAL_BANDS", "total_bands", count)
            }
            Feature::TotalOctaves(count) => {
                edges(tables, "TOTAL_OCTAVES", count, window);
                bands("TOTAL_OCTAVES", "total_bands", count)
            }
            of_axis => format!(
                "    for (at = 0; at < AXES; at++) {{\n        \
                 *next++ = {}(window + at * WINDOW{});\n    }}\n",
                function(of_axis),
                if matches!(of_axis, Feature::Mad | Feature::LogMad) { keys } else { "" },
            ),
        });
    }
    text
}

fn function(feature: Feature) -> &'static str {
    match feature {
        Feature::Mad => "mad",
        Feature::LogMad => "log_mad",
        Feature::Std => "standard_deviation",
        Feature::Rms => "root_mean_square",
        Feature::Variance => "variance",
        Feature::Kurtosis => "kurtosis",
        Feature::Skewness => "skewness",
        Feature::Crest => "crest",
        Feature::PeakToPeak => "peak_to_peak",
        Feature::LogStd => "log_deviation",
        Feature::DiffStd => "difference_deviation",
        Feature::DiffLogStd => "log_difference_deviation",
        _ => "unknown",
    }
}

/// Which lines of the spectrum are in which band.
fn edges(tables: &mut Tables, name: &str, bands: Bands, window: usize) {
    let lines = Welch::<f32>::new(window).lines as f64;
    let at = |band: usize| bands.range(band, window);
    let mut edges: Vec<u8> =
        (0..bands.get().into()).filter_map(|band| Some((at(band)?.0 * lines) as u8)).collect();
    edges.extend(at(usize::from(bands.get()) - 1).map(|(_, end)| (end * lines) as u8));
    tables.bytes += edges.len();
    let rows = super::name::rows("    ", &edges, ToString::to_string);
    let doc = "/* The first line of the spectrum in each band, and the one behind the last. */";
    let shape = edges.len();
    tables
        .tables
        .push_str(&format!("{doc}\nstatic const uint8_t {name}[{shape}] = {{\n{rows}}};\n"));
}
