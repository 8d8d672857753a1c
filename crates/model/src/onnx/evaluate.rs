//! Computing what the operators of a graph make of one row, in double precision.

use std::collections::{BTreeMap, BTreeSet};

use super::attributes::Attributes;
use super::beside::Beside;
use super::operators::Tensors;
use super::proto::Node;
use super::tensor::numbers;
use super::{broken, quoted, unsupported};
use crate::FormatError;
use crate::chain::Graph;

/// Fixed numbers with a shape.
type Fixed = (Vec<usize>, Vec<f64>);

/// One operator.
enum Step {
    /// `factor · x W + more`, W `[inputs × outputs]` by columns.
    Products {
        x: String,
        columns: Vec<Vec<f64>>,
        more: Vec<f64>,
    },
    Pair {
        of: fn(f64, f64) -> f64,
        a: String,
        b: String,
    },
    SumOfSquares {
        x: String,
    },
    Together {
        parts: Vec<String>,
    },
    Same {
        x: String,
    },
}

/// The operators that lead to a value.
pub(super) struct Plan {
    input: String,
    steps: Vec<(String, Step)>,
    fixed: BTreeMap<String, Vec<f64>>,
    wanted: String,
    /// How many numbers there may be yet: one matrix may be used often.
    room: usize,
}

/// The most numbers of a value.
const WIDEST: usize = 4096;

impl Plan {
    /// What gives the wanted value of the input.
    pub(super) fn new(
        nodes: &[Node],
        wanted: &str,
        input: &str,
        tensors: &Tensors,
        bytes: usize,
    ) -> Result<Self, FormatError> {
        let mut plan = Self {
            room: Graph::room(bytes),
            input: input.to_owned(),
            steps: Vec::new(),
            fixed: BTreeMap::new(),
            wanted: wanted.to_owned(),
        };
        // From the end, so that nothing is computed in vain.
        let mut needed = BTreeSet::from([wanted]);
        let mut leading = Vec::new();
        for node in nodes.iter().rev() {
            let output = node.output.first().map(String::as_str).unwrap_or_default();
            if !output.is_empty() && needed.remove(output) {
                needed.extend(node.input.iter().map(String::as_str));
                leading.push((output, node));
            }
        }
        for (output, node) in leading.into_iter().rev() {
            let step = plan.step(node, tensors)?;
            plan.steps.push((output.to_owned(), step));
        }
        if plan.steps.last().is_some_and(|(output, _)| output == wanted) {
            return Ok(plan);
        }
        Err(broken(format!("nothing gives {}", quoted(wanted))))
    }

    fn step(&mut self, node: &Node, tensors: &Tensors) -> Result<Step, FormatError> {
        let word = node.op_type.as_str();
        let name = quoted(word);
        let input = |at: usize| {
            let name = node.input.get(at).filter(|name| !name.is_empty()).cloned();
            name.ok_or_else(|| broken(format!("{} lacks an input", quoted(word))))
        };
        let pair = |of: fn(f64, f64) -> f64| -> Result<Step, FormatError> {
            Ok(Step::Pair { of, a: input(0)?, b: input(1)? })
        };
        let step = match word {
            "Gemm" => {
                let attributes = Attributes::of(node, &["alpha", "beta", "transA", "transB"])?;
                if attributes.int("transA", 0)? != 0 {
                    return Err(unsupported("the attribute transA = 1 of `Gemm`"));
                }
                let alpha = f64::from(attributes.float("alpha", 1.0)?);
                let beta = f64::from(attributes.float("beta", 1.0)?);
                let (shape, values) = self.taken(tensors, &input(1)?)?;
                let columns = columns(&shape, &values, attributes.int("transB", 0)? != 0, alpha)?;
                let more = match node.input.get(2).filter(|name| !name.is_empty()) {
                    Some(name) => self.taken(tensors, name)?.1.iter().map(|x| beta * x).collect(),
                    None => vec![0.0],
                };
                if more.len() != 1 && more.len() != columns.len() {
                    return Err(broken(format!("{name} adds {} numbers", more.len())));
                }
                Step::Products { x: input(0)?, columns, more }
            }
            "MatMul" => {
                let (shape, values) = self.taken(tensors, &input(1)?)?;
                let columns = columns(&shape, &values, false, 1.0)?;
                Step::Products { x: input(0)?, columns, more: vec![0.0] }
            }
            "Scaler" => {
                let attributes = Attributes::of(node, &["offset", "scale"])?;
                let offset = attributes.floats("offset")?.unwrap_or(vec![0.0]);
                let scale = attributes.floats("scale")?.unwrap_or(vec![1.0]);
                let output = node.output.first().cloned().unwrap_or_default();
                let [less, times, between] =
                    ["offset", "scale", "less"].map(|part| format!("{output}\u{0}{part}"));
                self.fixed.insert(less.clone(), offset);
                self.fixed.insert(times.clone(), scale);
                let first = Step::Pair { of: |a, b| a - b, a: input(0)?, b: less };
                self.steps.push((between.clone(), first));
                Step::Pair { of: |a, b| a * b, a: between, b: times }
            }
            "Add" => pair(|a, b| a + b)?,
            "Sub" => pair(|a, b| a - b)?,
            "Mul" => pair(|a, b| a * b)?,
            "Div" => pair(|a, b| a / b)?,
            "ReduceSumSquare" => Step::SumOfSquares { x: input(0)? },
            "Concat" => Step::Together { parts: node.input.clone() },
            "Identity" | "Cast" => Step::Same { x: input(0)? },
            _ => return Err(unsupported(format!("{name} in a mixture"))),
        };
        if let Step::Pair { a, b, .. } = &step {
            for name in [a, b] {
                if tensors.contains_key(name) && !self.fixed.contains_key(name) {
                    let (_, values) = self.taken(tensors, name)?;
                    self.fixed.insert(name.clone(), values);
                }
            }
        }
        Ok(step)
    }

