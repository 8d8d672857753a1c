//! What to do about operators that judder does not run.

use super::{READABLE, refused};
use crate::FormatError;

/// Whether an operator is of a model that is none of judder's.
pub(super) fn is_another_model(operator: &str) -> bool {
    operator.starts_with("TreeEnsemble") || operator.starts_with("SVM")
}

/// That an operator is not run, and the line that helps.
pub(super) fn of(operator: &str, name: String) -> FormatError {
    let way = match operator {
        _ if is_another_model(operator) => {
            "judder has no trees and no support vectors: fit `EllipticEnvelope` and write it by \
             `np.savez(\"m.npz\", model_mu=e.location_, model_cov=e.covariance_, threshold=-e.offset_)`"
        }
        "LSTM" | "GRU" | "RNN" | "Conv" | "MaxPool" | "AveragePool" | "GlobalAveragePool"
        | "ConvTranspose" => {
            "judder runs dense layers on the features of a window, not on its readings: use \
             `nn.Linear` or `Dense` on features"
        }
        "Softmax"
        | "LogSoftmax"
        | "LayerNormalization"
        | "InstanceNormalization"
        | "RMSNormalization"
        | "LpNormalization"
        | "ReduceMean"
        | "ReduceSum" => {
            "it mixes the numbers of a row, which no layer of judder does: leave it out, or put \
             `BatchNorm1d` or `BatchNormalization` in its place"
        }
        "Concat" | "Split" | "Slice" | "Gather" => {
            "judder runs one chain from features to reconstruction: export the part that is one"
        }
        "QLinearMatMul"
        | "QGemm"
        | "MatMulInteger"
        | "DynamicQuantizeLinear"
        | "QuantizeLinear"
        | "DequantizeLinear" => {
            "export the model before it is quantised; judder makes integers by \
             `judder export --to tflite --int8`"
        }
        _ => READABLE,
    };
    refused(name, way)
}
