//! A mixture of Gaussians from the operators that compute its densities, as skl2onnx writes
//! scikit-learn's `GaussianMixture`.
//!
//! What goes into the `ReduceLogSumExp` at the end is for each component the logarithm of its weight
//! and density, -½ (x - μ)ᵀ Σ⁻¹ (x - μ) and a constant, however it is computed. Its
//! second differences are -Σ⁻¹, its slope tells μ; of a quadratic function differences are exact.

use judder_core::{MAX_FEATURES, cholesky, invert_lower, packed_len};

use super::evaluate::Plan;
use super::operators::Tensors;
use super::proto::Node;
use super::refused;
use crate::foreign::ForeignGaussians;
use crate::{FormatError, Gaussian, MAX_MODES};

/// The operator that a mixture is known by.
const END: &str = "ReduceLogSumExp";

/// The most operations that finding a mixture takes: about a second.
const MOST_OPERATIONS: f64 = 5e8;
/// How often the functions are looked at: each time nearer to the middle, and once more there.
const LOOKS: usize = 3;

/// The same from scikit-learn itself.
const ARRAYS: &str = "write it by `np.savez(\"m.npz\", model_mu=gm.means_, model_cov=gm.covariances_)`, of \
                      covariance_type \"full\" or \"tied\"";

fn no(what: &str) -> FormatError {
    refused(format!("a mixture {what}"), ARRAYS)
}

/// The Gaussians of a graph's components.
pub(super) fn read(
    nodes: &[Node],
    end: &Node,
    input: (&str, Option<usize>),
    tensors: &Tensors,
    room: usize,
) -> Result<ForeignGaussians, FormatError> {
    let wanted = end.input.first().map(String::as_str).unwrap_or_default();
    let plan = Plan::new(nodes, wanted, input.0, tensors, room)?;
    let Some(n) = input.1.filter(|n| (1..=MAX_FEATURES).contains(n)) else {
        return Err(no("that does not say of how many features"));
    };
    let first = plan.run(&vec![0.0; n])?;
    let count = first.len();
    if !(1..=MAX_MODES).contains(&count) {
        return Err(no(&format!("of {count} components")));
    }
    let points = (LOOKS + 1) * (n * n / 2 + 3 * n);
    if points as f64 * plan.operations() as f64 > MOST_OPERATIONS {
        return Err(no(&format!("of {count} components of {n} features")));
    }
    // First roughly, then about the middle of the means in steps of the order of the deviations.
    let (mut centre, mut steps) = (vec![0.0; n], vec![1.0; n]);
    let mut found = quadratics(&plan, &centre, &steps)?;
    for _ in 0..LOOKS {
        let gaussians = found.iter().map(|one| one.mean(&centre)).collect::<Option<Vec<_>>>();
        let means = gaussians.ok_or_else(|| no("whose densities are not those of Gaussians"))?;
        for (at, (centre, step)) in centre.iter_mut().zip(&mut steps).enumerate() {
            *centre = means.iter().map(|mean| mean[at]).sum::<f64>() / means.len() as f64;
            let steepest = found.iter().map(|one| one.precision(at, at)).fold(0.0, f64::max);
            *step = steepest.sqrt().recip();
        }
        found = quadratics(&plan, &centre, &steps)?;
    }
    let modes = found.iter().map(|one| {
        let mean =
            one.mean(&centre).ok_or_else(|| no("whose densities are not those of Gaussians"))?;
        let covariance = one
            .covariance()
            .ok_or_else(|| no("with a covariance that is not positive definite"))?;
        Gaussian::new(mean, covariance).map_err(FormatError::Network)
    });
    let modes: Vec<Gaussian> = modes.collect::<Result<_, _>>()?;
    check(&plan, &modes, &centre, &steps)?;
    let mut ignored = Vec::new();
    if modes.len() > 1 {
        ignored.push(
            "the weights of its components: a score is the squared distance to the nearest one"
                .to_owned(),
        );
    }
    Ok(ForeignGaussians { modes, threshold: None, ignored })
}

/// A quadratic function about a centre.
struct Quadratic {
    n: usize,
    slope: Vec<f64>,
    /// Second derivatives, packed `[n (n + 1) / 2]`.
    curvature: Vec<f64>,
}

impl Quadratic {
    /// An element of Σ⁻¹.
    fn precision(&self, row: usize, column: usize) -> f64 {
        let (row, column) = (row.max(column), row.min(column));
        -self.curvature.get(packed_len(row) + column).copied().unwrap_or(f64::NAN)
    }