    /// Numbers that are fixed, of which there is room for so many.
    fn taken(&mut self, tensors: &Tensors, name: &str) -> Result<Fixed, FormatError> {
        let found = fixed(tensors, name)?;
        let left = self.room.checked_sub(found.1.len());
        self.room = left.ok_or_else(|| unsupported("the same numbers in many places"))?;
        Ok(found)
    }

    /// How many operations it takes, at most about.
    pub(super) fn operations(&self) -> usize {
        let of = |step: &Step| match step {
            Step::Products { columns, .. } => columns.iter().map(Vec::len).sum(),
            _ => 512,
        };
        self.steps.iter().map(|(_, step)| of(step)).sum()
    }

    /// What becomes of a row.
    pub(super) fn run(&self, row: &[f64]) -> Result<Vec<f64>, FormatError> {
        let mut given: BTreeMap<&str, Vec<f64>> =
            BTreeMap::from([(self.input.as_str(), row.to_vec())]);
        for (output, step) in &self.steps {
            let value = |name: &String| {
                let found = given.get(name.as_str()).or_else(|| self.fixed.get(name));
                found.ok_or_else(|| broken(format!("nothing gives {}", quoted(name))))
            };
            let unlike = || broken(format!("what gives {} is of unlike lengths", quoted(output)));
            let numbers = match step {
                Step::Products { x, columns, more } => {
                    let x = value(x)?;
                    let column = |(at, column): (usize, &Vec<f64>)| {
                        let sum: f64 = column.iter().zip(x).map(|(w, x)| w * x).sum();
                        let more = more.get(at).or(more.first()).copied().unwrap_or(0.0);
                        (column.len() == x.len()).then_some(sum + more)
                    };
                    let all = columns.iter().enumerate().map(column).collect::<Option<Vec<f64>>>();
                    all.ok_or_else(unlike)?
                }
                Step::Pair { of, a, b } => {
                    let (a, b) = (value(a)?, value(b)?);
                    let count = a.len().max(b.len());
                    let fits = |one: &Vec<f64>| one.len() == count || one.len() == 1;
                    if !fits(a) || !fits(b) {
                        return Err(unlike());
                    }
                    (0..count).map(|at| of(a[at % a.len()], b[at % b.len()])).collect()
                }
                Step::SumOfSquares { x } => vec![value(x)?.iter().map(|x| x * x).sum()],
                Step::Together { parts } => {
                    let mut all = Vec::new();
                    for part in parts.iter().take(WIDEST) {
                        all.extend(value(part)?.iter().take(WIDEST + 1 - all.len().min(WIDEST)));
                    }
                    all
                }
                Step::Same { x } => value(x)?.clone(),
            };
            if numbers.len() > WIDEST {
                return Err(unsupported(format!("a value of more than {WIDEST} numbers")));
            }
            given.insert(output, numbers);
        }
        let wanted = given.remove(self.wanted.as_str());
        wanted.ok_or_else(|| broken(format!("nothing gives {}", quoted(&self.wanted))))
    }
}

fn fixed(tensors: &Tensors, name: &str) -> Result<Fixed, FormatError> {
    let tensor = tensors.get(name);
    let tensor =
        tensor.ok_or_else(|| unsupported(format!("{}, which is not fixed", quoted(name))))?;
    numbers(tensor, &mut Beside::new(None))
}

/// The columns of a matrix, each times a factor.
fn columns(
    shape: &[usize],
    values: &[f64],
    transposed: bool,
    factor: f64,
) -> Result<Vec<Vec<f64>>, FormatError> {
    let &[rows, columns] = shape else {
        return Err(unsupported(format!("weights of the shape {shape:?}")));
    };
    if rows == 0 || columns == 0 {
        return Err(broken(format!("there are weights of the shape {shape:?}")));
    }
    let scaled = |column: &mut dyn Iterator<Item = &f64>| column.map(|x| factor * x).collect();
    Ok(match transposed {
        true => values.chunks(columns).map(|row| scaled(&mut row.iter())).collect(),
        false => {
            (0..columns).map(|at| scaled(&mut values.iter().skip(at).step_by(columns))).collect()
        }
    })
}
