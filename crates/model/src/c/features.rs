//! The calls that compute the features of a window.

use judder_core::{Bands, Feature, Welch};

use super::tables::Tables;
use crate::Model;

/// The calls that compute the features of a window, and those for the spectra of one axis and of all
/// together.
#[derive(Default)]
pub(super) struct Calls {
    pub(super) window: String,
    pub(super) of_axis: String,
    pub(super) of_all: String,
}

/// Whether it is computed from the power spectrum.
pub(super) fn is_of_spectrum(feature: Feature) -> bool {
    feature.bands().is_some() || feature == Feature::Tonal
}

/// The calls, in order; tables of bands go to `tables`.
pub(super) fn calls(model: &Model, keys: &str, spectrum: &str, tables: &mut Tables) -> Calls {
    let features: Vec<Feature> = model.features().features().collect();
    let both = super::views(model).len() > 1;
    let view = |name: &str| if both { format!(", {name}") } else { String::new() };
    let (plain, steps) = (view("READINGS"), view("DIFFERENCES"));
    let axes = model.binding().axes;
    let mut calls = Calls::default();
    let last = features.iter().rposition(|&one| !is_of_spectrum(one));
    let mut first = 0;
    for (at, &feature) in features.iter().enumerate() {
        if is_of_spectrum(feature) {
            of_spectrum(feature, first, model, tables, &mut calls);
        }
        let text = &mut calls.window;
        text.push_str(&format!("    /* {feature} */\n"));
        let joint = |call: String| match Some(at) == last {
            // The place behind the last is nobody's.
            true => format!("    (void){call};\n"),
            false => format!("    next = {call};\n"),
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
            spectral if is_of_spectrum(spectral) => match Some(at) < last {
                true => format!("    next += {};\n", feature.count(axes)),
                false => String::new(),
            },
            of_axis => format!(
                "    for (at = 0; at < AXES; at++) {{\n        \
                 *next++ = {}(window + at * WINDOW{});\n    }}\n",
                function(of_axis),
                if matches!(of_axis, Feature::Mad | Feature::LogMad) { keys } else { "" },
            ),
        });
        first += feature.count(axes);
    }
    if features.iter().copied().any(is_of_spectrum) {
        calls.window.push_str(&format!("    spectra(window, {spectrum}, work->features);\n"));
    }
    calls
}

/// What computes the numbers of a feature, the first of which stands at `first`, from a spectrum.
fn of_spectrum(
    feature: Feature,
    first: usize,
    model: &Model,
    tables: &mut Tables,
    calls: &mut Calls,
) {
    let window = model.binding().window;
    let power = match super::needs::of(model).contains("shared") {
        true => "spectrum->total",
        false => "spectrum->power",
    };
    let mut of_all = |name: &str, bands: Bands| {
        edges(tables, name, bands, window);
        let count = bands.get();
        calls.of_all.push_str(&format!(
            "    band_energies({power}, {name}, {count}, features + {first});\n"
        ));
    };
    match feature {
        Feature::TotalBands(bands) => of_all("TOTAL_BANDS", bands),
        Feature::TotalOctaves(bands) => of_all("TOTAL_OCTAVES", bands),
        Feature::Bands(bands) => {
            edges(tables, "BANDS", bands, window);
            let count = bands.get();
            calls.of_axis.push_str(&format!(
                "        band_energies(spectrum->power, BANDS, {count}, \
                 features + {first} + {count} * axis);\n"
            ));
        }
        _ => calls
            .of_axis
            .push_str(&format!("        tonal(spectrum->power, features + {first} + 2 * axis);\n")),
    }
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
