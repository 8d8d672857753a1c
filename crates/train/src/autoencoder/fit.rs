//! An autoencoder fitted to the rows of normal windows: the best of several starts.

use judder_data::split;
use judder_model::{Autoencoder, Network, Precision, Scaling, Takes};
use rayon::prelude::*;

use super::health::Health;
use super::options::AutoencoderOptions;
use super::shape::Shape;
use super::spread::spreads;
use super::start::{Start, train};

/// For each start that is wanted, so many are tried before training gives up.
const TRIES: usize = 10;

/// By which share training has to lower the error of the weights that were drawn: a draw may explain
/// something by luck, and has learnt nothing.
const LEAST_LOWERED: f64 = 0.1;

/// An autoencoder, and how its training went.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedAutoencoder {
    /// The autoencoder.
    pub autoencoder: Autoencoder,
    /// The share of the variance of the normal features that its reconstruction explains.
    pub explained: f64,
    /// The mean squared error on the windows by which start and passes were chosen.
    pub loss: f64,
    /// After how many passes training was stopped: so many the network was then trained from the
    /// same start on all windows.
    pub epochs: usize,
    /// The mean squared error of each pass: on the windows learnt from, and on those to stop by.
    pub curve: Vec<(f64, Option<f64>)>,
    /// How many starts were tried.
    pub starts: usize,
    /// Why some of them were refused; without the check, what would have been reason to.
    pub refused: Vec<String>,
}

/// Why no autoencoder could be fitted.
#[derive(Debug, Clone, PartialEq)]
pub enum Unfit {
    /// The feature with this index is the same in all rows.
    Constant(usize),
    /// Every start was refused; the reasons.
    Refused(Vec<String>),
    /// The numbers leave the range of the arithmetic, or the sizes do not fit.
    Network(String),
}

/// Fits an autoencoder to rows of `columns` features, each row given by its index.
///
/// # Errors
/// An [`Unfit`], where a feature does not vary, or no start gave a network that reconstructs.
pub fn fit_autoencoder(
    values: &[f64],
    columns: usize,
    rows: &[usize],
    options: &AutoencoderOptions,
    precision: Precision,
    seed: u64,
) -> Result<FittedAutoencoder, Unfit> {
    let chosen: Vec<f64> =
        rows.iter().flat_map(|&row| &values[row * columns..(row + 1) * columns]).copied().collect();
    let (takes, scaling) = match options.standardised {
        true => (Takes::Standardised, scaling(&chosen, columns).map_err(Unfit::Constant)?),
        false => (Takes::Features, Scaling::none(columns)),
    };
    let scaled: Vec<f64> =
        chosen.chunks_exact(columns).flat_map(|row| scaling.standardise(row)).collect();
    let hidden = options.hidden(columns);
    let shape = Shape::new(columns, &hidden, options.activation, options.output);

    let order = split::shuffled(rows.len(), seed);
    let parts = split::shares(&order, &[options.validation]);
    let (watch, learn) = (parts[0], parts[1]);
    let most = options.most_epochs(learn.len());
    let run = |learn: &[usize], watch: &[usize], epochs: usize, number: usize| {
        let start = train(&shape, &scaled, learn, watch, epochs, options, (seed, number as u64));
        let health = Health::of(&shape, &start.parameters, &scaled);
        Tried { number, start, health }
    };
    let wanted = options.restarts.max(1);
    let (mut good, mut refused, mut starts) = (Vec::new(), Vec::new(), 0);
    while good.len() < wanted && starts < wanted * TRIES {
        let next = starts..starts + (wanted - good.len());
        starts = next.end;
        let tried: Vec<Tried> =
            next.into_par_iter().map(|number| run(learn, watch, most, number)).collect();
        for one in tried {
            let fault = one.fault();
            if fault.is_none() || !options.checked {
                good.push(one);
            }
            refused.extend(fault);
        }
    }
    // The first of equals: the order of the starts, not of the threads, decides.
    let less = |a: Tried, b: Tried| if b.start.loss < a.start.loss { b } else { a };
    let Some(mut best) = good.into_iter().reduce(less) else {
        return Err(Unfit::Refused(refused));
    };
    let Start { loss, epochs, .. } = best.start;
    let curve = std::mem::take(&mut best.start.curve);
    if !watch.is_empty() {
        // How long to train is known: now from all windows.
        let whole = run(&order, &[], epochs, best.number);
        if whole.fault().is_none() {
            best = whole;
        }
    }
    let network: Network = shape
        .network(&best.start.parameters, precision == Precision::F32)
        .map_err(Unfit::Network)?;
    let autoencoder = Autoencoder::new(network, takes, scaling).map_err(Unfit::Network)?;
    let explained = best.health.explained;
    Ok(FittedAutoencoder { autoencoder, explained, loss, epochs, curve, starts, refused })
}

/// A start, and what came of it.
struct Tried {
    number: usize,
    start: Start,
    health: Health,
}

impl Tried {
    /// Why the network is not to be used.
    fn fault(&self) -> Option<String> {
        let Start { loss, initial, .. } = self.start;
        let lowered = 1.0 - loss / initial;
        let unlearnt = || {
            let percent = 100.0 * lowered;
            (lowered < LEAST_LOWERED)
                .then(|| format!("training lowered its error by {percent:.1} % only"))
        };
        self.health.fault().or_else(unlearnt)
    }
}

/// The mean and standard deviation of each feature; or the index of one that does not vary.
fn scaling(rows: &[f64], columns: usize) -> Result<Scaling, usize> {
    let count = (rows.len() / columns) as f64;
    let (mut means, mut sd) = (Vec::with_capacity(columns), Vec::with_capacity(columns));
    for (column, (mean, squares)) in spreads(rows, columns).enumerate() {
        let variance = squares / count;
        let first = rows.get(column);
        if variance <= 0.0 || rows[column..].iter().step_by(columns).all(|x| Some(x) == first) {
            return Err(column);
        }
        means.push(mean);
        sd.push(variance.sqrt());
    }
    Ok(Scaling { mean: means, sd })
}
