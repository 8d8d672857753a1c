//! What to do about operators that judder does not run.

use super::operators::refused;
use crate::FormatError;

/// What is read.
pub(super) const READABLE: &str = "judder reads from TensorFlow Lite files one chain of FULLY_CONNECTED, scaling by \
                                   constants and activations";

/// That an operator is not run, and the line that helps.
pub(super) fn of(word: &str, name: String) -> FormatError {
    let way = match word {
        "CONV_2D"
        | "DEPTHWISE_CONV_2D"
        | "TRANSPOSE_CONV"
        | "LSTM"
        | "UNIDIRECTIONAL_SEQUENCE_LSTM"
        | "RNN"
        | "SVDF"
        | "MAX_POOL_2D"
        | "AVERAGE_POOL_2D"
        | "WHILE" => {
            "judder runs dense layers on the features of a window, not on its readings: use `Dense` \
             on features"
        }
        "SOFTMAX" | "LOG_SOFTMAX" | "L2_NORMALIZATION" | "MEAN" | "SUM" | "REDUCE_MAX" => {
            "it mixes the numbers of a row, which no layer of judder does: leave it out, or put \
             `BatchNormalization` in its place"
        }
        "CONCATENATION" | "SPLIT" | "GATHER" => {
            "judder runs one chain from features to reconstruction: convert the part that is one"
        }
        _ => READABLE,
    };
    refused(name, way)
}
