//! Why a model could not be trained or judged.

use std::path::PathBuf;

use judder_data::DataError;
use judder_data::quality::Finding;
use judder_model::Misfit;

/// Why a model could not be trained or judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A recording or folder could not be read.
    #[error("{0}")]
    Data(#[from] DataError),
    /// Several recordings could not be used; the first reasons, a line each.
    #[error(
        "{} of {of} recordings cannot be used; mend or remove them, or leave them out with \
         --skip-bad:\n{}",
        .reasons.len(),
        listed(.reasons)
    )]
    Unusable {
        /// Why not, each naming its file.
        reasons: Vec<String>,
        /// How many recordings there are.
        of: usize,
    },
    /// The same readings are given as normal and as anomalous.
    #[error(
        "{} and {} hold the same readings{}: they cannot be normal and anomalous both; take them away from one \
         side (--normal takes all folders below the one that it names)",
        normal.display(),
        anomaly.display(),
        and_more(*count)
    )]
    BothSides {
        /// The first that is given as normal.
        normal: PathBuf,
        /// The same, given as anomalous.
        anomaly: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// A check finds errors in the recordings.
    #[error(
        "these recordings cannot be learnt from as they are; mend them or leave them out, or go on all the same \
         with --force:\n{}",
        listed(&findings.iter().map(found).collect::<Vec<_>>())
    )]
    Found {
        /// What it finds.
        findings: Vec<Finding>,
    },
    /// A recording does not fit the others or the model.
    #[error("{}: {misfit}", path.display())]
    Misfit {
        /// The recording.
        path: PathBuf,
        /// What does not fit.
        misfit: Misfit,
    },
    /// Recordings differ in what they must share.
    #[error("{}: {what}", path.display())]
    Differs {
        /// The first recording that differs.
        path: PathBuf,
        /// From what, and what to do.
        what: String,
    },
    /// There are too few normal windows.
    #[error(
        "{windows} normal windows of {window} readings are too few for the {features} features of \
         {set}: at least {needed} are needed; record more, or choose a shorter --window or \
         fewer --features"
    )]
    TooFew {
        /// Windows there are.
        windows: usize,
        /// Readings in each.
        window: usize,
        /// Features to be learnt.
        features: usize,
        /// The feature set.
        set: String,
        /// Windows there must be.
        needed: usize,
    },
    /// A feature is the same in all normal windows.
    #[error(
        "feature `{feature}` is the same in all {windows} normal windows, so nothing can be learnt \
         from it: are the recordings copies of one another? Otherwise choose other --features"
    )]
    Constant {
        /// The feature.
        feature: String,
        /// How many windows there are.
        windows: usize,
    },
    /// The features depend on each other.
    #[error("the features {set} follow from one another here ({reason}): choose fewer --features")]
    Dependent {
        /// The feature set.
        set: String,
        /// What the factorisation says.
        reason: String,
    },
    /// The feature set gives nothing for these axes.
    #[error("{0}")]
    Features(judder_core::Error),
    /// An option has a value that these recordings do not allow.
    #[error("{0}")]
    Option(String),
    /// An option has a value that it never can have, or goes with others that it cannot.
    #[error("{0}")]
    Usage(String),
    /// The parts do not make a model.
    #[error("{0}")]
    Model(#[from] judder_model::Problem),
    /// No autoencoder of those that were trained is fit for use.
    #[error(
        "none of {} trained autoencoders reconstructs the normal windows: {}; use other features, \
         more hidden units (--hidden), or --detector mahalanobis",
        reasons.len(),
        first_of(reasons)
    )]
    NoAutoencoder {
        /// Why each was refused.
        reasons: Vec<String>,
    },
    /// A model file cannot be used.
    #[error("{0}")]
    ModelFile(#[from] judder_model::ModelError),
}

/// The first few reasons, indented, and how many more there are.
fn listed(reasons: &[String]) -> String {
    const MOST: usize = 8;
    let mut lines: Vec<String> = reasons.iter().take(MOST).map(|r| format!("  {r}")).collect();
    if reasons.len() > MOST {
        lines.push(format!("  and {} more (judder check lists them)", reasons.len() - MOST));
    }
    lines.join("\n")
}

/// A finding with the folder that it is about.
fn found(finding: &Finding) -> String {
    let folder = finding.folder.as_ref().map(|folder| format!("{}: ", folder.display()));
    format!("{}{}: {}", folder.unwrap_or_default(), finding.kind, finding.message)
}

fn and_more(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        count => format!(", and so do {} more", count - 1),
    }
}

fn first_of(reasons: &[String]) -> &str {
    reasons.first().map_or("", String::as_str)
}
