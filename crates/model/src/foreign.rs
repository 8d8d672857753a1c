//! Models in the files of other programs.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use crate::bounded;
use crate::error::{FormatError, Problem};
use crate::{
    Autoencoder, DetectorKind, Gaussian, Metadata, Mixture, Network, Scaling, Takes, from_keras,
    from_npz, from_onnx_in, from_tflite,
};

/// What a file of another program holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ForeignModel {
    /// The means and covariances of one or more Gaussians.
    Gaussians(ForeignGaussians),
    /// The network of an autoencoder.
    Network(Foreign),
}

/// Gaussians from a file of another program: one, or a mixture's.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignGaussians {
    /// The Gaussians, at least one.
    pub modes: Vec<Gaussian>,
    /// Where the anomalies begin, a squared distance, if the file says it.
    pub threshold: Option<f64>,
    /// What else the file holds that does not bear on them, each said in a few words.
    pub ignored: Vec<String>,
}

impl ForeignGaussians {
    /// The detector they make, whose score is the squared distance from the nearest.
    ///
    /// # Errors
    /// [`FormatError::Network`] where they are of unlike features.
    pub fn detector(&self) -> Result<DetectorKind, FormatError> {
        match self.modes.as_slice() {
            [one] => Ok(DetectorKind::Mahalanobis(one.clone())),
            many => {
                Mixture::new(many.to_vec()).map(DetectorKind::Mixture).map_err(FormatError::Network)
            }
        }
    }
}

impl ForeignModel {
    /// Takes a threshold from beside it, and gives what was not taken over.
    pub(crate) fn beside(&mut self, said: Option<f64>) -> &mut Vec<String> {
        let (threshold, ignored) = match self {
            Self::Gaussians(one) => (&mut one.threshold, &mut one.ignored),
            Self::Network(one) => (&mut one.threshold, &mut one.ignored),
        };
        *threshold = said;
        ignored
    }
}

/// A network from a file of another program, or from one that judder exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// The network.
    pub network: Network,
    /// What the file says of the rest of the model.
    pub metadata: Option<Metadata>,
    /// Where the anomalies begin, a mean squared error, if the file says it beside that.
    pub threshold: Option<f64>,
    /// What else the file holds that does not bear on the network, each said in a few words.
    pub ignored: Vec<String>,
}

impl Foreign {
    /// The autoencoder it makes: unscaled, unless the metadata say otherwise.
    ///
    /// # Errors
    /// [`FormatError::Network`] where the network is none of an autoencoder.
    pub fn autoencoder(&self) -> Result<Autoencoder, FormatError> {
        let (takes, scaling) = match &self.metadata {
            Some(metadata) => (metadata.takes, metadata.scaling.clone()),
            None => (Takes::Features, Scaling::none(self.network.inputs())),
        };
        Autoencoder::new(self.network.clone(), takes, scaling).map_err(FormatError::Network)
    }
}

/// Whether a file is an archive, and none of Keras'. Nothing but its ends is read.
fn is_npz(path: &Path, file: &mut File) -> Result<bool, Problem> {
    const MEMBER: &[u8] = b"model.weights.h5";
    // The list of an archive's members stands at its end.
    const END: u64 = 4096;
    let size = file.metadata()?.len();
    let mut head = [0; 2];
    if size < 4 || file.read(&mut head)? < 2 || head != *b"PK" {
        return Ok(false);
    }
    if path.extension().is_some_and(|name| name.eq_ignore_ascii_case("keras")) {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(size.saturating_sub(END)))?;
    let mut end = Vec::new();
    file.take(END).read_to_end(&mut end)?;
    file.rewind()?;
    Ok(!end.windows(MEMBER.len()).any(|part| part == MEMBER))
}

/// Reads a model from a `.npz`, `.keras`, `.h5`, `.tflite` or `.onnx` file: which it is, its first bytes say,
/// or else its name.
///
/// # Errors
/// A [`Problem`] that says what is wrong with the file.
pub fn read_foreign(path: &Path) -> Result<ForeignModel, Problem> {
    if path.is_dir() {
        return Err(std::io::Error::from(std::io::ErrorKind::IsADirectory).into());
    }
    let mut file = File::open(path)?;
    if is_npz(path, &mut file)? {
        // What stands beside the model in an archive may be of any size, and is not read.
        return Ok(from_npz(BufReader::new(file))?);
    }
    let bytes = bounded::read(path)?;
    if bytes.is_empty() {
        return Err(FormatError::Empty.into());
    }
    let name = path.extension().unwrap_or_default().to_ascii_lowercase();
    let format = match (bytes.as_slice(), name.to_str().unwrap_or_default()) {
        ([b'P', b'K', ..], _) => "keras",
        ([0x89, b'H', b'D', b'F', ..], _) => "h5",
        ([_, _, _, _, b'T', b'F', b'L', b'3', ..], _) => "tflite",
        (_, name) => name,
    };
    match format {
        "npz" => Ok(from_npz(Cursor::new(bytes))?),
        "keras" | "h5" | "hdf5" => Ok(from_keras(&bytes).map(ForeignModel::Network)?),
        "tflite" => Ok(from_tflite(&bytes).map(ForeignModel::Network)?),
        "onnx" => {
            let folder = path.parent().unwrap_or(Path::new(""));
            Ok(from_onnx_in(&bytes, folder)?)
        }
        _ => Err(FormatError::UnknownFormat.into()),
    }
}
