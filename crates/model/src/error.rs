//! Why a model cannot be read, built or written.

use std::path::PathBuf;

/// A model file that cannot be used: which one, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct ModelError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a model file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The operating system refused.
    #[error("{}", io_reason(.0))]
    Io(#[from] std::io::Error),
    /// It is larger than any model.
    #[error("is larger than {limit} bytes; a model is smaller")]
    TooLarge {
        /// The largest that is read.
        limit: u64,
    },
    /// It is not JSON, or ends too early.
    #[error("is not a whole model file: {0}")]
    Json(String),
    /// It is JSON, but not a judder model.
    #[error("is not a judder model: its field \"format\" is not \"judder-model\"")]
    NotAModel,
    /// It was written by a later judder.
    #[error(
        "is a model of format version {found}, and this judder reads versions up to {known}: \
         use the judder that wrote it, or a newer one"
    )]
    Version {
        /// The version in the file.
        found: u64,
        /// The version this judder reads.
        known: u64,
    },
    /// A field has a value that cannot be.
    #[error("field \"{field}\": {reason}")]
    Field {
        /// The field, as in the file.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A field is missing, unknown, or not of its type.
    #[error("field \"{field}\": {reason}")]
    Value {
        /// The field, with those that it is in: `detector.mean[2]`.
        field: String,
        /// What is wrong with it, and where it stands.
        reason: String,
    },
    /// A file of another format cannot be imported.
    #[error("{0}")]
    Format(#[from] FormatError),
}

impl Problem {
    pub(crate) fn field(field: &'static str, reason: impl ToString) -> Self {
        Self::Field { field, reason: reason.to_string() }
    }
}

/// Why a file of another program cannot be imported, or a model not be exported to it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// A board with the sensor cannot do what the model asks for.
    #[error("cannot be an Arduino sketch: {0}")]
    NotASketch(String),
    /// An archive or an array in it is damaged.
    #[error("is not a readable .npz file: {0}")]
    Damaged(String),
    /// An array is missing.
    #[error(
        "has no array `{missing}`; a Mahalanobis model has `model_mu` and `model_cov`, an autoencoder \
         `layer_0_weights` and so on, this file has {found}"
    )]
    Missing {
        /// Its name.
        missing: &'static str,
        /// What there is instead.
        found: String,
    },
    /// An array of a layer is missing.
    #[error("has no array `{missing}`; layer {layer} has weights, bias and activation")]
    MissingOfLayer {
        /// Its name.
        missing: String,
        /// The layer.
        layer: usize,
    },
    /// There is something that judder does not know.
    #[error(
        "has an array `{0}` that judder does not know; a Mahalanobis model has `model_mu` and \
         `model_cov` only, an autoencoder `judder` and each layer's weights, bias and activation"
    )]
    Unknown(String),
    /// The file is damaged, or of another format.
    #[error("is not a readable {format} file: {what}")]
    Broken {
        /// The format it should be of.
        format: &'static str,
        /// What is wrong.
        what: String,
    },
    /// The file holds something that judder cannot run.
    #[error("holds {what}; {way}")]
    Unsupported {
        /// Its format.
        format: &'static str,
        /// What it holds.
        what: String,
        /// What judder reads from such files, or how the other program writes what it does.
        way: String,
    },
    /// There is nothing in the file.
    #[error("is empty: write or copy the model again")]
    Empty,
    /// Neither its first bytes nor its name are those of a format.
    #[error("is none of the model files that judder imports: .npz, .keras, .h5, .tflite, .onnx")]
    UnknownFormat,
    /// What judder wrote beside the network cannot be read.
    #[error("the entry `judder`, which says what the model is, cannot be read: {0}")]
    Metadata(String),
    /// The network is not one of an autoencoder.
    #[error("does not hold an autoencoder that judder can run: {0}")]
    Network(String),
    /// The model cannot be written as source code.
    #[error("cannot be written as {language}: {why}")]
    NotSource {
        /// The language.
        language: &'static str,
        /// What keeps it, and what to do.
        why: String,
    },
    /// An array is not what it should be.
    #[error("array `{array}` {what}")]
    Array {
        /// Its name.
        array: String,
        /// What is wrong with it.
        what: String,
    },
}

impl From<judder_npz::Error> for FormatError {
    fn from(error: judder_npz::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// What a file or a library says, fit to be shown: not too long, and on one line.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().take(LONGEST).map(printable).collect()
}

/// A name from a file, fit to be shown.
pub(crate) fn quoted(name: &str) -> String {
    const LONGEST: usize = 60;
    let (short, rest) = match name.char_indices().nth(LONGEST) {
        Some((at, _)) => (&name[..at], "…"),
        None => (name, ""),
    };
    format!("`{}{rest}`", shown(short))
}

fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a folder; a model is a file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
