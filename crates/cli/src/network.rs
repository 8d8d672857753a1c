//! The options of an autoencoder's training.

use judder_core::Activation;
use judder_train::{AutoencoderOptions, can_be_trained};

/// How an autoencoder is trained. Each is left as it is by default unless given.
#[derive(clap::Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Autoencoder (--detector autoencoder)")]
pub(crate) struct Network {
    /// Units of each hidden layer: 4 or 6,3,6 [default: one layer of half the features]
    #[arg(long, value_delimiter = ',', value_name = "N,..")]
    pub(crate) hidden: Option<Vec<usize>>,
    /// Activation of the hidden layers: tanh, relu, linear, sigmoid, leaky_relu(SLOPE), elu(ALPHA),
    /// selu or softplus [default: tanh]
    #[arg(long, value_parser = trained)]
    pub(crate) activation: Option<Activation>,
    /// Chance with which a hidden unit is left out of a step of training [default: 0]
    #[arg(long, allow_negative_numbers = true, value_name = "SHARE")]
    pub(crate) dropout: Option<f64>,
    /// Most passes over the windows [default: 200, fewer where windows are very many]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub(crate) epochs: Option<usize>,
    /// Windows in a step of training [default: 32]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub(crate) batch: Option<usize>,
    /// Step size of the optimiser, Adam [default: 0.02]
    #[arg(long, allow_negative_numbers = true, value_name = "RATE")]
    pub(crate) learning_rate: Option<f64>,
    /// Networks to train from other weights, of which the best is kept [default: 3]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub(crate) restarts: Option<usize>,
    /// Train as the TinyML example does, faults included, to compare with: mad of 128 readings
    /// unless told otherwise, 3-2-3 with ReLU twice, dropout 0.2, unscaled, 50 passes, one start
    #[arg(
        long,
        conflicts_with_all = [
            "hidden", "activation", "dropout", "epochs", "batch", "learning_rate", "restarts",
        ]
    )]
    pub(crate) like_reference: bool,
}

impl Network {
    /// The first of these options that was given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        [
            (self.hidden.is_some(), "--hidden"),
            (self.activation.is_some(), "--activation"),
            (self.dropout.is_some(), "--dropout"),
            (self.epochs.is_some(), "--epochs"),
            (self.batch.is_some(), "--batch"),
            (self.learning_rate.is_some(), "--learning-rate"),
            (self.restarts.is_some(), "--restarts"),
            (self.like_reference, "--like-reference"),
        ]
        .into_iter()
        .find_map(|(is_given, name)| is_given.then_some(name))
    }

    /// The options of training that these say.
    pub(crate) fn options(&self) -> AutoencoderOptions {
        if self.like_reference {
            return AutoencoderOptions::like_reference();
        }
        let default = AutoencoderOptions::default();
        AutoencoderOptions {
            hidden: self.hidden.clone(),
            activation: self.activation.unwrap_or(default.activation),
            dropout: self.dropout.unwrap_or(default.dropout),
            epochs: self.epochs,
            batch: self.batch.unwrap_or(default.batch),
            learning_rate: self.learning_rate.unwrap_or(default.learning_rate),
            restarts: self.restarts.unwrap_or(default.restarts),
            ..default
        }
    }
}

/// The activation of a name, where layers of it can be trained.
fn trained(name: &str) -> Result<Activation, String> {
    let activation: Activation =
        name.parse().map_err(|error: judder_core::Error| error.to_string())?;
    if !can_be_trained(activation) {
        return Err(format!(
            "layers of {activation} cannot be trained here, they can only be imported: take tanh, \
             relu, sigmoid, leaky_relu(0.2), elu(1), selu or softplus"
        ));
    }
    Ok(activation)
}
