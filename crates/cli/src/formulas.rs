//! What each feature is, in a line: for `judder train --help`, and the README.

use judder_core::Feature;

/// Its formula, of the readings x of an axis in a window, of which there are n; d are their differences,
/// each reading less the one before it.
fn formula(feature: Feature) -> &'static str {
    match feature {
        Feature::Mad => "1.4826 × median |x - median x|",
        Feature::LogMad => "ln mad; where mad is 0, ln (1.2533 × mean |x - mean x|)",
        Feature::Std => "√(Σ (x - mean x)² / n)",
        Feature::Rms => "√(Σ x² / n), gravity included",
        Feature::Variance => "Σ (x - mean x)² / n",
        Feature::Kurtosis => "Σ (x - mean x)⁴ / n / std⁴ - 3",
        Feature::Skewness => "Σ (x - mean x)³ / n / std³",
        Feature::Crest => "max |x - mean x| / std",
        Feature::PeakToPeak => "max x - min x",
        Feature::Correlation => {
            "Σ (x - mean x) (y - mean y) / (n std x std y) of each pair of axes"
        }
        Feature::LogStd => "ln std",
        Feature::LogCov => {
            "matrix logarithm of the covariance of the axes; beside the diagonal × √2"
        }
        Feature::DiffStd => "std of d",
        Feature::DiffLogStd => "ln of the std of d",
        Feature::DiffCorrelation => "correlation of d",
        Feature::DiffLogCov => "log-cov of d",
        Feature::Bands(_) => {
            "ln of each axis' energy in each of N equal bands from 0 to half the rate, N 1 to 32"
        }
        Feature::TotalBands(_) => "the same of the energy of all axes together",
        Feature::TotalOctaves(_) => {
            "ln of the energy of all axes in each of N octaves below half the rate, N 1 to 6"
        }
        Feature::Tonal => {
            "of each axis ln of the energy of the strongest line and the two beside it, and their mean \
             frequency / rate"
        }
        Feature::LogEigen => {
            "ln of each eigenvalue of the covariance of the axes, the largest first"
        }
        Feature::DiffLogEigen => "log-eigen of d",
        Feature::LevelLogStd => {
            "ln of the std along the mean reading, and of the root of the mean variance across it"
        }
        Feature::LevelDiffLogStd => "level-log-std of d, along and across the mean reading",
        _ => "",
    }
}

/// Its name, with N for a number of bands.
fn name(feature: Feature) -> String {
    let name = feature.to_string();
    match (feature.bands(), name.split_once(':')) {
        (Some(_), Some((word, _))) => format!("{word}:N"),
        _ => name,
    }
}

/// All of them, a line each.
pub(crate) fn list() -> String {
    let line = |feature: Feature| format!("  {}: {}", name(feature), formula(feature));
    let lines: Vec<String> = Feature::ALL.into_iter().map(line).collect();
    format!(
        "Of each axis of a window, unless it says otherwise; x are the n readings, d their differences \
         (each reading less the one before), rate is the sample rate, energies are by Welch's method:\n{}",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_feature_has_a_formula_of_its_own() {
        let formulas: BTreeSet<&str> = Feature::ALL.into_iter().map(formula).collect();
        assert_eq!((formulas.len(), formulas.contains("")), (Feature::ALL.len(), false));
    }

    /// What is between these lines is written by `JUDDER_WRITE=1 cargo test -p judder formulas`.
    #[test]
    fn the_readme_has_the_same_formulas() {
        const BEGIN: &str = "<!-- formulas of features -->\n";
        const END: &str = "<!-- end of the formulas -->";
        let row = |feature| {
            format!("| `{}` | {} |\n", name(feature), formula(feature).replace('|', "\\|"))
        };
        let rows: String = Feature::ALL.into_iter().map(row).collect();
        let table = format!("| feature | formula |\n|---|---|\n{rows}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
        let mut readme = std::fs::read_to_string(&path).unwrap();
        let begin = readme.find(BEGIN).unwrap() + BEGIN.len();
        let end = begin + readme[begin..].find(END).unwrap();
        if std::env::var_os("JUDDER_WRITE").is_some() {
            readme.replace_range(begin..end, &table);
            std::fs::write(&path, readme).unwrap();
            return;
        }
        assert_eq!(
            &readme[begin..end],
            table,
            "README.md lags: JUDDER_WRITE=1 cargo test -p judder formulas"
        );
    }
}
