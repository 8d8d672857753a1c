//! What to do about layers that judder does not run.

/// What is read.
pub(super) const READABLE: &str = "judder reads from Keras files one chain of Dense, Normalization, BatchNormalization, Rescaling and activations";

/// That a model is no chain.
pub(super) const ONE_CHAIN: &str = "judder runs one chain from features to reconstruction: save the part that is one, \
                                    `keras.Model(x, y).save(\"m.keras\")`";

/// What to do about a model whose class is a program.
pub(super) const OWN_CLASS: &str = "what a class of one's own does is Python: save a Sequential or functional model, \
                                    or call it once and `model.export(\"m.onnx\", format=\"onnx\")`";

pub(super) const ACTIVATIONS: &str = "judder has linear, relu, tanh, sigmoid, leaky_relu, elu, selu, softplus, silu \
                                      and gelu: use one of these, and train again";

pub(super) const PRECISION: &str = "make the model after `keras.config.set_dtype_policy(\"float32\")`, \
                                    `set_weights(old.get_weights())`, and save it again";

/// The line that helps with layers of a class.
pub(super) fn of_class(class: &str) -> &'static str {
    match class {
        "Conv1D"
        | "Conv2D"
        | "Conv1DTranspose"
        | "SeparableConv1D"
        | "LSTM"
        | "GRU"
        | "SimpleRNN"
        | "Bidirectional"
        | "TimeDistributed"
        | "MaxPooling1D"
        | "AveragePooling1D"
        | "GlobalAveragePooling1D"
        | "RepeatVector" => {
            "judder runs dense layers on the features of a window, not on its readings: use Dense on \
             features"
        }
        "Softmax" | "LayerNormalization" | "UnitNormalization" | "GroupNormalization" => {
            "it mixes the numbers of a row, which no layer of judder does: leave it out, or put \
             BatchNormalization in its place"
        }
        "Add" | "Concatenate" | "Multiply" | "Subtract" | "Average" => ONE_CHAIN,
        "Lambda" => {
            "what a Lambda does is Python: use Rescaling, Normalization or Activation for it"
        }
        _ => READABLE,
    }
}