    /// Σ, `[n × n]`.
    fn covariance(&self) -> Option<Vec<f64>> {
        let n = self.n;
        let mut lower: Vec<f64> = self.curvature.iter().map(|x| -x).collect();
        cholesky(&mut lower, n).ok()?;
        invert_lower(&mut lower, n).ok()?;
        let at = |row: usize, column: usize| {
            if column > row {
                0.0
            } else {
                lower.get(packed_len(row) + column).copied().unwrap_or(0.0)
            }
        };
        // L⁻ᵀ L⁻¹
        let element = |place: usize| {
            let (row, column) = (place / n, place % n);
            (row.max(column)..n).map(|k| at(k, row) * at(k, column)).sum()
        };
        Some((0..n * n).map(element).collect())
    }

    /// μ, where the slope is 0.
    fn mean(&self, centre: &[f64]) -> Option<Vec<f64>> {
        let covariance = self.covariance()?;
        let rows = covariance.chunks(self.n).zip(centre);
        let mean = rows.map(|(row, centre)| {
            centre + row.iter().zip(&self.slope).map(|(x, slope)| x * slope).sum::<f64>()
        });
        Some(mean.collect()).filter(|mean: &Vec<f64>| mean.iter().all(|x| x.is_finite()))
    }
}

/// The functions of all components, by differences.
fn quadratics(plan: &Plan, centre: &[f64], steps: &[f64]) -> Result<Vec<Quadratic>, FormatError> {
    let n = centre.len();
    let moved = |moves: &[(usize, f64)]| {
        let mut at = centre.to_vec();
        for &(feature, sign) in moves {
            at[feature] += sign * steps[feature];
        }
        plan.run(&at)
    };
    let middle = moved(&[])?;
    let up: Vec<Vec<f64>> = (0..n).map(|one| moved(&[(one, 1.0)])).collect::<Result<_, _>>()?;
    let down: Vec<Vec<f64>> = (0..n).map(|one| moved(&[(one, -1.0)])).collect::<Result<_, _>>()?;
    let mut all: Vec<Quadratic> =
        middle.iter().map(|_| Quadratic { n, slope: Vec::new(), curvature: Vec::new() }).collect();
    for row in 0..n {
        for column in 0..=row {
            let both =
                if row == column { None } else { Some(moved(&[(row, 1.0), (column, 1.0)])?) };
            for (at, one) in all.iter_mut().enumerate() {
                let difference = match &both {
                    None => up[row][at] + down[row][at] - 2.0 * middle[at],
                    Some(both) => both[at] - up[row][at] - up[column][at] + middle[at],
                };
                one.curvature.push(difference / (steps[row] * steps[column]));
            }
        }
        for (at, one) in all.iter_mut().enumerate() {
            one.slope.push((up[row][at] - down[row][at]) / (2.0 * steps[row]));
        }
    }
    Ok(all)
}

/// That the operators compute what the Gaussians do: differences of distances away from the centre.
fn check(
    plan: &Plan,
    modes: &[Gaussian],
    centre: &[f64],
    steps: &[f64],
) -> Result<(), FormatError> {
    let at = |signs: f64| -> Vec<f64> {
        let feature = |(at, (centre, step)): (usize, (&f64, &f64))| {
            centre + signs * step * (1.0 + (at % 3) as f64)
        };
        centre.iter().zip(steps).enumerate().map(feature).collect()
    };
    let points = [at(1.5), at(-2.5)];
    let [one, other] = [plan.run(&points[0])?, plan.run(&points[1])?];
    for (mode, (one, other)) in modes.iter().zip(one.into_iter().zip(other)) {
        let [near, far] = [distance(mode, &points[0]), distance(mode, &points[1])];
        let (expected, found) = (-0.5 * (near - far), one - other);
        if (expected - found).abs() > 1e-4 * (near + far).max(1.0) {
            return Err(no("whose densities are not those of Gaussians"));
        }
    }
    Ok(())
}

/// The squared distance of a point from a Gaussian.
fn distance(mode: &Gaussian, point: &[f64]) -> f64 {
    let core = judder_core::Mahalanobis::in_blocks(mode.mean(), mode.blocks(), mode.whitening());
    let score = core.and_then(|core| {
        let mut workspace = vec![0.0; judder_core::Score::<f64>::workspace(&core)];
        judder_core::Score::score(&core, point, &mut workspace)
    });
    score.unwrap_or(f64::NAN)
}

/// The node that ends a mixture, if the graph has one.
pub(super) fn end(nodes: &[Node]) -> Option<&Node> {
    let mut ends = nodes.iter().filter(|node| node.op_type == END);
    ends.next().filter(|_| ends.next().is_none())
}
